/* information: what a likelihood says of its parameters at the maximum.
 *
 * The covariance is the inverse of the observed information H = d2(-log p)/du2 (the Laplace
 * approximation), over the directions that the design identifies; beside it the sandwich
 * H^-1 M H^-1, M = sum of s s' over the scores s of rows or clusters, which does not take the
 * density for true (White 1982, Econometrica 50, eq. 3.2 and 3.3). With clusters that one is the
 * covariance. */
#ifndef FSCI_FIT_INFORMATION_H
#define FSCI_FIT_INFORMATION_H

#include "fit/fit.h"

/* Directions of the mean's parameters: of scaled coordinates u[used[a]] * length[a] the first
 * `rank` columns of V[m * m]. */
typedef struct fsci_axes {
    const size_t *used; /* [m] */
    size_t m, rank;
    const double *length, *V;
} fsci_axes;

/* Fills curvature.covariance, .robust and .se, all of it NULL or NaN where H is not positive
 * definite. */
fsc_status fsci_information_find(fsci_arena *arena, fsci_fit *fit, const fsci_axes *axes,
                                 fsc_error *err);

/* Weight over variance of the residual of row i: what a row tells about its mean. */
double fsci_information_of_row(const fsci_fit *fit, size_t i);

#endif
