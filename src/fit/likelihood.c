#include "fit/fit.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* log of the integral of exp(-rho(r)/s) over r for Huber's rho. */
static double log_huber_mass(double delta, double s)
{
    double core = sqrt(2 * pi * s) * erf(delta / sqrt(2 * s));
    double tails = 2 * s / delta * exp(-delta * delta / (2 * s));
    return log(core + tails);
}

static double huber_deviance(double delta, double value, double n, double log_s)
{
    return 2 * value / exp(log_s) + 2 * n * log_huber_mass(delta, exp(log_s));
}

/* The best scale lies between those of the two limits; golden section on its logarithm. */
static double best_huber_deviance(double delta, double value, double n)
{
    const double ratio = 0.6180339887498949;
    double centre = log(value / n), lo = centre - 12, hi = centre + 12;
    double a = hi - ratio * (hi - lo), b = lo + ratio * (hi - lo);
    double fa = huber_deviance(delta, value, n, a), fb = huber_deviance(delta, value, n, b);
    while (hi - lo > 1e-10) {
        if (fa < fb) {
            hi = b, b = a, fb = fa;
            a = hi - ratio * (hi - lo), fa = huber_deviance(delta, value, n, a);
        } else {
            lo = a, a = b, fa = fb;
            b = lo + ratio * (hi - lo), fb = huber_deviance(delta, value, n, b);
        }
    }
    return huber_deviance(delta, value, n, 0.5 * (lo + hi));
}

double fsci_minus_two_log_likelihood(fsci_loss loss, double delta, double value, double sum_w)
{
    double n = sum_w;
    if (!(value > 0))
        return -INFINITY;
    switch (loss) {
    case FSCI_LOSS_SQUARED:
        return n * (log(2 * pi * value / n) + 1);
    case FSCI_LOSS_L1:
        return 2 * n * (log(2 * value / n) + 1);
    case FSCI_LOSS_HUBER:
        return best_huber_deviance(delta, value, n);
    }
    return NAN;
}
