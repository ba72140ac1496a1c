/* categories: numbers that stand for groups, as a budget or a seed does. */
#include "base/number.h"
#include "table/cell.h"
#include "table/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The different numbers of a column, in order; -0 is 0. */
static size_t distinct(const fsci_column *column, size_t n_rows, double *values)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (!isnan(column->numbers[i]))
            values[n++] = column->numbers[i] + 0.0;
    qsort(values, n, sizeof *values, rising);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}

static bool name_levels(fsci_arena *arena, const double *values, size_t n, const char **levels)
{
    char text[FSCI_NUMBER_TEXT];
    for (size_t k = 0; k < n; k++) {
        fsci_number_write(values[k], text);
        if (!(levels[k] = fsci_copy_string(arena, text)))
            return false;
    }
    return true;
}

static void code(const fsci_column *column, const double *values, size_t n, size_t n_rows,
                 uint32_t *codes)
{
    for (size_t i = 0; i < n_rows; i++) {
        double x = column->numbers[i] + 0.0;
        const double *at = isnan(x) ? NULL : bsearch(&x, values, n, sizeof x, rising);
        codes[i] = at ? (uint32_t)(at - values) : FSCI_MISSING_CODE;
    }
}

static fsci_column made_of(const fsci_column *numbers, const uint32_t *codes,
                           const char *const *levels, size_t n)
{
    return (fsci_column){.name = numbers->name,
                         .origin = numbers->origin,
                         .kind = FSCI_COLUMN_CATEGORIES,
                         .codes = codes,
                         .levels = levels,
                         .n_levels = n,
                         .n_missing = numbers->n_missing,
                         .n_numeric = numbers->n_numeric,
                         .made = true};
}

fsc_status fsci_table_make_categories(fsc_table *table, const char *name, size_t most,
                                      fsc_error *err)
{
    fsci_column *column = (fsci_column *)fsci_table_find(table, name);
    if (!column)
        return fsci_table_no_column(table, name, err);
    if (column->kind == FSCI_COLUMN_CATEGORIES)
        return FSC_OK;
    double *values = malloc((table->n_rows + 1) * sizeof *values);
    uint32_t *codes = malloc((table->n_rows + 1) * sizeof *codes);
    size_t n = values ? distinct(column, table->n_rows, values) : 0;
    const char **levels = malloc((n + 1) * sizeof *levels);
    fsc_status status = FSC_OK;
    if (n > most)
        status = fsci_fail(err, FSC_EINPUT,
                           "%s: column %.*s has %zu different numbers, too many for groups (%zu)",
                           table->name, fsci_cell_quote(name), name, n, most);
    else if (!values || !codes || !levels || !name_levels(table->arena, values, n, levels))
        status = fsci_fail_memory(err);
    if (status == FSC_OK) {
        code(column, values, n, table->n_rows, codes);
        free((void *)column->numbers);
        *column = made_of(column, codes, levels, n);
        codes = NULL, levels = NULL;
    }
    free(values);
    free(codes);
    free((void *)levels);
    return status;
}

fsc_status fsci_table_as_categories(fsci_arena *arena, const fsc_table *table, const char *name,
                                    const fsci_column **categories, fsc_error *err)
{
    const fsci_column *column = *categories = fsci_table_find(table, name);
    if (!column)
        return fsci_table_no_column(table, name, err);
    if (column->kind == FSCI_COLUMN_CATEGORIES)
        return FSC_OK;
    double *values = FSCI_NEW(arena, double, table->n_rows + 1);
    uint32_t *codes = FSCI_NEW(arena, uint32_t, table->n_rows + 1);
    size_t n = values ? distinct(column, table->n_rows, values) : 0;
    const char **levels = FSCI_NEW(arena, const char *, n + 1);
    fsci_column *made = FSCI_NEW(arena, fsci_column, 1);
    if (!values || !codes || !levels || !made || !name_levels(arena, values, n, levels))
        return fsci_fail_memory(err);
    code(column, values, n, table->n_rows, codes);
    *made = made_of(column, codes, levels, n);
    *categories = made;
    return FSC_OK;
}

void fsci_table_keep_kinds(fsc_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++)
        table->columns[i].stays = table->columns[i].kind == FSCI_COLUMN_CATEGORIES;
}
