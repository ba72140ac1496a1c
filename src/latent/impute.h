/* impute: empty cells of a score matrix filled by its own leading components.
 *
 * Fitted on training rows: each column is standardised with the mean and deviation of its observed
 * cells, empty cells start at 0, and then, until they stand still, the columns are centred, the
 * best approximation of the given rank is taken and its values are copied into the empty cells.
 * The fixed point is that of expectation-maximisation for a low-rank model (Kiers 1997;
 * Troyanskaya et al. 2001; with rank 1 the imputation of Ruan, Maddison and Hashimoto 2024,
 * appendix B.3). It differs from the latter in stopping by the movement of the empty cells only,
 * and in that observed cells are never changed.
 *
 * Matrices are column-major X[n*p]; NaN marks an empty cell. */
#ifndef FSCI_LATENT_IMPUTE_H
#define FSCI_LATENT_IMPUTE_H

#include "base/arena.h"
#include "base/error.h"

enum { FSCI_IMPUTE_MAX_RANK = 8 };

typedef struct fsci_impute_options {
    size_t rank;      /* 1..FSCI_IMPUTE_MAX_RANK, at most p */
    double lo, hi;    /* filled cells are clipped to [lo, hi], after the fixed point */
    double tolerance; /* stop when no empty cell moves more, in deviations; 0: 1e-12 */
    int max_rounds;   /* 0: 1000 */
} fsci_impute_options;

/* What was learnt from the training rows; all that other rows need. */
typedef struct fsci_imputer {
    size_t p, rank;
    double lo, hi;
    double *mean, *deviation; /* [p] of observed cells, divisor n; a deviation of 0 counts as 1 */
    double *centre;           /* [p] means of the standardised columns, empty cells filled */
    double *components;       /* [p*rank] of the last round */
    size_t n_filled;          /* training cells that were empty */
    int rounds;               /* 0 when no cell was empty */
    bool converged;
} fsci_imputer;

/* Fits to X[n*p] and writes the completed matrix to filled[n*p] (not X itself). The imputer's
 * arrays live in `arena`. Reaching max_rounds is no error: `converged` is false.
 * Errors: FSC_EINPUT for a column without any observed cell, or infinity; FSC_ENOMEM. */
fsc_status fsci_impute_fit(fsci_arena *arena, size_t n, size_t p, const double *X,
                           const fsci_impute_options *options, double *filled,
                           fsci_imputer *imputer, fsc_error *err);

/* How far an imputed cell is off, per column: error[p], the root mean square over the observed
 * cells of X[n*p] of the cell less what the other cells of its row make of it. NaN for a column
 * without such a cell. Errors: FSC_ENOMEM. */
fsc_status fsci_impute_errors(const fsci_imputer *imputer, size_t n, const double *X, double *error,
                              fsc_error *err);

/* Fills the empty cells of other rows, in place, with the fitted means and components: the limit
 * of repeating "project, copy into the empty cells", which is the projection by least squares over
 * the observed cells. A row whose observed cells do not determine its scores gets the means. */
void fsci_impute_rows(const fsci_imputer *imputer, size_t n, double *X);

#endif
