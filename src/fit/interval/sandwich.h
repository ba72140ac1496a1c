/* sandwich: the covariance of a refit, small and without memory of its own. The one of the fit
 * itself (curvature) also knows which directions the data identify; this one is for thousands of
 * refits, and gives up where the bend is singular. */
#ifndef FSCI_FIT_SANDWICH_H
#define FSCI_FIT_SANDWICH_H

#include "fit/interval/clusters.h"

typedef struct fsci_sandwich {
    const fsci_objective *objective;
    size_t n, p;
    double width;        /* fsci_score_width */
    const double *r, *J; /* [n], [n * p] at the minimum; of a likelihood J are the scores */
    const double *H;     /* [p^2] of a likelihood, its Hessian; NULL for a loss */
    const double *count; /* [units] how often each row, or each cluster, was drawn */
    const fsci_clusters *clusters; /* units are clusters when it has a column, rows otherwise */
    const bool *held;              /* [p] on a bound: no variance */
} fsci_sandwich;

/* Numbers of the lower triangle, column by column. */
static inline size_t fsci_packed(size_t p)
{
    return p * (p + 1) / 2;
}

/* C = H^-1 M H^-1 with the factor of small samples, packed; a drawn unit counts once for each time
 * it was drawn. scratch[3 p^2 + p]. False when H has no inverse. */
bool fsci_sandwich_find(const fsci_sandwich *s, double *scratch, double *packed);
/* The factor: n/(n - m) for rows, (n - 1)/(n - m) G/(G - 1) for G clusters (Cameron & Miller 2015,
 * "A practitioner's guide to cluster-robust inference", eq. 12); m free parameters off bounds. */
double fsci_sandwich_factor(size_t n, size_t m, const fsci_clusters *clusters);

/* g' C g */
double fsci_packed_form(size_t p, const double *packed, const double *g);

#endif
