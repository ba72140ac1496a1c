/* metric emergence-shape, scaling-shape-class: how a score changes with scale. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/shape.h"

#include <math.h>

/* ---- emergence-shape
 * ------------------------------------------------------------------------------ */

static const fsci_metric_column emergence_columns[] = {
    {"size", FSCI_METRIC_POSITIVE, true, "params|parameters|flops|compute", "size of the model"},
    {"score", FSCI_METRIC_NUMBER, true, "accuracy|value|mean", "score, larger is better"},
    {"group", FSCI_METRIC_KEY, false, "task|family", "families and tasks: --group family,task"},
    {"se", FSCI_METRIC_NUMBER, false, "standard_error", "standard error of the score"},
    {0}};
static const fsci_metric_setting emergence_settings[] = {
    {"cap", "NUMBER", NULL,
     "report an unbounded breakthrough as this number (the benchmark's code: "
     "100)"},
    {"breakthrough", "NUMBER", "5",
     "B above this, with L below half of it, is called a breakthrough"},
    {0}};
static const fsci_metric_result emergence_results[] = {
    {"rows",
     "group, value (I), linearity, breakthrough (null when unbounded), unbounded, "
     "largest_step, step_to (size), spearman, class (flat, steady, breakthrough, inverse, U, "
     "inverted U), n (sizes)"},
    {0}};

static const char *class_of(const fsci_metric_run *run, const fsci_emergence *e, const double *x,
                            const double *y, const double *se, size_t n)
{
    double tolerance = 0, limit = fsci_metric_number(run, "breakthrough");
    for (size_t i = 0; i < n; i++)
        tolerance = fmax(tolerance, se && isfinite(se[i]) ? 2 * se[i] : 0);
    if (fabs(e->improvement) <= tolerance)
        return "flat";
    fsci_trend t = fsci_trend_of(x, y, n, fmax(tolerance, fabs(e->improvement) / 4));
    if (t.shape == FSCI_SHAPE_U || t.shape == FSCI_SHAPE_INVERTED_U)
        return fsci_shape_name(t.shape);
    if (e->improvement < 0)
        return "inverse";
    return e->breakthrough > limit && e->linearity < limit / 2 ? "breakthrough" : "steady";
}

