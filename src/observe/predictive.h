/* predictive: the distribution of a score whose log-odds are uncertain.
 *
 *   y = m + sqrt(v(m)) z2,   m = sigmoid(centre + sqrt(variance) z1),   z1, z2 ~ N(0, 1)
 *
 * cut at the lowest and the highest score that can be. */
#ifndef FSCI_OBSERVE_PREDICTIVE_H
#define FSCI_OBSERVE_PREDICTIVE_H

#include "observe/logit_noise.h"

typedef struct fsci_logit_normal {
    double centre, variance; /* on the log-odds scale */
    fsci_logit_noise noise;  /* v(m) */
    double lowest;           /* the highest is 1 */
} fsci_logit_normal;

/* Quantiles at levels[n] (ascending, within (0, 1)) into quantile[n], by quadrature over z1 and
 * Newton's method kept in a bracket, probabilities to 1e-5; the same input gives the same bits. */
void fsci_logit_normal_quantiles(const fsci_logit_normal *law, size_t n, const double *levels,
                                 double *quantile);

/* P(y <= x) without the cut. */
double fsci_logit_normal_cdf(const fsci_logit_normal *law, double x);

#endif
