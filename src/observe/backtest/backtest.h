/* backtest: every forecasting method on the same rows, scored the same way.
 *
 *   table ── problem (per target) ── split rule ── folds ── task ── methods ── scores ── record
 *
 * The engine owns every fitted transform; a method is handed a task in which the responses to be
 * predicted are not there (task.h). */
#ifndef FSCI_OBSERVE_BACKTEST_BACKTEST_H
#define FSCI_OBSERVE_BACKTEST_BACKTEST_H

#include "observe/method.h"

/* Everything is borrowed. */
typedef struct fsci_backtest_input {
    const fsci_observe_input *models; /* table, columns, targets, link, division of the rows */
    const fsci_method *const *methods;
    size_t n_methods; /* 0: all of the table */
    const char *const *splits;
    size_t n_splits; /* 0: all that the table allows */
} fsci_backtest_input;

/* Adds the members of a `backtest` to the object `record`, in `arena`. Any number of threads gives
 * the same bits. Errors: FSC_EINPUT (as observe; no target; a split or method of no such name; a
 * named split that the table does not allow); FSC_ENOMEM. */
fsc_status fsci_backtest_run(fsci_arena *arena, const fsci_backtest_input *input, fsci_json *record,
                             fsc_error *err);

#endif
