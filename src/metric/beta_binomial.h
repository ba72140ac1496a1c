/* beta_binomial: items whose success probability is drawn from a Beta(a, b) law, of which a share z
 * may be impossible (Kazdan et al. 2025, arXiv:2510.05197).
 *
 *   c_i ~ Binomial(n_i, p_i),  p_i ~ z delta(0) + (1 - z) Beta(a, b)
 *
 * The likelihood is the same for any rule that stops sampling by what was seen so far; only its
 * combinatorial constant, which is that of a fixed n here, is not. */
#ifndef FSCI_METRIC_BETA_BINOMIAL_H
#define FSCI_METRIC_BETA_BINOMIAL_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_bb_status {
    FSCI_BB_OK,
    FSCI_BB_NO_SUCCESS, /* every c is 0: only an upper bound on p */
    FSCI_BB_NO_FAILURE, /* every c is n: only a lower bound */
    FSCI_BB_ONE_ITEM,   /* a spread needs two items */
    FSCI_BB_NO_SPREAD,  /* no more spread than one common p gives: a, b grow without bound */
    FSCI_BB_NO_MEMORY
} fsci_bb_status;

typedef struct fsci_beta_binomial {
    fsci_bb_status status;
    double a, b, z;        /* z 0 when not inflated */
    double log_likelihood; /* with ln C(n, c) */
    double aicc;
    size_t n_parameters, n_items;
    double covariance[9]; /* of ln a, ln b, logit z; row-major; NaN when not identified */
} fsci_beta_binomial;

/* n[items] > 0, c[items]. */
fsci_beta_binomial fsci_beta_binomial_fit(const double *n, const double *c, size_t items,
                                          bool inflated);

/* ln of the expected share of items that stay unsolved after k attempts, and pass@k. */
double fsci_beta_binomial_log_miss(const fsci_beta_binomial *f, double k);
double fsci_beta_binomial_pass(const fsci_beta_binomial *f, double k);
/* Delta method on ln(-ln miss). */
void fsci_beta_binomial_interval(const fsci_beta_binomial *f, double k, double level, double *lo,
                                 double *hi);

/* Where `budget` more samples should go: always the item with the fewest successes, of equals the
 * one with the fewest attempts, as if none of them succeeded. add[items] out. False: no memory. */
bool fsci_next_samples(const double *n, const double *c, size_t items, double budget, double *add);
/* Shares proportional to sqrt(p (1 - p)^(2k - 1)): least variance of the plug-in pass@k. */
void fsci_best_shares(const double *p, size_t items, double k, double *share);

#endif
