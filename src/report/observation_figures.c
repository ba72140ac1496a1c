/* The figures of an observation, as figure objects (README.md) made from the record's fields. */
#include "record/figure.h"
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"
#include "report/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_POINTS = 121, TRAIN_COLOR = 0, TEST_COLOR = 1, LATER_COLOR = 2, SOLID_LINES = 6 };

/* ---- what figure objects need here besides points ---------------------------------------- */

void fsci_append_number(fsci_arena *arena, fsci_json *series, const char *key, double value)
{
    fsci_json *array = (fsci_json *)fsci_json_get(series, key);
    if (!array)
        array = fsci_json_set_array(arena, series, key);
    fsci_json_push(array, fsci_json_number(arena, value));
}

void fsci_append_text(fsci_arena *arena, fsci_json *series, const char *key, const char *text)
{
    fsci_json *array = (fsci_json *)fsci_json_get(series, key);
    if (!array)
        array = fsci_json_set_array(arena, series, key);
    fsci_json_push(array, fsci_json_string(arena, text));
}

/* ---- observed and predicted over compute ------------------------------------------------- */

static double link(const fsci_json *target, double z)
{
    const fsci_json *form = fsci_json_get(target, "link");
    double floor = number(form, "floor"), chance = number(form, "chance");
    floor = isfinite(floor) ? floor : 0;
    double t = !strcmp(words(form, "kind"), "linear") ? z : floor + (1 - floor) / (1 + exp(-z));
    return (isfinite(chance) ? chance : 0) + fsci_target_units(target, t);
}

/* Extent of the compute at which models stand; false when there is none. */
static bool compute_extent(const fsci_json *target, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = 0;
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions")) {
        double compute = fsci_compute_of(p);
        if (isfinite(compute) && compute > 0) {
            *lo = fmin(*lo, compute);
            *hi = fmax(*hi, compute);
        }
    }
    return *lo <= *hi;
}

static int by_compute(const void *a, const void *b)
{
    double x = fsci_compute_of(*(const fsci_json *const *)a);
    double y = fsci_compute_of(*(const fsci_json *const *)b);
    return (x > y) - (x < y);
}

/* The predictions of a target in order of compute; those without compute are left out. */
static const fsci_json **sorted(fsci_arena *arena, const fsci_json *target, size_t *n)
{
    const fsci_json *all = fsci_json_get(target, "predictions");
    const fsci_json **list = FSCI_NEW(arena, const fsci_json *, fsci_json_count(all) + 1);
    *n = 0;
    FSCI_JSON_EACH (p, all)
        if (list && isfinite(fsci_compute_of(p)))
            list[(*n)++] = p;
    if (*n)
        qsort(list, *n, sizeof *list, by_compute);
    return list;
}

/* Slope and intercept of what the link takes, in log10 of the compute at which models stand; false
 * where it is no line in it. */
static bool line_in_compute(const fsci_json *target, double *slope, double *intercept)
{
    const fsci_json *equivalent = fsci_json_get(target, "equivalent");
    *slope = number(equivalent, "slope");
    *intercept = number(equivalent, "intercept");
    if (!isfinite(*slope) && !strcmp(words(target, "predictors"), "flops")) {
        const fsci_json *weight = fsci_json_at(target, "weights.0");
        *slope = weight ? weight->number * log(10) : NAN;
        *intercept = number(target, "intercept");
    }
    return isfinite(*slope) && isfinite(*intercept);
}

/* The link along compute; where it is of something else, through the predictions. */
static void add_curve(fsci_arena *arena, const fsci_json *target, fsci_json *figure)
{
    double slope, intercept, lo, hi;
    fsci_json *curve = fsci_figure_series(arena, figure, "forecast", "line", NULL);
    fsci_json_set_string(arena, curve, "color", "ink");
    if (line_in_compute(target, &slope, &intercept) && compute_extent(target, &lo, &hi)) {
        double first = log10(lo), step = (log10(hi) - first) / (CURVE_POINTS - 1);
        for (int i = 0; i < CURVE_POINTS; i++) {
            double at = first + i * step;
            fsci_figure_point(arena, curve, pow(10, at), link(target, intercept + slope * at));
        }
        return;
    }
    size_t n;
    const fsci_json **points = sorted(arena, target, &n);
    for (size_t i = 0; i < n; i++)
        fsci_figure_point(arena, curve, fsci_compute_of(points[i]), number(points[i], "predicted"));
}

/* Where a model stands: at its compute, or at what is predicted of it. */
typedef double place(const fsci_json *prediction);

static double predicted_of(const fsci_json *prediction)
{
    return number(prediction, "predicted");
}

