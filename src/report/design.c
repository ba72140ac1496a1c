/* The record of `design`: what runs can tell about a law, and which to add. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>

static void add_answer(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    size_t told = 0, all = 0;
    const char *untold = NULL;
    FSCI_JSON_EACH (item, fsci_json_get(record, "parameters")) {
        bool own = fsci_json_get_bool(item, "told", false);
        told += own;
        all++;
        if (!own)
            untold = fsci_joined(arena, untold, ", ", words(item, "name"));
    }
    const char *text = fsci_format(
        arena, "%s tell %s (condition %s).",
        fsci_say_count(arena, number(record, "runs"), "run would", "runs would"),
        told == all ? fsci_format(arena, "all %zu parameters apart", all)
                    : fsci_format(arena, "%zu of %zu parameters; not %s", told, all, untold),
        fsci_say_digits(arena, number(record, "condition"), 2));
    fsci_view_add(view, FSCI_ANSWER, NULL, text);
    const fsci_json *best = fsci_json_at(record, "candidates.0");
    if (!best)
        return;
    const char *target = string(record, "target");
    fsci_view_add(
        view, FSCI_ANSWER, NULL,
        fsci_format(
            arena, "Add %s: it narrows %s by %s%s, most for its cost of %s.",
            fsci_say_arguments(arena, fsci_json_get(best, "at"), NULL),
            target ? fsci_format(arena, "the interval of %s", target) : "the intervals on average",
            fsci_say_percent(arena, number(best, "narrower_by")),
            target ? ""
                   : fsci_format(arena, " (%s by %s)", words(best, "most_helped"),
                                 fsci_say_percent(arena, number(best, "most_helped_narrower_by"))),
            fsci_say_digits(arena, number(best, "cost"), 3)));
}

static void add_quantities(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *interval =
        fsci_format(arena, "%s expected", fsci_say_percent(arena, number(record, "level")));
    const fsci_column columns[] = {{"quantity", FSCI_LEFT},
                                   {"at", FSCI_POINT},
                                   {"standard error", FSCI_LEFT},
                                   {interval, FSCI_LEFT},
                                   {"told", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "What to expect", columns);
    static const char *const lists[] = {"parameters", "derived"};
    for (size_t l = 0; l < 2; l++)
        FSCI_JSON_EACH (item, fsci_json_get(record, lists[l])) {
            double se = number(item, "se");
            bool known = isfinite(se);
            fsci_grid_add(view, grid,
                          (const char *[]){
                              words(item, "name"), fsci_say_digits(arena, number(item, "value"), 4),
                              fsci_say_digits(arena, se, 2),
                              known ? fsci_say_range(arena, number(item, "lo"), number(item, "hi"),
                                                     number(item, "value"), NULL)
                                    : fsci_missing,
                              known ? "yes" : "no"});
        }
}

static void add_flat(const fsci_json *record, fsci_view *view)
{
    FSCI_JSON_EACH (item, fsci_json_get(record, "flat"))
        fsci_view_add(view, FSCI_ITEM, "trades off", string(item, "words"));
    const fsci_json *noise = fsci_json_get(record, "noise");
    fsci_view_add(view, FSCI_ITEM, "around",
                  fsci_format(view->arena, "%s, residuals of s.d. %s in %s", words(record, "set"),
                              fsci_say_digits(view->arena, number(noise, "sd"), 3),
                              words(noise, "space")));
}

static void add_candidates(const fsci_json *record, const char *key, const char *caption,
                           fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {
        {caption, FSCI_LEFT}, {"cost", FSCI_LEFT}, {"narrows by", FSCI_POINT}, {"most", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    size_t n = 0;
    FSCI_JSON_EACH (item, fsci_json_get(record, key)) {
        if (n++ == 6)
            break;
        fsci_grid_add(
            view, grid,
            (const char *[]){
                fsci_say_arguments(arena, fsci_json_get(item, "at"), NULL),
                fsci_say_digits(arena, number(item, "cost"), 3),
                fsci_say_percent(arena, number(item, "narrower_by")),
                fsci_format(arena, "%s by %s", words(item, "most_helped"),
                            fsci_say_percent(arena, number(item, "most_helped_narrower_by")))});
    }
}

void fsci_design_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *law = fsci_json_get(record, "law");
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, words(law, "id"),
                                      fsci_say_formula(view->arena, string(law, "formula")));
    if (title)
        title->aside = fsci_say_count(view->arena, number(record, "runs"), "run", "runs");
    add_answer(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_quantities(record, view);
    add_flat(record, view);
    add_candidates(record, "candidates", "one more run, best for its cost", view);
    add_candidates(record, "strongest", "one more run, whatever it costs", view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
