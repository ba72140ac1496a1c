/* rates: success rates from trials: intervals, whether rates differ, and chains of milestones.
 * Counts are whole numbers held in doubles. */
#ifndef FSCI_METRIC_RATES_H
#define FSCI_METRIC_RATES_H

#include "num/summary.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum fsci_rate_method {
    FSCI_RATE_EXACT,     /* Clopper & Pearson 1934 */
    FSCI_RATE_JEFFREYS,  /* Beta(c + 1/2, n - c + 1/2), with 0 and 1 at the ends */
    FSCI_RATE_WILSON,    /* Wilson 1927 */
    FSCI_RATE_POSTERIOR, /* Beta(c + 1, n - c + 1) */
    FSCI_RATE_DRAWS      /* n counts draws until the c-th success: exact for that rule */
} fsci_rate_method;

fsci_interval fsci_rate_interval(fsci_rate_method method, double c, double n, double level);
/* The largest rate that leaves probability 1 - level of seeing no success in n trials. */
double fsci_rate_zero_limit(double n, double level);
/* Mean and standard deviation of Beta(c + 1, n - c + 1). */
double fsci_rate_posterior_mean(double c, double n);
double fsci_rate_posterior_sd(double c, double n);

/* Are the rates of v cells equal? */
typedef struct fsci_homogeneity {
    double pooled, mean, sd; /* of the cells' rates: pooled ratio, plain mean, divisor n - 1 */
    double x2, df, p;        /* Pearson's; NaN when all trials agree */
    double least_expected;   /* smallest expected count */
    double rho;              /* overdispersion by moments: (X2/df - 1) / (mean n - 1) */
} fsci_homogeneity;
fsci_homogeneity fsci_rates_equal(const double *c, const double *n, size_t v);
/* The p-value by `draws` random tables with the same margins; exact in the limit. */
double fsci_rates_equal_simulated(const double *c, const double *n, size_t v, size_t draws,
                                  uint64_t seed);

/* Mantel & Haenszel 1959 over strata: a of n1 against c of n2 in each. */
typedef struct fsci_stratified {
    double odds_ratio, lo, hi; /* Robins, Breslow & Greenland 1986 variance of its logarithm */
    double x2, p;              /* without continuity correction */
    size_t strata;             /* those that say something */
} fsci_stratified;
fsci_stratified fsci_mantel_haenszel(const double *a, const double *n1, const double *c,
                                     const double *n2, size_t strata, double level);

/* Fisher's exact test of a/n1 against c/n2, two-sided: tables no likelier than the one seen. */
double fsci_fisher_exact(double a, double n1, double c, double n2);

/* prod_j s_j / n_j with the delta-method standard error of its logarithm. */
typedef struct fsci_chain {
    double p, se_log, lo, hi; /* p 0: lo 0, hi a bound from the stages without success */
    bool bound;
} fsci_chain;
fsci_chain fsci_milestones(const double *s, const double *n, size_t stages, double level);

#endif
