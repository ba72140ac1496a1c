/* The record of `laws eval`: one value of a published law, with its terms. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>

void fsci_evaluation_view(const fsci_json *record, fsci_view *view)
{
    static const fsci_column terms[] = {{"term", FSCI_WRAP}, {"value", FSCI_POINT}};
    static const fsci_column derived[] = {{"derived", FSCI_WRAP}, {"value", FSCI_LEFT}};
    fsci_arena *arena = view->arena;
    const fsci_json *law = fsci_json_get(record, "law");
    const char *id = string(law, "id"), *set = string(record, "set");
    const char *formula = fsci_say_formula(arena, string(law, "formula"));
    const char *at =
        fsci_say_arguments(arena, fsci_json_get(record, "at"), fsci_json_get(record, "columns"));
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, id ? id : "evaluation", formula ? formula : "");
    if (title)
        title->aside = set;
    fsci_view_add(view, FSCI_ANSWER, NULL,
                  fsci_format(arena, "%s%s%s", at ? at : "", at ? ": " : "",
                              fsci_say_quantity(arena, number(record, "value"), NAN,
                                                string(record, "unit"))));
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Terms", terms);
    FSCI_JSON_EACH (term, fsci_json_get(record, "terms"))
        fsci_grid_add(
            view, grid,
            (const char *[]){fsci_say_formula(arena, term->key), fsci_say_scalar(arena, term)});
    grid = FSCI_VIEW_GRID(view, "Derived quantities", derived);
    FSCI_JSON_EACH (item, fsci_json_get(record, "derived"))
        fsci_grid_add(
            view, grid,
            (const char *[]){string(item, "name"), fsci_say_quantity(arena, number(item, "value"),
                                                                     NAN, string(item, "unit"))});
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
