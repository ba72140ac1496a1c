/* The record of `observe`: a capability space, and forecasts made in it. */
#include "report/observation.h"

#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_COMPONENTS = 3, SHOWN_CELLS = 8 };

/* How much components explain, and how many stand out from noise. */
static void add_variance(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *list = NULL;
    size_t k = 1;
    FSCI_JSON_EACH (ratio, fsci_json_at(record, "pca.explained_variance_ratio"))
        list = fsci_joined(
            arena, list, ", ",
            fsci_format(arena, "PC-%zu %s", k++, fsci_say_percent(arena, ratio->number)));
    fsci_view_add(view, FSCI_ITEM, "variance", list);
    const fsci_json *parallel = fsci_json_at(record, "pca.parallel_analysis");
    if (parallel)
        fsci_view_add(
            view, FSCI_ITEM, "above noise",
            fsci_format(
                arena, "%s (parallel analysis, %s of the columns, %s bound)",
                fsci_say_count(arena, number(parallel, "components"), "component", "components"),
                fsci_say_count(arena, number(parallel, "shuffles"), "shuffle", "shuffles"),
                fsci_say_percent(arena, number(parallel, "level"))));
}

/* The largest absolute value of PC-1's shift, and of the error in a prediction, for an imputed cell
 * that is off by its usual error. */
static double largest_shift(const fsci_json *record)
{
    double largest = NAN;
    FSCI_JSON_EACH (cell, fsci_json_get(record, "imputed")) {
        const fsci_json *shift = fsci_json_at(cell, "pc_shift.0");
        largest = fmax(largest, shift ? fabs(shift->number) : NAN);
    }
    return largest;
}

static double largest_error(const fsci_json *target)
{
    double largest = NAN;
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions"))
        largest = fmax(largest, number(p, "imputation_error"));
    return largest;
}

static double shift_of(const fsci_json *cell)
{
    const fsci_json *shift = fsci_json_at(cell, "pc_shift.0");
    return shift && isfinite(shift->number) ? fabs(shift->number) : 0;
}

/* The largest first, equals by name. */
static int by_shift(const void *a, const void *b)
{
    const fsci_json *p = *(const fsci_json *const *)a, *q = *(const fsci_json *const *)b;
    double x = shift_of(p), y = shift_of(q);
    return x != y ? (x < y) - (x > y) : strcmp(words(p, "model"), words(q, "model"));
}

static void add_imputed(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *imputation = fsci_json_get(record, "imputation");
    const fsci_json *targets = fsci_json_get(record, "targets");
    double listed = (double)fsci_json_count(fsci_json_get(record, "imputed"));
    double imputed = fmax(listed, number(imputation, "cells"));
    size_t cells = fsci_json_count(fsci_json_get(record, "benchmarks")) *
                   fsci_json_count(fsci_json_at(record, "pca.scores"));
    const char *text = "nothing";
    if (imputed > 0)
        text =
            fsci_format(arena, "%s of %zu scores, in %s", fsci_say_integer(arena, imputed), cells,
                        fsci_say_count(arena, number(imputation, "rounds"), "round", "rounds"));
    double shift = largest_shift(record), error = largest_error(targets ? targets->first : NULL);
    if (isfinite(shift))
        text = fsci_format(arena, "%s; being off as usual moves PC-1 by up to %s", text,
                           fsci_say_digits(arena, shift, 2));
    if (isfinite(shift) && isfinite(error))
        text = fsci_format(arena, "%s, a forecast by up to %s", text,
                           fsci_say_digits(arena, error, 2));
    fsci_view_add(view, FSCI_ITEM, "imputed", text);
}

/* The scores that were imputed, those that matter most first. */
static void add_cells(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"imputed score of", FSCI_WRAP},
                                          {"benchmark", FSCI_WRAP},
                                          {"score", FSCI_POINT},
                                          {"usual error", FSCI_POINT},
                                          {"moves PC-1 by", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    const fsci_json *imputed = fsci_json_get(record, "imputed");
    size_t shown = 0, n = fsci_json_count(imputed);
    if (n == 0)
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Imputed scores", columns);
    const fsci_json **cells = FSCI_NEW(arena, const fsci_json *, n);
    FSCI_JSON_EACH (cell, imputed)
        if (cells)
            cells[shown++] = cell;
    if (shown)
        qsort(cells, shown, sizeof *cells, by_shift);
    for (size_t i = 0; i < shown && i < SHOWN_CELLS; i++) {
        const fsci_json *shift = fsci_json_at(cells[i], "pc_shift.0");
        double error = number(cells[i], "error");
        fsci_grid_add(
            view, grid,
            (const char *[]){
                fsci_short_model(arena, words(cells[i], "model")), words(cells[i], "benchmark"),
                fsci_say(arena, number(cells[i], "value"), error), fsci_say_digits(arena, error, 2),
                shift ? fsci_say_digits(arena, fabs(shift->number), 2) : NULL});
    }
    double all = fmax((double)n, number(fsci_json_get(record, "imputation"), "cells"));
    if (all > SHOWN_CELLS)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(arena, "and %s more, in the record.",
                                  fsci_say_integer(arena, all - SHOWN_CELLS)));
}

