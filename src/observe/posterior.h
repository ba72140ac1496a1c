/* posterior: a curve of capability under a weak prior: its mode, and its curvature there.
 *
 *   eta_i = w0 + sum_c w_c z_ic + u_family(i),   m_i = b + (1 - b) sigmoid(eta_i), or eta_i
 *   w0 ~ N(0, 5^2),  w_c ~ N(0, 2.5^2),  b ~ |N(0, 0.05^2)|, in [0, 0.2],  u_f ~ N(0, family_sd^2)
 *
 * (under the linear link deviations are of the target's own in training, about its mean, and there
 * is no logit noise), for components of unit deviation: one deviation of a component moves the
 * log-odds by up to about 5, the usual weakly informative default for logistic curves (Gelman et
 * al. 2008). The prior makes the mode unique where rows are separable, and bites hardly anywhere
 * else. */
#ifndef FSCI_OBSERVE_POSTERIOR_H
#define FSCI_OBSERVE_POSTERIOR_H

#include "observe/logit_noise.h"
#include "observe/view.h"

typedef enum fsci_spread {
    FSCI_SPREAD_CONSTANT, /* least squares: one variance, RSS/(n - k - 1) */
    FSCI_SPREAD_LOGIT,    /* logit_noise.h, its variances held fixed in every solve */
    FSCI_SPREAD_INPUTS    /* one variance, and what the benchmarks' sampling noise adds through the
                             slope of the curve (effective variance: Orear 1982) */
} fsci_spread;

typedef struct fsci_posterior_options {
    fsci_spread spread;
    double family_sd; /* 0: no effects of families */
    /* (intercept, weights[k], effects[n_families] if any, floor if any) to start from; NULL: the
     * log-odds of the mean target, and no slope. */
    const double *start;
} fsci_posterior_options;

typedef struct fsci_posterior {
    const fsci_view *view;
    const fsci_task *task;
    double intercept, floor;
    double *weights; /* [k] */
    double *effects; /* [n_families], 0 for one without training rows; NULL without effects */
    double family_sd;
    double *covariance; /* [q*q] of (intercept, weights, effects), the floor held fixed */
    size_t q;
    fsci_logit_noise noise; /* under FSCI_SPREAD_LOGIT */
    double variance;        /* under the others, of a row without noise of inputs */
    int rounds;             /* solves until the variances stood still */
} fsci_posterior;

/* Fits to the training rows of the task. Arrays live in `arena`. Errors: FSC_EINPUT (fewer than two
 * training rows, or values that are not finite); FSC_ENOMEM. */
fsc_status fsci_posterior_fit(fsci_arena *arena, const fsci_task *task, const fsci_view *view,
                              const fsci_posterior_options *options, fsci_posterior *posterior,
                              fsc_error *err);

/* Of row i: the linear form, the curve, its log-odds log m/(1 - m) without rounding to infinity
 * (under the linear link: the form), and the standard deviation of the form. */
double fsci_posterior_form(const fsci_posterior *posterior, size_t i);
double fsci_posterior_curve(const fsci_posterior *posterior, size_t i);
double fsci_posterior_rest(const fsci_posterior *posterior, size_t i); /* 1 - curve */
double fsci_posterior_deviation(const fsci_posterior *posterior, size_t i);

#endif
