/* The record of `backtest`: every method on the same rows. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

static bool is_of(const fsci_json *method, const fsci_json *split)
{
    return !strcmp(words(method, "target"), words(split, "target")) &&
           !strcmp(words(method, "split"), words(split, "name"));
}

static const char *coverage_of(fsci_arena *arena, const fsci_json *method)
{
    double share = number(fsci_json_get(method, "coverage"), "95");
    return isnan(share) ? fsci_missing : fsci_format(arena, "%.0f %%", 100 * share);
}

static void add_method(const fsci_json *method, fsci_view *view, fsci_grid *grid)
{
    fsci_arena *arena = view->arena;
    double rank = number(method, "rank"), fallback = number(method, "n_fallback");
    const fsci_json *skill = fsci_json_get(method, "skill_vs");
    fsci_grid_add(view, grid,
                  (const char *[]){
                      isnan(rank) ? fsci_missing : fsci_say_integer(arena, rank),
                      words(method, "id"), fsci_say_digits(arena, number(method, "rmse"), 2),
                      fsci_say_digits(arena, number(method, "mae"), 2),
                      fsci_say_digits(arena, number(method, "mean_signed_error"), 2),
                      fsci_say_digits(arena, number(skill, "persistence"), 2),
                      fsci_say_digits(arena, number(skill, "flops"), 2),
                      fsci_say_digits(arena, number(method, "crps"), 2), coverage_of(arena, method),
                      fsci_say_digits(arena, number(fsci_json_get(method, "width"), "95"), 2),
                      fallback > 0 ? fsci_say_integer(arena, fallback) : NULL});
}

static const fsci_json *of_rank(const fsci_json *record, const fsci_json *split, double rank)
{
    FSCI_JSON_EACH (method, fsci_json_get(record, "methods"))
        if (is_of(method, split) && number(method, "rank") == rank)
            return method;
    return NULL;
}

static void add_split(const fsci_json *record, const fsci_json *split, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"", FSCI_RIGHT},     {"method", FSCI_LEFT},  {"RMSE", FSCI_POINT},    {"MAE", FSCI_POINT},
        {"bias", FSCI_POINT}, {"s.pers", FSCI_POINT}, {"s.flops", FSCI_POINT}, {"CRPS", FSCI_POINT},
        {"95 %", FSCI_RIGHT}, {"width", FSCI_POINT},  {"fallback", FSCI_RIGHT}};
    fsci_arena *arena = view->arena;
    const fsci_json *methods = fsci_json_get(record, "methods");
    fsci_grid *grid = FSCI_VIEW_GRID(view,
                                     fsci_format(arena, "%s, %s: %s; n = %.0f of %.0f models",
                                                 words(split, "target"), words(split, "name"),
                                                 words(split, "title"), number(split, "n_test"),
                                                 number(split, "n_models")),
                                     columns);
    size_t n = fsci_json_count(fsci_json_get(record, "about"));
    for (size_t rank = 1; rank <= n; rank++) {
        const fsci_json *first = of_rank(record, split, (double)rank);
        if (first)
            add_method(first, view, grid);
    }
    FSCI_JSON_EACH (method, methods)
        if (is_of(method, split) && isnan(number(method, "rank")))
            add_method(method, view, grid);
}

void fsci_backtest_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *splits = fsci_json_get(record, "splits");
    double n = (double)fsci_json_count(fsci_json_get(record, "about"));
    fsci_view_add(
        view, FSCI_TITLE, "backtest",
        fsci_format(arena, "%s, %s", fsci_say_count(arena, n, "method", "methods"),
                    fsci_say_count(arena, (double)fsci_json_count(splits), "split", "splits")));
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    FSCI_JSON_EACH (split, splits)
        add_split(record, split, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

const fsci_json *fsci_backtest_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "methods");
}