static fsc_status emergence_group(fsci_metric_run *run, const char *label, const double *x,
                                  const double *y, const double *se, size_t n, fsc_error *err)
{
    double *scratch = FSCI_NEW(run->arena, double, 2 * n), *logs = FSCI_NEW(run->arena, double, n);
    double cap = fsci_metric_number(run, "cap");
    if (!scratch || !logs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        logs[i] = log10(x[i]);
    fsci_emergence e = fsci_emergence_of(y, n, scratch);
    bool unbounded = isinf(e.breakthrough);
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_set(run, row, "value", e.improvement);
    fsci_metric_set(run, row, "linearity", e.linearity);
    fsci_metric_set(run, row, "breakthrough",
                    unbounded && isfinite(cap) ? copysign(cap, e.breakthrough) : e.breakthrough);
    fsci_json_set_bool(run->arena, row, "unbounded", unbounded);
    fsci_metric_set(run, row, "largest_step", e.largest_step);
    fsci_metric_set(run, row, "step_to", x[e.step_to]);
    fsci_metric_set(run, row, "spearman", fsci_spearman(x, y, n, scratch));
    fsci_metric_word(run, row, "class", class_of(run, &e, logs, y, se, n));
    fsci_metric_set(run, row, "n", (double)n);
    return FSC_OK;
}

static fsc_status run_emergence(fsci_metric_run *run, fsc_error *err)
{
    const double *size, *score, *se;
    fsci_keys group;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "size", &size, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &score, err));
    FSCI_TRY(fsci_metric_numbers(run, "se", &se, err));
    fsci_json *figure =
        fsci_metric_figure(run, "scores", "Score by size", "size", "log", "score", "linear");
    for (size_t g = 0; g < group.n && index; g++) {
        const char *label = group.labels[g];
        size_t n = fsci_metric_pick(&group, g, rows, size, index);
        FSCI_TRY(fsci_metric_distinct(run, size, index, n, "size", err));
        if (n < 3)
            return fsci_fail(err, FSC_EINPUT, "%s%s%zu sizes; a shape needs three", label,
                             *label ? ": " : "", n);
        double *x = fsci_metric_gather(run, size, index, n);
        double *y = fsci_metric_gather(run, score, index, n);
        if (!x || !y)
            return fsci_fail_memory(err);
        FSCI_TRY(emergence_group(run, label, x, y, fsci_metric_gather(run, se, index, n), n, err));
        if (g < 8)
            fsci_metric_line(run, figure, *label ? label : "score", "marked", x, y, n);
    }
    if (!index)
        return fsci_fail_memory(err);
    const fsci_json *first = run->list->first;
    fsci_metric_say(run, "%s: improvement %s, linearity %s, breakthrough %s%s.",
                    fsci_json_get_string(first, "class"),
                    fsci_briefly(fsci_json_get_number(first, "value"), 4).text,
                    fsci_briefly(fsci_json_get_number(first, "linearity"), 4).text,
                    fsci_briefly(fsci_json_get_bool(first, "unbounded", false)
                                     ? INFINITY
                                     : fsci_json_get_number(first, "breakthrough"),
                                 4)
                        .text,
                    group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_emergence_shape = {
    .id = "emergence-shape",
    .summary = "overall improvement, linearity and breakthroughness of a score over sizes",
    .source = "Srivastava et al. 2022 (arXiv:2206.04615)",
    .text =
        "I = sign(argmax - argmin)(max - min) over sizes in ascending order, the first of equal "
        "extremes counting; L = I/sqrt(mean d^2) and B = I/sqrt(median d^2) of the differences d "
        "between neighbouring sizes. All three are 0 when all scores are equal. B is unbounded "
        "when half of the steps are 0. All depend on which sizes were tested.",
    .example = "emergence-shape scores.csv --group family,task",
    .columns = emergence_columns,
    .settings = emergence_settings,
    .results = emergence_results,
    .run = run_emergence};

/* ---- scaling-shape-class
 * ---------------------------------------------------------------------------- */

static const fsci_metric_column class_columns[] = {
    {"x", FSCI_METRIC_NUMBER, true, "log_flops|flops|compute|params|size_rank",
     "scale: compute, size, or the rank of sizes"},
    {"score", FSCI_METRIC_NUMBER, true, "accuracy", "score, larger is better"},
    {"group", FSCI_METRIC_KEY, false, "task|family|question_group", "tasks, groups of questions"},
    {"loss", FSCI_METRIC_NUMBER, false, "mean_loss|brier",
     "a second score, smaller is better, whose class is compared"},
    {"se", FSCI_METRIC_NUMBER, false, "standard_error", "standard error of the score"},
    {"loss_se", FSCI_METRIC_NUMBER, false, NULL, "standard error of the loss"},
    {"items", FSCI_METRIC_COUNT, false, "n_items",
     "items: gives a fraction its binomial standard error where there is no column se"},
    {"loss_sd", FSCI_METRIC_NUMBER, false, "sd",
     "standard deviation of the loss over items, where there is no column loss_se"},
    {0}};
static const fsci_metric_setting class_settings[] = {
    {"axis", "log|linear", "log", "log: the class is of log10 x; linear: of x, as of ranks"},
    {"tolerance", "NUMBER", NULL,
     "smallest rise and smallest arm of a U that count (default: two median standard errors, else "
     "0)"},
    {0}};
static const fsci_metric_result class_results[] = {
    {"rows",
     "group, class, value (I of the score), vertex (in units of x), left_arm, right_arm, rise "
     "(of the line over the data), tolerance, aicc_constant, aicc_line, aicc_parabola, n; with "
     "a loss: loss_class, loss_value (I of minus the loss), disagree"},
    {0}};

static double tolerance_of(fsci_metric_run *run, const double *se, size_t n)
{
    double given = fsci_metric_number(run, "tolerance");
    double *sorted = FSCI_NEW(run->arena, double, n + 1);
    size_t m = 0;
    for (size_t i = 0; se && sorted && i < n; i++)
        if (isfinite(se[i]))
            sorted[m++] = se[i];
    if (isfinite(given) || !m)
        return isfinite(given) ? given : 0;
    fsci_sort(sorted, m);
    return 2 * fsci_median(sorted, m);
}

typedef struct class_input {
    fsci_keys group;
    const double *x, *score, *loss, *se, *loss_se;
} class_input;

static fsc_status read_class(fsci_metric_run *run, class_input *in, fsc_error *err)
{
    const double *items, *sd;
    size_t rows = fsci_metric_rows(run);
    double *se = FSCI_NEW(run->arena, double, rows), *loss_se = FSCI_NEW(run->arena, double, rows);
    FSCI_TRY(fsci_metric_keys(run, "group", &in->group, err));
    FSCI_TRY(fsci_metric_numbers(run, "x", &in->x, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &in->score, err));
    FSCI_TRY(fsci_metric_numbers(run, "loss", &in->loss, err));
    FSCI_TRY(fsci_metric_numbers(run, "se", &in->se, err));
    FSCI_TRY(fsci_metric_numbers(run, "loss_se", &in->loss_se, err));
    FSCI_TRY(fsci_metric_numbers(run, "items", &items, err));
    FSCI_TRY(fsci_metric_numbers(run, "loss_sd", &sd, err));
    if (!se || !loss_se)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows && items; i++) {
        double p = in->score[i];
        se[i] = p >= 0 && p <= 1 ? sqrt(p * (1 - p) / items[i]) : NAN;
        loss_se[i] = sd ? sd[i] / sqrt(items[i]) : NAN;
    }
    in->se = in->se ? in->se : items ? se : NULL;
    in->loss_se = in->loss_se ? in->loss_se : items && sd ? loss_se : NULL;
    return FSC_OK;
}

