#include "observe/backtest/engine.h"

#include "base/spread.h"
#include "observe/backtest/inner.h"
#include "observe/backtest/task.h"

#include <math.h>
#include <string.h>

/* ---- one method ---- */

static fsc_status new_predictive(fsci_arena *arena, size_t n_test, fsci_predictive *predictive,
                                 fsc_error *err)
{
    predictive->point = FSCI_NEW(arena, double, n_test);
    predictive->quantile = FSCI_NEW(arena, double, n_test *FSCI_QUANTILES);
    if (!predictive->point || !predictive->quantile)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n_test; i++)
        predictive->point[i] = NAN;
    for (size_t i = 0; i < n_test * FSCI_QUANTILES; i++)
        predictive->quantile[i] = NAN;
    return FSC_OK;
}

/* Rising, and within what scores can be. */
static void tidy(const fsci_task *task, fsci_predictive *predictive)
{
    double highest = isfinite(task->target_lowest) ? 1 : INFINITY;
    for (size_t i = 0; i < task->n - task->n_train; i++) {
        double *quantile = predictive->quantile + i * FSCI_QUANTILES;
        for (size_t q = 0; q < FSCI_QUANTILES; q++) {
            if (isnan(quantile[q]))
                continue;
            quantile[q] = fmin(fmax(quantile[q], task->target_lowest), highest);
            if (q > 0)
                quantile[q] = fmax(quantile[q], quantile[q - 1]);
        }
    }
}

fsc_status fsci_engine_points(fsci_arena *arena, const fsci_method *method, const fsci_task *task,
                              fsci_predictive *predictive, bool *failed, fsc_error *err)
{
    FSCI_TRY(new_predictive(arena, task->n - task->n_train, predictive, err));
    fsc_status status = method->predict(arena, task, predictive, NULL);
    if (status == FSC_ENOMEM)
        return fsci_fail_memory(err);
    *failed = status != FSC_OK;
    if (*failed)
        return new_predictive(arena, task->n - task->n_train, predictive, err);
    tidy(task, predictive);
    return FSC_OK;
}

static bool has_points_only(const fsci_predictive *predictive, size_t n_test)
{
    bool points = false;
    for (size_t i = 0; i < n_test; i++)
        points = points || isfinite(predictive->point[i]);
    for (size_t i = 0; i < n_test * FSCI_QUANTILES; i++)
        if (!isnan(predictive->quantile[i]))
            return false;
    return points;
}

fsc_status fsci_engine_predict(fsci_arena *arena, const fsci_problem *problem,
                               const fsci_fold *fold, const fsci_method *method,
                               const fsci_task *task, fsci_predictive *predictive, bool *failed,
                               fsc_error *err)
{
    FSCI_TRY(fsci_engine_points(arena, method, task, predictive, failed, err));
    if (!has_points_only(predictive, task->n - task->n_train))
        return FSC_OK;
    FSCI_TRY(fsci_inner_intervals(arena, problem, fold, task, method, predictive, err));
    tidy(task, predictive);
    return FSC_OK;
}

/* ---- the canary ---- */

static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

fsc_status fsci_engine_leaks(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                             const fsci_method *method, const fsci_predictive *honest, bool *leaks,
                             fsc_error *err)
{
    size_t m = fold->n_train, n_test = fold->n - m;
    fsci_problem planted = *problem;
    fsci_predictive again;
    fsci_task task;
    bool failed;
    double *t = fsci_copy_array(arena, problem->t, problem->frame->n, sizeof *t);
    if (!t)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n_test; i++)
        t[fold->rows[m + i]] = 0.37 + 0.5 * problem->t[fold->rows[fold->n - 1 - i]];
    planted.t = t;
    FSCI_TRY(fsci_task_make(arena, &planted, fold, FSCI_BAIT_ANSWER, &task, err));
    FSCI_TRY(fsci_engine_predict(arena, &planted, fold, method, &task, &again, &failed, err));
    *leaks = !same(honest->point, again.point, n_test) ||
             !same(honest->quantile, again.quantile, n_test * FSCI_QUANTILES);
    return FSC_OK;
}

/* ---- one fold ---- */

typedef struct job {
    const fsci_method *const *methods;
    size_t n_methods;
    fsci_item *items;
} job;

void fsci_engine_distance(const fsci_task *task, fsci_distance *distance)
{
    size_t m = task->n_train;
    double best = -INFINITY, flops = -INFINITY, date = -INFINITY, sum = 0, squares = 0;
    for (size_t i = 0; i < m; i++) {
        best = fmax(best, task->pcs[i]);
        flops = fmax(flops, task->log_flops[i]);
        date = fmax(date, task->date[i]);
        sum += task->pcs[i];
        squares += task->pcs[i] * task->pcs[i];
    }
    double deviation = sqrt(squares / (double)m - sum * sum / (double)(m * m));
    for (size_t i = 0; i < task->n - m; i++)
        distance[i] = (fsci_distance){
            .capability = (task->pcs[m + i] - best) / deviation,
            .decades = isinf(flops) ? NAN : (task->log_flops[m + i] - flops) / log(10),
            .months = isinf(date) ? NAN : 12 * (task->date[m + i] - date)};
}

