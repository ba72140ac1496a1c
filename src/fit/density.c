#include "fit/density.h"

#include "expr/tree.h"
#include "num/distribution.h"
#include "num/variate.h"

#include <math.h>
#include <string.h>

/* ---- variances ---- */

static double variance_known(double mu, double s, double n)
{
    (void)mu, (void)n;
    return s * s;
}

static double variance_binomial(double mu, double s, double n)
{
    (void)s;
    return mu * (1 - mu) / n;
}

static double variance_beta_binomial(double mu, double s, double n)
{
    return mu * (1 - mu) / n * (1 + (n - 1) * s);
}

static double variance_negative_binomial(double mu, double s, double n)
{
    (void)n;
    return mu + s * mu * mu;
}

/* ---- distributions ---- */

static double cdf_normal(double y, double mu, double s, double n)
{
    (void)n;
    return fsci_normal_cdf((y - mu) / s);
}

static double cdf_lognormal(double y, double mu, double s, double n)
{
    (void)n;
    return y > 0 ? fsci_normal_cdf(log(y / mu) / s) : 0;
}

static double cdf_binomial(double k, double mu, double s, double n)
{
    (void)s;
    return fsci_binomial_cdf((int64_t)k, (int64_t)n, mu);
}

/* Masses from one to the next by their ratio, outwards from the mean, where they are largest. */
static double cdf_beta_binomial(double k, double mu, double s, double n)
{
    double a = mu * (1 - s) / s, b = (1 - mu) * (1 - s) / s, centre = floor(mu * n);
    double below = 0, total = 0;
    if (!(a > 0) || !(b > 0))
        return k >= n * mu; /* all or none */
    double mass = 1;
    for (double j = centre; j <= n; j++) {
        total += mass;
        below += j <= k ? mass : 0;
        mass *= (n - j) / (j + 1) * (j + a) / (n - j - 1 + b);
    }
    mass = 1;
    for (double j = centre; j > 0; j--) {
        mass *= j / (n - j + 1) * (n - j + b) / (j - 1 + a);
        total += mass;
        below += j - 1 <= k ? mass : 0;
    }
    return below / total;
}

/* Johnson, Kemp and Kotz (2005), Univariate Discrete Distributions, eq. 5.31. */
static double cdf_negative_binomial(double k, double mu, double s, double n)
{
    (void)n;
    return fsci_beta_cdf(1 / (1 + s * mu), 1 / s, k + 1);
}

/* ---- draws ---- */

static double draw_normal(fsci_stream *stream, double mu, double s, double n)
{
    (void)n;
    return mu + s * fsci_random_normal(stream);
}

static double draw_lognormal(fsci_stream *stream, double mu, double s, double n)
{
    (void)n;
    return mu * exp(s * fsci_random_normal(stream));
}

static double draw_binomial(fsci_stream *stream, double mu, double s, double n)
{
    (void)s;
    return fsci_random_binomial(stream, n, mu);
}

static double draw_beta_binomial(fsci_stream *stream, double mu, double s, double n)
{
    double a = mu * (1 - s) / s, b = (1 - mu) * (1 - s) / s;
    bool mixed = a > 0 && b > 0;
    return fsci_random_binomial(stream, n, mixed ? fsci_random_beta(stream, a, b) : mu);
}

static double draw_negative_binomial(fsci_stream *stream, double mu, double s, double n)
{
    (void)n;
    return fsci_random_poisson(stream, s * mu * exp(fsci_random_log_gamma(stream, 1 / s)));
}

/* ---- the table ---- */

#define HALF_LOG_2PI "0.91893853320467274178"
#define LOG_CHOOSE   "log1p(n) + lbeta(k + 1, n - k + 1)"

