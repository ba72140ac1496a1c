/* moments: column means and cross products of a complete matrix, what every component analysis
 * starts from. Column-major X[n*p], no missing values. */
#ifndef FSCI_LATENT_MOMENTS_H
#define FSCI_LATENT_MOMENTS_H

#include "base/error.h"
#include "num/linear.h"

/* mean[p] of each column; n >= 1. */
void fsci_column_means(size_t n, size_t p, const double *X, double *mean);

/* The leading k eigenvalues and eigenvectors of S = (X - centre)'(X - centre): values[p], all of
 * them, descending and not negative; vectors[p*k], or NULL. One pass over X in blocks of rows, so
 * memory beyond X is O(p^2) whatever n. Squaring loses components below 1e-8 of the first one's
 * length; those carry no signal in scores measured to three digits.
 * Errors: FSC_ENOMEM; FSC_EINPUT when X holds NaN or infinity. */
fsc_status fsci_principal_axes(size_t n, size_t p, const double *X, const double *centre, size_t k,
                               double *values, double *vectors, fsc_error *err);

/* One step of orthogonal iteration: vectors[p*k], near the leading eigenvectors of S, become an
 * orthonormal basis of S vectors, whose distance from their span is smaller by the ratio of
 * eigenvalues k + 1 and k. O(n p k), where the eigenvectors themselves are O(n p^2). work[p*k].
 * Golub and Van Loan, section 8.2.4. */
void fsci_principal_step(size_t n, size_t p, const double *X, const double *centre, size_t k,
                         double *vectors, double *work);

#endif
