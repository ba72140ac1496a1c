/* metric slice-and-sandwich: past the threshold of emergence, from easy and hard questions. */
#include "api/metric/metric.h"

#include "metric/sandwich.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"flops", FSCI_METRIC_POSITIVE, true, "compute", "training compute"},
    {"easy", FSCI_METRIC_NUMBER, true, "easy_brier",
     "mean Brier score of the easiest group (all options, renormalised)"},
    {"hard", FSCI_METRIC_NUMBER, true, "hard_brier", "mean Brier score of the hardest group"},
    {"brier", FSCI_METRIC_NUMBER, true, NULL, "mean Brier score of the whole benchmark"},
    {"accuracy", FSCI_METRIC_SHARE, true, "acc", "accuracy on the whole benchmark"},
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
} input;

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
    return FSC_OK;
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
            "is %.2g decades past its data",
            label, outside, n_test, s->easy.degree, farthest);
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
    double given = fsci_metric_number(run, "threshold");
    if (!z || !easy || !hard || !brier || !accuracy || !scratch || !train)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        double limit = isfinite(given) ? given : in->threshold[index[i]];
        /* thresholds are printed to six digits */
        train[i] = z[i] < limit * (1 - 1e-6);
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

static fsc_status run_sandwich(fsci_metric_run *run, fsc_error *err)
{
    input in;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    FSCI_TRY(read_input(run, &in, err));
    if (!index)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < in.group.n; g++) {
        size_t n = fsci_metric_pick(&in.group, g, rows, in.flops, index);
        FSCI_TRY(one_group(run, &in, g, index, n, err));
    }
    fsci_metric_say(run, "Mean squared error %.4g on %.0f test models, %.4g by the baseline%s.",
                    fsci_json_get_number(run->list->first, "value"),
                    fsci_json_get_number(run->list->first, "n_test"),
                    fsci_json_get_number(run->list->first, "baseline"),
                    in.group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_slice_and_sandwich = {
    .id = "slice-and-sandwich",
    .summary = "accuracy past the threshold of emergence, from the easiest and hardest questions",
    .source = "Wu & Lo 2024 (arXiv:2410.01692)",
    .text =
        "On the models below the threshold, minus the Brier score of the easy group is a "
        "polynomial "
        "of degree 5 in log10 compute, that of the hard group one of degree 2; the forecast is "
        "their "
        "mean, turned into accuracy by the line of minus Brier on accuracy, and shifted to the "
        "mean "
        "accuracy of those models. The baseline is a line in the logit of accuracy above chance. A "
        "polynomial of degree 5 far past its data may say anything: forecasts outside 0 to 1 are "
        "counted, and every one states how far out it is.",
    .example = "slice-and-sandwich data/emergence-groups/groups.csv --where 'task == \"arc\"'",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_sandwich};
