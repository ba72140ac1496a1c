/* overall: methods compared over all targets of one record or of many, and which one to use. */
#ifndef FSCI_OBSERVE_BACKTEST_OVERALL_H
#define FSCI_OBSERVE_BACKTEST_OVERALL_H

#include "record/json.h"

/* From records[n] of kind backtest (members splits, methods, about), adds to `record`:
 *
 *   overall      [{split, id, n_targets, n_test, mse (geometric mean), worst, worst_target, mae,
 *                crps, interval_score, coverage, least_coverage, width, skill_vs, aue,
 *                against, p, p_holm}], `split` also "headline", all headline splits together;
 *                only what rests on at least five test models counts
 *   wins         {methods, n, share}: how often, of n targets and headline splits, the row's method
 *                had the smaller squared error than the column's
 *   recommended  {id, default, basis, best, ratio, p_holm}: the default, unless another method is
 *                better by more than chance
 *
 * Errors: FSC_ENOMEM. */
fsc_status fsci_backtest_overall(fsci_arena *arena, const fsci_json *const *records, size_t n,
                                 uint64_t seed, fsci_json *record, fsc_error *err);

/* What `observe` uses when no method is named, and what others are compared with: of the methods of
 * the arena the one with least error over public tables, by more than chance (docs/arena.md). */
const char *fsci_default_method(void);

#endif
