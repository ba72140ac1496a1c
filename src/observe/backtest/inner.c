#include "observe/backtest/inner.h"

#include "num/summary.h"
#include "observe/backtest/engine.h"
#include "observe/backtest/task.h"

#include <math.h>
#include <stdlib.h>

static const double SHARES[] = {1.0 / 2, 1.0 / 3, 1.0 / 5};
enum { N_SHARES = sizeof SHARES / sizeof *SHARES, LEAST_ERRORS = 8 };

/* ---- inner folds ---- */

typedef struct keyed {
    double key;
    size_t row; /* of the frame */
} keyed;

static int by_key(const void *a, const void *b)
{
    const keyed *r = a, *s = b;
    return r->key != s->key ? (r->key > s->key) - (r->key < s->key)
                            : (r->row > s->row) - (r->row < s->row);
}

/* Training rows of the outer fold, weakest first: the inner ones train on a beginning of it. */
static keyed *rank_training(fsci_arena *arena, const fsci_fold *fold, const fsci_task *task)
{
    keyed *rows = FSCI_NEW(arena, keyed, fold->n_train);
    for (size_t i = 0; rows && i < fold->n_train; i++)
        rows[i] = (keyed){task->pcs[i], fold->rows[i]};
    if (rows)
        qsort(rows, fold->n_train, sizeof *rows, by_key);
    return rows;
}

/* Adds the errors of one inner fold; a fold that cannot be fitted adds none. */
static fsc_status add_errors(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                             const fsci_method *method, fsci_inner_error *errors, size_t *n,
                             fsc_error *err)
{
    fsci_task task;
    fsci_predictive out;
    bool failed;
    size_t m = fold->n_train;
    fsc_status status = fsci_task_make(arena, problem, fold, FSCI_BAIT_NONE, &task, err);
    if (status != FSC_OK)
        return status == FSC_ENOMEM ? status : FSC_OK;
    FSCI_TRY(fsci_engine_points(arena, method, &task, &out, &failed, err));
    fsci_distance *distance = FSCI_NEW(arena, fsci_distance, fold->n - m);
    if (!distance)
        return fsci_fail_memory(err);
    fsci_engine_distance(&task, distance);
    for (size_t i = 0; i < fold->n - m; i++) {
        const double *quantile = out.quantile + i * FSCI_QUANTILES;
        if (isfinite(out.point[i]))
            errors[(*n)++] =
                (fsci_inner_error){.error = out.point[i] - problem->t[fold->rows[m + i]],
                                   .distance = distance[i].capability,
                                   .below = out.point[i] - quantile[0],
                                   .above = quantile[FSCI_QUANTILES - 1] - out.point[i]};
    }
    return FSC_OK;
}

fsc_status fsci_inner_errors(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                             const fsci_task *task, const fsci_method *method,
                             fsci_inner_error **errors, size_t *n, fsc_error *err)
{
    size_t m = fold->n_train;
    keyed *ranked = rank_training(arena, fold, task);
    *n = 0;
    *errors = FSCI_NEW(arena, fsci_inner_error, N_SHARES * m);
    size_t *rows = FSCI_NEW(arena, size_t, m);
    if (!ranked || !*errors || !rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        rows[i] = ranked[i].row;
    for (size_t s = 0; s < N_SHARES; s++) {
        fsci_fold inner = *fold;
        inner.rows = rows;
        inner.n = m;
        inner.n_train = m - (size_t)(SHARES[s] * (double)m);
        if (inner.n_train >= FSCI_FOLD_TRAIN && inner.n > inner.n_train)
            FSCI_TRY(add_errors(arena, problem, &inner, method, *errors, n, err));
    }
    return FSC_OK;
}

/* ---- intervals ---- */

static double reach(double distance)
{
    return 1 + fmax(distance, 0);
}

/* The order statistic that a new error stays below with this probability. */
static double conformal(const double *sorted, size_t n, double level)
{
    double place = ceil(level * (double)(n + 1));
    return sorted[place < 1 ? 0 : place > (double)n ? n - 1 : (size_t)place - 1];
}

fsc_status fsci_inner_intervals(fsci_arena *arena, const fsci_problem *problem,
                                const fsci_fold *fold, const fsci_task *task,
                                const fsci_method *method, fsci_predictive *predictive,
                                fsc_error *err)
{
    fsci_inner_error *errors;
    size_t n, n_test = task->n - task->n_train;
    FSCI_TRY(fsci_inner_errors(arena, problem, fold, task, method, &errors, &n, err));
    double *size = FSCI_NEW(arena, double, n);
    fsci_distance *distance = FSCI_NEW(arena, fsci_distance, n_test);
    if (!size || !distance)
        return fsci_fail_memory(err);
    if (n < LEAST_ERRORS)
        return FSC_OK;
    for (size_t i = 0; i < n; i++)
        size[i] = fabs(errors[i].error) / reach(errors[i].distance);
    fsci_sort(size, n);
    fsci_engine_distance(task, distance);
    for (size_t i = 0; i < n_test; i++)
        for (size_t q = 0; q < FSCI_QUANTILES; q++) {
            double side = 2 * fsci_quantile_level[q] - 1; /* both tails share the error's size */
            double off = side == 0 ? 0 : copysign(conformal(size, n, fabs(side)), side);
            predictive->quantile[i * FSCI_QUANTILES + q] =
                predictive->point[i] + off * reach(distance[i].capability);
        }
    return FSC_OK;
}
