/* pca: principal components of a complete score matrix, fitted on training rows, applied to any.
 *
 * Matrices are column-major X[n*p] without missing values. Sign: the loading of largest absolute
 * value of each component is positive. */
#ifndef FSCI_LATENT_PCA_H
#define FSCI_LATENT_PCA_H

#include "base/arena.h"
#include "base/error.h"

typedef enum fsci_pca_scale {
    FSCI_PCA_CENTER, /* x - mean: columns keep their spread (scores share one unit) */
    FSCI_PCA_ZSCORE, /* (x - mean)/deviation, divisor n - 1; a deviation of 0 counts as 1 */
    FSCI_PCA_LOGIT   /* log(s/(1 - s)) - mean, s = x/ceiling kept within [0.01, 0.99] */
} fsci_pca_scale;

typedef struct fsci_pca {
    size_t p, k;
    fsci_pca_scale scale;
    double ceiling;            /* of the scores, for LOGIT: 1 or 100 */
    const double *mean, *unit; /* [p] transformed score = (f(x) - mean)/unit */
    const double *loadings;    /* [p*k], column c belongs to component c */
    const double *variance;    /* [p] of all components, divisor n - 1, descending */
    const double *ratio;       /* [p] variance over their sum */
} fsci_pca;

/* Fits k <= p components to n >= 2 rows; arrays live in `arena`. Errors: FSC_EINPUT when X holds
 * NaN or infinity or has no variance at all; FSC_ENOMEM. */
fsc_status fsci_pca_fit(fsci_arena *arena, size_t n, size_t p, const double *X,
                        fsci_pca_scale scale, double ceiling, size_t k, fsci_pca *pca,
                        fsc_error *err);

/* A score on the scale that components are taken of: itself, or its logit. */
double fsci_pca_scaled(const fsci_pca *pca, double x);

/* scores[n*k] of the rows of X[n*p]. */
void fsci_pca_scores(const fsci_pca *pca, size_t n, const double *X, double *scores);

#endif