static const fsci_density densities[] = {
    {.name = "normal",
     .response = FSCI_RESPONSE_REAL,
     .residual = FSCI_SPACE_IDENTITY,
     .mean = FSCI_SPACE_IDENTITY,
     .minus_log = "((y - mu)/s)^2/2 + log(s) + " HALF_LOG_2PI,
     .dispersion = "sigma",
     .meaning = "standard deviation of the response",
     .lo = 1e-9,
     .hi = INFINITY,
     .start_lo = 0.02,
     .start_hi = 1,
     .in_residual_units = true,
     .variance = variance_known,
     .cdf = cdf_normal,
     .draw = draw_normal,
     .sibling = "lognormal"},
    {.name = "lognormal",
     .response = FSCI_RESPONSE_POSITIVE,
     .residual = FSCI_SPACE_LOG,
     .mean = FSCI_SPACE_LOG,
     .minus_log = "((log(y) - log(mu))/s)^2/2 + log(s) + log(y) + " HALF_LOG_2PI,
     .dispersion = "sigma",
     .meaning = "standard deviation of the logarithm of the response",
     .lo = 1e-9,
     .hi = INFINITY,
     .start_lo = 0.02,
     .start_hi = 1,
     .in_residual_units = true,
     .variance = variance_known,
     .cdf = cdf_lognormal,
     .draw = draw_lognormal,
     .sibling = "normal"},
    {.name = "binomial",
     .response = FSCI_RESPONSE_SHARE,
     .residual = FSCI_SPACE_IDENTITY,
     .mean = FSCI_SPACE_LOGIT,
     .minus_log = LOG_CHOOSE " - where(k > 0, k*log(mu), 0)"
                             " - where(k < n, (n - k)*log1p(-mu), 0)",
     .variance = variance_binomial,
     .cdf = cdf_binomial,
     .draw = draw_binomial,
     .sibling = "beta-binomial"},
    {.name = "beta-binomial",
     .response = FSCI_RESPONSE_SHARE,
     .residual = FSCI_SPACE_IDENTITY,
     .mean = FSCI_SPACE_LOGIT,
     .minus_log = LOG_CHOOSE " + lbeta(mu*(1 - s)/s, (1 - mu)*(1 - s)/s)"
                             " - lbeta(k + mu*(1 - s)/s, n - k + (1 - mu)*(1 - s)/s)",
     .dispersion = "rho",
     .meaning = "correlation of two trials of a row (0: binomial)",
     .lo = 1e-6, /* below, differences of log beta have no digits left to show */
     .hi = 1,
     .start_lo = 1e-3,
     .start_hi = 0.3,
     .variance = variance_beta_binomial,
     .cdf = cdf_beta_binomial,
     .draw = draw_beta_binomial,
     .sibling = "binomial"},
    {.name = "negative-binomial",
     .response = FSCI_RESPONSE_COUNT,
     .residual = FSCI_SPACE_IDENTITY,
     .mean = FSCI_SPACE_LOG,
     .minus_log = "log(k + 1/s) + lbeta(k + 1, 1/s) + log1p(s*mu)/s"
                  " + where(k > 0, k*log1p(1/(s*mu)), 0)",
     .dispersion = "phi",
     .meaning = "overdispersion: the variance is mean + phi*mean^2 (0: Poisson)",
     .lo = 1e-8,
     .hi = INFINITY,
     .start_lo = 1e-2,
     .start_hi = 2,
     .variance = variance_negative_binomial,
     .cdf = cdf_negative_binomial,
     .draw = draw_negative_binomial},
};

enum { N_DENSITIES = sizeof densities / sizeof *densities };

const fsci_density *fsci_density_find(const char *name)
{
    for (size_t i = 0; i < N_DENSITIES; i++)
        if (!strcmp(densities[i].name, name))
            return &densities[i];
    return NULL;
}

void fsci_density_list(fsci_buffer *out)
{
    for (size_t i = 0; i < N_DENSITIES; i++)
        fsci_buffer_printf(out, "%s%s", i ? ", " : "", densities[i].name);
}

typedef struct replacement {
    const char *name;
    const fsci_node *node;
} replacement;

static const fsci_node *named(fsci_arena *arena, const char *name)
{
    fsci_node *node = name ? FSCI_NEW(arena, fsci_node, 1) : NULL;
    if (node)
        *node = (fsci_node){.kind = FSCI_NODE_NAME, .name = name, .height = 1};
    return node;
}

