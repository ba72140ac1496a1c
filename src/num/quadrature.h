/* quadrature: nodes and weights for integrals over an interval. */
#ifndef FSCI_NUM_QUADRATURE_H
#define FSCI_NUM_QUADRATURE_H

#include <stddef.h>

/* Gauss and Legendre's rule on [-1, 1]: x[n] ascending, w[n] summing to 2; exact for polynomials of
 * degree 2 n - 1. Newton's method on the three-term recurrence (Press et al. 2007, section 4.6). */
void fsci_gauss_legendre(size_t n, double *x, double *w);

#endif
