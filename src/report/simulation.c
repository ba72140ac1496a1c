/* The record of `sim`: what was assumed, and the first of the simulated runs. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

enum { SHOWN_ROWS = 10 };

const fsci_json *fsci_simulation_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "table");
}

static void add_rows(const fsci_json *table, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *first = table ? table->first : NULL;
    size_t n = fsci_json_count(first), shown = 0;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!n || !columns || !cells)
        return;
    size_t c = 0;
    FSCI_JSON_EACH (cell, first)
        columns[c++] =
            (fsci_column){cell->key, cell->kind == FSCI_JSON_NUMBER ? FSCI_POINT : FSCI_LEFT};
    fsci_grid *grid = fsci_view_grid(view, "Simulated runs", columns, n);
    FSCI_JSON_EACH (row, table) {
        if (shown++ == SHOWN_ROWS)
            break;
        c = 0;
        FSCI_JSON_EACH (cell, row)
            cells[c++] = fsci_say_scalar(arena, cell);
        fsci_grid_add(view, grid, cells);
    }
}

static const char *say_noise(fsci_arena *arena, const fsci_json *noise)
{
    const char *law = words(noise, "law"), *space = words(noise, "space");
    double clusters = number(noise, "clusters");
    const char *of = !strcmp(space, "identity") ? "" : fsci_format(arena, " of its %s", space);
    const char *text =
        number(noise, "scale") > 0
            ? fsci_format(arena, "%s%s, scale %s%s", law,
                          strcmp(law, "student")
                              ? ""
                              : fsci_format(arena, " with %s degrees of freedom",
                                            fsci_say_digits(arena, number(noise, "freedom"), 3)),
                          fsci_say_digits(arena, number(noise, "scale"), 4), of)
            : "none";
    if (clusters > 0)
        text = fsci_format(arena, "%s; %s clusters that share an error of scale %s", text,
                           fsci_say_integer(arena, clusters),
                           fsci_say_digits(arena, number(noise, "cluster_scale"), 4));
    return text;
}

void fsci_simulation_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *law = fsci_json_get(record, "law"), *table = fsci_json_get(record, "table");
    const char *id = string(law, "id"), *truth = NULL;
    const char *formula = fsci_say_formula(arena, string(law, "formula"));
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, id ? id : "sim", formula ? formula : "");
    double n = (double)fsci_json_count(table);
    if (title)
        title->aside = fsci_say_count(arena, n, "run", "runs");
    add_rows(table, view);
    if (n > SHOWN_ROWS)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(arena, "and %s more; --csv writes them all.",
                                  fsci_say_integer(arena, n - SHOWN_ROWS)));
    FSCI_JSON_EACH (p, fsci_json_get(record, "parameters"))
        truth = fsci_joined(arena, truth, ", ",
                            fsci_format(arena, "%s = %s", p->key, fsci_say_scalar(arena, p)));
    fsci_view_add(view, FSCI_ITEM, "truth", truth);
    fsci_view_add(view, FSCI_ITEM, "noise", say_noise(arena, fsci_json_get(record, "noise")));
    fsci_view_add(view, FSCI_ITEM, "seed", fsci_say_integer(arena, number(record, "seed")));
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
