/* engine: runs every method on every fold, scores it, and looks for leaks. */
#ifndef FSCI_OBSERVE_BACKTEST_ENGINE_H
#define FSCI_OBSERVE_BACKTEST_ENGINE_H

#include "observe/backtest/folds.h"
#include "observe/backtest/score.h"

/* How far a test row lies beyond the training rows; NaN where not known. */
typedef struct fsci_distance {
    double capability; /* first component above the best training row's, in training deviations */
    double decades;    /* log10 FLOPs above the largest training run's */
    double months;     /* after the newest training model */
} fsci_distance;

/* One fold with the scores of all methods: scored[method * n_test + test row]. */
typedef struct fsci_item {
    const fsci_problem *problem;
    const fsci_fold *fold;
    bool canary; /* run twice: leaks[] is told */
    size_t n_test;
    /* Filled by fsci_engine_run. */
    bool done; /* false: the fold could not be made into a task */
    fsci_scored *scored;
    fsci_distance *distance; /* [n_test] */
    bool *leaks, *failed;    /* [n_methods] */
} fsci_item;

/* Fills in items[n] for methods[n_methods], whose results lie in the arena. Any number of threads
 * and ranks gives the same bits. A method that fails on a fold, or on a row, is scored as the mean
 * of the training rows. */
fsc_status fsci_engine_run(fsci_arena *arena, int threads, const fsci_method *const *methods,
                           size_t n_methods, fsci_item *items, size_t n, fsc_error *err);

/* Whether a method's forecasts for a fold change when the responses that it must not see do: the
 * whole of it is made again with those replaced, and left in the reach of one that looks for them
 * where they must not be. FSC_ENOMEM. */
fsc_status fsci_engine_leaks(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                             const fsci_method *method, const fsci_predictive *honest, bool *leaks,
                             fsc_error *err);

/* A method's forecasts for a task; `failed` when it has none. Quantiles are put in order and kept
 * to where scores can be; points that are not finite are left so. FSC_ENOMEM. */
fsc_status fsci_engine_points(fsci_arena *arena, const fsci_method *method, const fsci_task *task,
                              fsci_predictive *predictive, bool *failed, fsc_error *err);

/* The same for the task of a fold, with intervals from inner splits for a method without any. */
fsc_status fsci_engine_predict(fsci_arena *arena, const fsci_problem *problem,
                               const fsci_fold *fold, const fsci_method *method,
                               const fsci_task *task, fsci_predictive *predictive, bool *failed,
                               fsc_error *err);

/* distance[n - n_train] of the rows to be predicted. */
void fsci_engine_distance(const fsci_task *task, fsci_distance *distance);

#endif
