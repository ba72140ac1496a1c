#include "num/variate.h"

#include "num/distribution.h"
#include "num/special.h"

#include <float.h>
#include <math.h>

/* log of a uniform number in (0, 1]. */
static double log_uniform(fsci_stream *stream)
{
    return log1p(-fsci_random_uniform(stream));
}

/* Marsaglia & Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26; a shape
 * below 1 from the one above it. */
double fsci_random_log_gamma(fsci_stream *stream, double shape)
{
    if (!(shape > 0) || isinf(shape))
        return NAN;
    double lower = shape < 1 ? log_uniform(stream) / shape : 0;
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double z = fsci_random_normal(stream), root = 1 + c * z;
        if (root <= 0)
            continue;
        double v = root * root * root;
        if (log_uniform(stream) < 0.5 * z * z + d * (1 - v + log(v)))
            return log(d * v) + lower;
    }
}

double fsci_random_beta(fsci_stream *stream, double a, double b)
{
    double x = fsci_random_log_gamma(stream, a), y = fsci_random_log_gamma(stream, b);
    return 1 / (1 + exp(y - x));
}

/* A law of counts with one mode, by the ratio of each mass to the one before it. */
typedef struct counts {
    double n;    /* trials; INFINITY: Poisson */
    double rate; /* odds of success, or the mean */
} counts;

static double ratio(const counts *c, double k)
{
    return isinf(c->n) ? c->rate / k : (c->n - k + 1) / k * c->rate;
}

/* Inversion outwards from the mode (Kemp 1986, "A modal method for generating binomial variables"):
 * the masses are taken in turn from a uniform number until it is used up. */
static double invert(fsci_stream *stream, const counts *c, double mode, double mass)
{
    double left = fsci_random_uniform(stream) - mass;
    double up = mode, down = mode, above = mass, below = mass;
    while (left >= 0 && above + below > DBL_EPSILON * mass) {
        above *= ratio(c, ++up);
        left -= above;
        if (left < 0)
            return up;
        below = down > 0 ? below / ratio(c, down) : 0;
        down -= down > 0;
        left -= below;
        if (left < 0)
            return down;
    }
    return mode; /* or the rounding of the sum, less than 1e-15 of the time */
}

/* With a larger variance than this the steps from the mode would be many. */
static const double wide = 400;

/* Halved while it is wide at the middle one of n uniform numbers, which is a beta variate: it says
 * how many are below it (Devroye 1986, Non-uniform random variate generation, X.4.3). */
double fsci_random_binomial(fsci_stream *stream, double n, double p)
{
    double k = 0;
    if (!(n >= 0 && n < 0x1p53 && p >= 0 && p <= 1))
        return NAN;
    while (n * p * (1 - p) > wide) {
        double middle = floor(n / 2) + 1, at = fsci_random_beta(stream, middle, n + 1 - middle);
        if (at <= p) {
            k += middle;
            n -= middle;
            p = at < 1 ? (p - at) / (1 - at) : 0;
        } else {
            n = middle - 1;
            p /= at;
        }
    }
    if (n == 0 || p == 0 || p == 1)
        return p == 1 ? k + n : k;
    double mode = fmin(n, floor((n + 1) * p));
    const counts law = {n, p / (1 - p)};
    return k + invert(stream, &law, mode, fsci_binomial_mass((int64_t)mode, (int64_t)n, p));
}

/* Shortened while it is wide at the m-th event of a process, whose time is a gamma variate (Ahrens
 * & Dieter 1974, "Computer methods for sampling from gamma, beta, Poisson and binomial
 * distributions"). */
double fsci_random_poisson(fsci_stream *stream, double mean)
{
    double k = 0;
    if (!(mean >= 0 && mean < 0x1p53))
        return NAN;
    while (mean > wide) {
        double m = floor(0.875 * mean), time = exp(fsci_random_log_gamma(stream, m));
        if (time > mean)
            return k + fsci_random_binomial(stream, m - 1, mean / time);
        k += m;
        mean -= time;
    }
    if (mean == 0)
        return k;
    double mode = floor(mean);
    const counts law = {INFINITY, mean};
    return k + invert(stream, &law, mode, fsci_gamma_power(mode + 1, mean) / mean);
}
