/* emergence: the posterior of the law by which the elbow moves with fine-tuning data, E(D) = C + k
 * (ln D)^alpha (Snell et al. 2024, arXiv:2411.16035), from elbows or from the scores themselves:
 * score = B + A max(0, E(D) - loss) with one A and B for all D. Errors are normal; of unknown size,
 * with prior 1/sigma, they are integrated out. Priors: E at the least and at the most D uniform
 * over five times the range of the elbows (or losses), ln alpha normal with mean 0 and sd 1, B and
 * ln A uniform. */
#ifndef FSCI_METRIC_EMERGENCE_H
#define FSCI_METRIC_EMERGENCE_H

#include "metric/ensemble.h"

typedef struct fsci_emergence_data {
    size_t n;
    const double *log_d; /* [n] > 0, ascending */
    const double *elbow; /* [n], or NULL: loss and score are given */
    const double *se;    /* [n] of the elbows, or NULL: one unknown error */
    const double *loss, *score;
} fsci_emergence_data;

typedef struct fsci_emergence {
    double C, k, alpha;
    double A, B; /* NaN from elbows */
} fsci_emergence;

double fsci_emergence_at(const fsci_emergence *law, double log_d);

enum { FSCI_EMERGENCE_WALKERS = 24, FSCI_EMERGENCE_STEPS = 500 };
#define FSCI_EMERGENCE_DRAWS                                                                       \
    ((size_t)FSCI_ENSEMBLES * FSCI_EMERGENCE_WALKERS * FSCI_EMERGENCE_STEPS)

/* draws[FSCI_EMERGENCE_DRAWS] around `start`, ensemble by ensemble. False: nothing to draw from, or
 * out of memory. */
bool fsci_emergence_draw(const fsci_emergence_data *data, const fsci_emergence *start,
                         uint64_t seed, int threads, fsci_emergence *draws, double *accepted);

#endif
