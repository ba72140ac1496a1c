/* Bundled data: the list of datasets, and the page of one. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>

static void add_list(const fsci_json *datasets, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"table", FSCI_LEFT}, {"rows", FSCI_RIGHT}, {"what", FSCI_WRAP}};
    fsci_view_add(
        view, FSCI_TITLE, "data",
        fsci_say_count(view->arena, (double)fsci_json_count(datasets), "dataset", "datasets"));
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (set, datasets) {
        const fsci_json *tables = fsci_json_get(set, "tables");
        FSCI_JSON_EACH (table, tables)
            fsci_grid_add(view, grid,
                          (const char *[]){string(table, "path"),
                                           fsci_say_integer(view->arena, number(table, "rows")),
                                           table == tables->first ? string(set, "title") : NULL});
    }
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  "forescale data show NAME tells source, licence and columns; a path like these "
                  "works wherever a table is asked for.");
}

/* "1e7 to 3e9", or the first few of the levels. */
static const char *values_of(fsci_arena *arena, const fsci_json *column)
{
    const fsci_json *levels = fsci_json_get(column, "levels");
    const char *list = NULL;
    size_t n = fsci_json_count(levels), shown = 0;
    if (!levels)
        return fsci_format(arena, "%s to %s", fsci_say_digits(arena, number(column, "min"), 4),
                           fsci_say_digits(arena, number(column, "max"), 4));
    FSCI_JSON_EACH (level, levels)
        if (shown++ < 4)
            list = fsci_joined(arena, list, ", ", level->string);
    return n > 4 ? fsci_format(arena, "%s, … (%zu)", list, n) : list;
}

static void add_table(const fsci_json *table, fsci_view *view)
{
    static const fsci_column columns[] = {{"column", FSCI_LEFT},
                                          {"meaning", FSCI_WRAP},
                                          {"unit", FSCI_WRAP},
                                          {"values", FSCI_WRAP},
                                          {"missing", FSCI_RIGHT}};
    fsci_arena *arena = view->arena;
    fsci_view_add(view, FSCI_HEADING, NULL,
                  fsci_format(arena, "%s, %s", string(table, "path"),
                              fsci_say_count(arena, number(table, "rows"), "row", "rows")));
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (column, fsci_json_get(table, "columns")) {
        double missing = number(column, "missing");
        fsci_grid_add(view, grid,
                      (const char *[]){name_of(column), string(column, "meaning"),
                                       string(column, "unit"), values_of(arena, column),
                                       missing > 0 ? fsci_say_integer(arena, missing) : NULL});
    }
}

static void add_page(const fsci_json *set, fsci_view *view)
{
    fsci_view_add(view, FSCI_TITLE, name_of(set), words(set, "title"));
    fsci_view_add(view, FSCI_SENTENCE, NULL, string(set, "about"));
    FSCI_JSON_EACH (table, fsci_json_get(set, "tables"))
        add_table(table, view);
}

void fsci_data_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *datasets = fsci_record_list(view->arena, record);
    if (fsci_json_count(datasets) == 1)
        add_page(datasets->first, view);
    else
        add_list(datasets, view);
    fsci_view_warnings(view, record);
}
