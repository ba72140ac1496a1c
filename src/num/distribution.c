#include "num/distribution.h"
#include "num/special.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* x = odds/(1 + odds) and 1 - x, each to full precision. */
typedef struct shares {
    double x, y;
} shares;

static shares shares_of(double odds)
{
    return (shares){odds > 1 ? 1 / (1 + 1 / odds) : odds / (1 + odds), 1 / (1 + odds)};
}

/* ---- normal ------------------------------------------------------------------------------- */

double fsci_normal_density(double x)
{
    return exp(-x * x / 2) / sqrt(2 * M_PI);
}

double fsci_normal_cdf(double x)
{
    return fsci_normal_upper(-x);
}

double fsci_normal_upper(double x)
{
    return erfc(x * M_SQRT1_2) / 2;
}

/* Numerator and denominator of a rational approximation, constant first. */
typedef struct rational {
    double top[8], bottom[8];
} rational;

static double ratio(const rational *f, double r)
{
    double top = f->top[7], bottom = f->bottom[7];
    for (int i = 6; i >= 0; i--) {
        top = top * r + f->top[i];
        bottom = bottom * r + f->bottom[i];
    }
    return top / bottom;
}

static const rational middle = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3}};
static const rational near_tail = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};
static const rational far_tail = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

double fsci_normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1))
        return NAN;
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * ratio(&middle, 0.180625 - q * q);
    double tail = q < 0 ? p : 1 - p;
    if (tail == 0)
        return q < 0 ? -INFINITY : INFINITY;
    double r = sqrt(-log(tail));
    double x = r <= 5 ? ratio(&near_tail, r - 1.6) : ratio(&far_tail, r - 5);
    return q < 0 ? -x : x;
}

/* ---- Student's t -------------------------------------------------------------------------- */

/* Beyond this the normal law differs by less than a rounding wherever a tail is representable. */
static bool is_normal(double df)
{
    return df > 1e20;
}

double fsci_t_density(double t, double df)
{
    if (!(df > 0))
        return NAN;
    if (is_normal(df))
        return fsci_normal_density(t);
    /* 1/B(1/2, df/2) by the beta power at the mean, where it is well conditioned */
    double x = 1 / (1 + df), y = df / (1 + df);
    double at_mean = fsci_beta_power(0.5, df / 2, x, y);
    double decay = (df * log1p(1 / df) - (df + 1) * log1p(t * t / df)) / 2;
    return at_mean * sqrt((1 + df) / df) * exp(decay);
}

/* Where df/t^2 is below TINY the tail is the first term of its series: (|t|/sqrt df)^-df times
 * this, and neither t^2 nor df/t^2 need be representable. */
static const double TINY = 1e-290;

static double t_tail_front(double df)
{
    /* 1 / (df B(df/2, 1/2)) */
    return exp(fsci_log_gamma((df + 1) / 2) - fsci_log_gamma(df / 2)) / (df * sqrt(M_PI));
}

/* P(T > |t|), at most 1/2. */
static double t_tail(double t, double df)
{
    if (is_normal(df))
        return fsci_normal_upper(fabs(t));
    double odds = t / df * t;
    if (odds > 1 / TINY)
        return t_tail_front(df) * pow(fabs(t) / sqrt(df), -df);
    shares s = shares_of(odds);
    return fsci_incomplete_beta(df / 2, 0.5, s.y, s.x).lower / 2;
}

double fsci_t_cdf(double t, double df)
{
    double tail = t_tail(t, df);
    return t < 0 ? tail : 1 - tail;
}

double fsci_t_upper(double t, double df)
{
    return fsci_t_cdf(-t, df);
}

double fsci_t_quantile(double p, double df)
{
    if (!(df > 0 && p >= 0 && p <= 1))
        return NAN;
    if (is_normal(df))
        return fsci_normal_quantile(p);
    double tail = p < 0.5 ? p : 1 - p;
    double odds = fsci_inverse_beta(df / 2, 0.5, 2 * tail, 1 - 2 * tail);
    double t = odds > TINY ? sqrt(df / odds) : sqrt(df) * pow(tail / t_tail_front(df), -1 / df);
    return p < 0.5 ? -t : t;
}

/* ---- chi-square --------------------------------------------------------------------------- */

/* A density of a positive variable at 0, from its first shape: the value when the shape is 1. */
static double density_at_zero(double shape, double if_one)
{
    return shape < 1 ? INFINITY : shape > 1 ? 0 : if_one;
}

