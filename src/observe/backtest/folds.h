/* folds: the ways to divide the models of a problem, one row of the table in folds.c each.
 *
 * A fold is one fit and what it is judged on; a ladder is many folds of growing training sets. */
#ifndef FSCI_OBSERVE_BACKTEST_FOLDS_H
#define FSCI_OBSERVE_BACKTEST_FOLDS_H

#include "observe/backtest/problem.h"

typedef struct fsci_fold {
    const char *label; /* what is held out, for a reader */
    double at;         /* place in a ladder: the fraction held out, the year, how many are known */
    size_t *rows;      /* [n] of the frame, training first */
    size_t n, n_train;
    size_t n_known;        /* training models before fsci_fold_thin; 0: they are the same */
    const double **scores; /* [p][frame.n] that replace the frame's; NULL: none do */
} fsci_fold;

typedef struct fsci_folds {
    fsci_fold *items;
    size_t n, room;
    const char *why_not; /* why there are none */
} fsci_folds;

typedef struct fsci_split_rule {
    const char *id, *title;
    bool ladder; /* the error is also integrated over `at` (AUE) */
    bool headline;
    fsc_status (*make)(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                       fsc_error *err);
} fsci_split_rule;

const fsci_split_rule *fsci_split_rules(size_t *n);
const fsci_split_rule *fsci_split_rule_find(const char *id);

/* The folds of a rule that can be fitted: at least FSCI_FOLD_TRAIN training models and one to
 * predict. Those that cannot are left out; `why_not` is set when none is left. Errors: those of
 * fsci_split_make; FSC_ENOMEM. */
enum { FSCI_FOLD_TRAIN = 5 };
fsc_status fsci_folds_make(fsci_arena *arena, const fsci_problem *problem,
                           const fsci_split_rule *rule, fsci_folds *folds, fsc_error *err);

/* Where a fold trains on more than FSCI_FOLD_MOST models, a part of them takes their place: as many
 * of every family as its share, spread evenly over their targets. What a method gains from more
 * rows is less than it is wrong by, and the cost of some grows with them for minutes. The test rows
 * stay. Errors: FSC_ENOMEM. */
enum { FSCI_FOLD_MOST = 2000 };
fsc_status fsci_fold_thin(fsci_arena *arena, const fsci_problem *problem, fsci_fold *fold,
                          fsc_error *err);

/* ---- for the rules ---- */

/* Adds a fold of the rows marked 'r' for training and 'e' for test in mark[frame.n]; NULL when out
 * of memory. */
fsci_fold *fsci_fold_add(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                         const char *mark, const char *label, double at);

/* Whether row i can be trained and judged on: a score, a target, not kept apart as later. */
bool fsci_problem_usable(const fsci_problem *problem, size_t i);

#endif
