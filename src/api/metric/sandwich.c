/* metric slice-and-sandwich: past the threshold of emergence, from easy and hard questions. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/sandwich.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"flops", FSCI_METRIC_POSITIVE, true, "compute", "training compute"},
    {"easy", FSCI_METRIC_NUMBER, false, "easy_brier",
     "mean Brier score of the easiest group (all options, renormalised)"},
    {"hard", FSCI_METRIC_NUMBER, false, "hard_brier", "mean Brier score of the hardest group"},
    {"brier", FSCI_METRIC_NUMBER, true, NULL, "mean Brier score of the whole benchmark"},
    {"accuracy", FSCI_METRIC_SHARE, true, "acc|correct|score", "accuracy on the whole benchmark"},
    {"item", FSCI_METRIC_KEY, false, "question|problem",
     "in a table of one row per model and question, whose brier and accuracy are the question's: "
     "easy and hard are made from them"},
    {"group", FSCI_METRIC_KEY, false, "task", "benchmarks"},
    {"threshold", FSCI_METRIC_POSITIVE, false, "threshold_flops",
     "compute from which models are forecast, not trained on; else --param threshold"},
    {"model", FSCI_METRIC_KEY, false, "name", "models"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"threshold", "NUMBER", NULL, "FLOPs from which models are test models"},
    {"easy-degree", "N", "5", "degree of the polynomial of the easy group"},
    {"hard-degree", "N", "2", "degree of the polynomial of the hard group"},
    {"chance", "NUMBER", "0.25", "accuracy by chance, for the baseline"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group, value (mean squared error on the test models), baseline (of the sigmoid), n_test, "
     "n_train, outside (forecasts outside 0 to 1), line_slope, line_intercept (of -Brier on "
     "accuracy), log10_beyond (of the last test model)"},
    {"predictions", "group, model, flops, split, observed, predicted, baseline, log10_beyond"},
    {0}};

typedef struct input {
    fsci_keys group, model;
    const double *flops, *easy, *hard, *brier, *accuracy, *threshold;
    size_t rows;
} input;

/* ---- questions to models ----------------------------------------------------------------------
 */

/* One row per model of a benchmark, made from rows of questions. */
typedef struct slices {
    size_t n;
    uint32_t *group, *model, *pair; /* pair[rows of the table] */
    double *flops, *easy, *hard, *brier, *accuracy, *threshold;
    double *n_easy, *n_hard, *n_all;
} slices;

static double limit_of(const fsci_metric_run *run, const input *in, size_t row)
{
    double given = fsci_metric_number(run, "threshold");
    return isfinite(given) || !in->threshold ? given : in->threshold[row];
}

static fsc_status find_pairs(fsci_metric_run *run, const input *in, slices *s, fsc_error *err)
{
    size_t most = in->group.n * in->model.n;
    fsci_arena *a = run->arena;
    uint32_t *number = FSCI_NEW(a, uint32_t, most + 1);
    double **sums[] = {&s->flops,     &s->easy,   &s->hard,   &s->brier, &s->accuracy,
                       &s->threshold, &s->n_easy, &s->n_hard, &s->n_all};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++)
        *sums[k] = FSCI_NEW(a, double, most + 1);
    s->group = FSCI_NEW(a, uint32_t, most + 1);
    s->model = FSCI_NEW(a, uint32_t, most + 1);
    s->pair = FSCI_NEW(a, uint32_t, in->rows + 1);
    if (fsci_arena_failed(a))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->rows; i++) {
        uint32_t *own = &number[in->group.codes[i] * in->model.n + in->model.codes[i]];
        if (!*own) {
            s->group[s->n] = in->group.codes[i];
            s->model[s->n] = in->model.codes[i];
            s->flops[s->n] = in->flops[i];
            s->threshold[s->n] = limit_of(run, in, i);
            *own = (uint32_t)++s->n;
        }
        s->pair[i] = *own - 1;
        if (s->flops[*own - 1] != in->flops[i])
            return fsci_metric_fail(run, i, err, "model %s has another compute here than before",
                                    in->model.labels[in->model.codes[i]]);
    }
    return FSC_OK;
}