double fsci_chi2_density(double x, double df)
{
    if (!(df > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return x < 0 ? 0 : density_at_zero(df / 2, 0.5);
    return fsci_gamma_power(df / 2, x / 2) / x;
}

double fsci_chi2_cdf(double x, double df)
{
    return fsci_incomplete_gamma(df / 2, x < 0 ? 0 : x / 2).lower;
}

double fsci_chi2_upper(double x, double df)
{
    return fsci_incomplete_gamma(df / 2, x < 0 ? 0 : x / 2).upper;
}

double fsci_chi2_quantile(double p, double df)
{
    return 2 * fsci_inverse_gamma(df / 2, p, 1 - p);
}

double fsci_chi2_quantile_upper(double q, double df)
{
    return 2 * fsci_inverse_gamma(df / 2, 1 - q, q);
}

/* ---- F ------------------------------------------------------------------------------------ */

double fsci_f_density(double x, double df1, double df2)
{
    if (!(df1 > 0 && df2 > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return x < 0 ? 0 : density_at_zero(df1 / 2, 1);
    shares s = shares_of(df1 / df2 * x);
    return fsci_beta_power(df1 / 2, df2 / 2, s.x, s.y) / x;
}

static fsci_tails f_tails(double x, double df1, double df2)
{
    shares s = shares_of(x < 0 ? 0 : df1 / df2 * x);
    return fsci_incomplete_beta(df1 / 2, df2 / 2, s.x, s.y);
}

double fsci_f_cdf(double x, double df1, double df2)
{
    return f_tails(x, df1, df2).lower;
}

double fsci_f_upper(double x, double df1, double df2)
{
    return f_tails(x, df1, df2).upper;
}

double fsci_f_quantile(double p, double df1, double df2)
{
    return df2 / df1 * fsci_inverse_beta(df1 / 2, df2 / 2, p, 1 - p);
}

double fsci_f_quantile_upper(double q, double df1, double df2)
{
    return df2 / df1 * fsci_inverse_beta(df1 / 2, df2 / 2, 1 - q, q);
}

/* ---- beta --------------------------------------------------------------------------------- */

double fsci_beta_density(double x, double a, double b)
{
    if (!(a > 0 && b > 0) || isnan(x))
        return NAN;
    if (x < 0 || x > 1)
        return 0;
    if (x == 0 || x == 1)
        return x == 0 ? density_at_zero(a, b) : density_at_zero(b, a);
    return fsci_beta_power(a, b, x, 1 - x) / x / (1 - x);
}

static fsci_tails beta_tails(double x, double a, double b)
{
    double inside = x < 0 ? 0 : x > 1 ? 1 : x;
    return fsci_incomplete_beta(a, b, inside, 1 - inside);
}

double fsci_beta_cdf(double x, double a, double b)
{
    return beta_tails(x, a, b).lower;
}

double fsci_beta_upper(double x, double a, double b)
{
    return beta_tails(x, a, b).upper;
}

double fsci_beta_quantile(double p, double a, double b)
{
    return shares_of(fsci_inverse_beta(a, b, p, 1 - p)).x;
}

double fsci_beta_quantile_upper(double q, double a, double b)
{
    return shares_of(fsci_inverse_beta(a, b, 1 - q, q)).x;
}

/* ---- binomial ----------------------------------------------------------------------------- */

static bool is_binomial(int64_t n, double p)
{
    return n >= 0 && p >= 0 && p <= 1;
}

double fsci_binomial_mass(int64_t k, int64_t n, double p)
{
    if (!is_binomial(n, p))
        return NAN;
    if (k < 0 || k > n)
        return 0;
    if (k == 0)
        return exp((double)n * log1p(-p));
    if (k == n)
        return pow(p, (double)n);
    double a = (double)k, b = (double)(n - k);
    return fsci_beta_power(a, b, p, 1 - p) / a / b * (a + b);
}

static fsci_tails binomial_tails(int64_t k, int64_t n, double p)
{
    if (!is_binomial(n, p))
        return (fsci_tails){NAN, NAN};
    if (k < 0 || k >= n)
        return k < 0 ? (fsci_tails){0, 1} : (fsci_tails){1, 0};
    return fsci_incomplete_beta((double)(n - k), (double)(k + 1), 1 - p, p);
}

double fsci_binomial_cdf(int64_t k, int64_t n, double p)
{
    return binomial_tails(k, n, p).lower;
}

double fsci_binomial_upper(int64_t k, int64_t n, double p)
{
    return binomial_tails(k, n, p).upper;
}

int64_t fsci_binomial_quantile(double tail, int64_t n, double p)
{
    if (!is_binomial(n, p) || !(tail >= 0 && tail <= 1))
        return -1;
    int64_t below = -1, enough = n; /* P(K <= below) < tail <= P(K <= enough) */
    while (enough - below > 1) {
        int64_t k = below + (enough - below) / 2;
        if (fsci_binomial_cdf(k, n, p) >= tail)
            enough = k;
        else
            below = k;
    }
    return enough;
}

fsci_interval fsci_binomial_interval(int64_t k, int64_t n, double level)
{
    if (n < 1 || k < 0 || k > n || !(level > 0 && level < 1))
        return (fsci_interval){NAN, NAN};
    double tail = (1 - level) / 2, hits = (double)k, misses = (double)(n - k);
    return (fsci_interval){k == 0 ? 0 : fsci_beta_quantile(tail, hits, misses + 1),
                           k == n ? 1 : fsci_beta_quantile_upper(tail, hits + 1, misses)};
}
