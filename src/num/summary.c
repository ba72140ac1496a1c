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

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void fsci_sort(double *x, size_t n)
{
    if (n)
        qsort(x, n, sizeof *x, ascending);
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

typedef struct placed {
    double value;
    size_t place;
} placed;

static int by_value(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

bool fsci_centred_ranks(const double *x, size_t n, double *rank)
{
    placed *order = calloc(n + 1, sizeof *order);
    if (!order)
        return false;
    for (size_t i = 0; i < n; i++)
        order[i] = (placed){x[i], i};
    qsort(order, n, sizeof *order, by_value);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && order[j].value == order[i].value;)
            j++;
        for (size_t k = i; k < j; k++)
            rank[order[k].place] = 0.5 * (double)(i + j - 1) - 0.5 * (double)(n - 1);
    }
    free(order);
    return true;
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
