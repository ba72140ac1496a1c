/* density: the distributions a response may have around its law; each one row of a table.
 *
 * The left side y of the law is observed, the right side mu is its mean (of lognormal, its median),
 * and the objective is the sum of -log of the density of y, constants and all:
 *
 *   normal             y ~ N(mu, sigma^2)
 *   lognormal          log y ~ N(log mu, sigma^2), y > 0
 *   binomial           y*n ~ Bin(n, mu): y is the share of successes among n trials
 *   beta-binomial      y*n ~ BetaBin(n, a, b), mu = a/(a + b), rho = 1/(a + b + 1): the correlation
 * of two trials of a row; 0 is binomial negative-binomial  y ~ NB(mu, phi): counts of variance mu +
 * phi mu^2; 0 is Poisson
 *
 * sigma, rho and phi are parameters of the fit like any other. */
#ifndef FSCI_FIT_DENSITY_H
#define FSCI_FIT_DENSITY_H

#include "expr/expr.h"
#include "fit/space.h"
#include "num/random.h"

#include <stdbool.h>

typedef enum fsci_response_kind {
    FSCI_RESPONSE_REAL,
    FSCI_RESPONSE_POSITIVE,
    FSCI_RESPONSE_SHARE, /* of whole trials: y*n is a whole number in 0..n */
    FSCI_RESPONSE_COUNT  /* a whole number >= 0 */
} fsci_response_kind;

typedef struct fsci_density {
    const char *name;
    fsci_response_kind response;
    fsci_space residual; /* space in which residuals are told */
    fsci_space mean;     /* space in which an interval of mu is symmetric */
    /* -log density in the formula language, of mu, s (the dispersion) and the data: y, or the
     * counts k and n. */
    const char *minus_log;
    /* The dispersion parameter, NULL for none: its domain, and where to look for it; of sigma in
     * units of the residuals' standard deviation about their mean. */
    const char *dispersion, *meaning;
    double lo, hi, start_lo, start_hi;
    bool in_residual_units;
    /* Variance of the residual, and P(Y <= y) for the density's own y (of a share, for counts). */
    double (*variance)(double mu, double s, double n);
    double (*cdf)(double y, double mu, double s, double n);
    /* A response of that distribution; of a share, counts. */
    double (*draw)(fsci_stream *stream, double mu, double s, double n);
    const char *sibling; /* another density worth trying on the same response, NULL for none */
} fsci_density;

const fsci_density *fsci_density_find(const char *name); /* NULL when there is none */
/* "normal, lognormal, ...", for messages; in `out`. */
void fsci_density_list(fsci_buffer *out);

static inline bool fsci_density_counts(const fsci_density *d)
{
    return d->response == FSCI_RESPONSE_SHARE || d->response == FSCI_RESPONSE_COUNT;
}

/* Names of the data in the tree that fsci_density_node makes: columns to be put into scope. */
#define FSCI_DENSITY_Y "\ty"
#define FSCI_DENSITY_K "\tk"
#define FSCI_DENSITY_N "\tn"

/* -log density of a row as a tree, for mu and a dispersion of that name (NULL for none). */
fsc_status fsci_density_node(fsci_arena *arena, const fsci_density *density, const fsci_node *mu,
                             const char *dispersion, const fsci_node **node, fsc_error *err);

/* What is known of the mean of a new observation: mu, and a standard deviation of it to each side
 * in the density's space of the mean (0 where mu counts as known). */
typedef struct fsci_known_mean {
    double mu, below, above;
} fsci_known_mean;
/* From the ends of a central interval of mu of that level; NaN ends count as known. */
fsci_known_mean fsci_density_mean(const fsci_density *density, double mu, double lo, double hi,
                                  double level);
/* The y below which a new observation falls with probability `tail`: the density averaged over a
 * normal distribution of its mean, at dispersion s; of counts the least whole number that reaches
 * the tail, of a share over its n trials. NaN without what it takes. */
double fsci_density_quantile(const fsci_density *density, double tail, fsci_known_mean mean,
                             double s, double n);

#endif
