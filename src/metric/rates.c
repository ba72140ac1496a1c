#include "metric/rates.h"

#include "num/distribution.h"
#include "num/random.h"
#include "num/special.h"

#include <math.h>
#include <stdlib.h>

static fsci_interval beta_interval(double a, double b, double level)
{
    double tail = (1 - level) / 2;
    return (fsci_interval){fsci_beta_quantile(tail, a, b), fsci_beta_quantile_upper(tail, a, b)};
}

static fsci_interval wilson(double c, double n, double level)
{
    double z = fsci_normal_quantile(0.5 + level / 2), p = c / n;
    double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return (fsci_interval){c > 0 ? centre - half : 0, c < n ? centre + half : 1};
}

fsci_interval fsci_rate_interval(fsci_rate_method method, double c, double n, double level)
{
    double tail = (1 - level) / 2;
    fsci_interval i = {NAN, NAN};
    if (!(n > 0))
        return i;
    switch (method) {
    case FSCI_RATE_EXACT:
        i.lo = c > 0 ? fsci_beta_quantile(tail, c, n - c + 1) : 0;
        i.hi = c < n ? fsci_beta_quantile_upper(tail, c + 1, n - c) : 1;
        break;
    case FSCI_RATE_JEFFREYS:
        i = beta_interval(c + 0.5, n - c + 0.5, level);
        i.lo = c > 0 ? i.lo : 0;
        i.hi = c < n ? i.hi : 1;
        break;
    case FSCI_RATE_WILSON:
        i = wilson(c, n, level);
        break;
    case FSCI_RATE_POSTERIOR:
        i = beta_interval(c + 1, n - c + 1, level);
        break;
    case FSCI_RATE_DRAWS: /* more draws needed or fewer, for c successes */
        i.lo = c > 0 ? fsci_beta_quantile(tail, c, n - c + 1) : 0;
        i.hi = c > 0 ? c < n ? fsci_beta_quantile_upper(tail, c, n - c) : 1
                     : fsci_beta_quantile_upper(tail, 1, n);
        break;
    }
    return i;
}

double fsci_rate_zero_limit(double n, double level)
{
    return -expm1(log1p(-level) / n);
}

double fsci_rate_posterior_mean(double c, double n)
{
    return (c + 1) / (n + 2);
}

double fsci_rate_posterior_sd(double c, double n)
{
    return sqrt((c + 1) * (n - c + 1) / (n + 3)) / (n + 2);
}

/* ---- are rates equal ------------------------------------------------------------------------ */

static double pearson(const double *c, const double *n, size_t v, double pooled)
{
    double x2 = 0, spread = pooled * (1 - pooled);
    for (size_t i = 0; i < v; i++)
        x2 += (c[i] - n[i] * pooled) * (c[i] - n[i] * pooled) / (n[i] * spread);
    return x2;
}

fsci_homogeneity fsci_rates_equal(const double *c, const double *n, size_t v)
{
    fsci_homogeneity h = {.least_expected = INFINITY, .df = (double)v - 1};
    double successes = 0, trials = 0, squares = 0;
    for (size_t i = 0; i < v; i++) {
        successes += c[i];
        trials += n[i];
        h.mean += c[i] / n[i] / (double)v;
    }
    h.pooled = successes / trials;
    for (size_t i = 0; i < v; i++) {
        squares += (c[i] / n[i] - h.mean) * (c[i] / n[i] - h.mean);
        h.least_expected = fmin(h.least_expected, n[i] * fmin(h.pooled, 1 - h.pooled));
    }
    h.sd = v > 1 ? sqrt(squares / h.df) : NAN;
    h.x2 = h.p = h.rho = NAN;
    if (v > 1 && h.pooled > 0 && h.pooled < 1) {
        h.x2 = pearson(c, n, v, h.pooled);
        h.p = fsci_chi2_upper(h.x2, h.df);
        h.rho = (h.x2 / h.df - 1) / (trials / (double)v - 1);
    }
    return h;
}

/* How many of `marked` out of `left` balls are among `drawn` of them; marked and drawn may change
 * places, so the fewer decide one by one. */
static double draw_hypergeometric(fsci_stream *stream, double drawn, double marked, double left)
{
    double found = 0, few = fmin(drawn, marked), many = fmax(drawn, marked);
    for (double i = 0; i < few; i++)
        if (fsci_random_uniform(stream) * (left - i) < many - found)
            found++;
    return found;
}

