/* fit: the minimum of a model's objective, and how well the data determine it. */
#ifndef FSCI_FIT_FIT_H
#define FSCI_FIT_FIT_H

#include "fit/interval/clusters.h"
#include "fit/interval/resamples.h"

#include <math.h>

/* What the data say about each coordinate at the minimum.
 *
 * The covariance is the sandwich of M-estimation (Huber 1967; White 1982), in coordinates u:
 * H^-1 M H^-1 n/(n-p) with H = sum w psi'(r) J'J and M = sum w^2 psi(r)^2 J'J, taken over the
 * directions that the weighted Jacobian, its columns scaled to length 1, identifies. With clusters
 * M is the sum over clusters of s s', s = sum w psi(r) J' within one (Liang & Zeger 1986), and the
 * factor that of fsci_sandwich_factor. Of a likelihood: see information.h. */
typedef struct fsci_curvature {
    double *covariance; /* [n_free^2]; rows and columns of coordinates at a bound are 0; NULL when
                           the data do not identify all the others */
    double *settled; /* [n_free^2] without it, the same over the directions that are identified */
    double *loose;   /* [n_loose * n_free] the others: what does not move along them is settled */
    size_t n_loose;
    double *robust;   /* of a likelihood: the sandwich, beside the information; else NULL */
    double *se;       /* [n_free] standard errors; NaN where not identified or on a bound */
    bool *identified; /* [n_free] no direction without a slope involves it */
    bool exact;       /* the residuals are rounding of the data and no more */
    double condition; /* of the scaled Jacobian */
    size_t rank;
    double max_leverage; /* largest diagonal of the hat matrix */
    size_t n_passed;     /* rows that the curve passes through whatever their response is */
    double
        *correlation_with; /* [n_free] largest |correlation| with another coordinate, by design */
    size_t *correlated;    /* [n_free] that other coordinate */
} fsci_curvature;

typedef struct fsci_fit {
    fsci_model model;
    fsci_search search;
    const double *u; /* [n_free] the minimum */
    double *theta;   /* [n parameters] */
    double *r, *J;   /* [n], [n * n_free] residuals and d r / d u there */
    bool *at_bound;  /* [n_free] */
    fsci_clusters clusters;
    fsci_curvature curvature;
    fsci_resamples resamples; /* n == 0 when none were asked for */
} fsci_fit;

fsc_status fsci_fit_run(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                        const fsci_fit_settings *settings, fsci_fit *fit, fsc_error *err);

/* The first part of it: the model and its minimum (u), nothing that is said about it. */
fsc_status fsci_fit_minimum(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                            const fsci_fit_settings *settings, fsci_fit *fit, fsc_error *err);

/* Parts of a fit, each reading what is above it in fsci_fit. */
fsc_status fsci_curvature_find(fsci_arena *arena, fsci_fit *fit, fsc_error *err);

/* Degrees of freedom of Student's t: rows beyond the parameters, or clusters beyond one; of a
 * likelihood, whose dispersion is a parameter, the normal law's. */
static inline double fsci_fit_freedom(const fsci_fit *fit)
{
    return fit->clusters.column ? (double)fit->clusters.n - 1
           : fit->model.objective.density
               ? (double)INFINITY
               : (double)fit->model.n - (double)fit->model.parameters.n_free;
}

/* Minus twice the largest log-likelihood of residuals whose density is exp(-rho(r)/s)/Z(s), with s
 * at its best: Gaussian for squared, Laplace for l1, Huber's density between. sum_w counts rows. */
double fsci_minus_two_log_likelihood(fsci_loss loss, double delta, double value, double sum_w);

#endif
