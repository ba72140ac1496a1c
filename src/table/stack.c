/* stack: the rows of one table below those of another. */
#include "table/cell.h"
#include "table/levels.h"
#include "table/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One column of the result: of the upper table, of the lower one, or of both. */
typedef struct pair {
    const fsc_table *tables[2];
    const fsci_column *columns[2]; /* one may be NULL */
} pair;

static fsc_status unlike(const pair *p, fsc_error *err)
{
    int text = p->columns[0]->kind == FSCI_COLUMN_CATEGORIES ? 0 : 1;
    const fsci_column *c = p->columns[text];
    return fsci_fail(err, FSC_EINPUT,
                     "column %.*s is text in %s ('%.*s' on line %lld) and numbers in %s; make them "
                     "alike",
                     fsci_cell_quote(c->name), c->name, c->origin, fsci_cell_quote(c->odd_text),
                     c->odd_text, (long long)c->odd_line, p->columns[!text]->origin);
}

static fsc_status stack_numbers(const pair *p, fsci_column *to, fsc_error *err)
{
    size_t n = p->tables[0]->n_rows, m = p->tables[1]->n_rows;
    double *numbers = malloc((n + m + 1) * sizeof *numbers);
    if (!numbers)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n + m; i++) {
        const fsci_column *c = p->columns[i >= n];
        numbers[i] = c ? c->numbers[i < n ? i : i - n] : NAN;
    }
    to->numbers = numbers;
    return FSC_OK;
}

/* Codes of the upper table stay; those of the lower one are looked up. */
static fsc_status stack_codes(const pair *p, fsci_arena *arena, fsci_levels *levels,
                              fsci_column *to, fsc_error *err)
{
    size_t n = p->tables[0]->n_rows, m = p->tables[1]->n_rows;
    uint32_t *codes = malloc((n + m + 1) * sizeof *codes);
    to->codes = codes;
    if (!codes)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n + m; i++) {
        const fsci_column *c = p->columns[i >= n];
        bool text = c && c->kind == FSCI_COLUMN_CATEGORIES;
        uint32_t code = text ? c->codes[i < n ? i : i - n] : FSCI_MISSING_CODE;
        codes[i] = FSCI_MISSING_CODE;
        if (code == FSCI_MISSING_CODE)
            continue;
        codes[i] = fsci_levels_add(levels, arena, c->levels[code], strlen(c->levels[code]));
        if (codes[i] == UINT32_MAX)
            return fsci_fail_memory(err);
    }
    const char **texts = malloc((levels->n + 1) * sizeof *texts);
    if (!texts)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < levels->n; i++)
        texts[i] = levels->items[i].text;
    to->levels = texts;
    to->n_levels = levels->n;
    return FSC_OK;
}

static fsc_status stack_column(const pair *p, fsc_table *to, fsc_error *err)
{
    const fsci_column *a = p->columns[0], *b = p->columns[1], *first = a ? a : b;
    fsci_column column = {.name = first->name, .origin = first->origin, .kind = first->kind};
    size_t n[2] = {p->tables[0]->n_rows, p->tables[1]->n_rows};
    fsci_levels levels = {0};
    for (int i = 0; i < 2; i++) {
        const fsci_column *c = p->columns[i];
        column.n_missing += c ? c->n_missing : n[i];
        column.n_numeric += c ? c->n_numeric : 0;
        if (c && c->kind == FSCI_COLUMN_CATEGORIES)
            column.kind = FSCI_COLUMN_CATEGORIES;
        if (c && c->odd_text && !column.odd_text) {
            column.odd_text = c->odd_text;
            column.odd_line = c->odd_line;
            column.origin = c->origin;
        }
    }
    for (int i = 0; i < 2; i++)
        if (p->columns[i] && p->columns[i]->kind != column.kind && p->columns[i]->n_numeric)
            return unlike(p, err);
    fsc_status status = column.kind == FSCI_COLUMN_NUMBERS
                            ? stack_numbers(p, &column, err)
                            : stack_codes(p, to->arena, &levels, &column, err);
    fsc_status kept = fsci_table_append(to, column, err);
    fsci_levels_free(&levels);
    return status ? status : kept;
}

static fsc_status fill(const fsc_table *top, const fsc_table *bottom, fsc_table *to, fsc_error *err)
{
    to->n_rows = top->n_rows + bottom->n_rows;
    for (size_t i = 0; i < to->n_rows; i++) {
        const fsc_table *own = i < top->n_rows ? top : bottom;
        int64_t line = fsci_table_line(own, i < top->n_rows ? i : i - top->n_rows);
        if (!fsci_lines_add(&to->lines, line))
            return fsci_fail_memory(err);
    }
    for (size_t i = 0; i < top->n_columns; i++) {
        const fsci_column *c = &top->columns[i];
        const pair p = {{top, bottom}, {c, fsci_table_find(bottom, c->name)}};
        FSCI_TRY(stack_column(&p, to, err));
    }
    for (size_t i = 0; i < bottom->n_columns; i++) {
        const pair p = {{top, bottom}, {NULL, &bottom->columns[i]}};
        if (!fsci_table_find(top, bottom->columns[i].name))
            FSCI_TRY(stack_column(&p, to, err));
    }
    return FSC_OK;
}

fsc_status fsci_table_stack(const fsc_table *top, const fsc_table *bottom, fsc_table **out,
                            fsc_error *err)
{
    *out = NULL;
    fsc_table *to = fsci_table_new(top->name);
    fsc_status status = to ? fill(top, bottom, to, err) : fsci_fail_memory(err);
    if (status == FSC_OK)
        *out = to;
    else
        fsci_table_free(to);
    return status;
}
