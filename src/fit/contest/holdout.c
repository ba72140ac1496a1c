#include "fit/contest/holdout.h"

#include "base/number.h"
#include "base/spread.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROLLING_STEPS = 5 };

/* A new partition whose test rows are counted by `test`[n_table]; NULL when too few are left or
 * nothing is to be forecast, or out of memory (the arena says). */
static fsci_partition *add(fsci_arena *arena, const fsci_pool *pool, const bool *train,
                           const bool *test, const char *name, fsci_partitions *out)
{
    fsci_partition p = {.name = name, .cutoff = NAN, .log10_beyond = NAN};
    double beyond = -INFINITY, cutoff = -INFINITY;
    p.train = FSCI_NEW(arena, bool, pool->n_table);
    p.test = FSCI_NEW(arena, size_t, pool->n);
    fsci_partition *items = FSCI_NEW(arena, fsci_partition, out->n + 1);
    if (!p.train || !p.test || !items)
        return NULL;
    for (size_t i = 0; i < pool->n; i++) {
        size_t row = pool->rows[i];
        p.n_train += p.train[row] = train[row];
        if (test[row])
            p.test[p.n_test++] = row;
        if (pool->scale && train[row] && pool->scale[row] > cutoff)
            cutoff = pool->scale[row];
        if (pool->scale && test[row] && pool->scale[row] > beyond)
            beyond = pool->scale[row];
    }
    if (p.n_train < pool->least || !p.n_test)
        return NULL;
    if (cutoff > 0 && isfinite(beyond)) {
        p.cutoff = cutoff;
        p.log10_beyond = fmax(0, log10(beyond / cutoff));
    }
    if (out->n)
        memcpy(items, out->items, out->n * sizeof *items);
    out->items = items;
    items[out->n] = p;
    return &items[out->n++];
}

static fsc_status finish(const fsci_arena *arena, fsc_error *err)
{
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_holdout_add(fsci_arena *arena, const fsci_pool *pool, const bool *train,
                            const bool *test, const char *name, fsci_partitions *out,
                            fsc_error *err)
{
    add(arena, pool, train, test, name, out);
    return finish(arena, err);
}

/* ---- by scale ---- */

typedef struct sized {
    double scale;
    size_t row;
} sized;

static int by_scale(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->scale != y->scale)
        return x->scale < y->scale ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Rows with a scale, smallest first. */
static sized *sorted(fsci_arena *arena, const fsci_pool *pool, size_t *n)
{
    sized *list = FSCI_NEW(arena, sized, pool->n);
    *n = 0;
    for (size_t i = 0; list && pool->scale && i < pool->n; i++)
        if (pool->scale[pool->rows[i]] > 0)
            list[(*n)++] = (sized){pool->scale[pool->rows[i]], pool->rows[i]};
    if (list && *n)
        qsort(list, *n, sizeof *list, by_scale);
    return list;
}

/* The first place at or after `i` where the scale changes, so that equals stay together. */
static size_t next_step(const sized *list, size_t n, size_t i)
{
    while (i > 0 && i < n && list[i].scale == list[i - 1].scale)
        i++;
    return i;
}

/* Places [0, from) are fitted, [from, to) forecast. Rows without a scale are always fitted. */
static fsc_status add_range(fsci_arena *arena, const fsci_pool *pool, const sized *list, size_t n,
                            size_t from, size_t to, const char *name, fsci_partitions *out,
                            fsc_error *err)
{
    bool *train = FSCI_NEW(arena, bool, pool->n_table),
         *test = FSCI_NEW(arena, bool, pool->n_table);
    if (!train || !test)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < pool->n; i++)
        train[pool->rows[i]] = true;
    for (size_t i = from; i < n; i++)
        train[list[i].row] = false;
    for (size_t i = from; i < to; i++)
        test[list[i].row] = true;
    add(arena, pool, train, test, name, out);
    return finish(arena, err);
}