static fsci_trend add_trend(fsci_metric_run *run, fsci_json *row, const double *z, const double *y,
                            const double *se, size_t n, bool log)
{
    double tolerance = tolerance_of(run, se, n);
    fsci_trend t = fsci_trend_of(z, y, n, tolerance);
    fsci_metric_set(run, row, "vertex", log ? pow(10, t.vertex) : t.vertex);
    fsci_metric_set(run, row, "left_arm", t.left_arm);
    fsci_metric_set(run, row, "right_arm", t.right_arm);
    fsci_metric_set(run, row, "rise", t.rise);
    fsci_metric_set(run, row, "tolerance", tolerance);
    fsci_metric_set(run, row, "aicc_constant", t.aicc[0]);
    fsci_metric_set(run, row, "aicc_line", t.aicc[1]);
    fsci_metric_set(run, row, "aicc_parabola", t.aicc[2]);
    fsci_metric_set(run, row, "n", (double)n);
    return t;
}

static fsc_status class_group(fsci_metric_run *run, const class_input *in, size_t g,
                              const size_t *index, size_t n, size_t *disagree, fsc_error *err)
{
    double *z = fsci_metric_gather(run, in->x, index, n),
           *scratch = FSCI_NEW(run->arena, double, n);
    double *y = fsci_metric_gather(run, in->score, index, n);
    double *loss = fsci_metric_gather(run, in->loss, index, n);
    bool log = fsci_metric_is(run, "axis", "log");
    if (!z || !y || !scratch || (in->loss && !loss))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n && log; i++) {
        if (!(z[i] > 0))
            return fsci_metric_fail(run, index[i], err,
                                    "x %s has no logarithm; for ranks or logarithms "
                                    "say --param axis=linear",
                                    fsci_briefly(z[i], 6).text);
        z[i] = log10(z[i]);
    }
    fsci_json *row = fsci_metric_row(run, in->group.labels[g]);
    fsci_metric_word(run, row, "class", "");
    fsci_metric_set(run, row, "value", fsci_emergence_of(y, n, scratch).improvement);
    fsci_trend t = add_trend(run, row, z, y, fsci_metric_gather(run, in->se, index, n), n, log);
    fsci_metric_word(run, row, "class", fsci_shape_name(t.shape));
    if (loss) {
        for (size_t i = 0; i < n; i++)
            loss[i] = -loss[i];
        double tolerance = tolerance_of(run, fsci_metric_gather(run, in->loss_se, index, n), n);
        fsci_trend other = fsci_trend_of(z, loss, n, tolerance);
        fsci_metric_word(run, row, "loss_class", fsci_shape_name(other.shape));
        fsci_metric_set(run, row, "loss_value", fsci_emergence_of(loss, n, scratch).improvement);
        fsci_json_set_bool(run->arena, row, "disagree", other.shape != t.shape);
        *disagree += other.shape != t.shape;
    }
    return FSC_OK;
}

