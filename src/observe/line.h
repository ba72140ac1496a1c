/* line: a straight line by least squares, y = intercept + slope x. */
#ifndef FSCI_OBSERVE_LINE_H
#define FSCI_OBSERVE_LINE_H

#include <stddef.h>

typedef struct fsci_line {
    size_t n;
    double slope, intercept;
    double r2; /* share of the variance of y; NaN when y is constant */
} fsci_line;

/* Over x[at[i]], y[at[i]], i < n, passing over pairs with a missing value. Slope and intercept are
 * NaN with fewer than two different x. */
fsci_line fsci_line_fit(const size_t *at, size_t n, const double *x, const double *y);

#endif