static void add_sensitivity(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    FSCI_JSON_EACH (row, fsci_json_get(record, "sensitivity")) {
        double value = number(row, "value"), was = value - number(row, "moved");
        if (isfinite(value))
            fsci_view_add(view, FSCI_ITEM, "sensitivity",
                          fsci_format(arena, "%s: %s, test error %s instead of %s (normalised, %s)",
                                      words(row, "target"), words(row, "change"),
                                      fsci_say_digits(arena, sqrt(value), 2),
                                      fsci_say_digits(arena, sqrt(was), 2),
                                      fsci_say_count(arena, number(row, "n"), "model", "models")));
    }
}

static void add_sweeps(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"target", FSCI_WRAP},
                                          {"predicted from", FSCI_WRAP},
                                          {"ranked by", FSCI_LEFT},
                                          {"models", FSCI_RIGHT},
                                          {"area", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    if (!fsci_json_count(fsci_json_get(record, "aue")))
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Area under the test error", columns);
    FSCI_JSON_EACH (sweep, fsci_json_get(record, "aue"))
        fsci_grid_add(
            view, grid,
            (const char *[]){words(sweep, "target"),
                             fsci_say_predictors(arena, words(sweep, "predictors")),
                             strcmp(words(sweep, "rank_by"), "flops") ? "score" : "compute",
                             fsci_say_integer(arena, number(sweep, "n")),
                             fsci_say_digits(arena, number(sweep, "value"), 3)});
}

static void add_loadings(const fsci_json *record, const fsci_json *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *loadings = fsci_json_at(record, "pca.loadings");
    const fsci_json *weights = fsci_json_get(target, "benchmark_weights");
    size_t shown = fsci_json_count(loadings), c = 1;
    shown = shown < SHOWN_COMPONENTS ? shown : SHOWN_COMPONENTS;
    size_t n = shown + 1 + (weights != NULL);
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!columns || !cells || !shown)
        return;
    columns[0] = (fsci_column){"benchmark", FSCI_WRAP};
    for (; c <= shown; c++)
        columns[c] = (fsci_column){fsci_format(arena, "PC-%zu", c), FSCI_POINT};
    if (weights)
        columns[c] = (fsci_column){"weight in forecast", FSCI_POINT};
    fsci_grid *grid = fsci_view_grid(view, "What the components are made of", columns, n);
    FSCI_JSON_EACH (benchmark, fsci_json_get(record, "benchmarks")) {
        const fsci_json *loading = loadings->first;
        cells[0] = benchmark->string ? benchmark->string : "";
        for (c = 1; c <= shown; c++, loading = loading->next)
            cells[c] = fsci_say(arena, number(loading, cells[0]), 0.1);
        if (weights)
            cells[c] = fsci_say(arena, number(weights, cells[0]), 0.1);
        fsci_grid_add(view, grid, cells);
    }
}

/* The line of a target's capability in one family; NULL where there is none. */
static const fsci_json *task_line(const fsci_json *target, const char *family)
{
    FSCI_JSON_EACH (line, fsci_json_get(target, "families"))
        if (!strcmp(words(line, "name"), family))
            return line;
    return NULL;
}

/* "0.28 (0.21 to 0.34)"; two models have no interval. */
static const char *say_slope(fsci_arena *arena, const fsci_json *line)
{
    double lo = number(line, "slope_lo"), hi = number(line, "slope_hi");
    const char *slope = fsci_say(arena, number(line, "slope"), 0.1);
    if (!isfinite(lo) || !isfinite(hi))
        return slope;
    return fsci_format(arena, "%s (%s to %s)", slope, fsci_say(arena, lo, 0.1),
                       fsci_say(arena, hi, 0.1));
}

