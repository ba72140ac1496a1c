/* schedule: the learning rate at every step of each run of a table, for the operators that make
 * features of it: from the rows' own rates, or from a table that states the schedules piece by
 * piece (option segments). */
#ifndef FSCI_PREPARE_SCHEDULE_H
#define FSCI_PREPARE_SCHEDULE_H

#include "prepare/operators.h"

/* A row of the run. */
typedef struct fsci_sample {
    double step, lr;
    size_t row;
} fsci_sample;

typedef struct fsci_schedule {
    double *rate; /* [n + 1] by step, 0 to n; rate[0] is that before the first step */
    size_t n;
    const fsci_sample *samples; /* [n_samples] in the order of steps */
    size_t n_samples;
    double warmup; /* steps of it, by the option */
} fsci_schedule;

typedef fsc_status fsci_schedule_fn(fsci_preparing *p, const fsci_schedule *schedule,
                                    void *context);

/* Calls `use` for each run (option by) of a table whose columns 0 and 1 of the call are the step
 * and its learning rate. Remarks on rows of the warm-up and on schedules that end at 0. FSC_EINPUT:
 * a step twice in a run, or out of range; a schedule that the segments do not have. */
fsc_status fsci_schedule_each(fsci_preparing *p, fsci_schedule_fn *use, void *context);

#endif