fsc_status fsci_holdout_largest(fsci_arena *arena, const fsci_pool *pool, double share,
                                fsci_partitions *out, fsc_error *err)
{
    size_t n, held = (size_t)ceil(share * (double)pool->n);
    const sized *list = sorted(arena, pool, &n);
    if (!list)
        return fsci_fail_memory(err);
    if (held >= n)
        return FSC_OK;
    size_t from = next_step(list, n, n - held);
    if (from == n) /* the largest runs are all of one size: all of them */
        for (from = n - held; from > 0 && list[from - 1].scale == list[n - 1].scale;)
            from--;
    return add_range(arena, pool, list, n, from, n,
                     fsci_format(arena, "largest %s %%", fsci_briefly(100 * share, 3).text), out,
                     err);
}

fsc_status fsci_holdout_rolling(fsci_arena *arena, const fsci_pool *pool, fsci_partitions *out,
                                fsc_error *err)
{
    size_t n;
    const sized *list = sorted(arena, pool, &n);
    if (!list)
        return fsci_fail_memory(err);
    for (size_t s = 0; s < ROLLING_STEPS; s++) {
        size_t share = ROLLING_STEPS + s; /* tenths fitted */
        size_t from = next_step(list, n, n * share / (2 * ROLLING_STEPS));
        size_t to = next_step(list, n, n * (share + 1) / (2 * ROLLING_STEPS));
        if (from && from < to)
            FSCI_TRY(add_range(arena, pool, list, n, from, to,
                               fsci_format(arena, "smallest %zu %%", 10 * share), out, err));
    }
    return FSC_OK;
}

/* ---- folds ---- */

/* Which of `n_clusters` each pool row is in. */
static size_t *clusters_of(fsci_arena *arena, const fsci_pool *pool, const fsci_column *cluster,
                           size_t *n_clusters)
{
    size_t *of = FSCI_NEW(arena, size_t, pool->n), *number = NULL;
    *n_clusters = 0;
    if (cluster)
        number = FSCI_NEW(arena, size_t, cluster->n_levels);
    for (size_t i = 0; of && i < pool->n; i++) {
        uint32_t code = cluster ? cluster->codes[pool->rows[i]] : FSCI_MISSING_CODE;
        if (code == FSCI_MISSING_CODE)
            of[i] = (*n_clusters)++;
        else if (number && number[code])
            of[i] = number[code] - 1;
        else if (number)
            number[code] = 1 + (of[i] = (*n_clusters)++);
    }
    return of;
}

