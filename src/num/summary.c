#include "num/summary.h"

#include <math.h>
#include <stdlib.h>

/* The second pass takes back the rounding of the first. */
double fsci_mean(const double *x, size_t n)
{
    if (n == 0)
        return NAN;
    double sum = 0, rest = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    double mean = sum / (double)n;
    if (!isfinite(mean))
        return mean;
    for (size_t i = 0; i < n; i++)
        rest += x[i] - mean;
    return mean + rest / (double)n;
}

double fsci_sd(const double *x, size_t n)
{
    if (n < 2)
        return NAN;
    double mean = fsci_mean(x, n), squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / (double)(n - 1));
}

double fsci_median(const double *sorted, size_t n)
{
    return fsci_quantile(sorted, n, 0.5);
}

double fsci_quantile(const double *sorted, size_t n, double p)
{
    if (n == 0 || !(p >= 0 && p <= 1))
        return NAN;
    double position = (double)(n - 1) * p;
    size_t below = (size_t)position;
    double part = position - (double)below;
    if (part == 0 || sorted[below] == sorted[below + 1])
        return sorted[below];
    return (1 - part) * sorted[below] + part * sorted[below + 1];
}

fsci_interval fsci_percentile_interval(const double *sorted, size_t n, double level)
{
    double tail = (1 - level) / 2;
    return (fsci_interval){fsci_quantile(sorted, n, tail), fsci_quantile(sorted, n, 1 - tail)};
}

double fsci_rank_correlation(const double *x, const double *y, size_t n)
{
    double *a = calloc(2 * n + 1, sizeof *a), aa = 0, bb = 0, ab = 0, rho = NAN;
    if (a && fsci_centred_ranks(x, n, a) && fsci_centred_ranks(y, n, a + n)) {
        for (size_t i = 0; i < n; i++) {
            aa += a[i] * a[i];
            bb += a[n + i] * a[n + i];
            ab += a[i] * a[n + i];
        }
        rho = aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
    }
    free(a);
    return rho;
}
