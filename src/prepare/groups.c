#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct keys {
    const fsci_column *columns[FSCI_CALL_PARTS];
    size_t n;
} keys;

static int compare_cell(const fsci_column *c, size_t a, size_t b)
{
    if (c->kind == FSCI_COLUMN_CATEGORIES)
        return (c->codes[a] > c->codes[b]) - (c->codes[a] < c->codes[b]);
    double x = c->numbers[a], y = c->numbers[b];
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return (x > y) - (x < y);
}

static int compare_keys(const keys *k, size_t a, size_t b)
{
    int order = 0;
    for (size_t i = 0; i < k->n && !order; i++)
        order = compare_cell(k->columns[i], a, b);
    return order;
}

static int compare_rows(const void *a, const void *b, void *of)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = compare_keys(of, x, y);
    return order ? order : (x > y) - (x < y);
}

static int compare_first(const void *a, const void *b, void *order)
{
    const size_t *rows = order;
    size_t x = rows[*(const size_t *)a], y = rows[*(const size_t *)b];
    return (x > y) - (x < y);
}

static fsc_status find_keys(const fsci_preparing *p, keys *k)
{
    const fsci_call_option *by = fsci_call_option_find(p->call, "by");
    for (size_t i = 0; by && i < by->n_values; i++) {
        k->columns[k->n] = fsci_table_find(p->table, by->values[i]);
        if (!k->columns[k->n++])
            return fsci_table_no_column(p->table, by->values[i], p->err);
    }
    return FSC_OK;
}

/* Groups in order of their first rows: sorted runs, moved. */
static fsc_status arrange(const fsci_preparing *p, fsci_groups *groups)
{
    size_t *run = FSCI_NEW(p->arena, size_t, groups->n + 1);
    size_t *order = FSCI_NEW(p->arena, size_t, p->n + 1);
    size_t *begin = FSCI_NEW(p->arena, size_t, groups->n + 2);
    if (!run || !order || !begin)
        return fsci_fail_memory(p->err);
    for (size_t g = 0; g < groups->n; g++)
        run[g] = groups->begin[g];
    qsort_r(run, groups->n, sizeof *run, compare_first, groups->order);
    for (size_t g = 0, to = 0; g < groups->n; g++) {
        size_t from = run[g], end = p->n;
        for (size_t lo = 0, hi = groups->n; lo < hi;) { /* the run that begins at `from` */
            size_t middle = (lo + hi) / 2;
            if (groups->begin[middle] <= from)
                lo = middle + 1;
            else
                hi = middle;
            end = lo < groups->n ? groups->begin[lo] : p->n;
        }
        begin[g] = to;
        memcpy(order + to, groups->order + from, (end - from) * sizeof *order);
        to += end - from;
        begin[g + 1] = to;
    }
    groups->order = order;
    groups->begin = begin;
    return FSC_OK;
}

fsc_status fsci_groups_by(const fsci_preparing *p, fsci_groups *groups)
{
    keys k = {.n = 0};
    FSCI_TRY(find_keys(p, &k));
    *groups = (fsci_groups){.order = FSCI_NEW(p->arena, size_t, p->n + 1),
                            .begin = FSCI_NEW(p->arena, size_t, p->n + 2)};
    if (!groups->order || !groups->begin)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < p->n; i++)
        groups->order[i] = i;
    qsort_r(groups->order, p->n, sizeof *groups->order, compare_rows, &k);
    for (size_t i = 0; i < p->n; i++)
        if (!i || compare_keys(&k, groups->order[i - 1], groups->order[i]))
            groups->begin[groups->n++] = i;
    groups->begin[groups->n] = p->n;
    return arrange(p, groups);
}
