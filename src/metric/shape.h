/* shape: how a score changes with scale, in one word and a few numbers. */
#ifndef FSCI_METRIC_SHAPE_H
#define FSCI_METRIC_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_shape_class {
    FSCI_SHAPE_FLAT,
    FSCI_SHAPE_POSITIVE,
    FSCI_SHAPE_INVERSE,
    FSCI_SHAPE_U,
    FSCI_SHAPE_INVERTED_U
} fsci_shape_class;
const char *fsci_shape_name(fsci_shape_class c);

/* Srivastava et al. 2022 (arXiv:2206.04615): y[n] in order of size, d its n - 1 differences.
 *   I = sign(argmax - argmin)(max - min), the first of equal extremes counting
 *   L = I / sqrt(mean d^2), B = I / sqrt(median d^2); all three 0 for equal scores; B may be
 *   infinite */
typedef struct fsci_emergence {
    double improvement, linearity, breakthrough;
    double largest_step; /* of largest size, with its sign */
    size_t step_to;      /* the index it leads to */
} fsci_emergence;
fsci_emergence fsci_emergence_of(const double *y, size_t n, double *scratch); /* scratch[n] */

/* A constant, a line or a parabola in x, by AICc; a parabola is a U only with its vertex inside the
 * data and both arms above `tolerance`. Where n is too small for AICc the parabola is tried first,
 * by that rule alone; then the line counts if its rise over the data is above the tolerance. */
typedef struct fsci_trend {
    fsci_shape_class shape;
    double vertex;              /* of the parabola; NaN when it has none */
    double left_arm, right_arm; /* heights of its ends above (below) the vertex */
    double rise;                /* of the line over the data */
    double aicc[3];             /* by degree; NaN where undefined */
    size_t degree;              /* chosen */
} fsci_trend;
fsci_trend fsci_trend_of(const double *x, const double *y, size_t n, double tolerance);

#endif
