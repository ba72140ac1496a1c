/* rules: what folds.c lists. Each adds its folds, or says in `why_not` why there are none. */
#ifndef FSCI_OBSERVE_BACKTEST_RULES_H
#define FSCI_OBSERVE_BACKTEST_RULES_H

#include "observe/backtest/folds.h"

typedef fsc_status fsci_split_rule_fn(fsci_arena *arena, const fsci_problem *problem,
                                      fsci_folds *folds, fsc_error *err);

/* rules_given.c: as the options of the run divide the models. */
fsci_split_rule_fn fsci_rule_cutoff, fsci_rule_later;
/* rules_ladder.c: by a ranking, or by the calendar. */
fsci_split_rule_fn fsci_rule_compute, fsci_rule_target, fsci_rule_calendar, fsci_rule_frontier,
    fsci_rule_noise;
/* rules_family.c */
fsci_split_rule_fn fsci_rule_family, fsci_rule_family_1, fsci_rule_family_2, fsci_rule_largest;
/* rules_partial.c: a new benchmark known for few models, a new model known on few benchmarks. */
fsci_split_rule_fn fsci_rule_benchmark, fsci_rule_model;

#endif
