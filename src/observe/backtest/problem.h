/* problem: one target of a table of models, as folds and tasks are made of it. */
#ifndef FSCI_OBSERVE_BACKTEST_PROBLEM_H
#define FSCI_OBSERVE_BACKTEST_PROBLEM_H

#include "observe/backtest/backtest.h"
#include "observe/frame.h"

/* Arrays by row of the frame or by benchmark. */
typedef struct fsci_problem {
    const fsci_frame *frame;
    const fsci_observe_input *input;
    const char *name;     /* of the target */
    const double *target; /* [frame.n] in own units */
    double *t;            /* [frame.n] (target - chance)/(ceiling - chance), NaN where unknown */
    const double *date;   /* [frame.n] years as a decimal, NaN where unknown */
    const double *chance; /* [frame.p] as a fraction */
    const double *items;  /* [frame.p] NaN where unknown */
    double target_items;  /* NaN where unknown */
    bool bounded;         /* the target lies between lowest and 1 */
} fsci_problem;

/* Release dates of all rows, years as a decimal. Errors: FSC_EINPUT for a cell that is no date;
 * FSC_ENOMEM. */
fsc_status fsci_problem_dates(fsci_arena *arena, const fsci_frame *frame, const double **date,
                              fsc_error *err);

/* chance[p] of the frame's benchmarks, from what the input says of them. Errors: FSC_ENOMEM. */
fsc_status fsci_problem_chances(fsci_arena *arena, const fsci_frame *frame,
                                const fsci_observe_input *input, const double **chance,
                                fsc_error *err);

/* Of target `index` of the frame. Errors: FSC_ENOMEM. */
fsc_status fsci_problem_make(fsci_arena *arena, const fsci_frame *frame,
                             const fsci_backtest_input *input, const double *date, size_t index,
                             fsci_problem *problem, fsc_error *err);

#endif
