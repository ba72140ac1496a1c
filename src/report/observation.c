/* The record of `observe`: a capability space, and forecasts made in it. */
#include "report/observation.h"

#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_COMPONENTS = 3 };

static void add_space(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *list = NULL;
    size_t k = 1;
    FSCI_JSON_EACH(ratio, fsci_json_at(record, "pca.explained_variance_ratio"))
    list =
        fsci_joined(arena, list, ", ",
                    fsci_format(arena, "PC-%zu %s", k++, fsci_say_percent(arena, ratio->number)));
    fsci_view_add(view, FSCI_ITEM, "variance", list);
    size_t imputed = fsci_json_count(fsci_json_get(record, "imputed"));
    size_t cells = fsci_json_count(fsci_json_get(record, "benchmarks")) *
                   fsci_json_count(fsci_json_at(record, "pca.scores"));
    fsci_view_add(
        view, FSCI_ITEM, "imputed",
        imputed ? fsci_format(arena, "%zu of %zu scores, in %s", imputed, cells,
                              fsci_say_count(arena,
                                             number(fsci_json_get(record, "imputation"), "rounds"),
                                             "round", "rounds"))
                : "nothing");
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
    FSCI_JSON_EACH(benchmark, fsci_json_get(record, "benchmarks"))
    {
        const fsci_json *loading = loadings->first;
        cells[0] = benchmark->string ? benchmark->string : "";
        for (c = 1; c <= shown; c++, loading = loading->next)
            cells[c] = fsci_say(arena, number(loading, cells[0]), 0.1);
        if (weights)
            cells[c] = fsci_say(arena, number(weights, cells[0]), 0.1);
        fsci_grid_add(view, grid, cells);
    }
}

static void add_families(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"family", FSCI_WRAP},
                                          {"models", FSCI_RIGHT},
                                          {"PC-1 per decade of compute", FSCI_POINT},
                                          {"R²", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Families", columns);
    FSCI_JSON_EACH(family, fsci_json_get(record, "families"))
    if (number(family, "component") == 1)
        fsci_grid_add(view, grid,
                      (const char *[]){words(family, "name"),
                                       fsci_say_integer(arena, number(family, "n")),
                                       fsci_say(arena, number(family, "slope"), 0.1),
                                       fsci_say(arena, number(family, "r2"), 0.01)});
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
    FSCI_JSON_EACH(entry, targets)
    {
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
    add_space(record, view);
    add_loadings(record, first, view);
    add_families(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

static void list_predictions(fsci_arena *arena, const fsci_json *entry,
                             const fsci_json *predictions, fsci_json *list)
{
    FSCI_JSON_EACH(prediction, predictions)
    {
        fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
        fsci_json_set_string(arena, row, "target", words(entry, "target"));
        fsci_json_set_string(arena, row, "predictors", words(entry, "predictors"));
        FSCI_JSON_EACH(member, prediction)
        fsci_json_set(arena, row, member->key, fsci_json_copy(arena, member));
    }
}

/* The scores with a column per component. */
static fsci_json *list_scores(fsci_arena *arena, const fsci_json *scores)
{
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH(score, scores)
    {
        fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
        int k = 0;
        FSCI_JSON_EACH(member, score)
        if (strcmp(member->key, "pc") != 0)
            fsci_json_set(arena, row, member->key, fsci_json_copy(arena, member));
        FSCI_JSON_EACH(pc, fsci_json_get(score, "pc"))
        {
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
    FSCI_JSON_EACH(entry, targets)
    {
        list_predictions(arena, entry, fsci_json_get(entry, "predictions"), list);
        list_predictions(arena, entry, fsci_json_get(entry, "open"), list);
    }
    return list;
}