static void score_method(const fsci_item *item, const fsci_task *task, size_t method,
                         const fsci_predictive *own, const fsci_predictive *fallback)
{
    for (size_t i = 0; i < item->n_test; i++) {
        bool has = isfinite(own->point[i]);
        const fsci_predictive *used = has ? own : fallback;
        fsci_scored *scored = &item->scored[method * item->n_test + i];
        fsci_score_one(item->problem->t[item->fold->rows[task->n_train + i]], used->point[i],
                       used->quantile + i * FSCI_QUANTILES, scored);
        scored->fallback = !has;
    }
}

static fsc_status run_fold(fsci_arena *arena, const job *j, fsci_item *item, fsc_error *err)
{
    fsci_task task;
    fsci_predictive fallback;
    bool failed;
    fsc_status status =
        fsci_task_make(arena, item->problem, item->fold, FSCI_BAIT_NONE, &task, err);
    if (status != FSC_OK)
        return status == FSC_ENOMEM ? status : FSC_OK;
    FSCI_TRY(fsci_engine_points(arena, fsci_method_find("training-mean"), &task, &fallback, &failed,
                                err));
    fsci_engine_distance(&task, item->distance);
    for (size_t k = 0; k < j->n_methods; k++) {
        fsci_predictive own;
        FSCI_TRY(fsci_engine_predict(arena, item->problem, item->fold, j->methods[k], &task, &own,
                                     &item->failed[k], err));
        score_method(item, &task, k, &own, &fallback);
        if (item->canary)
            FSCI_TRY(fsci_engine_leaks(arena, item->problem, item->fold, j->methods[k], &own,
                                       &item->leaks[k], err));
    }
    item->done = true;
    return FSC_OK;
}

/* ---- all folds ---- */

/* What one fold comes to, as bytes: how it ended, two flags for each method, then distances and
 * scores; in whole cells of results. */
typedef enum ending { NO_TASK, DONE, NO_MEMORY } ending;
enum { CELL = sizeof(double) };
_Static_assert(sizeof(fsci_distance) % CELL == 0 && sizeof(fsci_scored) % CELL == 0, "cells");

static size_t flag_cells(size_t n_methods)
{
    return (1 + 2 * n_methods + CELL - 1) / CELL;
}

static size_t result_cells(const fsci_item *item, size_t n_methods)
{
    size_t row = sizeof *item->distance + n_methods * sizeof *item->scored;
    return flag_cells(n_methods) + item->n_test * row / CELL;
}

/* The item's arrays within its result, which starts with the ending. */
static void point_into(fsci_item *item, size_t n_methods, unsigned char *result)
{
    item->leaks = (bool *)(result + 1);
    item->failed = item->leaks + n_methods;
    item->distance = (fsci_distance *)(void *)(result + CELL * flag_cells(n_methods));
    item->scored = (fsci_scored *)(void *)(item->distance + item->n_test);
}

static void run_item(void *context, size_t i, size_t worker, void *result)
{
    (void)worker;
    const job *j = context;
    unsigned char *how = result;
    fsci_arena *arena = fsci_arena_new();
    fsc_status status = arena ? run_fold(arena, j, &j->items[i], NULL) : FSC_ENOMEM;
    *how = status != FSC_OK ? NO_MEMORY : j->items[i].done ? DONE : NO_TASK;
    fsci_arena_free(arena);
}

fsc_status fsci_engine_run(fsci_arena *arena, int threads, const fsci_method *const *methods,
                           size_t n_methods, fsci_item *items, size_t n, fsc_error *err)
{
    job j = {methods, n_methods, items};
    size_t *start = FSCI_NEW(arena, size_t, n + 1);
    for (size_t i = 0; start && i < n; i++)
        start[i + 1] = start[i] + result_cells(&items[i], n_methods);
    double *results = start ? FSCI_NEW(arena, double, start[n] + 1) : NULL;
    if (!results)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        point_into(&items[i], n_methods, (unsigned char *)(results + start[i]));
    FSCI_TRY(fsci_spread_uneven(threads, n, start, CELL, results, run_item, &j, err));
    for (size_t i = 0; i < n; i++) {
        unsigned char how = *(unsigned char *)(results + start[i]);
        if (how == NO_MEMORY)
            return fsci_fail_memory(err);
        items[i].done = how == DONE;
    }
    return FSC_OK;
}
