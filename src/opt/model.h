/* model: the step of one iteration. The residuals are replaced by their linearisation, the loss is
 * kept as it is, and the sum is minimised over a box (the prox-linear or Gauss-Newton step):
 *
 *   minimise over s   m(s) = sum_i w_i rho(r_i + J_i s) + lambda/2 sum_j scale_j s_j^2,
 *   below <= s <= above,   below <= 0 <= above
 *
 * For squared loss that is one damped Gauss-Newton step; for Huber a convex piecewise quadratic,
 * minimised by Newton's method with a line search (Madsen and Nielsen 1990). */
#ifndef FSCI_OPT_MODEL_H
#define FSCI_OPT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_model {
    size_t n, p, stride;
    double delta, lambda;
    const double *w, *r, *J;    /* [n], [n], [p * stride] */
    const double *scale;        /* [p] */
    const double *g0, *H0;      /* [p] slope and [p * p] curvature of the majorant at s = 0 */
    double *below, *above; /* [p] */
    double *s, *z;              /* [p] the step, [n] r + J s */
    double *slope, *curvature;  /* [n] scratch */
    double *y, *rows;           /* [n] scratch */
    double *g, *d, *H, *L;      /* [p], [p], [p * p], [p * p] scratch */
    bool *held;                 /* [p] scratch */
    int steps;                  /* Newton steps taken by the last call */
    double decrement;           /* d'Hd of the last one, a bound on what is left */
} fsci_model;

/* Fills s and z; gives the decrease of the sum (without the damping term) that the model predicts.*/
double fsci_model_minimise(fsci_model *m);

#endif
