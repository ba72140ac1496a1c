/* The record of `expr`: how a formula is compiled, or the functions of the language. */
#include "report/kinds.h"

#include "report/fields.h"

void fsci_expression_view(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"function", FSCI_LEFT}, {"of", FSCI_LEFT}, {"meaning", FSCI_WRAP}};
    const char *formula = string(record, "formula");
    fsci_view_add(view, FSCI_TITLE, formula ? "formula" : "functions",
                  formula ? formula : "of the formula language");
    fsci_view_add(view, FSCI_LISTING, NULL, string(record, "graph"));
    const fsci_json *functions = fsci_json_get(record, "functions");
    fsci_grid *grid = functions ? FSCI_VIEW_GRID(view, "Functions", columns) : NULL;
    FSCI_JSON_EACH (item, functions)
        fsci_grid_add(view, grid,
                      (const char *[]){string(item, "name"), string(item, "arguments"),
                                       string(item, "meaning")});
}
