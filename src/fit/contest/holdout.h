/* holdout: divisions of rows into those fitted and those forecast, and estimators run on them.
 *
 *   largest   the largest runs are forecast from the others
 *   rolling   from the smaller half on, each next block is forecast from all smaller runs
 *   levels    each family is forecast from the others
 *   folds     k-fold cross-validation, by whole clusters where there are some
 *   runs      the end of the largest run from the beginnings of smaller ones */
#ifndef FSCI_FIT_HOLDOUT_H
#define FSCI_FIT_HOLDOUT_H

#include "base/arena.h"
#include "fit/contest/estimator.h"
#include "fit/scale.h"

typedef struct fsci_partition {
    const char *name; /* "largest 10 %", "fold 3", "family OPT" */
    bool *train;      /* [rows of the table] */
    size_t *test;     /* [n_test] rows of the table */
    size_t n_train, n_test;
    double cutoff;       /* largest scale of the rows fitted; NaN when not by scale */
    double log10_beyond; /* how far the largest row forecast lies beyond it; NaN likewise */
    size_t runs;         /* of runs: how many are fitted, and the first share of each; else 0 */
    double share;
} fsci_partition;

typedef struct fsci_partitions {
    fsci_partition *items;
    size_t n;
} fsci_partitions;

/* Rows of the table that may be used at all. */
typedef struct fsci_pool {
    const size_t *rows;  /* [n] ascending */
    size_t n, n_table;   /* n_table: rows of the table */
    const double *scale; /* [n_table] of a run; NULL when runs have none */
    size_t least;        /* rows that a fit needs */
} fsci_pool;

/* Each adds to none or more partitions; none when too few rows would be left to fit, or, for the
 * first two, when runs have no scale. Ties in scale stay together. */
fsc_status fsci_holdout_largest(fsci_arena *arena, const fsci_pool *pool, double share,
                                fsci_partitions *out, fsc_error *err);
fsc_status fsci_holdout_rolling(fsci_arena *arena, const fsci_pool *pool, fsci_partitions *out,
                                fsc_error *err);
/* With a column of clusters their levels are dealt to the folds, a whole one at a time; rows
 * without one are a cluster each. */
fsc_status fsci_holdout_folds(fsci_arena *arena, const fsci_pool *pool, size_t k,
                              const fsci_column *cluster, uint64_t seed, fsci_partitions *out,
                              fsc_error *err);
/* Each level of a column in turn, rows without one always fitted; more levels than
 * FSCI_HOLDOUT_LEVELS are dealt to so many folds. */
enum { FSCI_HOLDOUT_LEVELS = 40 };
fsc_status fsci_holdout_levels(fsci_arena *arena, const fsci_pool *pool, const fsci_column *column,
                               uint64_t seed, fsci_partitions *out, fsc_error *err);
/* Of each number of the smallest runs, by the scale where they end, and each first share of their
 * rows: the last 30 % of the rows of the largest run are forecast. `column` names the runs. */
fsc_status fsci_holdout_runs(fsci_arena *arena, const fsci_pool *pool, const fsci_column *column,
                             fsci_partitions *out, fsc_error *err);
/* One partition of rows marked [rows of the table]; none when too few are left to fit. */
fsc_status fsci_holdout_add(fsci_arena *arena, const fsci_pool *pool, const bool *train,
                            const bool *test, const char *name, fsci_partitions *out,
                            fsc_error *err);
/* One partition: test[rows of the table] marks the rows to forecast. */
fsc_status fsci_holdout_marked(fsci_arena *arena, const fsci_pool *pool, const bool *test,
                               const char *name, fsci_partitions *out, fsc_error *err);

/* Runs estimators[n_estimators] on every partition, over threads and ranks. Forecasts of estimator
 * e on partition p for its test rows are at (*forecasts)[e * partitions->n + p]. */
fsc_status fsci_holdout_run(fsci_arena *arena, const fsci_estimator *estimators,
                            size_t n_estimators, const fsci_partitions *partitions, int threads,
                            fsci_row_forecast ***forecasts, fsc_error *err);

/* The score of one estimator's forecasts over partitions [first, first + n) taken together. */
fsc_status fsci_holdout_score(const fsci_estimator *estimator, const fsci_partitions *partitions,
                              size_t first, size_t n, fsci_row_forecast *const *forecasts,
                              fsci_forecast_score *score, fsc_error *err);

#endif
