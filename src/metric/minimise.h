/* minimise: smooth functions of a few parameters without bounds, as likelihoods of two or three
 * parameters are. Quasi-Newton (BFGS; Nocedal & Wright 2006, algorithm 6.1) with a backtracking
 * line search, then the curvature at the minimum from the exact gradient. */
#ifndef FSCI_METRIC_MINIMISE_H
#define FSCI_METRIC_MINIMISE_H

#include <stdbool.h>
#include <stddef.h>

enum { FSCI_MINIMISE_MOST = 8 };

/* f at x[n], its gradient into g[n]. NaN or infinity where f has no value. */
typedef double fsci_gradient_fn(void *context, const double *x, double *g);

typedef struct fsci_minimum {
    double value;
    double gradient;                                            /* largest |g_j| */
    double covariance[FSCI_MINIMISE_MOST * FSCI_MINIMISE_MOST]; /* inverse Hessian, row-major */
    bool curved; /* the Hessian is positive definite; else covariance is NaN */
    int iterations;
} fsci_minimum;

/* From x[n], which becomes the minimum; n <= FSCI_MINIMISE_MOST. */
fsci_minimum fsci_minimise(fsci_gradient_fn *f, void *context, size_t n, double *x);

#endif
