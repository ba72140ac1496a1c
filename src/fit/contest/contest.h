/* contest: laws on the same rows, forecasting what each was not fitted to. */
#ifndef FSCI_FIT_CONTEST_H
#define FSCI_FIT_CONTEST_H

#include "fit/contest/comparison.h"

/* Divisions of the rows, one kind after the other. */
typedef struct fsci_splits {
    fsci_partitions all;
    size_t held, rolling, families, folds, runs; /* how many of each */
    const char *scale, *scale_unit;              /* the unit NULL where it is not compute */
} fsci_splits;

typedef struct fsci_contest {
    fsci_arena *arena;
    const fsci_comparison_input *in;
    fsci_pool pool;
    fsci_splits splits;
    fsci_estimator *estimators;
    fsci_row_forecast **forecasts;
} fsci_contest;

/* Fits every contender, divides the rows and forecasts. The rows held out come first, then rolling
 * origin (not beside rows that were named), families, then, with `folds`, the folds, else with
 * clusters, the runs. */
fsc_status fsci_contest_run(fsci_contest *contest, bool folds, fsci_json *record, fsc_error *err);

/* The score of contender i over partitions [first, first + n). */
fsc_status fsci_contest_score(const fsci_contest *contest, size_t i, size_t first, size_t n,
                              fsci_forecast_score *out, fsc_error *err);

/* Adds `splits` and `scale`, and warns (W-NO-RANK) when too few rows are held out to rank by. */
void fsci_contest_splits(const fsci_contest *contest, fsci_json *record);
/* Adds `figures`: forecast less observed of every law at the rows held out. */
void fsci_contest_figure(const fsci_contest *contest, fsci_json *record);

#endif
