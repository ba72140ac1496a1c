/* comparison: several laws on the same rows of one table: information criteria, cross-validation,
 * and above all the largest runs held out. Never ranked by how well they fit. */
#ifndef FSCI_FIT_COMPARISON_H
#define FSCI_FIT_COMPARISON_H

#include "fit/fit.h"
#include "fit/fitted.h"
#include "fit/contest/holdout.h"

/* One law, as it is to be fitted. */
typedef struct fsci_contender {
    const char *id;
    fsci_subject subject;
    fsci_fit_settings settings; /* map of its own symbols; objective and keep are set by the run */
    /* Filled by the run. */
    bool apart; /* fitted to the two sides of an equation of its own: no criterion compares it */
    fsci_fit *fit;
    const fsci_json *record; /* of the fit, as a saved one */
    fsci_fitted fitted;
} fsci_contender;

typedef struct fsci_comparison_input {
    fsci_contender *contenders; /* [n] */
    size_t n;
    const fsc_table *table;
    size_t folds;               /* of the cross-validation; 0 or 1: none */
    const fsci_column *cluster; /* whole clusters go to a fold; NULL: rows */
    const bool *held;           /* [rows of the table] rows held out; NULL: the largest tenth */
    const char *held_name;
    const fsci_column *family; /* backtest: each level held out in turn; NULL: none */
    const char *const *nested; /* [2] full and reduced law to test, or NULL for all declared */
    const char *crossover;     /* symbol along which two curves cross; NULL: none */
    double decide_at;          /* where to tell which of them is lower; 0: nowhere */
    uint64_t seed;
    int threads;
    double level;
} fsci_comparison_input;

/* Adds `laws`, `nested`, `splits` and what they rest on. FSC_EINPUT: laws that predict different
 * columns, no row that all can use, a nested test nobody declares, a law without a response. */
fsc_status fsci_comparison_run(fsci_arena *arena, const fsci_comparison_input *input,
                               fsci_json *record, fsc_error *err);

/* Only `splits` and `methods` of a backtest, from the laws held out as `held` says. */
fsc_status fsci_law_backtest_run(fsci_arena *arena, const fsci_comparison_input *input,
                                 fsci_json *record, fsc_error *err);

/* Parts, in files of their own: every contender fitted to the rows all can use; declared nesting
 * tested; curves that cross. */
fsc_status fsci_contenders_fit(fsci_arena *arena, const fsci_comparison_input *input, bool **keep,
                               fsci_json *record, fsc_error *err);
fsc_status fsci_nested_tests(fsci_arena *arena, const fsci_comparison_input *input,
                             fsci_json *record, fsc_error *err);
fsc_status fsci_crossover_add(fsci_arena *arena, const fsci_comparison_input *input,
                              fsci_json *record, fsc_error *err);

#endif
