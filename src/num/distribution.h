/* distribution: the laws that intervals and tests need.
 *
 * _density, _cdf P(X <= x), _upper P(X > x), _quantile (x of a given lower tail) and
 * _quantile_upper (x of a given upper tail, for tails too small to be 1 - p). The normal and t laws
 * are symmetric: their upper quantile is minus the lower. Degrees of freedom and shapes are
 * positive reals. Relative accuracy is about 1e-13 or better in values and tails down to 1e-300
 * for up to 1e4 degrees of freedom (see special.h beyond). Parameters or p outside their domain
 * give NaN. */
#ifndef FSCI_NUM_DISTRIBUTION_H
#define FSCI_NUM_DISTRIBUTION_H

#include "num/summary.h"

#include <stdint.h>

double fsci_normal_density(double x);
double fsci_normal_cdf(double x);
double fsci_normal_upper(double x);
/* Wichura (1988), algorithm AS 241, routine PPND16. */
double fsci_normal_quantile(double p);

/* Student's t; df may be INFINITY, which is the normal law. */
double fsci_t_density(double t, double df);
double fsci_t_cdf(double t, double df);
double fsci_t_upper(double t, double df);
double fsci_t_quantile(double p, double df);

double fsci_chi2_density(double x, double df);
double fsci_chi2_cdf(double x, double df);
double fsci_chi2_upper(double x, double df);
double fsci_chi2_quantile(double p, double df);
double fsci_chi2_quantile_upper(double q, double df);

/* Fisher's F with df1 (numerator) and df2 (denominator). */
double fsci_f_density(double x, double df1, double df2);
double fsci_f_cdf(double x, double df1, double df2);
double fsci_f_upper(double x, double df1, double df2);
double fsci_f_quantile(double p, double df1, double df2);
double fsci_f_quantile_upper(double q, double df1, double df2);

double fsci_beta_density(double x, double a, double b);
double fsci_beta_cdf(double x, double a, double b);
double fsci_beta_upper(double x, double a, double b);
double fsci_beta_quantile(double p, double a, double b);
double fsci_beta_quantile_upper(double q, double a, double b);

/* Successes k among n trials, each with probability p. */
double fsci_binomial_mass(int64_t k, int64_t n, double p);
double fsci_binomial_cdf(int64_t k, int64_t n, double p);
double fsci_binomial_upper(int64_t k, int64_t n, double p); /* P(K > k) */
/* The smallest k with P(K <= k) >= tail; -1 outside the domain. */
int64_t fsci_binomial_quantile(double tail, int64_t n, double p);
/* The exact interval of Clopper & Pearson (1934) for p after k successes in n trials. */
fsci_interval fsci_binomial_interval(int64_t k, int64_t n, double level);

#endif
