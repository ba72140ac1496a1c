/* method: one way to forecast a target, as the backtest sees it.
 *
 * The engine (backtest/) owns data, splits, transforms and scores. A method sees training rows
 * whole and of the other rows the inputs only; it never sees a test response. One descriptor in the
 * table (methods/table.c), one file under methods/. */
#ifndef FSCI_OBSERVE_METHOD_H
#define FSCI_OBSERVE_METHOD_H

#include "observe/link.h"
#include "observe/space.h"

typedef struct fsci_sample fsci_sample; /* predictor.h */

/* Levels of a predictive distribution: .025, .05, .10, .15, ..., .90, .95, .975. */
enum { FSCI_QUANTILES = 21 };
extern const double fsci_quantile_level[FSCI_QUANTILES];

/* One forecasting problem. Positions 0..n_train-1 are training, n_train..n-1 are to be predicted.
 * Matrices are column-major. All is borrowed. */
typedef struct fsci_task {
    size_t n, n_train, p, k;
    const double *scores; /* [n*p] benchmark scores as fractions, NaN where missing */
    const double *t;      /* [n_train] target, (y - chance)/(ceiling - chance); of training rows */
    /* [n] natural logarithms; years as a decimal; NaN where unknown */
    const double *log_flops, *log_size, *log_tokens, *date;
    const uint32_t *family; /* [n], FSCI_MISSING_CODE where unknown */
    size_t n_families;
    const char *const *benchmarks; /* [p] */
    const double *chance, *items;  /* [p] of a guesser, and the item count, NaN where unknown */
    double target_items;           /* NaN where unknown */
    double target_lowest; /* least possible normalised value; -INFINITY for an unbounded target */
    fsci_link_kind link;
    const fsci_link_options *options; /* of the link as the run asks, without a penalty */
    const fsci_latent_space *space;   /* imputation and k <= 4 components, of training rows alone */
    const double *complete, *pcs;     /* [n*p] imputed scores, [n*k] components of all rows */
    const fsci_sample
        *sample;             /* the same rows as predictor.h knows them; t is NaN beyond training */
    const fsci_given *given; /* a law known beforehand; NULL: none */
    uint64_t seed;
} fsci_task;

typedef struct fsci_predictive {
    double *point; /* [n - n_train] */
    /* [(n - n_train) * FSCI_QUANTILES], row by row and rising; all NaN, as the engine hands it
     * over, for a method that gives points only: the engine then adds intervals from inner splits.
     */
    double *quantile;
} fsci_predictive;

/* A status other than FSC_OK means the method failed, a point that is not finite that it has no
 * answer for the row: the engine scores its fallback (the training mean) and counts it. */
typedef fsc_status fsci_method_fn(fsci_arena *arena, const fsci_task *task,
                                  fsci_predictive *predictive, fsc_error *err);

typedef struct fsci_method {
    const char *id;             /* "persistence", "pc3", "four-view", "hierarchical", ... */
    const char *title, *source; /* one line each; citation or "" */
    bool baseline;              /* always appears */
    fsci_method_fn *predict;
} fsci_method;

/* All methods, baselines first. */
const fsci_method *fsci_methods(size_t *n);
/* NULL when there is none of this id. */
const fsci_method *fsci_method_find(const char *id);

/* Helps a method: fills the quantiles of test row i with Student's t of df (INFINITY: normal)
 * around the point, which is set too. A spread that is not finite leaves the quantiles NaN. */
void fsci_predictive_spread(fsci_predictive *predictive, size_t i, double point, double spread,
                            double df);

#endif
