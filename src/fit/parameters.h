/* parameters: the unknowns of a fit, and the coordinates in which the solver sees them.
 *
 * theta[n]    every parameter in the law's own parametrisation, fixed and tied ones included
 * u[n_free]   what the solver moves: theta itself, log theta where `log` is set, or how far it is
 *             from the parameter that bounds it (fit/linked.h)
 */
#ifndef FSCI_FIT_PARAMETERS_H
#define FSCI_FIT_PARAMETERS_H

#include "base/arena.h"
#include "base/error.h"

typedef enum fsci_parameter_role { FSCI_FREE, FSCI_FIXED, FSCI_TIED } fsci_parameter_role;

/* How a parameter that another one bounds follows its coordinate: see fit/linked.h. */
typedef enum fsci_linkage {
    FSCI_LINKAGE_NONE,
    FSCI_LINKAGE_SUM,
    FSCI_LINKAGE_FACTOR,
    FSCI_LINKAGE_SHARE
} fsci_linkage;

typedef struct fsci_parameter {
    const char *name;  /* as the formula has it */
    const char *group; /* level of a per-group parameter, NULL otherwise */
    const char *unit;  /* NULL when not stated */
    double lo, hi;     /* bounds, ±INFINITY for none */
    bool log;          /* moved as its logarithm (lo >= 0) */
    fsci_parameter_role role;
    double value;              /* FIXED: its value */
    size_t tied_to;            /* TIED: the parameter it equals, which is not tied itself */
    const char *above, *below; /* names of the parameter it may not be under, or over; NULL: none */
    fsci_linkage link;
    size_t other;              /* linked: the parameter that bounds it, */
    double end;                /* and the number at its other end, of a share */
    double start_lo, start_hi; /* box of starts, NaN when unknown */
    const double *grid;        /* list of starts, NULL for none */
    size_t n_grid;
    bool has_prior;       /* normal about a mean; see fit/priors.h */
    double prior_mean;    /* when prior_mean_at is SIZE_MAX, */
    size_t prior_mean_at; /* else the parameter that is the mean */
    double prior_sd;
    bool prior_sd_fitted;
} fsci_parameter;

typedef struct fsci_parameters {
    const fsci_parameter *all;
    size_t n;
    size_t *slot; /* [n] the free coordinate that moves it; SIZE_MAX when FIXED */
    size_t *free; /* [n_free] the parameter behind each coordinate */
    size_t n_free;
    double *lo, *hi; /* [n_free] bounds of u */
    bool plain;      /* every parameter is free and unlinked: Jacobians need no gathering */
    size_t *linked;  /* [n_linked] what is linked, after what it is linked to */
    size_t n_linked;
} fsci_parameters;

/* Borrows `all`. */
fsc_status fsci_parameters_new(fsci_arena *arena, const fsci_parameter *all, size_t n,
                               fsci_parameters *out, fsc_error *err);

void fsci_parameters_expand(const fsci_parameters *parameters, const double *u, double *theta);
/* The coordinates of theta, moved inside the bounds. */
void fsci_parameters_reduce(const fsci_parameters *parameters, const double *theta, double *u);
/* From d r / d theta (n columns) to d r / d u (n_free columns); rows [0, n_rows), both with column
 * stride `stride`. In and out may be the same array when `plain`; by_theta is used up. */
void fsci_parameters_chain(const fsci_parameters *parameters, const double *theta, double *by_theta,
                           double *by_u, size_t n_rows, size_t stride);
/* The same for a gradient and a Hessian by theta, which are used up, into those by u. */
void fsci_parameters_chain_second(const fsci_parameters *parameters, const double *theta,
                                  double *gradient, double *hessian, double *by_u,
                                  double *by_u_twice);
/* Derivatives of a parameter's own scale, theta_i or (log set) its logarithm, by u: slope[n_free];
 * scratch [n]. */
void fsci_parameters_slope(const fsci_parameters *parameters, const double *theta, size_t i,
                           double *scratch, double *slope);
/* Where the logarithm of a parameter may lie. */
void fsci_parameter_log_bounds(const fsci_parameter *p, double *lo, double *hi);
/* Adds -log of the priors' densities at theta to *value, its absolute terms to *size and, where not
 * NULL, to gradient[n] and hessian[n * n] by theta. */
void fsci_parameters_prior(const fsci_parameters *parameters, const double *theta, double *value,
                           double *size, double *gradient, double *hessian);
/* Whether coordinate k ended on a bound (of a logarithm: at the edge of what doubles hold). */
bool fsci_parameters_at_bound(const fsci_parameters *parameters, const double *u, size_t k);

#endif
