/* inner: how a method does on splits of the training rows alone, and intervals from that. */
#ifndef FSCI_OBSERVE_BACKTEST_INNER_H
#define FSCI_OBSERVE_BACKTEST_INNER_H

#include "observe/backtest/folds.h"

/* A forecast of a training row made from weaker ones. */
typedef struct fsci_inner_error {
    double error;        /* predicted - observed */
    double distance;     /* fsci_distance.capability */
    double below, above; /* how far the 95 % interval goes either way; NaN without one */
} fsci_inner_error;

/* Errors on the top half, third and fifth of the training rows by the first component, each
 * predicted from the rows below. *n is 0 when they are too few, or the method fails on all. Errors:
 * FSC_ENOMEM. */
fsc_status fsci_inner_errors(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                             const fsci_task *task, const fsci_method *method,
                             fsci_inner_error **errors, size_t *n, fsc_error *err);

/* Split conformal intervals (Vovk et al. 2005; Lei et al. 2018) of a method that gives points
 * only: |error| relative to 1 + the distance beyond the training rows, its order statistics put
 * around each point. Too few inner errors leave the quantiles NaN. */
fsc_status fsci_inner_intervals(fsci_arena *arena, const fsci_problem *problem,
                                const fsci_fold *fold, const fsci_task *task,
                                const fsci_method *method, fsci_predictive *predictive,
                                fsc_error *err);

#endif