static void add_ranges(fsci_arena *arena, const fsci_json *target, place *x, fsci_json *figure)
{
    fsci_json *ranges = NULL;
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions")) {
        if (!strcmp(words(p, "split"), "train") || !isfinite(number(p, "lo")))
            continue;
        if (!ranges) {
            ranges = fsci_figure_series(arena, figure, "interval of a forecast", "ranges", NULL);
            fsci_json_set_number(arena, ranges, "color", TEST_COLOR);
        }
        fsci_append_number(arena, ranges, "x", x(p));
        fsci_append_number(arena, ranges, "lo", number(p, "lo"));
        fsci_append_number(arena, ranges, "hi", number(p, "hi"));
    }
}

static const char *hover_text(fsci_arena *arena, const fsci_json *p)
{
    return fsci_format(arena, "%s (%s): observed %s, predicted %s",
                       fsci_short_model(arena, words(p, "model")), words(p, "family"),
                       fsci_say(arena, number(p, "observed"), 0.05),
                       fsci_say(arena, number(p, "predicted"), 0.05));
}

/* Whether no model of the same family and split stands farther right: families are named there. */
static bool is_largest(const fsci_json *target, const fsci_json *model)
{
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions"))
        if (!strcmp(words(p, "family"), words(model, "family")) &&
            !strcmp(words(p, "split"), words(model, "split")) &&
            fsci_compute_of(p) > fsci_compute_of(model))
            return false;
    return true;
}

static void add_models(fsci_arena *arena, const fsci_json *target, const char *split,
                       const char *name, int color, fsci_json *figure)
{
    bool train = !strcmp(split, "train");
    fsci_json *series = NULL;
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions")) {
        if (strcmp(words(p, "split"), split) || !isfinite(fsci_compute_of(p)))
            continue;
        if (!series) {
            series = fsci_figure_series(arena, figure, name, "points", train ? "filled" : "open");
            fsci_json_set_number(arena, series, "color", color);
            fsci_json_set_string(arena, series, "label", train ? NULL : "points");
        }
        fsci_figure_point(arena, series, fsci_compute_of(p), number(p, "observed"));
        fsci_append_text(arena, series, "names", hover_text(arena, p));
        fsci_append_text(
            arena, series, "labels",
            !train && is_largest(target, p) ? fsci_short_model(arena, words(p, "model")) : NULL);
    }
}

/* Where each model stands and, when compute divides them, what the forecast was made from. */
static const char *forecast_caption(fsci_arena *arena, const fsci_json *target, double cutoff)
{
    const char *family = words(fsci_json_get(target, "equivalent"), "family");
    const char *text =
        *family ? fsci_format(arena,
                              "Each model stands at the compute a %s model would need to be as "
                              "capable.",
                              family)
                : "Each model stands at its own training compute.";
    if (!isfinite(cutoff))
        return text;
    return fsci_format(arena,
                       "%s The forecast was made from the filled ones, all trained with at most "
                       "%s FLOP (dashed line).",
                       text, fsci_say_digits(arena, cutoff, 3));
}

static void add_forecast(fsci_arena *arena, const fsci_json *target, fsci_json *figures)
{
    const char *name = words(target, "target"), *predictors = words(target, "predictors");
    const char *family = words(fsci_json_get(target, "equivalent"), "family");
    double cutoff = fsci_compute_cutoff(target);
    fsci_json *figure = fsci_figure_add(
        arena, figures, fsci_format(arena, "%s-%s", name, predictors),
        fsci_format(arena, "%s, forecast from %s", name, fsci_say_predictors(arena, predictors)),
        forecast_caption(arena, target, cutoff));
    fsci_figure_axis(arena, figure, "x",
                     *family ? fsci_format(arena, "compute of a %s model as capable", family)
                             : "training compute",
                     "FLOP", "log");
    fsci_figure_axis(arena, figure, "y", fsci_format(arena, "%s, observed", name), NULL, "linear");
    add_ranges(arena, target, fsci_compute_of, figure);
    add_curve(arena, target, figure);
    add_models(arena, target, "train", "models in training", TRAIN_COLOR, figure);
    add_models(arena, target, "test", "models held out", TEST_COLOR, figure);
    add_models(arena, target, "later", "models released later", LATER_COLOR, figure);
    if (isfinite(cutoff))
        fsci_figure_mark(arena, figure, "vline", cutoff, "training compute ends");
}

/* ---- predicted against observed ---------------------------------------------------------- */

static bool is_missed(const fsci_json *p)
{
    double observed = number(p, "observed");
    return observed < number(p, "lo") || observed > number(p, "hi");
}

static void add_agreement_of(fsci_arena *arena, const fsci_json *target, const char *split,
                             const char *name, int color, fsci_json *figure)
{
    bool train = !strcmp(split, "train");
    fsci_json *series = NULL;
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions")) {
        if (strcmp(words(p, "split"), split))
            continue;
        if (!series) {
            series = fsci_figure_series(arena, figure, name, "points", train ? "filled" : "open");
            fsci_json_set_number(arena, series, "color", color);
            fsci_json_set_string(arena, series, "label", train ? NULL : "points");
        }
        fsci_figure_point(arena, series, number(p, "predicted"), number(p, "observed"));
        fsci_append_text(arena, series, "names", hover_text(arena, p));
        fsci_append_text(arena, series, "labels",
                         !train && is_missed(p) ? fsci_short_model(arena, words(p, "model"))
                                                : NULL);
    }
}

