#include "table/columns.h"

#include "table/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

fsc_status fsci_columns_open(fsci_columns *columns, const char *file, fsc_error *err)
{
    *columns = (fsci_columns){.table = fsci_table_new(file)};
    return columns->table ? FSC_OK : fsci_fail_memory(err);
}

void fsci_columns_close(fsci_columns *columns)
{
    for (size_t i = 0; i < columns->names.n; i++) {
        free(columns->items[i].block);
        fsci_levels_free(&columns->items[i].levels);
    }
    free(columns->items);
    fsci_levels_free(&columns->names);
    fsci_table_free(columns->table);
    *columns = (fsci_columns){0};
}

/* All before the present one. */
static size_t rows_before(const fsci_columns *columns)
{
    return columns->n_rows + (columns->stream ? columns->stream->n_rows : 0);
}

bool fsci_columns_add(fsci_columns *columns, const char *name, size_t length)
{
    size_t n = columns->names.n;
    if (n == columns->items_room) {
        size_t room = 2 * n + 8;
        fsci_growing *items = realloc(columns->items, room * sizeof *items);
        if (!items)
            return false;
        columns->items = items;
        columns->items_room = room;
    }
    fsci_growing *g = &columns->items[n];
    *g = (fsci_growing){.n_missing = rows_before(columns)};
    if (columns->room && !(g->block = malloc(columns->room * sizeof *g->numbers)))
        return false;
    for (size_t i = 0; i < columns->n_rows; i++)
        g->numbers[i] = NAN;
    if (fsci_levels_add(&columns->names, columns->table->arena, name, length) != n) {
        free(g->block);
        return false;
    }
    if (columns->stream) {
        g->cells =
            columns->stream->choose(columns->stream, columns->names.items[n].text, &g->either);
        for (size_t i = 0; i < columns->n_rows && g->cells == FSCI_CELLS_CATEGORIES; i++)
            g->codes[i] = FSCI_MISSING_CODE;
    }
    return true;
}

fsc_status fsci_columns_end_batch(fsci_columns *columns, fsc_error *err)
{
    FSCI_TRY(columns->stream->flush(columns->stream, err));
    columns->stream->n_rows += columns->n_rows;
    columns->n_rows = 0;
    for (size_t i = 0; i < columns->names.n; i++)
        columns->items[i].last_set = 0;
    return FSC_OK;
}

/* By a quarter: the slack at the end of a long file stays small, and large blocks are remapped, not
 * copied. */
bool fsci_columns_grow(fsci_columns *columns)
{
    size_t room = columns->room + columns->room / 4 + 64;
    if (room > SIZE_MAX / sizeof(double))
        return false;
    for (size_t i = 0; i < columns->names.n; i++) {
        void *block = realloc(columns->items[i].block, room * sizeof(double));
        if (!block)
            return false;
        columns->items[i].block = block;
    }
    columns->room = room;
    return true;
}

static fsc_status not_text(const fsci_columns *columns, size_t i, int64_t line, const char *text,
                           size_t length, fsc_error *err)
{
    fsci_place place = {.line = (int32_t)line};
    const char *name = columns->names.items[i].text;
    return fsci_fail_at(err, FSC_EINPUT, &place, "%s, line %lld, column %.*s: %s",
                        columns->table->name, (long long)line, fsci_cell_quote(name), name,
                        memchr(text, '\0', length)
                            ? "a NUL byte; this is no text, or was cut short while it was written"
                            : "not UTF-8 text; convert the file, for instance with iconv -f latin1 "
                              "-t utf-8");
}

static fsc_status no_number(const fsci_columns *columns, size_t i, int64_t line, const char *text,
                            size_t length, fsc_error *err)
{
    fsci_place place = {.line = (int32_t)line};
    const char *name = columns->names.items[i].text;
    return fsci_fail_at(err, FSC_EINPUT, &place,
                        "%s, line %lld, column %.*s: '%.*s' is not a number", columns->table->name,
                        (long long)line, fsci_cell_quote(name), name,
                        (int)(length < 40 ? length : 40), text);
}

/* The first cell that is no number. */
static fsc_status turn_odd(fsci_columns *columns, size_t i, const char *text, size_t length,
                           int64_t line, fsc_error *err)
{
    fsci_growing *g = &columns->items[i];
    if (!fsci_cell_is_text(text, length))
        return not_text(columns, i, line, text, length, err);
    if (columns->stream && (!g->either || g->n_missing < rows_before(columns)))
        return no_number(columns, i, line, text, length, err);
    g->odd_line = line;
    g->odd_text = fsci_copy_text(columns->table->arena, text, length);
    if (!g->odd_text)
        return fsci_fail_memory(err);
    if (g->n_missing < columns->n_rows) {
        g->cells = FSCI_CELLS_SKIPPED;
        return FSC_OK;
    }
    g->cells = FSCI_CELLS_CATEGORIES;
    for (size_t row = 0; row < columns->n_rows; row++)
        g->codes[row] = FSCI_MISSING_CODE;
    return FSC_OK;
}

