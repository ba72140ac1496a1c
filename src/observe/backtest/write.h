/* write: what a backtest found, as members of its record. */
#ifndef FSCI_OBSERVE_BACKTEST_WRITE_H
#define FSCI_OBSERVE_BACKTEST_WRITE_H

#include "observe/backtest/engine.h"

/* One target split one way. */
typedef struct fsci_contest {
    const fsci_problem *problem;
    const fsci_split_rule *rule;
    fsci_folds folds;
    fsci_item *items; /* [folds.n] */
} fsci_contest;

typedef struct fsci_results {
    const fsci_method *const *methods;
    size_t n_methods;
    const fsci_contest *contests;
    size_t n_contests;
} fsci_results;

/* Fewer test rows than this rank nothing. */
enum { FSCI_RANK_LEAST = 5 };

/* Adds `splits` and `methods`. Errors: FSC_ENOMEM. */
fsc_status fsci_backtest_write(fsci_arena *arena, const fsci_results *results, fsci_json *record,
                               fsc_error *err);

#endif