/* The tree with names put in place of others. */
static const fsci_node *replace(fsci_arena *arena, const fsci_node *node, const replacement *list,
                                size_t n)
{
    const fsci_node *args[3];
    if (node->kind == FSCI_NODE_NAME)
        for (size_t i = 0; i < n; i++)
            if (!strcmp(node->name, list[i].name))
                return list[i].node;
    if (node->kind != FSCI_NODE_APPLY)
        return node;
    for (size_t k = 0; k < node->n_args; k++)
        if (!(args[k] = replace(arena, node->args[k], list, n)))
            return NULL;
    return fsci_node_apply(arena, node->op, args, node->n_args);
}

fsc_status fsci_density_node(fsci_arena *arena, const fsci_density *density, const fsci_node *mu,
                             const char *dispersion, const fsci_node **node, fsc_error *err)
{
    fsci_formula *formula;
    FSCI_TRY(fsci_formula_parse(arena, density->name, 1, 1, density->minus_log, &formula, err));
    const replacement list[] = {{"mu", mu},
                                {"s", named(arena, dispersion)},
                                {"y", named(arena, FSCI_DENSITY_Y)},
                                {"k", named(arena, FSCI_DENSITY_K)},
                                {"n", named(arena, FSCI_DENSITY_N)}};
    *node = replace(arena, formula->right, list, sizeof list / sizeof *list);
    return *node ? FSC_OK : fsci_fail_memory(err);
}

/* ---- a new observation ---- */

/* Half the range of normal deviates over which mu is averaged, and the step: the trapezoid rule,
 * whose error falls off faster than any power of the step. */
static const double widest = 6, step = 0.5;

typedef struct mixture {
    const fsci_density *density;
    double centre, below, above; /* mu in its space, and a standard deviation to each side */
    double s, n;
} mixture;

static double mixture_cdf(const mixture *m, double y)
{
    double sum = 0, total = 0;
    if (!(m->below > 0) && !(m->above > 0))
        return m->density->cdf(y, fsci_residual_unmap(m->density->mean, m->centre), m->s, m->n);
    for (double z = -widest; z <= widest; z += step) {
        double weight = fsci_normal_density(z);
        double mu = m->centre + z * (z < 0 ? m->below : m->above);
        sum += weight * m->density->cdf(y, fsci_residual_unmap(m->density->mean, mu), m->s, m->n);
        total += weight;
    }
    return sum / total;
}

/* The least whole k with P(K <= k) >= tail. */
static double count_quantile(const mixture *m, double tail)
{
    double high = m->density->response == FSCI_RESPONSE_SHARE ? m->n : 1, low = -1;
    while (m->density->response == FSCI_RESPONSE_COUNT && mixture_cdf(m, high) < tail &&
           high < 1e15)
        high *= 2;
    while (high - low > 1) {
        double middle = floor(0.5 * (low + high));
        *(mixture_cdf(m, middle) >= tail ? &high : &low) = middle;
    }
    return high;
}

/* Normal errors in the space of the mean: the variances add. */
static double real_quantile(const mixture *m, double tail)
{
    double z = fsci_normal_quantile(tail), own = z < 0 ? m->below : m->above;
    return fsci_residual_unmap(m->density->mean, m->centre + z * hypot(own, m->s));
}

fsci_known_mean fsci_density_mean(const fsci_density *density, double mu, double lo, double hi,
                                  double level)
{
    double z = fsci_normal_quantile(0.5 + level / 2);
    double centre = fsci_residual_map(density->mean, mu);
    double below = (centre - fsci_residual_map(density->mean, lo)) / z;
    double above = (fsci_residual_map(density->mean, hi) - centre) / z;
    bool known = !isfinite(below) || !isfinite(above);
    return (fsci_known_mean){mu, known ? 0 : fmax(0, below), known ? 0 : fmax(0, above)};
}

double fsci_density_quantile(const fsci_density *density, double tail, fsci_known_mean mean,
                             double s, double n)
{
    bool share = density->response == FSCI_RESPONSE_SHARE;
    mixture m = {.density = density,
                 .centre = fsci_residual_map(density->mean, mean.mu),
                 .below = mean.below,
                 .above = mean.above,
                 .s = s,
                 .n = n};
    if (isnan(m.centre) || (share && !(n >= 1)) || (density->dispersion && !(s > 0)))
        return NAN;
    if (!fsci_density_counts(density))
        return real_quantile(&m, tail);
    return count_quantile(&m, tail) / (share ? n : 1);
}