fsc_status fsci_holdout_folds(fsci_arena *arena, const fsci_pool *pool, size_t k,
                              const fsci_column *cluster, uint64_t seed, fsci_partitions *out,
                              fsc_error *err)
{
    size_t n_clusters;
    size_t *of = clusters_of(arena, pool, cluster, &n_clusters);
    size_t *order = FSCI_NEW(arena, size_t, pool->n);
    bool *train = FSCI_NEW(arena, bool, pool->n_table),
         *test = FSCI_NEW(arena, bool, pool->n_table);
    if (!of || !order || !train || !test)
        return fsci_fail_memory(err);
    fsci_stream stream = fsci_stream_new(seed, 0);
    for (size_t i = 0; i < n_clusters; i++) { /* Fisher and Yates, from the inside out */
        size_t j = (size_t)fsci_random_below(&stream, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    k = k < n_clusters ? k : n_clusters;
    for (size_t fold = 0; fold < k && k > 1; fold++) {
        for (size_t i = 0; i < pool->n; i++) {
            test[pool->rows[i]] = order[of[i]] % k == fold;
            train[pool->rows[i]] = !test[pool->rows[i]];
        }
        add(arena, pool, train, test, fsci_format(arena, "fold %zu of %zu", fold + 1, k), out);
        FSCI_TRY(finish(arena, err));
    }
    return FSC_OK;
}

fsc_status fsci_holdout_levels(fsci_arena *arena, const fsci_pool *pool, const fsci_column *column,
                               uint64_t seed, fsci_partitions *out, fsc_error *err)
{
    if (column->n_levels > FSCI_HOLDOUT_LEVELS)
        return fsci_holdout_folds(arena, pool, FSCI_HOLDOUT_LEVELS, column, seed, out, err);
    bool *train = FSCI_NEW(arena, bool, pool->n_table),
         *test = FSCI_NEW(arena, bool, pool->n_table);
    if (!train || !test)
        return fsci_fail_memory(err);
    for (uint32_t level = 0; level < column->n_levels; level++) {
        for (size_t i = 0; i < pool->n; i++) {
            size_t row = pool->rows[i];
            test[row] = column->codes[row] == level;
            train[row] = !test[row];
        }
        add(arena, pool, train, test,
            fsci_format(arena, "%s %s", column->name, column->levels[level]), out);
        FSCI_TRY(finish(arena, err));
    }
    return FSC_OK;
}

fsc_status fsci_holdout_marked(fsci_arena *arena, const fsci_pool *pool, const bool *test,
                               const char *name, fsci_partitions *out, fsc_error *err)
{
    bool *train = FSCI_NEW(arena, bool, pool->n_table);
    if (!train)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < pool->n; i++)
        train[pool->rows[i]] = !test[pool->rows[i]];
    return fsci_holdout_add(arena, pool, train, test, name, out, err);
}

/* ---- running ---- */

typedef struct job {
    const fsci_estimator *estimators;
    const fsci_partitions *partitions;
    size_t most_test;
} job;

/* What travels between ranks: how it went, then a forecast for each test row. */
typedef struct item_result {
    double status;
    fsci_row_forecast forecasts[];
} item_result;

static void run_one(void *context, size_t item, size_t worker, void *result)
{
    (void)worker;
    const job *j = context;
    item_result *out = result;
    const fsci_estimator *e = &j->estimators[item / j->partitions->n];
    const fsci_partition *p = &j->partitions->items[item % j->partitions->n];
    fsc_status status = e->run(e->context, p->train, p->test, p->n_test, out->forecasts);
    out->status = status;
    for (size_t i = 0; status != FSC_OK && i < p->n_test; i++) {
        out->forecasts[i].mean = NAN;
        for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++)
            out->forecasts[i].quantile[k] = NAN;
    }
}

fsc_status fsci_holdout_run(fsci_arena *arena, const fsci_estimator *estimators,
                            size_t n_estimators, const fsci_partitions *partitions, int threads,
                            fsci_row_forecast ***forecasts, fsc_error *err)
{
    job j = {.estimators = estimators, .partitions = partitions};
    size_t n = n_estimators * partitions->n;
    for (size_t p = 0; p < partitions->n; p++)
        if (partitions->items[p].n_test > j.most_test)
            j.most_test = partitions->items[p].n_test;
    size_t bytes = sizeof(item_result) + j.most_test * sizeof(fsci_row_forecast);
    char *results = fsci_alloc(arena, n, bytes);
    *forecasts = FSCI_NEW(arena, fsci_row_forecast *, n);
    if (!results || !*forecasts)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_spread(threads, n, bytes, results, run_one, &j, err));
    for (size_t i = 0; i < n; i++) {
        item_result *result = (item_result *)(void *)(results + i * bytes);
        if (result->status == FSC_ENOMEM)
            return fsci_fail_memory(err);
        (*forecasts)[i] = result->forecasts;
    }
    return FSC_OK;
}

fsc_status fsci_holdout_score(const fsci_estimator *estimator, const fsci_partitions *partitions,
                              size_t first, size_t n, fsci_row_forecast *const *forecasts,
                              fsci_forecast_score *score, fsc_error *err)
{
    size_t rows = 0, at = 0;
    for (size_t p = first; p < first + n; p++)
        rows += partitions->items[p].n_test;
    fsci_row_forecast *all = calloc(rows + 1, sizeof *all);
    double *observed = calloc(rows + 1, sizeof *observed);
    fsc_status status = all && observed ? FSC_OK : fsci_fail_memory(err);
    for (size_t p = first; status == FSC_OK && p < first + n; p++) {
        const fsci_partition *part = &partitions->items[p];
        for (size_t i = 0; i < part->n_test; i++, at++) {
            all[at] = forecasts[p][i];
            observed[at] = estimator->observed[part->test[i]];
        }
    }
    if (status == FSC_OK)
        status = fsci_forecast_scored(all, observed, rows, score, err);
    free(all);
    free(observed);
    return status;
}
