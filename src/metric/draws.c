#include "metric/draws.h"

#include "num/special.h"

#include <math.h>

double fsci_draws_unbiased(fsci_stop_rule rule, double n, double c)
{
    if (rule == FSCI_STOP_FIXED)
        return c / n;
    return rule == FSCI_STOP_UNTIL && c >= 2 ? (c - 1) / (n - 1) : NAN;
}

/* E f(K) with P(K) = C(K-1, r-1) p^r (1-p)^(K-r). */
static double expect(double p, double r, double (*f)(double K, double r))
{
    double mass = exp(r * log(p)), left = 1, sum = 0;
    for (double K = r; left > 1e-14 && K < 1e9; K++) {
        sum += mass * f(K, r);
        left -= mass;
        if (mass < 1e-18 && K > 2 * r / p)
            break;
        mass *= K / (K - r + 1) * (1 - p);
    }
    return sum;
}

static double mle(double K, double r)
{
    return r / K;
}

static double unbiased(double K, double r)
{
    return (r - 1) / (K - 1);
}

static double unbiased_squared(double K, double r)
{
    return unbiased(K, r) * unbiased(K, r);
}

double fsci_draws_mean_mle(double p, double r)
{
    return expect(p, r, mle);
}

double fsci_draws_mean_unbiased(double p, double r)
{
    return r >= 2 ? expect(p, r, unbiased) : NAN;
}

double fsci_draws_sd_unbiased(double p, double r)
{
    double mean = fsci_draws_mean_unbiased(p, r);
    return r >= 2 ? sqrt(expect(p, r, unbiased_squared) - mean * mean) : NAN;
}
