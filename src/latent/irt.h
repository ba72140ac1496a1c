/* irt: item-response models. A model (a person, in the field's words) m of ability theta_m answers
 * item i rightly with probability
 *
 *   P = c_i + (1 - c_i) / (1 + exp(-(a_i theta_m + d_i))),   b_i = -d_i / a_i its difficulty
 *
 * 1PL: one a for all items, c = 0. 2PL: c = 0. 3PL: all three. theta ~ N(0, 1) fixes the scale, a >
 * 0 its direction. The priors of ln a and d are around their own means over the items, so that they
 * hold items together and leave the scale alone. Items are estimated by maximum marginal likelihood
 * with priors (Bock & Aitkin 1981; Mislevy 1986): EM whose expectations are adaptive Gauss-Hermite
 * sums around each ability's mode (Naylor & Smith 1982), so that thousands of items per model need
 * few nodes. Only observed cells count. */
#ifndef FSCI_LATENT_IRT_H
#define FSCI_LATENT_IRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fsci_irt_kind { FSCI_IRT_1PL, FSCI_IRT_2PL, FSCI_IRT_3PL } fsci_irt_kind;

/* Cells in any order; at most one for each model and item. */
typedef struct fsci_responses {
    size_t models, items, cells;
    const uint32_t *model, *item; /* [cells] */
    const float *right, *trials;  /* [cells]; trials NULL: one each */
} fsci_responses;

typedef struct fsci_irt_options {
    fsci_irt_kind kind;
    size_t nodes;        /* 0: 15 for few items per model, down to 3 for hundreds */
    double sd_log_a;     /* prior ln a ~ N(mean of the items, .); 0: 0.5 */
    double sd_d;         /* prior d ~ N(mean of the items, .); 0: 3 */
    double mean_c, sd_c; /* prior logit c ~ N(logit mean_c, sd_c); 0: 0.2, 0.5 */
    double tolerance;    /* largest change of a parameter, in its standard errors; 0: 1e-3 */
    int most_iterations; /* 0: 500 */
    int threads;
} fsci_irt_options;

typedef struct fsci_irt_item {
    double a, d, c;
    double se_a, se_d, se_c; /* from the expected information, abilities taken as known */
} fsci_irt_item;

typedef struct fsci_irt {
    fsci_irt_item *item;   /* [items]; the caller's, as are the next two */
    double *theta, *se;    /* [models] posterior mean and standard deviation */
    double log_likelihood; /* marginal, without priors and binomial constants */
    double penalised;      /* with the priors of the items */
    int iterations;
    bool converged;
    double reliability; /* 1 - mean se^2 / variance of theta, at least 0 */
} fsci_irt;

/* False: out of memory. */
bool fsci_irt_fit(const fsci_responses *r, const fsci_irt_options *options, fsci_irt *fit);

double fsci_irt_probability(const fsci_irt_item *item, double theta);
/* Fisher information about theta: a^2 (Q/P) ((P - c)/(1 - c))^2. */
double fsci_irt_information(const fsci_irt_item *item, double theta);
/* Ability after n answers (right[n] in 0..1 of one trial each) to items which[n]: posterior mean
 * and sd by quadrature over a fixed grid. */
void fsci_irt_ability(const fsci_irt_item *items, const size_t *which, const double *right,
                      size_t n, double *theta, double *se);
/* Of the items that are not used, the one that tells most at theta; n when all are used. */
size_t fsci_irt_next(const fsci_irt_item *items, const bool *used, size_t n, double theta);

/* Nodes and weights for sum w f(x) = integral of f exp(-x^2), n <= 31 (Golub & Welsch 1969). */
bool fsci_gauss_hermite(size_t n, double *x, double *w);

#endif