/* Which third each question of a benchmark is in, by the models below the threshold; -1: no such
 * model answered it. */
static fsc_status slice_group(fsci_metric_run *run, const input *in, const fsci_keys *item,
                              size_t group, int *third, fsc_error *err)
{
    double *sum = FSCI_NEW(run->arena, double, item->n), *n = FSCI_NEW(run->arena, double, item->n);
    fsci_sliced *questions = FSCI_NEW(run->arena, fsci_sliced, item->n);
    size_t asked = 0;
    if (!sum || !n || !questions)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->rows; i++)
        if (in->group.codes[i] == group && in->flops[i] < limit_of(run, in, i) * (1 - 1e-6)) {
            sum[item->codes[i]] += in->accuracy[i];
            n[item->codes[i]]++;
        }
    for (size_t k = 0; k < item->n; k++) {
        third[k] = -1;
        if (n[k] > 0)
            questions[asked++] = (fsci_sliced){sum[k] / n[k], k};
    }
    if (asked < 3)
        return fsci_fail(err, FSC_EINPUT,
                         "%s%s%zu questions answered by models below the threshold; three slices "
                         "need three",
                         in->group.labels[group], *in->group.labels[group] ? ": " : "", asked);
    fsci_sort_by_ease(questions, asked);
    for (size_t r = 0; r < asked; r++)
        third[questions[r].number] = (int)(3 * r / asked);
    return FSC_OK;
}

/* The rows of questions become rows of models. */
static fsc_status slice(fsci_metric_run *run, input *in, fsc_error *err)
{
    fsci_keys item;
    slices s = {0};
    FSCI_TRY(fsci_metric_keys(run, "item", &item, err));
    FSCI_TRY(find_pairs(run, in, &s, err));
    int *third = FSCI_NEW(run->arena, int, item.n);
    if (!third)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < in->group.n; g++) {
        FSCI_TRY(slice_group(run, in, &item, g, third, err));
        for (size_t i = 0; i < in->rows; i++) {
            uint32_t p = s.pair[i];
            int own = third[item.codes[i]];
            if (in->group.codes[i] != g)
                continue;
            s.accuracy[p] += in->accuracy[i];
            s.brier[p] += in->brier[i];
            s.n_all[p]++;
            s.easy[p] += own == 0 ? in->brier[i] : 0;
            s.n_easy[p] += own == 0;
            s.hard[p] += own == 2 ? in->brier[i] : 0;
            s.n_hard[p] += own == 2;
        }
    }
    for (size_t p = 0; p < s.n; p++) {
        s.accuracy[p] /= s.n_all[p];
        s.brier[p] /= s.n_all[p];
        s.easy[p] /= s.n_easy[p];
        s.hard[p] /= s.n_hard[p];
        if (!(s.n_easy[p] > 0 && s.n_hard[p] > 0))
            return fsci_fail(err, FSC_EINPUT, "model %s answered no %s question",
                             in->model.labels[s.model[p]], s.n_easy[p] > 0 ? "hard" : "easy");
    }
    in->group.codes = s.group;
    in->model.codes = s.model;
    in->flops = s.flops;
    in->easy = s.easy;
    in->hard = s.hard;
    in->brier = s.brier;
    in->accuracy = s.accuracy;
    in->threshold = s.threshold;
    in->rows = s.n;
    return FSC_OK;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static fsc_status read_input(fsci_metric_run *run, input *in, fsc_error *err)
{
    FSCI_TRY(fsci_metric_keys(run, "group", &in->group, err));
    FSCI_TRY(fsci_metric_keys(run, "model", &in->model, err));
    FSCI_TRY(fsci_metric_numbers(run, "flops", &in->flops, err));
    FSCI_TRY(fsci_metric_numbers(run, "easy", &in->easy, err));
    FSCI_TRY(fsci_metric_numbers(run, "hard", &in->hard, err));
    FSCI_TRY(fsci_metric_numbers(run, "brier", &in->brier, err));
    FSCI_TRY(fsci_metric_numbers(run, "accuracy", &in->accuracy, err));
    FSCI_TRY(fsci_metric_numbers(run, "threshold", &in->threshold, err));
    if (!in->threshold && isnan(fsci_metric_number(run, "threshold")))
        return fsci_fail(err, FSC_EUSAGE,
                         "from which compute on is to be forecast? give --param "
                         "threshold=FLOPS or a column");
    in->rows = fsci_metric_rows(run);
    if (in->easy && in->hard)
        return FSC_OK;
    if (!fsci_metric_bound(run, "item") || !fsci_metric_bound(run, "model"))
        return fsci_fail(err, FSC_EINPUT,
                         "metric slice-and-sandwich needs columns easy and hard, or a row per "
                         "model and item to make them from: name them with --map");
    return slice(run, in, err);
}

