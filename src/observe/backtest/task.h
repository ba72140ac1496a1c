/* task: a fold as a method sees it, with every transform fitted on its training rows alone.
 *
 * Rows are copied into a frame of their own, without the responses of the test rows: what is not
 * there cannot leak, neither to a method nor to imputation or components. */
#ifndef FSCI_OBSERVE_BACKTEST_TASK_H
#define FSCI_OBSERVE_BACKTEST_TASK_H

#include "observe/backtest/folds.h"

/* What lies behind the n_train responses of a task. Nothing may read it; the canary tells who
 * does. */
typedef enum fsci_bait {
    FSCI_BAIT_NONE,  /* NaN */
    FSCI_BAIT_ANSWER /* the responses of the test rows */
} fsci_bait;

/* Benchmarks without two different values in training are left out. Errors: FSC_EINPUT when fewer
 * than two are left; those of fsci_space_fit; FSC_ENOMEM. */
fsc_status fsci_task_make(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                          fsci_bait bait, fsci_task *task, fsc_error *err);

#endif
