/* newton: trust-region minimiser of a smooth function from its exact first and second derivatives,
 * with bounds; for likelihoods, which are no sums of squares.
 *
 *   minimise over theta   f(theta),   lo <= theta <= hi
 *
 * Where the Hessian is indefinite the step still minimises the quadratic model in the trust region,
 * so that saddles and ridges are left along their direction of descent; no step does worse in the
 * model than steepest descent. The stop test is scale-free: it holds the decrease the model
 * promises against `size`, the sum of the absolute values that make up f, whose rounding f cannot
 * beat. */
#ifndef FSCI_OPT_NEWTON_H
#define FSCI_OPT_NEWTON_H

#include "opt/stop.h"

#include <stdbool.h>
#include <stddef.h>

/* *f, and *size >= |*f| as above (|f| itself where f is no sum); with gradient not NULL also
 * gradient[p] and the symmetric hessian[p * p]. Gives false when theta is outside the function's
 * domain (f not finite); the step is then rejected. */
typedef bool fsci_smooth_fn(void *context, const double *theta, double *f, double *size,
                            double *gradient, double *hessian);

typedef struct fsci_newton_problem {
    size_t p;
    fsci_smooth_fn *function;
    void *context;
    const double *lo, *hi; /* [p], ±INFINITY for none; NULL for none at all */
} fsci_newton_problem;

typedef struct fsci_newton_result {
    double value; /* f at theta */
    /* Largest over the parameters no bound holds of |g_j| / sqrt(|H_jj| size): half its square is
     * the share of size that a Newton step in that parameter alone would gain. */
    double gradient_norm;
    fsci_stop stop;
    int iterations, evaluations; /* evaluations: of f, with or without derivatives */
} fsci_newton_result;

typedef struct fsci_newton_options {
    int max_iterations; /* 0: 500 */
    double tolerance;   /* of the promised decrease, relative to size; 0: 1e-15 */
} fsci_newton_options;

/* All memory of one solve but what LAPACK allocates; reused over many with the same p. */
typedef struct fsci_newton_workspace fsci_newton_workspace;
fsci_newton_workspace *fsci_newton_workspace_new(size_t p); /* NULL when out of memory */
void fsci_newton_workspace_free(fsci_newton_workspace *workspace);

/* Minimises from theta[p] (projected into the bounds first); theta is the answer on return. */
fsci_newton_result fsci_newton_solve(const fsci_newton_problem *problem,
                                     const fsci_newton_options *options,
                                     fsci_newton_workspace *workspace, double *theta);

#endif
