#include "fit/interval/clusters.h"

#include "num/summary.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static fsc_status no_value(const fsci_model *m, const fsci_column *column, size_t i, fsc_error *err)
{
    return fsci_fail(err, FSC_EINPUT,
                     "%s, line %lld: no value in column %s, so the row belongs to no cluster; fill "
                     "it in, or drop the row with --where",
                     fsci_table_name(m->table), (long long)fsci_table_line(m->table, m->row[i]),
                     column->name);
}

/* Where x is in ascending sorted[n] without repeats. */
static size_t place_of(const double *sorted, size_t n, double x)
{
    size_t lo = 0, hi = n;
    while (hi - lo > 1) {
        size_t middle = (lo + hi) / 2;
        if (sorted[middle] <= x)
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

/* Codes of the kept rows, 0, 1, ... without gaps; a value that is missing gives its row in *bad. */
static size_t code_numbers(const fsci_model *m, const double *x, double *sorted, uint32_t *of,
                           size_t *bad)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (isnan(sorted[i] = x[m->row[i]]))
            *bad = i;
    }
    if (*bad < m->n)
        return 0;
    fsci_sort(sorted, m->n);
    for (size_t i = 0; i < m->n; i++)
        if (!i || sorted[i] != sorted[n - 1])
            sorted[n++] = sorted[i];
    for (size_t i = 0; i < m->n; i++)
        of[i] = (uint32_t)place_of(sorted, n, x[m->row[i]]);
    return n;
}

static size_t code_levels(const fsci_model *m, const fsci_column *column, uint32_t *new_code,
                          uint32_t *of, size_t *bad)
{
    size_t n = 0;
    memset(new_code, 0xFF, column->n_levels * sizeof *new_code);
    for (size_t i = 0; i < m->n; i++) {
        uint32_t code = column->codes[m->row[i]];
        if (code == FSCI_MISSING_CODE) {
            *bad = i;
            return 0;
        }
        if (new_code[code] == FSCI_MISSING_CODE)
            new_code[code] = (uint32_t)n++;
        of[i] = new_code[code];
    }
    return n;
}

/* *n 0 and *bad a row when some row has no value. */
static bool code_rows(fsci_arena *arena, const fsci_model *m, const fsci_column *column,
                      uint32_t *of, size_t *n, size_t *bad)
{
    *bad = m->n;
    if (column->kind == FSCI_COLUMN_NUMBERS) {
        double *sorted = FSCI_NEW(arena, double, m->n);
        *n = sorted ? code_numbers(m, column->numbers, sorted, of, bad) : 0;
        return sorted != NULL;
    }
    uint32_t *new_code = FSCI_NEW(arena, uint32_t, column->n_levels);
    *n = new_code ? code_levels(m, column, new_code, of, bad) : 0;
    return new_code != NULL;
}

static fsc_status check(const fsci_model *m, const fsci_clusters *c, fsc_error *err)
{
    size_t p = m->parameters.n_free;
    if (c->n < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "--cluster %s: the column has one value in the %zu rows used, and one "
                         "cluster has no spread; name a column that tells runs or families apart",
                         c->column, m->n);
    if (c->n <= p)
        return fsci_fail(err, FSC_EINPUT,
                         "--cluster %s: %zu clusters cannot judge %zu free parameters; hold some "
                         "with --fix, or name a finer column",
                         c->column, c->n, p);
    return FSC_OK;
}

/* Rows by cluster, each in the order of the table. */
static void list_rows(fsci_clusters *c, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        c->first[c->of[i] + 1]++;
    for (size_t k = 0; k < c->n; k++)
        c->first[k + 1] += c->first[k];
    for (size_t i = n_rows; i-- > 0;)
        c->row[--c->first[c->of[i] + 1]] = i;
    for (size_t k = 0; k < c->n; k++)
        c->first[k] = c->first[k + 1];
    c->first[c->n] = n_rows;
}

fsc_status fsci_clusters_find(fsci_arena *arena, const fsci_model *m, const char *name,
                              fsci_clusters *c, fsc_error *err)
{
    *c = (fsci_clusters){.column = name};
    if (!name)
        return FSC_OK;
    const fsci_column *column = fsci_table_find(m->table, name);
    if (!column)
        return fsci_table_no_column(m->table, name, err);
    size_t bad;
    c->of = FSCI_NEW(arena, uint32_t, m->n);
    c->row = FSCI_NEW(arena, size_t, m->n);
    if (!c->of || !c->row || !code_rows(arena, m, column, c->of, &c->n, &bad))
        return fsci_fail_memory(err);
    if (bad < m->n)
        return no_value(m, column, bad, err);
    FSCI_TRY(check(m, c, err));
    c->first = FSCI_NEW(arena, size_t, c->n + 2);
    if (!c->first)
        return fsci_fail_memory(err);
    list_rows(c, m->n);
    return FSC_OK;
}

/* "Model Family" and "model_family" are one name. */
static bool is_name(const char *column, const char *name)
{
    for (; *column && *name; column++, name++) {
        char letter = isalnum((unsigned char)*column) ? (char)tolower((unsigned char)*column) : '_';
        if (letter != *name)
            return false;
    }
    return !*column && !*name;
}

const char *fsci_clusters_obvious(fsci_arena *arena, const fsci_model *m, size_t *n)
{
    static const char *const names[] = {"run",          "run_id",     "run_name",   "family",
                                        "model_family", "base_model", "experiment", "sweep"};
    size_t bad;
    for (size_t c = 0; c < fsci_table_columns(m->table); c++) {
        const fsci_column *column = fsci_table_column(m->table, c);
        bool named = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            named = named || is_name(column->name, names[i]);
        uint32_t *of = named ? FSCI_NEW(arena, uint32_t, m->n) : NULL;
        if (of && code_rows(arena, m, column, of, n, &bad) && *n > 1 && *n * 2 <= m->n)
            return column->name;
    }
    return NULL;
}
