/* special: the incomplete gamma and beta functions, both tails at once, and their inverses.
 *
 * Relative accuracy is about 1e-14 for shapes in [0.01, 1e4] wherever a tail is above 1e-300;
 * beyond that it loses what x itself carries, eps * sqrt(shape) per standard deviation. A call
 * costs O(sqrt(shape)) when all shapes are large. Arguments outside the domain give NaN. */
#ifndef FSCI_NUM_SPECIAL_H
#define FSCI_NUM_SPECIAL_H

typedef struct fsci_tails {
    double lower, upper; /* sum to 1; the smaller is computed, never 1 minus the other */
} fsci_tails;

/* log |Gamma(x)| without the C library's global sign. */
double fsci_log_gamma(double x);
/* log Gamma(x + a) / Gamma(x) for x > 0, x + a > 0, to full relative accuracy however small a is or
 * however large x: a difference of two log-gammas would lose both. */
double fsci_log_gamma_ratio(double x, double a);
/* First and second derivative of log Gamma, x > 0. */
double fsci_digamma(double x);
double fsci_trigamma(double x);

/* x^a exp(-x) / Gamma(a) and x^a y^b / B(a, b) with y = 1 - x: the densities of log x under the
 * gamma law and of log(x/y) under the beta law. a, b > 0; x >= 0; the beta form takes y so that it
 * may be exact near x = 1. Saddle-point form of Loader (2000), "Fast and accurate computation of
 * binomial probabilities". */
double fsci_gamma_power(double a, double x);
double fsci_beta_power(double a, double b, double x, double y);

/* P(a, x) and Q(a, x): series below a + 1, Legendre's continued fraction above (DLMF 8.7.1, 8.9.2).
 */
fsci_tails fsci_incomplete_gamma(double a, double x);

/* I_x(a, b) and I_y(b, a): the continued fraction of Didonato & Morris (1992), ACM TOMS 18,
 * algorithm 708, on the side where it converges fast. */
fsci_tails fsci_incomplete_beta(double a, double b, double x, double y);

/* The x whose tails are p and q = 1 - p (give both: the smaller one is solved for), and the odds
 * x/y of the beta law. 0 when it underflows, INFINITY when it overflows. */
double fsci_inverse_gamma(double a, double p, double q);
double fsci_inverse_beta(double a, double b, double p, double q);

#endif