static void add_predictions(fsci_metric_run *run, const input *in, const char *label,
                            const size_t *index, size_t n, const bool *train,
                            const fsci_sandwich *s, const fsci_above_chance *b)
{
    double squares = 0, baseline = 0, n_test = 0, outside = 0, farthest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t r = index[i];
        double z = log10(in->flops[r]), y = fsci_sandwich_at(s, z), c = fsci_above_chance_at(b, z);
        double beyond = fmax(0, z - s->last);
        fsci_json *item = fsci_metric_item(run, "predictions", label);
        fsci_metric_word(run, item, "model", in->model.labels[in->model.codes[r]]);
        fsci_metric_set(run, item, "flops", in->flops[r]);
        fsci_metric_word(run, item, "split", train[i] ? "train" : "test");
        fsci_metric_set(run, item, "observed", in->accuracy[r]);
        fsci_metric_set(run, item, "predicted", y);
        fsci_metric_set(run, item, "baseline", c);
        fsci_metric_set(run, item, "log10_beyond", beyond);
        if (train[i])
            continue;
        squares += (y - in->accuracy[r]) * (y - in->accuracy[r]);
        baseline += (c - in->accuracy[r]) * (c - in->accuracy[r]);
        outside += y < 0 || y > 1;
        farthest = fmax(farthest, beyond);
        n_test++;
    }
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_set(run, row, "value", squares / n_test);
    fsci_metric_set(run, row, "baseline", baseline / n_test);
    fsci_metric_set(run, row, "n_test", n_test);
    fsci_metric_set(run, row, "n_train", (double)s->n_train);
    fsci_metric_set(run, row, "outside", outside);
    fsci_metric_set(run, row, "line_slope", fsci_polynomial_leading(&s->line));
    fsci_metric_set(run, row, "line_intercept", fsci_line_intercept(&s->line));
    fsci_metric_set(run, row, "log10_beyond", farthest);
    if (outside > 0)
        fsci_record_warn(
            run->arena, run->root, "W-OUTSIDE-RANGE",
            "%s: %.0f of %.0f forecasts are outside 0 to 1: the polynomial of degree %zu "
            "is %s decades past its data",
            label, outside, n_test, s->easy.degree, fsci_briefly(farthest, 2).text);
}

