/* Differences and derivatives of log Gamma: recurrence up to ASYMPTOTIC, Stirling's series there
 * (DLMF 5.11.1, 5.11.2, 5.15.8). */
#include "num/special.h"

#include <math.h>

static const double ASYMPTOTIC = 14;

/* log of the product of (1 + a / (x + j)), j = 0, 1, ... below the asymptotic range, and *x the
 * first beyond it. The product is kept less 1, which is exact where a is tiny, and taken the
 * logarithm of before it leaves what a double holds. */
static double log_steps(double *x, double a)
{
    double sum = 0, grown = 0;
    for (; fmin(*x, *x + a) < ASYMPTOTIC; ++*x) {
        double r = a / *x;
        grown += r + grown * r;
        if (grown > 1e100 || grown < -0.5) {
            sum += log1p(grown);
            grown = 0;
        }
    }
    return sum + log1p(grown);
}

double fsci_log_gamma_ratio(double x, double a)
{
    /* B_2j / (2j (2j - 1)), the coefficients of x^(1 - 2j) */
    static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                    1.0 / 1188, -691.0 / 360360, 1.0 / 156};
    if (!(x > 0) || !(x + a > 0))
        return NAN;
    double sum = -log_steps(&x, a), power = 1 / x;
    /* (x / (x + a))^(2i + 1) - 1, which is exact where a is tiny too */
    double less = -a / (x + a), twice = less * (2 + less);
    for (unsigned i = 0; i < sizeof series / sizeof *series; i++) {
        sum += series[i] * power * less;
        less += twice + less * twice;
        power /= x * x;
    }
    return sum + a * log(x) + ((x + a - 0.5) * log1p(a / x) - a);
}

double fsci_digamma(double x)
{
    double sum = 0;
    if (!(x > 0))
        return NAN;
    for (; x < ASYMPTOTIC; x++)
        sum -= 1 / x;
    double y = 1 / (x * x);
    double tail =
        y *
        (1.0 / 12 -
         y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * 691 / 32760)))));
    return sum + log(x) - 0.5 / x - tail;
}

double fsci_trigamma(double x)
{
    double sum = 0;
    if (!(x > 0))
        return NAN;
    for (; x < ASYMPTOTIC; x++)
        sum += 1 / (x * x);
    double y = 1 / (x * x);
    double tail = 1.0 / 6 - y * (1.0 / 30 -
                                 y * (1.0 / 42 - y * (1.0 / 30 - y * (5.0 / 66 - y * 691 / 2730))));
    return sum + 1 / x + y / 2 + tail * y / x;
}
