#include "fit/interval/interval.h"

#include "num/distribution.h"

#include <math.h>

static const fsci_interval none = {NAN, NAN};

static size_t sorted_draws(const fsci_draws *d, double *sorted)
{
    size_t n = 0;
    for (size_t b = 0; b < d->n; b++)
        if (!isnan(d->draw[b]))
            sorted[n++] = d->draw[b];
    fsci_sort(sorted, n);
    return n;
}

/* A sixth of the skewness of the influence of single units. */
static double acceleration(const fsci_draws *d)
{
    double mean = 0, squares = 0, cubes = 0, n = 0;
    for (size_t i = 0; i < d->n_left_out; i++)
        if (!isnan(d->left_out[i]))
            mean += d->left_out[i], n++;
    for (size_t i = 0; i < d->n_left_out; i++) {
        double moved = isnan(d->left_out[i]) ? 0 : mean / n - d->left_out[i];
        squares += moved * moved;
        cubes += moved * moved * moved;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/* The normal quantile of how many draws lie below the value; those equal to it count half. */
static double bias(const double *sorted, size_t n, double value)
{
    double below = 0;
    for (size_t b = 0; b < n; b++)
        below += sorted[b] < value ? 1 : sorted[b] == value ? 0.5 : 0;
    return fsci_normal_quantile(below / (double)n);
}

static fsci_interval bca(double level, const fsci_draws *d, double *sorted)
{
    size_t n = sorted_draws(d, sorted);
    double z0 = n ? bias(sorted, n, d->value) : NAN, a = acceleration(d), end[2];
    if (!isfinite(z0))
        return none;
    for (int side = 0; side < 2; side++) {
        double z = z0 + fsci_normal_quantile(side ? 0.5 + level / 2 : 0.5 - level / 2);
        if (1 - a * z <= 0)
            return none;
        end[side] = fsci_quantile(sorted, n, fsci_normal_cdf(z0 + z / (1 - a * z)));
    }
    return (fsci_interval){end[0], end[1]};
}

static fsci_interval studentised(double level, const fsci_draws *d, double *sorted)
{
    size_t n = 0;
    for (size_t b = 0; b < d->n; b++) {
        double t = (d->draw[b] - d->value) / d->draw_se[b];
        if (d->draw_se[b] > 0 && !isnan(t))
            sorted[n++] = t;
    }
    if (!n || isnan(d->se))
        return none;
    fsci_sort(sorted, n);
    fsci_interval t = fsci_percentile_interval(sorted, n, level);
    return (fsci_interval){d->value - t.hi * d->se, d->value - t.lo * d->se};
}

fsci_interval fsci_interval_find(fsci_interval_method method, double level, const fsci_draws *d,
                                 double *scratch)
{
    if (isnan(d->value))
        return none;
    if (method == FSCI_INTERVAL_BCA)
        return bca(level, d, scratch);
    if (method == FSCI_INTERVAL_STUDENTISED)
        return studentised(level, d, scratch);
    size_t n = sorted_draws(d, scratch);
    return n ? fsci_percentile_interval(scratch, n, level) : none;
}