static fsc_status one_group(fsci_metric_run *run, const input *in, size_t g, const size_t *index,
                            size_t n, fsc_error *err)
{
    const char *label = in->group.labels[g];
    double *z = fsci_metric_gather(run, in->flops, index, n);
    double *easy = fsci_metric_gather(run, in->easy, index, n);
    double *hard = fsci_metric_gather(run, in->hard, index, n);
    double *brier = fsci_metric_gather(run, in->brier, index, n);
    double *accuracy = fsci_metric_gather(run, in->accuracy, index, n);
    double *scratch = FSCI_NEW(run->arena, double, 4 * n);
    bool *train = FSCI_NEW(run->arena, bool, n);
    size_t n_train = 0, degree = (size_t)fsci_metric_number(run, "easy-degree");
    size_t hard_degree = (size_t)fsci_metric_number(run, "hard-degree");
    if (!z || !easy || !hard || !brier || !accuracy || !scratch || !train)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        /* thresholds are printed to six digits */
        train[i] = z[i] < limit_of(run, in, index[i]) * (1 - 1e-6);
        n_train += train[i];
        z[i] = log10(z[i]);
    }
    if (n_train == n)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: no model is at or above the threshold, so there is "
                         "nothing to forecast",
                         label);
    if (degree > FSCI_MOST_DEGREE || hard_degree > FSCI_MOST_DEGREE)
        return fsci_fail(err, FSC_EUSAGE, "--param easy-degree and hard-degree go up to %d",
                         FSCI_MOST_DEGREE);
    if (n_train < degree + 2)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: %zu models below the threshold; a polynomial of degree "
                         "%zu needs %zu",
                         label, n_train, degree, degree + 2);
    fsci_sandwich s =
        fsci_sandwich_fit(z, easy, hard, brier, accuracy, train, n, degree, hard_degree, scratch);
    if (!s.ok)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: the models below the threshold do not determine the "
                         "polynomials",
                         label);
    fsci_above_chance b =
        fsci_above_chance_fit(z, accuracy, train, n, fsci_metric_number(run, "chance"), scratch);
    add_predictions(run, in, label, index, n, train, &s, &b);
    return FSC_OK;
}

static const fsci_metric_plot plots[] = {
    {"forecast", "Accuracy by compute, seen and forecast", "predictions", "split", "", "points",
     "flops", "FLOPs", "log", "observed", "accuracy", "linear", NULL, NULL},
    {"forecast", "", "predictions", "group", "forecast", "line", "flops", "FLOPs", "log",
     "predicted", "accuracy", "linear", NULL, NULL},
    {0}};

static fsc_status run_sandwich(fsci_metric_run *run, fsc_error *err)
{
    input in;
    size_t *index = FSCI_NEW(run->arena, size_t, fsci_metric_rows(run));
    FSCI_TRY(read_input(run, &in, err));
    if (!index)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < in.group.n; g++) {
        size_t n = fsci_metric_pick(&in.group, g, in.rows, in.flops, index);
        FSCI_TRY(one_group(run, &in, g, index, n, err));
    }
    fsci_metric_say(run, "Mean squared error %s on %.0f test models, %s by the baseline%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    fsci_json_get_number(run->list->first, "n_test"),
                    fsci_briefly(fsci_json_get_number(run->list->first, "baseline"), 4).text,
                    in.group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_slice_and_sandwich = {
    .id = "slice-and-sandwich",
    .summary = "accuracy past the threshold of emergence, from the easiest and hardest questions",
    .source = "Wu & Lo 2024 (arXiv:2410.01692)",
    .text =
        "Questions are cut into three equal slices by their mean score over the models below the "
        "threshold, or the easiest and the hardest slice are given. On those models, minus the "
        "Brier score of the easy group is a polynomial of degree 5 in log10 compute, that of the "
        "hard group one of degree 2; the forecast is their mean, turned into accuracy by the line "
        "of minus Brier on accuracy, and shifted to the mean accuracy of those models. The "
        "baseline is a line in the logit of accuracy above chance. A polynomial of degree 5 far "
        "past its data may say anything: forecasts outside 0 to 1 are counted, and every one "
        "states how far out it is.",
    .example = "slice-and-sandwich data/emergence-groups/groups.csv --where 'task == \"arc\"'",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_sandwich};
