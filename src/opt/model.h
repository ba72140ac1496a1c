/* model: the step of one iteration. The residuals are replaced by their linearisation, the loss is
 * kept as it is, and the sum is minimised over a box (the prox-linear or Gauss-Newton step):
 *
 *   minimise over s   m(s) = sum_i w_i rho(r_i + J_i s) + lambda/2 sum_j scale_j s_j^2,
 *   below <= s <= above,   below <= 0 <= above
 *
 * For squared loss that is a damped Gauss-Newton step, for Huber a convex piecewise quadratic. Both
 * are minimised by Newton's method with a line search (Madsen and Nielsen 1990) on the parameters
 * that no bound holds; one step is enough where no row is outside delta and no bound is met. */
#ifndef FSCI_OPT_MODEL_H
#define FSCI_OPT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_model {
    size_t n, p, stride;
    double delta;                  /* of the Huber function; INFINITY for squared loss */
    double lambda;                 /* damping */
    const double *w, *r, *J;       /* [n], [n], [p * stride] column-major */
    const double *scale;           /* [p] */
    double *below, *above;         /* [p] */
    double *s, *z;                 /* out: [p] the step, [n] r + J s */
    double *slope, *curvature, *y; /* [n] scratch; y = J d */
    double *g, *d, *H, *L;         /* [p], [p], [p * p], [p * p] scratch */
    bool *held;                    /* [p] scratch */
    size_t *list;                  /* [p] scratch */
} fsci_model;

/* Fills s and z; gives the decrease of sum w rho, without the damping term, that it predicts. */
double fsci_model_minimise(fsci_model *m);

#endif
