/* A table as a fit would see it, or the operators that make one of another. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

enum { ROWS_SHOWN = 20, COLUMNS_SHOWN = 8 };

static void add_operators(const fsci_json *operators, fsci_view *view)
{
    static const fsci_column columns[] = {{"operator", FSCI_WRAP}, {"gives", FSCI_WRAP}};
    fsci_view_add(view, FSCI_TITLE, "table", "operators for --prepare");
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (item, operators)
        fsci_grid_add(view, grid,
                      (const char *[]){string(item, "synopsis"), string(item, "meaning")});
    fsci_view_add(view, FSCI_SENTENCE, NULL, "where(EXPR) keeps the rows for which EXPR is true.");
}

static const char *cell(fsci_arena *arena, const fsci_json *value)
{
    if (value->kind == FSCI_JSON_NULL)
        return NULL;
    return value->kind == FSCI_JSON_NUMBER ? fsci_say_digits(arena, value->number, 6)
                                           : fsci_say_scalar(arena, value);
}

static void add_rows(const fsci_json *rows, fsci_view *view)
{
    size_t n = fsci_json_count(rows->first), shown = n < COLUMNS_SHOWN ? n : COLUMNS_SHOWN, i = 0;
    fsci_column *columns = FSCI_NEW(view->arena, fsci_column, COLUMNS_SHOWN);
    const char *cells[COLUMNS_SHOWN];
    if (!columns)
        return;
    FSCI_JSON_EACH (member, rows->first)
        if (i < shown)
            columns[i++] = (fsci_column){member->key,
                                         member->kind == FSCI_JSON_NUMBER ? FSCI_RIGHT : FSCI_WRAP};
    fsci_grid *grid = fsci_view_grid(view, NULL, columns, shown);
    size_t row = 0;
    FSCI_JSON_EACH (item, rows) {
        if (row++ == ROWS_SHOWN)
            break;
        i = 0;
        FSCI_JSON_EACH (member, item)
            if (i < shown)
                cells[i++] = cell(view->arena, member);
        fsci_grid_add(view, grid, cells);
    }
    if (shown < n || row > ROWS_SHOWN)
        fsci_view_add(view, FSCI_SENTENCE, NULL, "--csv writes all rows and columns.");
}

void fsci_table_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *operators = fsci_json_get(record, "operators");
    const fsci_json *rows = fsci_json_get(record, "rows");
    if (operators) {
        add_operators(operators, view);
        return;
    }
    fsci_view_add(view, FSCI_TITLE, "table",
                  fsci_format(arena, "%s, %s",
                              fsci_say_count(arena, (double)fsci_json_count(rows), "row", "rows"),
                              fsci_say_count(arena, (double)fsci_json_count(rows->first), "column",
                                             "columns")));
    FSCI_JSON_EACH (step, fsci_json_get(record, "prepared"))
        fsci_view_add(view, FSCI_ITEM, "prepared", step->string);
    if (rows->first)
        add_rows(rows, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
