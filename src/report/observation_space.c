/* The figures of a capability space: families over compute, what components are made of, and how
 * much they explain. */
#include "record/figure.h"
#include "report/fields.h"
#include "report/observation.h"
#include "report/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLORS = 6, SHOWN_LOADINGS = 4, NAMED_BENCHMARKS = 16 };

/* ---- families ---------------------------------------------------------------------------- */

typedef struct model {
    const char *name, *family;
    double log10_flops, pc1;
} model;

static const fsci_json *prediction_of(const fsci_json *record, const char *name)
{
    FSCI_JSON_EACH (target, fsci_json_get(record, "targets"))
        FSCI_JSON_EACH (p, fsci_json_get(target, "predictions"))
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
    FSCI_JSON_EACH (score, scores) {
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
    FSCI_JSON_EACH (f, fsci_json_get(record, "families"))
        if (number(f, "component") == 1 && !strcmp(words(f, "name"), family))
            return true;
    return false;
}

static void append_model(fsci_arena *arena, fsci_json *series, const model *m)
{
    fsci_figure_point(arena, series, pow(10, m->log10_flops), m->pc1);
    fsci_append_text(arena, series, "names",
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
        fsci_json_set_number(arena, others, "color", COLORS);
    int color = 0;
    FSCI_JSON_EACH (family, fsci_json_get(record, "families")) {
        if (number(family, "component") != 1)
            continue;
        fsci_json *series =
            fsci_figure_series(arena, figure, words(family, "name"), "line", "marked");
        fsci_json_set_number(arena, series, "color", color % COLORS);
        fsci_json_set_number(arena, series, "shape", color++);
        fsci_json_set_string(arena, series, "label", "end");
        for (size_t i = 0; i < n; i++)
            if (!strcmp(models[i].family, words(family, "name")))
                append_model(arena, series, &models[i]);
    }
}

/* ---- components -------------------------------------------------------------------------- */

/* Below the bound of parallel analysis a component is like one of unrelated columns. */
static void add_bound(fsci_arena *arena, const fsci_json *pca, fsci_json *figure)
{
    const fsci_json *bounds = fsci_json_at(pca, "parallel_analysis.bound");
    const fsci_json *variance = fsci_json_at(pca, "variance.0");
    const fsci_json *share = fsci_json_at(pca, "explained_variance_ratio.0");
    double k = 0;
    if (!fsci_json_count(bounds) || !variance || !share)
        return;
    fsci_json *series = fsci_figure_series(arena, figure, "95 % of unrelated benchmarks stay below",
                                           "line", "dashed");
    fsci_json_set_string(arena, series, "color", "ink");
    FSCI_JSON_EACH (bound, bounds)
        fsci_figure_point(arena, series, ++k, bound->number * share->number / variance->number);
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
    FSCI_JSON_EACH (ratio, ratios) {
        fsci_figure_point(arena, bars, ++k, ratio->number);
        fsci_append_text(arena, bars, "labels", fsci_say_percent(arena, ratio->number));
        fsci_json_push(names, fsci_json_string(arena, fsci_format(arena, "PC-%.0f", k)));
    }
    add_bound(arena, fsci_json_get(record, "pca"), figure);
}

/* Names along the axis where there is room, else numbers. */
static void name_benchmarks(fsci_arena *arena, const fsci_json *benchmarks, fsci_json *axis)
{
    if (fsci_json_count(benchmarks) > NAMED_BENCHMARKS)
        return;
    fsci_json *names = fsci_json_set_array(arena, axis, "categories");
    FSCI_JSON_EACH (benchmark, benchmarks)
        fsci_json_push(names, fsci_json_string(arena, benchmark->string));
}

static void add_loadings(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    const fsci_json *benchmarks = fsci_json_get(record, "benchmarks");
    const fsci_json *loadings = fsci_json_at(record, "pca.loadings");
    size_t c = 0;
    if (!fsci_json_count(loadings))
        return;
    fsci_json *figure =
        fsci_figure_add(arena, figures, "loadings", "What the components are made of",
                        "The share of each benchmark in a component; the largest of "
                        "each is positive by convention.");
    fsci_json *x = fsci_figure_axis(arena, figure, "x", "benchmark", NULL, "linear");
    name_benchmarks(arena, benchmarks, x);
    fsci_figure_axis(arena, figure, "y", "loading", NULL, "linear");
    FSCI_JSON_EACH (loading, loadings) {
        if (c == SHOWN_LOADINGS)
            break;
        fsci_json *series = fsci_figure_series(arena, figure, fsci_format(arena, "PC-%zu", c + 1),
                                               "points", "strong");
        fsci_json_set_number(arena, series, "color", (double)c);
        fsci_json_set_number(arena, series, "shape", (double)c++);
        double at = 0;
        FSCI_JSON_EACH (benchmark, benchmarks) {
            double value = number(loading, benchmark->string);
            fsci_figure_point(arena, series, ++at, value);
            fsci_append_text(arena, series, "names",
                             fsci_format(arena, "%s in PC-%zu: %s", benchmark->string, c,
                                         fsci_say(arena, value, 0.1)));
        }
    }
    fsci_figure_mark(arena, figure, "hline", 0, NULL);
}

void fsci_space_figures(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    add_families(arena, record, figures);
    add_loadings(arena, record, figures);
    add_variance(arena, record, figures);
}
