/* The record of `sim coverage`: how often each kind of interval held the truth. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

const fsci_json *fsci_coverage_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "rows");
}

static const char *say_share(fsci_arena *arena, const fsci_json *row, const char *level)
{
    double share = number(fsci_json_get(row, "coverage"), level);
    return isfinite(share) ? fsci_format(arena, "%.1f", 100 * share) : fsci_missing;
}

/* "no interval in 12 %, open in 3 %" */
static const char *say_lack(fsci_arena *arena, const fsci_json *row)
{
    double none = number(row, "none"), open = number(row, "open");
    const char *text = none > 0 ? fsci_format(arena, "none in %.3g %%", 100 * none) : NULL;
    if (open > 0)
        text = fsci_joined(arena, text, ", ", fsci_format(arena, "open in %.3g %%", 100 * open));
    return text ? text : "";
}

void fsci_coverage_view(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"quantity", FSCI_LEFT}, {"interval", FSCI_LEFT},
                                          {"50 %", FSCI_POINT},    {"80 %", FSCI_POINT},
                                          {"95 %", FSCI_POINT},    {"width", FSCI_POINT},
                                          {"", FSCI_LEFT},         {"", FSCI_WRAP}};
    fsci_arena *arena = view->arena;
    const fsci_json *law = fsci_json_get(record, "law");
    const char *id = string(law, "id");
    const char *formula = fsci_say_formula(arena, string(law, "formula"));
    fsci_view_add(view, FSCI_TITLE, id ? id : "coverage", formula ? formula : "");
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        fsci_format(arena,
                    "%s of %s runs simulated and fitted, %s refits in each bootstrap; "
                    "share of intervals that held the truth, in %%.",
                    fsci_say_count(arena, number(record, "replicates"), "table", "tables"),
                    fsci_say_integer(arena, number(record, "runs")),
                    fsci_say_integer(arena, number(record, "refits"))));
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Coverage", columns);
    FSCI_JSON_EACH (row, fsci_json_get(record, "rows"))
        fsci_grid_add(
            view, grid,
            (const char *[]){
                string(row, "quantity"),
                fsci_format(arena, "%s (by %s)", words(row, "method"), words(row, "unit")),
                say_share(arena, row, "50"), say_share(arena, row, "80"),
                say_share(arena, row, "95"), fsci_say_digits(arena, number(row, "width"), 3),
                fsci_json_get_bool(row, "nominal", true) ? "" : "!", say_lack(arena, row)});
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        "! differs from its level by more than chance (3.29 standard errors). The width is "
        "that of 95 % intervals with two ends.");
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
