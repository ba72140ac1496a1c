#include "observe/backtest/engine.h"

#include "base/parallel.h"
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

/* Bits, but for the kind of NaN. */
static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i])))
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

typedef struct outcome {
    job job;
    fsc_status *status; /* [n] */
} outcome;

static void run_item(void *context, size_t i, size_t worker)
{
    (void)worker;
    outcome *o = context;
    fsci_arena *arena = fsci_arena_new();
    o->status[i] = arena ? run_fold(arena, &o->job, &o->job.items[i], NULL) : FSC_ENOMEM;
    fsci_arena_free(arena);
}

fsc_status fsci_engine_run(int threads, const fsci_method *const *methods, size_t n_methods,
                           fsci_item *items, size_t n, fsc_error *err)
{
    fsci_arena *arena = fsci_arena_new();
    outcome o = {{methods, n_methods, items}, arena ? FSCI_NEW(arena, fsc_status, n) : NULL};
    fsc_status status = o.status ? FSC_OK : FSC_ENOMEM;
    if (status == FSC_OK)
        fsci_parallel(threads, n, run_item, &o);
    for (size_t i = 0; i < n && status == FSC_OK; i++)
        status = o.status[i];
    fsci_arena_free(arena);
    return status == FSC_OK ? FSC_OK : fsci_fail_memory(err);
}
