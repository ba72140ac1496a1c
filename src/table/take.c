/* take: columns of chosen rows. */
#include "table/cell.h"
#include "table/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Categories with the levels that are left, in order of appearance. */
typedef struct recoded {
    uint32_t *codes;   /* [n rows taken] */
    uint32_t *code_of; /* [n_levels before] the new code of an old one */
    const char **levels;
    double *values; /* of the levels that are numbers, NaN for the others */
    size_t n_levels;
} recoded;

static bool recode(const fsci_column *from, const size_t *rows, size_t n, recoded *r)
{
    r->codes = malloc((n + 1) * sizeof *r->codes);
    r->code_of = malloc((from->n_levels + 1) * sizeof *r->code_of);
    r->levels = malloc((from->n_levels + 1) * sizeof *r->levels);
    r->values = malloc((from->n_levels + 1) * sizeof *r->values);
    if (!r->codes || !r->code_of || !r->levels || !r->values)
        return false;
    for (size_t i = 0; i < from->n_levels; i++)
        r->code_of[i] = FSCI_MISSING_CODE;
    for (size_t i = 0; i < n; i++) {
        uint32_t old = rows[i] == SIZE_MAX ? FSCI_MISSING_CODE : from->codes[rows[i]];
        r->codes[i] = FSCI_MISSING_CODE;
        if (old == FSCI_MISSING_CODE)
            continue;
        if (r->code_of[old] == FSCI_MISSING_CODE) {
            const char *text = from->levels[old];
            if (!fsci_cell_number(text, strlen(text), &r->values[r->n_levels]))
                r->values[r->n_levels] = NAN;
            r->levels[r->n_levels] = text;
            r->code_of[old] = (uint32_t)r->n_levels++;
        }
        r->codes[i] = r->code_of[old];
    }
    return true;
}

/* As numbers when every level is one; else as categories, with the first odd cell. Moves the blocks
 * that are kept to the column. */
static fsc_status settle_kind(const fsc_table *source, const fsci_column *from, const size_t *rows,
                              recoded *r, fsc_table *to, fsci_column *column, fsc_error *err)
{
    size_t odd = 0, n = to->n_rows;
    while (odd < r->n_levels && !isnan(r->values[odd]))
        odd++;
    bool numbers = odd == r->n_levels && !column->made && !column->stays;
    double *values = numbers ? malloc((n + 1) * sizeof *values) : NULL;
    if (numbers && !values)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        double value = r->codes[i] == FSCI_MISSING_CODE ? NAN : r->values[r->codes[i]];
        column->n_missing += r->codes[i] == FSCI_MISSING_CODE;
        column->n_numeric += !isnan(value);
        if (numbers)
            values[i] = value;
        else if (r->codes[i] == odd && column->odd_line == 0)
            column->odd_line = fsci_table_line(source, rows[i]);
    }
    column->numbers = values;
    if (numbers)
        return FSC_OK;
    for (size_t i = 0; i < r->n_levels; i++)
        if (!(r->levels[i] = fsci_copy_string(to->arena, r->levels[i])))
            return fsci_fail_memory(err);
    column->kind = FSCI_COLUMN_CATEGORIES;
    if (odd < r->n_levels && !column->made)
        column->odd_text = r->levels[odd];
    else if (!column->made) { /* the odd cell is in other rows */
        column->odd_line = from->odd_line;
        column->odd_text = fsci_copy_string(to->arena, from->odd_text ? from->odd_text : "");
        if (!column->odd_text)
            return fsci_fail_memory(err);
    }
    column->codes = r->codes;
    column->levels = r->levels;
    column->n_levels = r->n_levels;
    r->codes = NULL;
    r->levels = NULL;
    return FSC_OK;
}

static fsc_status gather_categories(const fsc_table *source, const fsci_column *from,
                                    const size_t *rows, fsc_table *to, fsc_error *err)
{
    recoded r = {0};
    fsci_column column = {
        .name = from->name, .origin = from->origin, .made = from->made, .stays = from->stays};
    fsc_status status = recode(from, rows, to->n_rows, &r)
                            ? settle_kind(source, from, rows, &r, to, &column, err)
                            : fsci_fail_memory(err);
    fsc_status kept = fsci_table_append(to, column, err);
    free(r.codes);
    free(r.code_of);
    free(r.levels);
    free(r.values);
    return status ? status : kept;
}

static fsc_status gather_numbers(const fsci_column *from, const size_t *rows, fsc_table *to,
                                 fsc_error *err)
{
    fsci_column column = {.name = from->name, .origin = from->origin};
    double *numbers = malloc((to->n_rows + 1) * sizeof *numbers);
    if (!numbers)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < to->n_rows; i++) {
        numbers[i] = rows[i] == SIZE_MAX ? NAN : from->numbers[rows[i]];
        column.n_missing += isnan(numbers[i]);
    }
    column.n_numeric = to->n_rows - column.n_missing;
    column.numbers = numbers;
    return fsci_table_append(to, column, err);
}

fsc_status fsci_table_gather(const fsc_table *source, const fsci_column *from, const size_t *rows,
                             fsc_table *to, fsc_error *err)
{
    if (from->kind == FSCI_COLUMN_NUMBERS)
        return gather_numbers(from, rows, to, err);
    return gather_categories(source, from, rows, to, err);
}

fsc_status fsci_table_take_listed(const fsc_table *table, const size_t *rows, size_t n,
                                  fsc_table **out, fsc_error *err)
{
    *out = NULL;
    fsc_table *to = fsci_table_new(table->name);
    fsc_status status = to ? FSC_OK : fsci_fail_memory(err);
    if (to)
        to->n_rows = n;
    for (size_t i = 0; i < n && status == FSC_OK; i++)
        if (!fsci_lines_add(&to->lines, fsci_table_line(table, rows[i])))
            status = fsci_fail_memory(err);
    for (size_t i = 0; i < table->n_columns && status == FSC_OK; i++)
        status = fsci_table_gather(table, &table->columns[i], rows, to, err);
    if (status == FSC_OK)
        *out = to;
    else
        fsci_table_free(to);
    return status;
}

fsc_status fsci_table_take(const fsc_table *table, const bool *keep, fsc_table **out,
                           fsc_error *err)
{
    *out = NULL;
    size_t *rows = calloc(table->n_rows + 1, sizeof *rows), n = 0;
    if (!rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < table->n_rows; i++)
        if (keep[i])
            rows[n++] = i;
    fsc_status status = fsci_table_take_listed(table, rows, n, out, err);
    free(rows);
    return status;
}
