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

typedef enum fsci_stop {
    FSCI_STOP_CONVERGED, /* the stop test holds */
    FSCI_STOP_STALLED,   /* no step decreases f at working precision */
    FSCI_STOP_LIMIT,     /* max_iterations reached */
    FSCI_STOP_DOMAIN,    /* the start itself is outside the domain */
    FSCI_STOP_ABANDONED  /* give_up_above: f stays above it */
} fsci_stop;

typedef struct fsci_ls_result {
    double value; /* f at theta */
    double
        gradient_norm; /* max_j |g_j| / (|J_j| * sqrt(f-scale)), free variables only; scale-free */
    fsci_stop stop;
    int iterations, evaluations;
} fsci_ls_result;

typedef struct fsci_ls_options {
    int max_iterations;   /* 0: default */
    double tolerance;     /* 0: default, predicted relative decrease */
    double give_up_above; /* > 0: stop early once it is clear f stays above this (screening) */
} fsci_ls_options;

/* All memory of one solve, allocated once and reused over many solves of the same n, p. */
typedef struct fsci_ls_workspace fsci_ls_workspace;
fsci_ls_workspace *fsci_ls_workspace_new(size_t n, size_t p); /* NULL when out of memory */
void fsci_ls_workspace_free(fsci_ls_workspace *workspace);

/* Minimises from theta[p] (projected into the bounds first); theta is the answer on return. */
fsci_ls_result fsci_ls_solve(const fsci_ls_problem *problem, const fsci_ls_options *options,
                             fsci_ls_workspace *workspace, double *theta);

const char *fsci_stop_name(fsci_stop stop); /* "converged", ... */

#endif
