#include "metric/rank.h"

#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void fsci_ranks(const double *x, size_t n, double *rank)
{
    for (size_t i = 0; i < n; i++) {
        double below = 0, equal = 0;
        for (size_t j = 0; j < n; j++) {
            below += x[j] < x[i];
            equal += x[j] == x[i];
        }
        rank[i] = below + (equal + 1) / 2;
    }
}

double fsci_pearson(const double *x, const double *y, size_t n)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    bool same_x = true, same_y = true;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
        same_x = same_x && x[i] == x[0];
        same_y = same_y && y[i] == y[0];
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return same_x || same_y ? NAN : fmax(-1, fmin(1, xy / sqrt(xx * yy)));
}

double fsci_spearman(const double *x, const double *y, size_t n, double *scratch)
{
    fsci_ranks(x, n, scratch);
    fsci_ranks(y, n, scratch + n);
    return fsci_pearson(scratch, scratch + n, n);
}

double fsci_kendall(const double *x, const double *y, size_t n)
{
    double sum = 0, pairs_x = 0, pairs_y = 0;
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double a = (x[i] > x[j]) - (x[i] < x[j]), b = (y[i] > y[j]) - (y[i] < y[j]);
            sum += a * b;
            pairs_x += a != 0;
            pairs_y += b != 0;
        }
    return pairs_x > 0 && pairs_y > 0 ? sum / sqrt(pairs_x * pairs_y) : NAN;
}

double fsci_correlate(fsci_correlation kind, const double *x, const double *y, size_t n,
                      double *scratch)
{
    if (kind == FSCI_KENDALL)
        return fsci_kendall(x, y, n);
    return kind == FSCI_PEARSON ? fsci_pearson(x, y, n) : fsci_spearman(x, y, n, scratch);
}

/* The next permutation in lexicographic order; false after the last. */
static bool permute(size_t *order, size_t n)
{
    size_t i = n - 1, j = n - 1;
    while (i > 0 && order[i - 1] >= order[i])
        i--;
    if (i == 0)
        return false;
    while (order[j] <= order[i - 1])
        j--;
    size_t kept = order[i - 1];
    order[i - 1] = order[j];
    order[j] = kept;
    for (j = n - 1; i < j; i++, j--) {
        kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    return true;
}

double fsci_spearman_p(const double *x, const double *y, size_t n, uint64_t seed)
{
    enum { ALL = 8, DRAWS = 100000, MOST = 1000 };
    double rx[MOST], ry[MOST], shuffled[MOST], extreme = 0, all = 0;
    size_t order[MOST];
    if (n > MOST || n < 2)
        return NAN;
    fsci_ranks(x, n, rx);
    fsci_ranks(y, n, ry);
    double seen = fabs(fsci_pearson(rx, ry, n)) - 1e-12;
    if (isnan(seen))
        return NAN;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    fsci_stream stream = fsci_stream_new(seed, 0);
    for (bool more = true; more;) {
        if (n > ALL)
            for (size_t i = n - 1; i > 0; i--) {
                size_t j = (size_t)fsci_random_below(&stream, i + 1), kept = order[i];
                order[i] = order[j];
                order[j] = kept;
            }
        for (size_t i = 0; i < n; i++)
            shuffled[i] = ry[order[i]];
        extreme += fabs(fsci_pearson(rx, shuffled, n)) >= seen;
        all++;
        more = n > ALL ? all < DRAWS : permute(order, n);
    }
    return n > ALL ? (extreme + 1) / (all + 1) : extreme / all;
}
