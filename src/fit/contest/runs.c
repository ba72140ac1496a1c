/* How many training runs, and how much of each, forecast the end of the largest (Choshen, Zhang and
 * Andreas 2024, arXiv:2410.11840). Rows are points along runs; the smallest runs are fitted first,
 * as they would be trained. */
#include "fit/contest/holdout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The end of the largest run that is forecast, and how much of the others is fitted. */
static const double END = 0.3, SHARES[] = {0.1, 0.2, 0.3, 0.5, 0.7, 1};
static const size_t COUNTS[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
enum { N_SHARES = sizeof SHARES / sizeof *SHARES, N_COUNTS = sizeof COUNTS / sizeof *COUNTS };

typedef struct point {
    uint32_t run;
    double scale;
    size_t row;
} point;

typedef struct run {
    size_t first, n; /* of the points */
    double scale;    /* at its end */
} run;

static int along_runs(const void *a, const void *b)
{
    const point *x = a, *y = b;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    if (x->scale != y->scale)
        return x->scale < y->scale ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int by_end(const void *a, const void *b)
{
    const run *x = a, *y = b;
    if (x->scale != y->scale)
        return x->scale < y->scale ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Points run by run, each from its start; runs by the scale they end at, the largest last. */
static bool gather(fsci_arena *arena, const fsci_pool *pool, const fsci_column *column,
                   point **points, run **runs, size_t *n_runs)
{
    size_t n = 0;
    *points = FSCI_NEW(arena, point, pool->n);
    *runs = FSCI_NEW(arena, run, column->n_levels);
    *n_runs = 0;
    if (!*points || !*runs)
        return false;
    for (size_t i = 0; i < pool->n && pool->scale; i++) {
        size_t row = pool->rows[i];
        if (column->codes[row] != FSCI_MISSING_CODE && pool->scale[row] > 0)
            (*points)[n++] = (point){column->codes[row], pool->scale[row], row};
    }
    if (n)
        qsort(*points, n, sizeof **points, along_runs);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || (*points)[i].run != (*points)[i - 1].run)
            (*runs)[(*n_runs)++] = (run){.first = i};
        run *last = &(*runs)[*n_runs - 1];
        last->n++;
        last->scale = (*points)[i].scale;
    }
    if (*n_runs)
        qsort(*runs, *n_runs, sizeof **runs, by_end);
    return true;
}

/* The first part of each of the smallest `count` runs. */
static void mark(const point *points, const run *runs, size_t count, double share, bool *train)
{
    for (size_t r = 0; r < count; r++) {
        size_t n = (size_t)ceil(share * (double)runs[r].n - 1e-9);
        for (size_t i = 0; i < n; i++)
            train[points[runs[r].first + i].row] = true;
    }
}

fsc_status fsci_holdout_runs(fsci_arena *arena, const fsci_pool *pool, const fsci_column *column,
                             fsci_partitions *out, fsc_error *err)
{
    point *points;
    run *runs;
    size_t n_runs;
    bool *train = FSCI_NEW(arena, bool, pool->n_table),
         *test = FSCI_NEW(arena, bool, pool->n_table);
    if (!train || !test || !gather(arena, pool, column, &points, &runs, &n_runs))
        return fsci_fail_memory(err);
    if (n_runs < 2)
        return FSC_OK;
    const run *target = &runs[n_runs - 1];
    size_t end = (size_t)ceil(END * (double)target->n - 1e-9), others = n_runs - 1;
    for (size_t i = target->n - end; i < target->n; i++)
        test[points[target->first + i].row] = true;
    for (size_t k = 0; k <= N_COUNTS; k++) {
        size_t count = k < N_COUNTS ? COUNTS[k] : others;
        if (count > others || (k < N_COUNTS && count == others))
            continue;
        for (size_t s = 0; s < N_SHARES; s++) {
            memset(train, 0, pool->n_table);
            mark(points, runs, count, SHARES[s], train);
            const char *name =
                fsci_format(arena, "%zu smallest runs, first %.0f %%", count, 100 * SHARES[s]);
            size_t before = out->n;
            FSCI_TRY(fsci_holdout_add(arena, pool, train, test, name, out, err));
            if (out->n > before) {
                out->items[before].runs = count;
                out->items[before].share = SHARES[s];
            }
        }
    }
    return FSC_OK;
}
