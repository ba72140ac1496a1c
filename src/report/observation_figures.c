/* The figures of an observation, as figure objects (README.md) made from the record's fields. */
#include "record/figure.h"
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"
#include "report/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_POINTS = 121, TRAIN_COLOR = 0, TEST_COLOR = 1, LATER_COLOR = 2, OTHER_COLOR = 6 };

/* ---- what figure objects need here besides points ---------------------------------------- */

static void append(fsci_arena *arena, fsci_json *series, const char *key, double value)
{
    fsci_json *array = (fsci_json *)fsci_json_get(series, key);
    if (!array)
        array = fsci_json_set_array(arena, series, key);
    fsci_json_push(array, fsci_json_number(arena, value));
}

static void append_text(fsci_arena *arena, fsci_json *series, const char *key, const char *text)
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
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    {
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
    FSCI_JSON_EACH(p, all)
    if (list && isfinite(fsci_compute_of(p)))
        list[(*n)++] = p;
    if (*n)
        qsort(list, *n, sizeof *list, by_compute);
    return list;
}

/* The link along the reference family's compute; from compute itself, through the predictions. */
static void add_curve(fsci_arena *arena, const fsci_json *target, fsci_json *figure)
{
    const fsci_json *equivalent = fsci_json_get(target, "equivalent");
    double slope = number(equivalent, "slope"), intercept = number(equivalent, "intercept"), lo, hi;
    fsci_json *curve = fsci_figure_series(arena, figure, "forecast", "line", NULL);
    fsci_json_set_string(arena, curve, "color", "ink");
    if (isfinite(slope) && compute_extent(target, &lo, &hi)) {
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

static void add_ranges(fsci_arena *arena, const fsci_json *target, fsci_json *figure)
{
    fsci_json *ranges = NULL;
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    {
        if (!strcmp(words(p, "split"), "train") || !isfinite(number(p, "lo")))
            continue;
        if (!ranges) {
            ranges = fsci_figure_series(arena, figure, "interval of a forecast", "ranges", NULL);
            fsci_json_set_number(arena, ranges, "color", TEST_COLOR);
        }
        append(arena, ranges, "x", fsci_compute_of(p));
        append(arena, ranges, "lo", number(p, "lo"));
        append(arena, ranges, "hi", number(p, "hi"));
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
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
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
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    {
        if (strcmp(words(p, "split"), split) || !isfinite(fsci_compute_of(p)))
            continue;
        if (!series) {
            series = fsci_figure_series(arena, figure, name, "points", train ? "filled" : "open");
            fsci_json_set_number(arena, series, "color", color);
            fsci_json_set_string(arena, series, "label", train ? NULL : "points");
        }
        fsci_figure_point(arena, series, fsci_compute_of(p), number(p, "observed"));
        append_text(arena, series, "names", hover_text(arena, p));
        append_text(arena, series, "labels",
                    !train && is_largest(target, p) ? fsci_short_model(arena, words(p, "model"))
                                                    : NULL);
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
    add_ranges(arena, target, figure);
    add_curve(arena, target, figure);
    add_models(arena, target, "train", "models in training", TRAIN_COLOR, figure);
    add_models(arena, target, "test", "models held out", TEST_COLOR, figure);
    add_models(arena, target, "later", "models released later", LATER_COLOR, figure);
    if (isfinite(cutoff))
        fsci_figure_mark(arena, figure, "vline", cutoff, "training compute ends");
}

/* ---- predicted against observed, where there is no scale of compute ---------------------- */

static void add_agreement(fsci_arena *arena, const fsci_json *target, fsci_json *figures)
{
    static const struct {
        const char *split, *name, *style;
    } parts[] = {{"train", "models in training", "filled"}, {"test", "models held out", "open"}};
    const char *name = words(target, "target"), *predictors = words(target, "predictors");
    fsci_json *figure = fsci_figure_add(
        arena, figures, fsci_format(arena, "%s-%s", name, predictors),
        fsci_format(arena, "%s, forecast from %s", name, fsci_say_predictors(arena, predictors)),
        NULL);
    fsci_figure_axis(arena, figure, "x", fsci_format(arena, "%s, predicted", name), NULL, "linear");
    fsci_figure_axis(arena, figure, "y", fsci_format(arena, "%s, observed", name), NULL, "linear");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        fsci_json *series =
            fsci_figure_series(arena, figure, parts[i].name, "points", parts[i].style);
        FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
        if (!strcmp(words(p, "split"), parts[i].split)) {
            fsci_figure_point(arena, series, number(p, "predicted"), number(p, "observed"));
            append_text(arena, series, "names", hover_text(arena, p));
        }
    }
    fsci_figure_mark(arena, figure, "diagonal", NAN, "observed = predicted");
}

static void add_target(fsci_arena *arena, const fsci_json *target, fsci_json *figures)
{
    bool over_compute = isfinite(number(fsci_json_get(target, "equivalent"), "slope")) ||
                        !strcmp(words(target, "predictors"), "flops");
    if (over_compute)
        add_forecast(arena, target, figures);
    else
        add_agreement(arena, target, figures);
}

/* ---- the capability space ---------------------------------------------------------------- */

typedef struct model {
    const char *name, *family;
    double log10_flops, pc1;
} model;

static const fsci_json *prediction_of(const fsci_json *record, const char *name)
{
    FSCI_JSON_EACH(target, fsci_json_get(record, "targets"))
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    if (!strcmp(words(p, "model"), name))
        return p;
    return NULL;
}

/* Family and compute stand in the score itself, else in a prediction for the same model. */
static model model_of(const fsci_json *record, const fsci_json *score)
{
    const fsci_json *source =
        fsci_json_get(score, "family") ? score : prediction_of(record, words(score, "model"));
    const fsci_json *pc1 = fsci_json_at(score, "pc.0");
    return (model){.name = words(score, "model"),
                   .family = words(source, "family"),
                   .log10_flops = log10(number(source, "flops")),
                   .pc1 = pc1 && pc1->kind == FSCI_JSON_NUMBER ? pc1->number : NAN};
}

static int by_log_flops(const void *a, const void *b)
{
    const model *m = a, *o = b;
    return m->log10_flops != o->log10_flops ? (m->log10_flops > o->log10_flops ? 1 : -1)
                                            : strcmp(m->name, o->name);
}

/* Models with known compute and score, in order of compute. */
static model *placed_models(fsci_arena *arena, const fsci_json *record, size_t *n)
{
    const fsci_json *scores = fsci_json_at(record, "pca.scores");
    model *models = FSCI_NEW(arena, model, fsci_json_count(scores) + 1);
    *n = 0;
    FSCI_JSON_EACH(score, scores)
    {
        model m = model_of(record, score);
        if (models && isfinite(m.log10_flops) && isfinite(m.pc1))
            models[(*n)++] = m;
    }
    if (*n)
        qsort(models, *n, sizeof *models, by_log_flops);
    return models;
}

static bool has_line(const fsci_json *record, const char *family)
{
    FSCI_JSON_EACH(f, fsci_json_get(record, "families"))
    if (number(f, "component") == 1 && !strcmp(words(f, "name"), family))
        return true;
    return false;
}

static void append_model(fsci_arena *arena, fsci_json *series, const model *m)
{
    fsci_figure_point(arena, series, pow(10, m->log10_flops), m->pc1);
    append_text(arena, series, "names",
                fsci_format(arena, "%s (%s)", fsci_short_model(arena, m->name), m->family));
}

static void add_families(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    size_t n;
    const model *models = placed_models(arena, record, &n);
    if (!n)
        return;
    fsci_json *figure =
        fsci_figure_add(arena, figures, "families", "Capability over training compute",
                        "The first component of each model's benchmark scores; models "
                        "of one family are joined.");
    fsci_figure_axis(arena, figure, "x", "training compute", "FLOP", "log");
    fsci_figure_axis(arena, figure, "y", "PC-1, general capability", NULL, "linear");
    fsci_json *others = NULL;
    for (size_t i = 0; i < n; i++)
        if (!has_line(record, models[i].family)) {
            if (!others)
                others = fsci_figure_series(arena, figure, "families of one or two models",
                                            "points", "faint");
            append_model(arena, others, &models[i]);
        }
    if (others)
        fsci_json_set_number(arena, others, "color", OTHER_COLOR);
    int color = 0;
    FSCI_JSON_EACH(family, fsci_json_get(record, "families"))
    {
        if (number(family, "component") != 1)
            continue;
        fsci_json *series =
            fsci_figure_series(arena, figure, words(family, "name"), "line", "marked");
        fsci_json_set_number(arena, series, "color", color % OTHER_COLOR);
        fsci_json_set_number(arena, series, "shape", color++);
        fsci_json_set_string(arena, series, "label", "end");
        for (size_t i = 0; i < n; i++)
            if (!strcmp(models[i].family, words(family, "name")))
                append_model(arena, series, &models[i]);
    }
}

static void add_variance(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    const fsci_json *ratios = fsci_json_at(record, "pca.explained_variance_ratio");
    if (!fsci_json_count(ratios))
        return;
    fsci_json *figure =
        fsci_figure_add(arena, figures, "variance", "Variance that each component explains", NULL);
    fsci_json *x = fsci_figure_axis(arena, figure, "x", "component", NULL, "linear");
    fsci_json *names = fsci_json_set_array(arena, x, "categories");
    fsci_figure_axis(arena, figure, "y", "share of variance", NULL, "linear");
    fsci_json *bars = fsci_figure_series(arena, figure, "share", "bars", NULL);
    fsci_json_set_string(arena, bars, "label", "none");
    double k = 0;
    FSCI_JSON_EACH(ratio, ratios)
    {
        fsci_figure_point(arena, bars, ++k, ratio->number);
        append_text(arena, bars, "labels", fsci_say_percent(arena, ratio->number));
        fsci_json_push(names, fsci_json_string(arena, fsci_format(arena, "PC-%.0f", k)));
    }
}

const fsci_json *fsci_observation_figures(fsci_arena *arena, const fsci_json *record)
{
    fsci_json *figures = fsci_json_array(arena);
    FSCI_JSON_EACH(target, fsci_json_get(record, "targets"))
    add_target(arena, target, figures);
    add_families(arena, record, figures);
    add_variance(arena, record, figures);
    return figures;
}
