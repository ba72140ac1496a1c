#include "metric/sandwich.h"

#include <math.h>
#include <stdlib.h>

static const double GUARD = 1e-6;

static int by_ease(const void *left, const void *right)
{
    const fsci_sliced *l = left, *r = right;
    if (l->mean != r->mean)
        return l->mean > r->mean ? -1 : 1;
    return (l->number > r->number) - (l->number < r->number);
}

void fsci_sort_by_ease(fsci_sliced *questions, size_t n)
{
    qsort(questions, n, sizeof *questions, by_ease);
}

fsci_sandwich fsci_sandwich_fit(const double *z, const double *easy, const double *hard,
                                const double *brier, const double *accuracy, const bool *train,
                                size_t n, size_t easy_degree, size_t hard_degree, double *scratch)
{
    double *x = scratch, *y = scratch + n, *a = scratch + 2 * n, *b = scratch + 3 * n;
    fsci_sandwich s = {.last = -INFINITY};
    for (size_t i = 0; i < n; i++)
        if (train[i]) {
            x[s.n_train] = z[i];
            y[s.n_train] = -easy[i];
            b[s.n_train] = -brier[i];
            a[s.n_train++] = accuracy[i];
            s.last = fmax(s.last, z[i]);
        }
    s.easy = fsci_polynomial_fit(x, y, s.n_train, easy_degree);
    s.line = fsci_polynomial_fit(a, b, s.n_train, 1);
    for (size_t i = 0, m = 0; i < n; i++)
        if (train[i])
            y[m++] = -hard[i];
    s.hard = fsci_polynomial_fit(x, y, s.n_train, hard_degree);
    s.ok = s.easy.ok && s.hard.ok && s.line.ok && fsci_polynomial_leading(&s.line) != 0;
    double gap = 0;
    for (size_t i = 0; i < s.n_train && s.ok; i++)
        gap += (a[i] - fsci_sandwich_at(&s, x[i])) / (double)s.n_train;
    s.shift = gap;
    return s;
}

double fsci_sandwich_at(const fsci_sandwich *s, double z)
{
    double brier = (fsci_polynomial_at(&s->easy, z) + fsci_polynomial_at(&s->hard, z)) / 2;
    return (brier - fsci_line_intercept(&s->line)) / fsci_polynomial_leading(&s->line) + s->shift;
}

fsci_above_chance fsci_above_chance_fit(const double *z, const double *accuracy, const bool *train,
                                        size_t n, double chance, double *scratch)
{
    double *x = scratch, *y = scratch + n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (train[i]) {
            double over = fmin(fmax(accuracy[i] - chance, 0), 1);
            over = fmin(fmax(over, GUARD), 1 - GUARD);
            x[m] = z[i];
            y[m++] = log(over / (1 - over));
        }
    return (fsci_above_chance){fsci_polynomial_fit(x, y, m, 1), chance};
}

double fsci_above_chance_at(const fsci_above_chance *b, double z)
{
    return b->chance + 1 / (1 + exp(-fsci_polynomial_at(&b->line, z)));
}
