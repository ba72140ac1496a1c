/* The inverses of special.h by Newton's method on the logarithm of a tail.
 *
 * In u = log x the gamma density a u - exp(u) is log-concave for every shape, and so is the beta
 * density in u = log(x/y). Tails of a log-concave density are log-concave (Prekopa 1973), hence
 * Newton's method on log tail(u) = log p converges from anywhere: after one step it approaches
 * from one side and never overshoots. The start matters for speed only. */
#include "num/distribution.h"
#include "num/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

typedef struct tail_law {
    double a, b; /* b is 0 for the gamma law */
    bool upper;
} tail_law;

/* The tail at w = exp(u) and its derivative's size in u. */
static double tail_at(const tail_law *law, double w, double *slope)
{
    fsci_tails tails;
    if (law->b > 0) {
        double x = w > 1 ? 1 / (1 + 1 / w) : w / (1 + w), y = 1 / (1 + w);
        *slope = fsci_beta_power(law->a, law->b, x, y);
        tails = fsci_incomplete_beta(law->a, law->b, x, y);
    } else {
        *slope = fsci_gamma_power(law->a, w);
        tails = fsci_incomplete_gamma(law->a, w);
    }
    return law->upper ? tails.upper : tails.lower;
}

/* log(tail/p): the quotient is exact where it matters, near 1. */
static double log_ratio(double tail, double p)
{
    double ratio = tail / p;
    return isfinite(ratio) ? log(ratio) : log(tail) - log(p);
}

/* The w with tail p, 0 < p <= 1/2, from a first guess. */
static double solve(const tail_law *law, double p, double w)
{
    enum { MOST_STEPS = 200 };
    double slope, good = NAN, last = INFINITY;
    if (!law->upper && tail_at(law, DBL_MIN, &slope) >= p)
        return 0;
    w = fmin(fmax(w, DBL_MIN), DBL_MAX);
    for (int i = 0; i < MOST_STEPS; i++) {
        double tail = tail_at(law, w, &slope);
        if (isnan(tail))
            return NAN;
        if (!(tail > 0 && slope > 0)) { /* underflow: half way back, or towards the middle */
            double inside = isnan(good) ? (law->b > 0 ? law->a / law->b : law->a) : good;
            w = sqrt(w) * sqrt(inside);
            continue;
        }
        double step = log_ratio(tail, p) * tail / slope;
        good = w;
        w *= exp(law->upper ? step : -step);
        w = fmin(fmax(w, DBL_MIN), DBL_MAX);
        if (fabs(step) < DBL_EPSILON || (fabs(step) < 1e-9 && fabs(step) >= last / 2))
            break;
        last = fabs(step);
    }
    return w;
}

/* Wilson & Hilferty (1931); in the far lower tail the first term of the series for P. */
static double gamma_start(double a, double p, bool upper)
{
    double z = fsci_normal_quantile(p);
    double cube_root = 1 - 1 / (9 * a) + (upper ? -z : z) / (3 * sqrt(a));
    double middle = cube_root > 0.2 ? a * cube_root * cube_root * cube_root : 0;
    return middle > 0 ? middle : exp((log(p) + fsci_log_gamma(a + 1)) / a);
}

double fsci_inverse_gamma(double a, double p, double q)
{
    if (!(a > 0 && isfinite(a) && p >= 0 && p <= 1 && q >= 0 && q <= 1))
        return NAN;
    if (p == 0 || q == 0)
        return p == 0 ? 0 : INFINITY;
    tail_law law = {.a = a, .upper = q < p};
    double smaller = law.upper ? q : p;
    return solve(&law, smaller, gamma_start(a, smaller, law.upper));
}

/* Abramowitz & Stegun 26.5.22 for shapes above 1, else the odds of the means. */
static double beta_start(double a, double b, double p)
{
    if (a <= 1 || b <= 1)
        return a / b;
    double s = 1 / (2 * a - 1), t = 1 / (2 * b - 1), h = 2 / (s + t);
    double z = -fsci_normal_quantile(p), k = (z * z - 3) / 6;
    double half = z * sqrt(fmax(h + k, 0)) / h - (t - s) * (k + 5.0 / 6 - 2 / (3 * h));
    return a / b * exp(-2 * half);
}

double fsci_inverse_beta(double a, double b, double p, double q)
{
    if (!(a > 0 && b > 0 && isfinite(a + b) && p >= 0 && p <= 1 && q >= 0 && q <= 1))
        return NAN;
    if (q < p)
        return 1 / fsci_inverse_beta(b, a, q, p);
    if (p == 0)
        return 0;
    tail_law law = {.a = a, .b = b};
    return solve(&law, p, beta_start(a, b, p));
}
