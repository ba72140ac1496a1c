/* parameters: the unknowns of a fit, and the coordinates in which the solver sees them.
 *
 * theta[n]    every parameter in the law's own parametrisation, fixed and tied ones included
 * u[n_free]   what the solver moves: theta itself, or log theta where `log` is set
 */
#ifndef FSCI_FIT_PARAMETERS_H
#define FSCI_FIT_PARAMETERS_H

#include "base/arena.h"
#include "base/error.h"

typedef enum fsci_parameter_role { FSCI_FREE, FSCI_FIXED, FSCI_TIED } fsci_parameter_role;

typedef struct fsci_parameter {
    const char *name;  /* as the formula has it */
    const char *group; /* level of a per-group parameter, NULL otherwise */
    const char *unit;  /* NULL when not stated */
    double lo, hi;     /* bounds, ±INFINITY for none */
    bool log;          /* moved as its logarithm (lo >= 0) */
    fsci_parameter_role role;
    double value;              /* FIXED: its value */
    size_t tied_to;            /* TIED: the parameter it equals, which is not tied itself */
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
    bool plain;      /* every parameter is free: Jacobians need no gathering */
} fsci_parameters;

/* Borrows `all`. */
fsc_status fsci_parameters_new(fsci_arena *arena, const fsci_parameter *all, size_t n,
                               fsci_parameters *out, fsc_error *err);

void fsci_parameters_expand(const fsci_parameters *parameters, const double *u, double *theta);
/* The coordinates of theta, moved inside the bounds. */
void fsci_parameters_reduce(const fsci_parameters *parameters, const double *theta, double *u);
/* From d r / d theta (n columns) to d r / d u (n_free columns); rows [0, n_rows), both with column
 * stride `stride`. In and out may be the same array when `plain`. */
void fsci_parameters_chain(const fsci_parameters *parameters, const double *theta,
                           const double *by_theta, double *by_u, size_t n_rows, size_t stride);
/* The same for a gradient and a Hessian by theta, into those by u. */
void fsci_parameters_chain_second(const fsci_parameters *parameters, const double *theta,
                                  const double *gradient, const double *hessian, double *by_u,
                                  double *by_u_twice);
/* Adds -log of the priors' densities at theta to *value, its absolute terms to *size and, where not
 * NULL, to gradient[n] and hessian[n * n] by theta. */
void fsci_parameters_prior(const fsci_parameters *parameters, const double *theta, double *value,
                           double *size, double *gradient, double *hessian);
/* Whether coordinate k ended on a bound (of a logarithm: at the edge of what doubles hold). */
bool fsci_parameters_at_bound(const fsci_parameters *parameters, const double *u, size_t k);

#endif
