/* Operators that choose rows. */
#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The row of least value of order[from..to), the first of equals; SIZE_MAX when all are missing. */
static size_t least(const double *value, const size_t *order, size_t from, size_t to)
{
    size_t best = SIZE_MAX;
    for (size_t i = from; i < to; i++)
        if (!isnan(value[order[i]]) && (best == SIZE_MAX || value[order[i]] < value[best]))
            best = order[i];
    return best;
}

fsc_status fsci_prepare_best(fsci_preparing *p)
{
    fsci_groups groups;
    FSCI_TRY(fsci_groups_by(p, &groups));
    memset(p->keep, false, p->n);
    for (size_t g = 0; g < groups.n; g++) {
        size_t row = least(p->column[0], groups.order, groups.begin[g], groups.begin[g + 1]);
        if (row != SIZE_MAX)
            p->keep[row] = true;
    }
    return FSC_OK;
}

fsc_status fsci_prepare_last(fsci_preparing *p)
{
    fsci_groups groups;
    FSCI_TRY(fsci_groups_by(p, &groups));
    memset(p->keep, false, p->n);
    for (size_t g = 0; g < groups.n; g++)
        p->keep[groups.order[groups.begin[g + 1] - 1]] = true;
    return FSC_OK;
}

fsc_status fsci_prepare_mean(fsci_preparing *p)
{
    fsci_groups groups;
    double *mean = fsci_preparing_set(p, p->call->columns[0]);
    if (!mean)
        return fsci_fail_memory(p->err);
    FSCI_TRY(fsci_groups_by(p, &groups));
    memset(p->keep, false, p->n);
    for (size_t g = 0; g < groups.n; g++) {
        size_t first = groups.order[groups.begin[g]], n = 0;
        double sum = 0;
        for (size_t i = groups.begin[g]; i < groups.begin[g + 1]; i++) {
            double value = p->column[0][groups.order[i]];
            if (isnan(value))
                continue;
            sum += value;
            n++;
        }
        p->keep[first] = true;
        mean[first] = n ? sum / (double)n : NAN;
    }
    return FSC_OK;
}

/* ---- by increasing compute ---- */

typedef struct pair {
    double x, y;
    size_t row;
} pair;

/* By x, the larger y first among equals, then in the order of the table. */
static int compare_pairs(const void *a, const void *b)
{
    const pair *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    if (p->y != q->y)
        return p->y > q->y ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* The rows with both values, sorted; *n of them. */
static pair *sorted_pairs(const fsci_preparing *p, size_t *n)
{
    pair *pairs = FSCI_NEW(p->arena, pair, p->n + 1);
    *n = 0;
    for (size_t i = 0; pairs && i < p->n; i++)
        if (!isnan(p->column[0][i]) && !isnan(p->column[1][i]))
            pairs[(*n)++] = (pair){p->column[0][i], p->column[1][i], i};
    if (pairs)
        qsort(pairs, *n, sizeof *pairs, compare_pairs);
    return pairs;
}

/* Leaves of each of `bins` equal bins of log x the pair of least y; the largest x is a bin alone.
 */
static size_t best_of_bins(pair *pairs, size_t n, double bins)
{
    double lo = log(pairs[0].x), hi = log(pairs[n - 1].x), last = -1;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        double bin = floor((log(pairs[i].x) - lo) / (hi - lo) * bins);
        if (pairs[i].x == pairs[n - 1].x)
            bin = bins;
        if (kept && bin == last) {
            if (pairs[i].y < pairs[kept - 1].y)
                pairs[kept - 1] = pairs[i];
        } else
            pairs[kept++] = pairs[i];
        last = bin;
    }
    return kept;
}

fsc_status fsci_prepare_pareto(fsci_preparing *p)
{
    double bins, least_so_far = INFINITY;
    size_t n;
    FSCI_TRY(fsci_call_number(p->call, "bins", 0, &bins, p->err));
    pair *pairs = sorted_pairs(p, &n);
    if (!pairs)
        return fsci_fail_memory(p->err);
    if (bins >= 1) {
        FSCI_TRY(fsci_preparing_positive(p, 0));
        n = n ? best_of_bins(pairs, n, floor(bins)) : 0;
    }
    memset(p->keep, false, p->n);
    for (size_t i = 0; i < n; i++) {
        bool again = i + 1 < n && pairs[i + 1].x == pairs[i].x; /* a better one follows */
        if (again || !(pairs[i].y < least_so_far))
            continue;
        least_so_far = pairs[i].y;
        p->keep[pairs[i].row] = true;
    }
    return FSC_OK;
}

/* Andrew's monotone chain (1979) in logarithms, from the top of the left edge down to the least. */
fsc_status fsci_prepare_hull(fsci_preparing *p)
{
    size_t n, top = 0;
    FSCI_TRY(fsci_preparing_positive(p, 0));
    FSCI_TRY(fsci_preparing_positive(p, 1));
    pair *pairs = sorted_pairs(p, &n);
    if (!pairs)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++) {
        pair next = {log(pairs[i].x), log(pairs[i].y), pairs[i].row};
        while (top >= 2) {
            const pair *a = &pairs[top - 2], *b = &pairs[top - 1];
            double turn = (b->x - a->x) * (next.y - a->y) - (b->y - a->y) * (next.x - a->x);
            if (turn > 0)
                break;
            top--;
        }
        pairs[top++] = next;
    }
    memset(p->keep, false, p->n);
    for (size_t i = 0; i < top && (!i || pairs[i].y < pairs[i - 1].y); i++)
        p->keep[pairs[i].row] = true;
    return FSC_OK;
}

fsc_status fsci_prepare_bins(fsci_preparing *p)
{
    double bins, beyond, lo = INFINITY, hi = -INFINITY;
    FSCI_TRY(fsci_call_number(p->call, "bins", 5, &bins, p->err));
    FSCI_TRY(fsci_call_number(p->call, "beyond", 0.1, &beyond, p->err));
    FSCI_TRY(fsci_preparing_positive(p, 0));
    size_t n_bins = bins >= 1 ? (size_t)bins : 1;
    size_t *best = FSCI_NEW(p->arena, size_t, n_bins + 1);
    double *middle = fsci_preparing_set(p, p->call->columns[0]);
    if (!best || !middle)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < p->n; i++) {
        lo = fmin(lo, log10(p->column[0][i]));
        hi = fmax(hi, log10(p->column[0][i]));
    }
    double width = (hi + beyond - lo) / (double)n_bins;
    for (size_t b = 0; b < n_bins; b++)
        best[b] = SIZE_MAX;
    for (size_t i = 0; i < p->n; i++) {
        if (isnan(p->column[0][i]) || isnan(p->column[1][i]))
            continue;
        double at = width > 0 ? (log10(p->column[0][i]) - lo) / width : 0;
        size_t b = at >= (double)n_bins ? n_bins - 1 : (size_t)at;
        if (best[b] == SIZE_MAX || p->column[1][i] < p->column[1][best[b]])
            best[b] = i;
    }
    memset(p->keep, false, p->n);
    for (size_t b = 0; b < n_bins; b++) {
        if (best[b] == SIZE_MAX)
            continue;
        p->keep[best[b]] = true;
        middle[best[b]] = pow(10, lo + ((double)b + 0.5) * width);
    }
    return FSC_OK;
}
