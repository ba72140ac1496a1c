/* regress: least squares of one variable on another by polynomials, and what compares such fits. */
#ifndef FSCI_METRIC_REGRESS_H
#define FSCI_METRIC_REGRESS_H

#include "num/summary.h"

#include <stdbool.h>
#include <stddef.h>

enum { FSCI_MOST_DEGREE = 6 };

typedef struct fsci_polynomial {
    bool ok; /* false: fewer distinct x than coefficients, or x or y not finite */
    size_t degree, n;
    double centre, scale; /* coefficients are of u = (x - centre)/scale */
    double c[FSCI_MOST_DEGREE + 1];
    double se[FSCI_MOST_DEGREE + 1]; /* of c; NaN without degrees of freedom */
    double rss, r2;
    double aicc; /* NaN when n <= degree + 3 */
} fsci_polynomial;

fsci_polynomial fsci_polynomial_fit(const double *x, const double *y, size_t n, size_t degree);
double fsci_polynomial_at(const fsci_polynomial *p, double x);
/* Coefficient of x^2 or, for a line, of x, in units of x; and the line's value at x = 0. */
double fsci_polynomial_leading(const fsci_polynomial *p);
double fsci_line_intercept(const fsci_polynomial *line);
double fsci_line_slope_se(const fsci_polynomial *line);
/* Band of a line's mean at x by Student's t. */
fsci_interval fsci_line_band(const fsci_polynomial *line, const double *x, double at, double level);
/* x of the extremum of a quadratic; NaN for a line. */
double fsci_polynomial_vertex(const fsci_polynomial *p);

/* n ln(2 pi rss/n) + n + 2m + 2m(m+1)/(n-m-1) with m = coefficients + 1 (the variance counts);
 * rss is not taken below rounding at the size of y. NaN when n <= m + 1. */
double fsci_aicc(double rss, double squares_of_y, size_t n, size_t coefficients);
/* Akaike weights of values, NaN weighing nothing. */
void fsci_aicc_weights(const double *aicc, size_t n, double *weight);

/* Do two groups have lines of one slope? */
typedef struct fsci_slopes {
    double difference, se, t, df, p; /* of second minus first slope; p NaN without residuals */
    double shift;                    /* of the second line against the first, slopes equal */
} fsci_slopes;
fsci_slopes fsci_equal_slopes(const double *x1, const double *y1, size_t n1, const double *x2,
                              const double *y2, size_t n2);

#endif