static void draw_class(fsci_metric_run *run, const class_input *in, size_t g, const size_t *index,
                       size_t n)
{
    enum { MOST_LINES = 7 };
    bool log = fsci_metric_is(run, "axis", "log");
    const char *label = in->group.labels[g];
    double *x = fsci_metric_gather(run, in->x, index, n),
           *y = fsci_metric_gather(run, in->score, index, n);
    if (g >= MOST_LINES || !x || !y)
        return;
    fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
    if (!figure)
        figure = fsci_metric_figure(run, "scores", "Score by scale", "scale",
                                    log ? "log" : "linear", "score", "linear");
    fsci_metric_line(run, figure, *label ? label : "score", "marked", x, y, n);
}

static fsc_status run_class(fsci_metric_run *run, fsc_error *err)
{
    class_input in;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows), disagree = 0;
    FSCI_TRY(read_class(run, &in, err));
    if (!index)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < in.group.n; g++) {
        size_t n = fsci_metric_pick(&in.group, g, rows, in.x, index);
        if (n < 3)
            return fsci_fail(err, FSC_EINPUT, "%s%s%zu rows; a class needs three",
                             in.group.labels[g], *in.group.labels[g] ? ": " : "", n);
        FSCI_TRY(class_group(run, &in, g, index, n, &disagree, err));
        draw_class(run, &in, g, index, n);
    }
    if (disagree)
        fsci_record_warn(run->arena, run->root, "W-DISAGREE",
                         "score and loss are of different classes in %zu groups", disagree);
    fsci_metric_say(run, "%s%s.", fsci_json_get_string(run->list->first, "class"),
                    in.group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_scaling_shape_class = {
    .id = "scaling-shape-class",
    .summary = "flat, positive, inverse, U-shaped or inverted: the class of a score over scale",
    .source = "McKenzie et al. 2023 (arXiv:2306.09479); Wu & Lo 2024 (arXiv:2410.01692)",
    .text =
        "A constant, a line and a parabola are fitted over log10 x and chosen by AICc; a parabola "
        "counts as a U only with its vertex inside the data and both arms above the tolerance. "
        "With too few sizes for AICc (fewer than six) the parabola is tried first by that rule "
        "alone. Score and loss may disagree, as when accuracy rises while the loss gets worse: say "
        "both.",
    .example =
        "scaling-shape-class data/inverse-scaling/means.csv --where 'measure == \"loss_nats\" and "
        "accuracy >= 0' --group task,family --map x=size_rank,loss=mean,items=items "
        "--param axis=linear",
    .columns = class_columns,
    .settings = class_settings,
    .results = class_results,
    .run = run_class};
