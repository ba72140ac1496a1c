#include "num/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* A continued fraction or series over large shapes takes some multiples of sqrt(shape) terms. */
enum { MOST_TERMS = 50000000 };

static const fsci_tails undefined = {NAN, NAN};

double fsci_log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* log Gamma(z+1) - [(z + 1/2) log z - z + log(2 pi)/2]: Stirling's series (DLMF 5.11.1) from 16 on,
 * below by recurrence. Its absolute error, which is what counts in an exponent, is some 1e-15. */
static double stirling_error(double z)
{
    double sum = 0;
    while (z < 16) {
        sum += (z + 0.5) * log1p(1 / z) - 1;
        z += 1;
    }
    double r = 1 / z, r2 = r * r;
    double series =
        r *
        (1.0 / 12 - r2 * (1.0 / 360 - r2 * (1.0 / 1260 - r2 * (1.0 / 1680 - r2 * (1.0 / 1188)))));
    return sum + series;
}

/* e - log(ratio) where ratio = 1 + e, without cancellation near e = 0: with s = e/(2+e), the
 * logarithm is 2 artanh s. Far from there e may have lost what the ratio still holds. */
static double deviance(double e, double ratio)
{
    if (fabs(e) > 0.4)
        return e - log(ratio);
    double s = e / (2 + e), s2 = s * s, sum = 0;
    for (int k = 25; k >= 3; k -= 2)
        sum = sum * s2 + 1.0 / k;
    return s * e - 2 * s * s2 * sum;
}

/* a*d - b*c with one rounding's worth of error (Kahan; Jeannerod, Louvet & Muller 2013). */
static double difference_of_products(double a, double d, double b, double c)
{
    double product = b * c;
    return fma(a, d, -product) + fma(-b, c, product);
}

double fsci_gamma_power(double a, double x)
{
    if (!(a > 0 && x >= 0))
        return NAN;
    if (isinf(x / a))
        return 0;
    return sqrt(a / (2 * M_PI)) * exp(-stirling_error(a) - a * deviance((x - a) / a, x / a));
}

double fsci_beta_power(double a, double b, double x, double y)
{
    if (!(a > 0 && b > 0 && x >= 0 && y >= 0))
        return NAN;
    double n = a + b, d = difference_of_products(b, x, a, y); /* n x - a, when x + y = 1 */
    double fit = stirling_error(n) - stirling_error(a) - stirling_error(b);
    double misfit = a * deviance(d / a, n / a * x) + b * deviance(-d / b, n / b * y);
    return sqrt(a / n * (b / (2 * M_PI))) * exp(fit - misfit);
}

/* sum over n >= 0 of x^n / ((a+1) ... (a+n)) */
static double gamma_series(double a, double x)
{
    double term = 1, sum = 1;
    for (int n = 1; n < MOST_TERMS; n++) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * (DBL_EPSILON / 8))
            return sum;
    }
    return NAN;
}

/* One step of Lentz's method as modified by Thompson & Barnett (1986) for f = b0 + a1/(b1 + ...):
 * start with value = c = b0 and d = 0. Gives true when the value has settled. */
typedef struct fraction {
    double value, c, d;
} fraction;

static bool advance(fraction *f, double a, double b)
{
    f->d = b + a * f->d;
    f->c = b + a / f->c;
    f->d = 1 / (f->d == 0 ? DBL_MIN : f->d);
    if (f->c == 0)
        f->c = DBL_MIN;
    double factor = f->c * f->d;
    f->value *= factor;
    return fabs(factor - 1) < DBL_EPSILON / 2;
}

/* The denominator of Q(a, x) = power / (x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...))). */
static double gamma_fraction(double a, double x)
{
    double b = x - a + 1;
    fraction f = {b, b, 0};
    for (int n = 1; n < MOST_TERMS; n++)
        if (advance(&f, n * (a - n), b + 2.0 * n))
            return f.value;
    return NAN;
}

fsci_tails fsci_incomplete_gamma(double a, double x)
{
    if (!(a > 0 && isfinite(a) && x >= 0))
        return undefined;
    double power = fsci_gamma_power(a, x);
    if (x < a + 1) {
        double lower = power == 0 ? 0 : power / a * gamma_series(a, x);
        return (fsci_tails){lower, 1 - lower};
    }
    double upper = power == 0 ? 0 : power / gamma_fraction(a, x);
    return (fsci_tails){1 - upper, upper};
}

/* The denominator of I_x(a, b) = power / (b0 + a1/(b1 + ...)), for x <= (a+1)/(a+b+2). */
static double beta_fraction(double a, double b, double x, double y)
{
    double lambda = difference_of_products(a, y, b, x);
    double b0 = a / (a + 1) * (lambda + 1);
    fraction f = {b0, b0, 0};
    for (int n = 1; n < MOST_TERMS; n++) {
        double m = a + 2.0 * n, share = n * (b - n) * x / (m - 1);
        double numerator = (a + n - 1) / (m - 1) * (a + b + n - 1) * share * x;
        double denominator = n + share + (a + n) / (m + 1) * (lambda + 1 + n * (1 + y));
        if (advance(&f, numerator, denominator))
            return f.value;
    }
    return NAN;
}

/* I_x(a, b) where the fraction converges fast. */
static double beta_lower(double a, double b, double x, double y)
{
    double power = fsci_beta_power(a, b, x, y);
    return power == 0 ? 0 : power / beta_fraction(a, b, x, y);
}

fsci_tails fsci_incomplete_beta(double a, double b, double x, double y)
{
    if (!(a > 0 && b > 0 && isfinite(a + b) && x >= 0 && y >= 0))
        return undefined;
    if (x <= (a + 1) / (a + b + 2)) {
        double lower = beta_lower(a, b, x, y);
        return (fsci_tails){lower, 1 - lower};
    }
    double upper = beta_lower(b, a, y, x);
    return (fsci_tails){1 - upper, upper};
}
