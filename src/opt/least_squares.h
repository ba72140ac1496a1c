/* least_squares: trust-region minimiser of robust sums of squares with bounds.
 *
 *   minimise over theta   f = sum_i w_i rho(r_i(theta)),   lo <= theta <= hi
 *
 *   squared  rho(r) = r^2                         (no half: the field prints sums of squares)
 *   huber    rho(r) = r^2/2 if |r| <= delta, else delta(|r| - delta/2)
 *   l1       rho(r) = |r|   (solved as huber with delta -> 0 by continuation; value is exact l1)
 *
 * Knows no law and no table: residuals and their Jacobian come from a callback. The stop test is
 * scale-free: it looks at the predicted decrease relative to f and at the gradient measured against
 * the Jacobian's column norms, never at f itself. */
#ifndef FSCI_OPT_LEAST_SQUARES_H
#define FSCI_OPT_LEAST_SQUARES_H

#include "opt/stop.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_loss { FSCI_LOSS_SQUARED, FSCI_LOSS_HUBER, FSCI_LOSS_L1 } fsci_loss;

/* r[n] and, when J is not NULL, J[j * stride + i] = d r_i / d theta_j (column-major). Gives false
 * when theta is outside the function's domain (r not finite); the step is then rejected. */
typedef bool fsci_residual_fn(void *context, const double *theta, double *r, double *J,
                              size_t stride);

typedef struct fsci_ls_problem {
    size_t n, p;
    fsci_residual_fn *residual;
    void *context;
    const double *weight;  /* [n] >= 0, NULL for ones */
    const double *lo, *hi; /* [p], ±INFINITY for none; NULL for none at all */
    fsci_loss loss;
    double delta; /* huber */
} fsci_ls_problem;

typedef struct fsci_ls_result {
    double value; /* f at theta */
    /* Largest share, over parameters no bound holds, of the decrease that a column of the Jacobian
     * could give: |g_j| / sqrt(sum w v J_ij^2 * sum w v r_i^2) with v = psi(r)/r. A cosine: 0 at a
     * minimum, at most 1, the same in any units. (For l1, of the last Huber function used.) */
    double gradient_norm;
    fsci_stop stop;
    int iterations, evaluations;
} fsci_ls_result;

typedef struct fsci_ls_options {
    int max_iterations;   /* 0: 500 */
    double tolerance;     /* of the predicted decrease, relative to f; 0: 1e-15 */
    double give_up_above; /* > 0: stop after three steps in a row that leave f above this by more
                           * than ten times what they gained (screening; a rule of thumb) */
} fsci_ls_options;

/* All memory of one solve, allocated once and reused over many solves with the same p and at most
 * n rows. Residual callbacks get a stride of n rounded up to a multiple of eight. */
typedef struct fsci_ls_workspace fsci_ls_workspace;
fsci_ls_workspace *fsci_ls_workspace_new(size_t n, size_t p); /* NULL when out of memory */
void fsci_ls_workspace_free(fsci_ls_workspace *workspace);

/* Minimises from theta[p] (projected into the bounds first); theta is the answer on return. */
fsci_ls_result fsci_ls_solve(const fsci_ls_problem *problem, const fsci_ls_options *options,
                             fsci_ls_workspace *workspace, double *theta);

#endif