static void add_agreement(fsci_arena *arena, const fsci_json *target, const char *id,
                          fsci_json *figures)
{
    const char *name = words(target, "target"), *predictors = words(target, "predictors");
    fsci_json *figure = fsci_figure_add(
        arena, figures, id,
        fsci_format(arena, "%s, observed and predicted from %s", name,
                    fsci_say_predictors(arena, predictors)),
        "A model on the diagonal scores what was predicted; one outside its interval is named.");
    fsci_figure_axis(arena, figure, "x", fsci_format(arena, "%s, predicted", name), NULL, "linear");
    fsci_figure_axis(arena, figure, "y", fsci_format(arena, "%s, observed", name), NULL, "linear");
    add_ranges(arena, target, predicted_of, figure);
    add_agreement_of(arena, target, "train", "models in training", TRAIN_COLOR, figure);
    add_agreement_of(arena, target, "test", "models held out", TEST_COLOR, figure);
    add_agreement_of(arena, target, "later", "models released later", LATER_COLOR, figure);
    fsci_figure_mark(arena, figure, "diagonal", NAN, "observed = predicted");
}

/* The first way of predicting a target is shown both ways, the others in one. */
static void add_target(fsci_arena *arena, const fsci_json *target, bool lead, fsci_json *figures)
{
    const char *id =
        fsci_format(arena, "%s-%s", words(target, "target"), words(target, "predictors"));
    bool over_compute = isfinite(number(fsci_json_get(target, "equivalent"), "slope")) ||
                        !strcmp(words(target, "predictors"), "flops");
    if (over_compute)
        add_forecast(arena, target, figures);
    else
        add_agreement(arena, target, id, figures);
    if (over_compute && lead)
        add_agreement(arena, target, fsci_format(arena, "%s-observed", id), figures);
}

/* ---- error sweeps ------------------------------------------------------------------------ */

static bool same_sweep(const fsci_json *a, const fsci_json *b)
{
    return !strcmp(words(a, "target"), words(b, "target")) &&
           !strcmp(words(a, "rank_by"), words(b, "rank_by"));
}

static void add_sweep(fsci_arena *arena, const fsci_json *sweep, size_t order, fsci_json *figure)
{
    fsci_json *series =
        fsci_figure_series(arena, figure, fsci_say_predictors(arena, words(sweep, "predictors")),
                           "line", order < SOLID_LINES ? NULL : "dashed");
    fsci_json_set_number(arena, series, "color", (double)(order % SOLID_LINES));
    FSCI_JSON_EACH (step, fsci_json_get(sweep, "steps"))
        fsci_figure_point(arena, series, number(step, "fraction"), number(step, "mse"));
}

/* One figure per target and ranking, a line per way of predicting. */
static void add_sweeps(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    const fsci_json *sweeps = fsci_json_get(record, "aue");
    FSCI_JSON_EACH (first, sweeps) {
        const fsci_json *before = sweeps->first;
        while (!same_sweep(before, first))
            before = before->next;
        if (before != first)
            continue;
        bool by_flops = !strcmp(words(first, "rank_by"), "flops");
        fsci_json *figure = fsci_figure_add(
            arena, figures,
            fsci_format(arena, "aue-%s-%s", words(first, "target"), words(first, "rank_by")),
            fsci_format(arena, "%s, error when the %s models are held out", words(first, "target"),
                        by_flops ? "largest" : "best"),
            fsci_format(arena,
                        "Of %zu models those of %s are held out and all is fitted to the rest; the "
                        "area under a line sums it up.",
                        (size_t)number(first, "n"),
                        by_flops ? "most training compute" : "the highest score"));
        fsci_figure_axis(arena, figure, "x", "share of models held out", NULL, "linear");
        fsci_figure_axis(arena, figure, "y", "mean squared error, normalised target", NULL, "log");
        size_t order = 0;
        FSCI_JSON_EACH (sweep, sweeps)
            if (same_sweep(sweep, first))
                add_sweep(arena, sweep, order++, figure);
    }
}

const fsci_json *fsci_observation_figures(fsci_arena *arena, const fsci_json *record)
{
    fsci_json *figures = fsci_json_array(arena);
    const char *before = "";
    FSCI_JSON_EACH (target, fsci_json_get(record, "targets")) {
        add_target(arena, target, strcmp(before, words(target, "target")) != 0, figures);
        before = words(target, "target");
    }
    add_sweeps(arena, record, figures);
    fsci_space_figures(arena, record, figures);
    return figures;
}
