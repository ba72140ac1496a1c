#include "num/quadrature.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
enum { MOST_STEPS = 100 };

/* The Legendre polynomial of degree n at x, and its derivative. */
static double legendre(size_t n, double x, double *slope)
{
    double before = 0, value = 1;
    for (size_t j = 1; j <= n; j++) {
        double next = ((double)(2 * j - 1) * x * value - (double)(j - 1) * before) / (double)j;
        before = value;
        value = next;
    }
    *slope = (double)n * (x * value - before) / (x * x - 1);
    return value;
}

void fsci_gauss_legendre(size_t n, double *x, double *w)
{
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        double root = cos(PI * ((double)i + 0.75) / ((double)n + 0.5)), slope = 1, step = 1;
        for (int s = 0; s < MOST_STEPS && fabs(step) > 1e-15; s++) {
            double value = legendre(n, root, &slope);
            step = value / slope;
            root -= step;
        }
        (void)legendre(n, root, &slope);
        x[n - 1 - i] = root;
        x[i] = -root;
        w[i] = w[n - 1 - i] = 2 / ((1 - root * root) * slope * slope);
    }
    if (n % 2)
        x[n / 2] = 0;
}
