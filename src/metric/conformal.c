#include "metric/conformal.h"

#include <math.h>
#include <string.h>

size_t fsci_conformal_rank(size_t n, double alpha)
{
    const double guard = 1e-9;
    double k = ceil(((double)n + 1) * (1 - alpha) - guard);
    return k < 1 ? 1 : (size_t)k;
}

double fsci_conformal_threshold(const double *ascending, size_t n, double alpha)
{
    size_t k = fsci_conformal_rank(n, alpha);
    return k > n ? INFINITY : ascending[k - 1];
}

/* How many are below `score`, or not above it. */
static size_t count_below(const double *ascending, size_t n, double score, bool or_equal)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (ascending[middle] < score || (or_equal && ascending[middle] == score))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

double fsci_conformal_p(const double *ascending, size_t n, double score)
{
    return (1 + (double)(n - count_below(ascending, n, score, false))) / ((double)n + 1);
}

double fsci_conformal_p_randomised(const double *ascending, size_t n, double score, double u)
{
    double above = (double)(n - count_below(ascending, n, score, true));
    double equal = (double)n - above - (double)count_below(ascending, n, score, false);
    return (above + u * (1 + equal)) / ((double)n + 1);
}

double fsci_conformal_rank_share(const double *ascending, size_t n, double score)
{
    return (double)count_below(ascending, n, score, false) / (double)n;
}

void fsci_conformal_insert(double *ascending, size_t n, double score)
{
    size_t at = count_below(ascending, n, score, true);
    memmove(ascending + at + 1, ascending + at, (n - at) * sizeof *ascending);
    ascending[at] = score;
}
