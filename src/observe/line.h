/* line: a straight line by least squares, y = intercept + slope x. */
#ifndef FSCI_OBSERVE_LINE_H
#define FSCI_OBSERVE_LINE_H

#include <stddef.h>

typedef struct fsci_line {
    size_t n;
    double slope, intercept;
    double r2;                     /* share of the variance of y; NaN when y is constant */
    double slope_se, intercept_se; /* for normal residuals of one variance; NaN when n < 3 */
} fsci_line;

/* Over x[at[i]], y[at[i]], i < n, passing over pairs with a missing value. Slope and intercept are
 * NaN with fewer than two different x. */
fsci_line fsci_line_fit(const size_t *at, size_t n, const double *x, const double *y);

/* What to go either way from a coefficient with this standard error, by Student's t with n - 2. */
double fsci_line_half_width(const fsci_line *line, double se, double level);

#endif