/* Successes of one cell of n trials, when `good` of `left` are successes. */
static double draw_successes(fsci_stream *stream, double n, double good, double left)
{
    if (2 * good <= left)
        return draw_hypergeometric(stream, n, good, left);
    return n - draw_hypergeometric(stream, n, left - good, left);
}

double fsci_rates_equal_simulated(const double *c, const double *n, size_t v, size_t draws,
                                  uint64_t seed)
{
    double successes = 0, trials = 0;
    size_t extreme = 0;
    for (size_t i = 0; i < v; i++) {
        successes += c[i];
        trials += n[i];
    }
    double pooled = successes / trials, seen = pearson(c, n, v, pooled) * (1 - 1e-12);
    double *random = malloc((v ? v : 1) * sizeof *random);
    if (!random || !(pooled > 0 && pooled < 1)) {
        free(random);
        return NAN;
    }
    fsci_stream stream = fsci_stream_new(seed, 0);
    for (size_t d = 0; d < draws; d++) {
        double good = successes, left = trials;
        for (size_t i = 0; i < v; i++) {
            random[i] = draw_successes(&stream, n[i], good, left);
            good -= random[i];
            left -= n[i];
        }
        extreme += pearson(random, n, v, pooled) >= seen;
    }
    free(random);
    return (1 + (double)extreme) / (1 + (double)draws);
}

fsci_stratified fsci_mantel_haenszel(const double *a, const double *n1, const double *c,
                                     const double *n2, size_t strata, double level)
{
    double R = 0, S = 0, PR = 0, cross = 0, QS = 0, gap = 0, variance = 0;
    fsci_stratified m = {NAN, NAN, NAN, NAN, NAN, 0};
    for (size_t i = 0; i < strata; i++) {
        double b = n1[i] - a[i], d = n2[i] - c[i], N = n1[i] + n2[i], good = a[i] + c[i];
        if (!(n1[i] > 0 && n2[i] > 0) || good == 0 || good == N)
            continue;
        double r = a[i] * d / N, s = b * c[i] / N, P = (a[i] + d) / N, Q = (b + c[i]) / N;
        R += r;
        S += s;
        PR += P * r;
        cross += P * s + Q * r;
        QS += Q * s;
        gap += a[i] - n1[i] * good / N;
        variance += n1[i] * n2[i] * good * (N - good) / (N * N * (N - 1));
        m.strata++;
    }
    if (!m.strata)
        return m;
    m.x2 = gap * gap / variance;
    m.p = fsci_chi2_upper(m.x2, 1);
    m.odds_ratio = R / S;
    double se = sqrt(PR / (2 * R * R) + cross / (2 * R * S) + QS / (2 * S * S));
    double z = fsci_normal_quantile(0.5 + level / 2);
    m.lo = m.odds_ratio * exp(-z * se);
    m.hi = m.odds_ratio * exp(z * se);
    return m;
}

static double log_choose(double n, double k)
{
    return fsci_log_gamma_ratio(n - k + 1, k) - fsci_log_gamma(k + 1);
}

double fsci_fisher_exact(double a, double n1, double c, double n2)
{
    double good = a + c, all = log_choose(n1 + n2, good), p = 0;
    double seen = log_choose(n1, a) + log_choose(n2, c) - all;
    for (double x = fmax(0, good - n2); x <= fmin(good, n1); x++) {
        double mass = log_choose(n1, x) + log_choose(n2, good - x) - all;
        if (mass <= seen + 1e-7)
            p += exp(mass);
    }
    return fmin(p, 1);
}

/* ---- milestones -------------------------------------------------------------------------------
 */

fsci_chain fsci_milestones(const double *s, const double *n, size_t stages, double level)
{
    fsci_chain chain = {.p = 1, .hi = 1};
    double variance = 0, z = fsci_normal_quantile(0.5 + level / 2);
    for (size_t j = 0; j < stages; j++) {
        double p = s[j] / n[j];
        chain.p *= p;
        variance += (1 - p) / s[j];
        chain.hi *= s[j] > 0 ? 1 : fsci_rate_zero_limit(n[j], level);
    }
    chain.bound = chain.p == 0;
    chain.se_log = chain.bound ? NAN : sqrt(variance);
    if (!chain.bound) {
        chain.lo = chain.p * exp(-z * chain.se_log);
        chain.hi = fmin(1, chain.p * exp(z * chain.se_log));
    }
    return chain;
}
