/* logit_noise: how far benchmark scores scatter about their curve m.
 *
 *   v(m) = m (1 - m)/N + tau^2 [m (1 - m)]^2 + s0^2
 *
 * the sampling noise of N questions, an effect of the model with deviation tau on the log-odds
 * scale, and a small additive rest. */
#ifndef FSCI_OBSERVE_LOGIT_NOISE_H
#define FSCI_OBSERVE_LOGIT_NOISE_H

#include <stddef.h>

typedef struct fsci_logit_noise {
    double items; /* N; NaN when unknown: no such term */
    double tau, s0;
} fsci_logit_noise;

/* Where tau and s0 are thought to be before any residual is seen: log-normal. */
typedef struct fsci_logit_noise_prior {
    double tau, log_tau_sd, s0, log_s0_sd;
} fsci_logit_noise_prior;

double fsci_logit_noise_variance(const fsci_logit_noise *noise, double m);

/* Sets tau in [0.03, 2] and s0 in [0.001, 0.2] to the mode of the Gaussian likelihood of the
 * residuals scale * r[n] about m[n] times the prior: a grid, then Newton's method. */
void fsci_logit_noise_fit(size_t n, const double *m, const double *r, double scale,
                          const fsci_logit_noise_prior *prior, fsci_logit_noise *noise);

#endif
