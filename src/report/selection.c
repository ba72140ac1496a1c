/* The record of `select`: the models to evaluate next, and how good that choice is. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

static bool is_by_model(const fsci_json *record)
{
    return !strcmp(words(record, "by"), "model");
}

static bool holds(const fsci_json *list, const char *name)
{
    FSCI_JSON_EACH (item, list)
        if (item->string && !strcmp(item->string, name))
            return true;
    return false;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* Names of `list` that are not in `other`; models without their publisher. */
static const char *say_list(fsci_arena *arena, const fsci_json *list, const fsci_json *other,
                            bool models)
{
    const char *names = NULL;
    FSCI_JSON_EACH (name, list)
        if (name->string && !holds(other, name->string))
            names = fsci_joined(arena, names, ", ",
                                models ? fsci_short_model(arena, name->string) : name->string);
    return names;
}

/* What an efficiency says under each criterion: "<before> 12.5 times <after> that all ... give". */
static const struct {
    const char *criterion, *before, *after;
} meanings[] = {
    {"V", "Predictions for the candidates then have", "the variance"},
    {"D", "The confidence region of the weights then has, per component,", "the volume"},
    {"A", "The weights then have", "the summed variance"},
    {"E", "The direction that is known worst then has", "the variance"},
    {"glm", "The forecast then has, where it is aimed,", "the variance"},
};

static void add_efficiency(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    double efficiency = number(record, "efficiency");
    double n = number(fsci_json_get(record, "all"), "n_models");
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (!strcmp(meanings[i].criterion, words(record, "criterion")))
            fsci_view_add(view, FSCI_SENTENCE, NULL,
                          fsci_format(arena, "%s %s times %s that all %s would give.",
                                      meanings[i].before, fsci_say_digits(arena, 1 / efficiency, 3),
                                      meanings[i].after,
                                      fsci_say_count(arena, n, "model", "models")));
}

static void add_answer(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *families = fsci_json_get(record, "families");
    const char *what = fsci_say_count(arena, number(record, "n_models"), "model", "models");
    const char *unit = string(record, "cost"), *names = "";
    if (!is_by_model(record)) {
        const char *list = say_list(arena, families, NULL, false);
        what = fsci_format(
            arena, "%s of %s", what,
            fsci_say_count(arena, (double)fsci_json_count(families), "family", "families"));
        names = fsci_format(arena, ": %s", list ? list : "none");
    }
    if (unit)
        what = fsci_format(arena, "%s, for %s %s", what,
                           fsci_say_digits(arena, number(record, "total_cost"), 6), unit);
    fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(arena, "Evaluate %s%s.", what, names));
    add_efficiency(record, view);
}

/* How sure it is that nothing is better. */
static void add_proof(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    double combinations = number(record, "combinations");
    const char *of = combinations < 1e9 ? fsci_say_integer(arena, combinations)
                                        : fsci_say_digits(arena, combinations, 3);
    const char *objective = fsci_say_digits(arena, number(record, "objective"), 6);
    if (fsci_json_get_bool(record, "exhaustive", false))
        fsci_view_add(view, FSCI_ITEM, "objective",
                      fsci_format(arena, "%s, proven best of %s combinations by %s", objective, of,
                                  words(record, "method")));
    else
        fsci_view_add(view, FSCI_ITEM, "objective",
                      fsci_format(arena, "%s, at most %s, of %s combinations by %s", objective,
                                  fsci_say_digits(arena, number(record, "bound"), 6), of,
                                  words(record, "method")));
    fsci_view_add(
        view, FSCI_ITEM, "criterion",
        fsci_format(arena, "%s: %s", words(record, "criterion"), words(record, "formula")));
}

/* ---- what is chosen ---------------------------------------------------------------------- */

static void add_chosen(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"family", FSCI_WRAP},
                                          {"models", FSCI_WRAP},
                                          {"cost", FSCI_POINT},
                                          {"efficiency without", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Chosen", columns);
    FSCI_JSON_EACH (part, fsci_json_get(record, "chosen")) {
        double without = number(part, "efficiency_without");
        fsci_grid_add(
            view, grid,
            (const char *[]){
                words(part, "family"), say_list(arena, fsci_json_get(part, "models"), NULL, true),
                string(record, "cost") ? fsci_say_digits(arena, number(part, "cost"), 6) : NULL,
                isfinite(without) ? fsci_say_percent(arena, without) : fsci_missing});
    }
    fsci_view_add(view, FSCI_ITEM, "included",
                  say_list(arena, fsci_json_get(record, "included"), NULL, true));
    fsci_view_add(view, FSCI_ITEM, "excluded",
                  say_list(arena, fsci_json_get(record, "excluded"), NULL, true));
}

static void add_runners_up(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"efficiency", FSCI_POINT},
                                          {"objective", FSCI_POINT},
                                          {"with", FSCI_WRAP},
                                          {"instead of", FSCI_WRAP}};
    fsci_arena *arena = view->arena;
    bool by_model = is_by_model(record);
    const char *key = by_model ? "models" : "families";
    const fsci_json *best = fsci_json_get(record, key);
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Next best", columns);
    FSCI_JSON_EACH (other, fsci_json_get(record, "runners_up")) {
        const fsci_json *own = fsci_json_get(other, key);
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_say_percent(arena, number(other, "efficiency")),
                                       fsci_say_digits(arena, number(other, "objective"), 6),
                                       say_list(arena, own, best, by_model),
                                       say_list(arena, best, own, by_model)});
    }
}

static void add_guess(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *guess = fsci_json_get(record, "glm");
    if (!guess)
        return;
    size_t n_region = fsci_json_count(fsci_json_get(guess, "region"));
    fsci_view_add(
        view, FSCI_ITEM, "curve",
        fsci_format(arena, "of %s, guessed from %s where it is known", words(guess, "target"),
                    fsci_say_count(arena, number(guess, "n_known"), "candidate", "candidates")));
    fsci_view_add(view, FSCI_ITEM, "aimed at",
                  fsci_format(arena, "%s, %zu of them", words(guess, "region_rule"), n_region));
}

void fsci_selection_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    size_t candidates = fsci_json_count(fsci_json_get(record, "candidates"));
    const char *unit = string(record, "cost");
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, "selection",
                      fsci_format(arena, "%s-optimal %s, %s", words(record, "criterion"),
                                  is_by_model(record) ? "models" : "families",
                                  fsci_say_count(arena, number(record, "components"), "component",
                                                 "components")));
    if (title)
        title->aside = fsci_format(
            arena, "%s, budget %s%s%s",
            fsci_say_count(arena, (double)candidates, "candidate", "candidates"),
            fsci_say_digits(arena, number(record, "budget"), 6), unit ? " " : "", unit ? unit : "");
    add_answer(record, view);
    add_chosen(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_runners_up(record, view);
    add_proof(record, view);
    add_guess(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

/* The candidates, each with whether it is chosen. */
const fsci_json *fsci_selection_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "candidates");
}