fsc_status fsci_columns_cell(fsci_columns *columns, size_t i, const char *text, size_t length,
                             int64_t line, fsc_error *err)
{
    fsci_growing *g = &columns->items[i];
    size_t row = columns->n_rows;
    if (g->cells == FSCI_CELLS_SKIPPED)
        return FSC_OK;
    if (g->cells == FSCI_CELLS_CATEGORIES) {
        uint32_t guess = fsci_levels_guess(&g->levels, text, length);
        if (guess != UINT32_MAX) {
            g->codes[row] = g->levels.last = guess;
            return FSC_OK;
        }
    }
    if (fsci_cell_missing(text, length)) {
        g->n_missing++;
        if (g->cells == FSCI_CELLS_NUMBERS)
            g->numbers[row] = NAN;
        else
            g->codes[row] = FSCI_MISSING_CODE;
        return FSC_OK;
    }
    if (g->cells == FSCI_CELLS_NUMBERS) {
        if (fsci_cell_number(text, length, &g->numbers[row]))
            return FSC_OK;
        FSCI_TRY(turn_odd(columns, i, text, length, line, err));
        if (g->cells == FSCI_CELLS_SKIPPED)
            return FSC_OK;
    }
    size_t n_levels = g->levels.n;
    g->codes[row] = fsci_levels_add(&g->levels, columns->table->arena, text, length);
    if (g->codes[row] == UINT32_MAX)
        return fsci_fail_memory(err);
    if (g->levels.n > n_levels && !fsci_cell_is_text(text, length))
        return not_text(columns, i, line, text, length, err);
    return FSC_OK;
}

void fsci_columns_forget(fsci_columns *columns, size_t n)
{
    size_t row = columns->n_rows;
    for (size_t i = 0; i < n; i++) {
        fsci_growing *g = &columns->items[i];
        if (g->cells == FSCI_CELLS_NUMBERS)
            g->n_missing -= isnan(g->numbers[row]);
        else if (g->cells == FSCI_CELLS_CATEGORIES)
            g->n_missing -= g->codes[row] == FSCI_MISSING_CODE;
    }
}

bool fsci_columns_again(fsci_columns *columns)
{
    bool waiting = false;
    for (size_t i = 0; i < columns->names.n; i++)
        waiting = waiting || columns->items[i].cells == FSCI_CELLS_SKIPPED;
    if (columns->again || !waiting || columns->stream)
        return false;
    for (size_t i = 0; i < columns->names.n; i++) {
        fsci_growing *g = &columns->items[i];
        bool waits = g->cells == FSCI_CELLS_SKIPPED;
        g->cells = waits ? FSCI_CELLS_CATEGORIES : FSCI_CELLS_SKIPPED;
        g->n_missing = waits ? 0 : g->n_missing;
        g->last_set = 0;
    }
    columns->again = true;
    columns->n_rows = 0;
    return true;
}

/* Gives back the slack of a block; keeping it is no failure. */
static void *shrink(void *block, size_t count, size_t size)
{
    void *less = realloc(block, (count ? count : 1) * size);
    if (less)
        return less;
    return block;
}

static fsc_status finish_categories(fsci_growing *g, size_t n_rows, fsci_column *column,
                                    fsc_error *err)
{
    const char **levels = malloc(g->levels.n * sizeof *levels);
    bool *numeric = malloc(g->levels.n * sizeof *numeric);
    column->kind = FSCI_COLUMN_CATEGORIES;
    column->codes = shrink(g->block, n_rows, sizeof *g->codes);
    column->levels = levels;
    column->n_levels = g->levels.n;
    g->block = NULL;
    for (size_t i = 0; levels && numeric && i < g->levels.n; i++) {
        double value;
        levels[i] = g->levels.items[i].text;
        numeric[i] = fsci_cell_number(levels[i], g->levels.items[i].length, &value);
    }
    for (size_t row = 0; numeric && row < n_rows; row++)
        column->n_numeric += column->codes[row] != FSCI_MISSING_CODE && numeric[column->codes[row]];
    free(numeric);
    fsci_levels_free(&g->levels);
    return levels && numeric ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_columns_finish(fsci_columns *columns, fsc_table **out, fsc_error *err)
{
    fsc_table *table = columns->table;
    table->n_rows = columns->n_rows;
    for (size_t i = 0; i < columns->names.n; i++) {
        fsci_growing *g = &columns->items[i];
        fsci_column column = {.name = columns->names.items[i].text,
                              .origin = table->name,
                              .n_missing = g->n_missing,
                              .odd_text = g->odd_text,
                              .odd_line = g->odd_line};
        fsc_status status = FSC_OK;
        if (g->odd_text) {
            status = finish_categories(g, columns->n_rows, &column, err);
        } else {
            column.n_numeric = columns->n_rows - g->n_missing;
            column.numbers = shrink(g->block, columns->n_rows, sizeof *g->numbers);
            g->block = NULL;
        }
        fsc_status kept = fsci_table_append(table, column, err);
        if (status || kept)
            return status ? status : kept;
    }
    *out = table;
    columns->table = NULL;
    return FSC_OK;
}
