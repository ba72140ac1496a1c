/* Derived quantities of a fit or a prediction, and how the intervals of their record are said. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

/* "95 % bootstrap (by row)" */
const char *fsci_interval_title(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *intervals = fsci_json_get(record, "intervals");
    const char *method = string(intervals, "method"), *unit = string(intervals, "unit");
    double level = number(intervals, "level");
    const char *text = isfinite(level) ? fsci_say_percent(arena, level) : "interval";
    text = fsci_joined(arena, text, " ", method);
    return unit ? fsci_format(arena, "%s (by %s)", text, unit) : text;
}

/* NULL, so that the column is left out, when the fit has no intervals at all. */
const char *fsci_interval_of(fsci_arena *arena, const fsci_json *record, const fsci_json *quantity)
{
    if (!string(fsci_json_get(record, "intervals"), "method"))
        return NULL;
    return fsci_say_range(arena, number(quantity, "lo"), number(quantity, "hi"),
                          number(quantity, "value"), string(quantity, "unit"));
}

static const char *value(fsci_arena *arena, const fsci_json *quantity)
{
    double resolution = fsci_resolution(number(quantity, "value"), number(quantity, "se"),
                                        number(quantity, "lo"), number(quantity, "hi"));
    return fsci_say_quantity(arena, number(quantity, "value"), resolution,
                             string(quantity, "unit"));
}

/* Derived quantities at the same arguments stand in one table; `from` is the first of them. */
static void add_derived_at(const fsci_json *record, const fsci_json *from, const char *arguments,
                           fsci_view *view)
{
    fsci_arena *arena = view->arena;
    double beyond = number(from, "log10_beyond");
    const fsci_column columns[] = {{"quantity", FSCI_LEFT},
                                   {"value", FSCI_LEFT},
                                   {fsci_interval_title(arena, record), FSCI_LEFT},
                                   {"", FSCI_WRAP}};
    if (*arguments)
        fsci_view_add(view, FSCI_ANSWER, NULL,
                      beyond > 0 ? fsci_format(arena, "At %s, %s beyond the data:", arguments,
                                               fsci_say_decades(arena, beyond))
                                 : fsci_format(arena, "At %s:", arguments));
    fsci_grid *grid = FSCI_VIEW_GRID(view, *arguments ? NULL : "Derived quantities", columns);
    for (const fsci_json *item = from; item; item = item->next) {
        const char *own = fsci_say_arguments(arena, fsci_json_get(item, "arguments"));
        if (!strcmp(own ? own : "", arguments))
            fsci_grid_add(view, grid,
                          (const char *[]){string(item, "name"), value(arena, item),
                                           fsci_interval_of(arena, record, item),
                                           string(item, "meaning")});
    }
}

/* Those that take arguments are an answer, the others belong to the parameters. */
void fsci_view_derived(fsci_view *view, const fsci_json *record, bool with_arguments)
{
    const fsci_json *derived = fsci_json_get(record, "derived");
    FSCI_JSON_EACH (item, derived) {
        bool first = true;
        const char *arguments = fsci_say_arguments(view->arena, fsci_json_get(item, "arguments"));
        arguments = arguments ? arguments : "";
        for (const fsci_json *before = derived->first; before != item; before = before->next) {
            const char *own = fsci_say_arguments(view->arena, fsci_json_get(before, "arguments"));
            first &= strcmp(own ? own : "", arguments) != 0;
        }
        if (first && with_arguments == (*arguments != '\0'))
            add_derived_at(record, item, arguments, view);
    }
}