/* General capability within families, and capability for the first target beside it. */
static void add_families(const fsci_json *record, const fsci_json *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {
        {"family", FSCI_WRAP},
        {"models", FSCI_RIGHT},
        {"PC-1 per decade", FSCI_POINT},
        {"R²", FSCI_POINT},
        {target ? fsci_format(arena, "for %s", words(target, "target")) : "", FSCI_POINT},
        {"R²", FSCI_POINT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Families", columns);
    FSCI_JSON_EACH (family, fsci_json_get(record, "families")) {
        const fsci_json *line = task_line(target, words(family, "name"));
        if (number(family, "component") != 1)
            continue;
        fsci_grid_add(
            view, grid,
            (const char *[]){words(family, "name"), fsci_say_integer(arena, number(family, "n")),
                             say_slope(arena, family), fsci_say(arena, number(family, "r2"), 0.01),
                             line ? say_slope(arena, line) : NULL,
                             line ? fsci_say(arena, number(line, "r2"), 0.01) : NULL});
    }
}

/* ---- the whole --------------------------------------------------------------------------- */

/* `first`: the first target, NULL when there is none. */
static void add_title(const fsci_json *record, const fsci_json *first, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *models = fsci_json_get(record, "models");
    size_t benchmarks = fsci_json_count(fsci_json_get(record, "benchmarks"));
    const char *text = fsci_format(arena, "%s from %zu benchmarks",
                                   first ? "forecast" : "capability space", benchmarks);
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, first ? words(first, "target") : "observation", text);
    double cutoff = fsci_compute_cutoff(first);
    const char *up_to =
        isfinite(cutoff) ? fsci_format(arena, " up to %s FLOP", fsci_say_digits(arena, cutoff, 3))
                         : "";
    if (title)
        title->aside = fsci_format(arena, "%s: %s training%s, %s test",
                                   fsci_say_count(arena, number(models, "n"), "model", "models"),
                                   fsci_say_integer(arena, number(models, "n_train")), up_to,
                                   fsci_say_integer(arena, number(models, "n_test")));
}

/* Calls `add` once per target, in order. */
static void each_target(const fsci_json *record,
                        void (*add)(const fsci_json *, const char *, fsci_view *), fsci_view *view)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    FSCI_JSON_EACH (entry, targets) {
        const fsci_json *first = targets->first;
        while (strcmp(words(first, "target"), words(entry, "target")))
            first = first->next;
        if (first == entry)
            add(record, words(entry, "target"), view);
    }
}

void fsci_observation_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    const fsci_json *first = targets ? targets->first : NULL;
    add_title(record, first, view);
    each_target(record, fsci_forecast_add, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    each_target(record, fsci_forecast_add_models, view);
    each_target(record, fsci_forecast_add_fit, view);
    add_sensitivity(record, view);
    add_variance(record, view);
    add_imputed(record, view);
    add_sweeps(record, view);
    add_loadings(record, first, view);
    add_families(record, first, view);
    add_cells(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

static void list_predictions(fsci_arena *arena, const fsci_json *entry,
                             const fsci_json *predictions, fsci_json *list)
{
    FSCI_JSON_EACH (prediction, predictions) {
        fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
        fsci_json_set_string(arena, row, "target", words(entry, "target"));
        fsci_json_set_string(arena, row, "predictors", words(entry, "predictors"));
        FSCI_JSON_EACH (member, prediction)
            fsci_json_set(arena, row, member->key, fsci_json_copy(arena, member));
    }
}

/* The scores with a column per component. */
static fsci_json *list_scores(fsci_arena *arena, const fsci_json *scores)
{
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH (score, scores) {
        fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
        int k = 0;
        FSCI_JSON_EACH (member, score)
            if (strcmp(member->key, "pc") != 0)
                fsci_json_set(arena, row, member->key, fsci_json_copy(arena, member));
        FSCI_JSON_EACH (pc, fsci_json_get(score, "pc")) {
            char name[16];
            snprintf(name, sizeof name, "pc%d", ++k);
            fsci_json_set(arena, row, name, fsci_json_copy(arena, pc));
        }
    }
    return list;
}

/* Every prediction of every target, or the scores when nothing was predicted. */
const fsci_json *fsci_observation_list(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    if (!fsci_json_count(targets))
        return list_scores(arena, fsci_json_at(record, "pca.scores"));
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH (entry, targets) {
        list_predictions(arena, entry, fsci_json_get(entry, "predictions"), list);
        list_predictions(arena, entry, fsci_json_get(entry, "open"), list);
    }
    return list;
}
