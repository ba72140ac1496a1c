#include "observe/backtest/score.h"

#include "num/distribution.h"

#include <math.h>
#include <stdlib.h>

const double fsci_backtest_level[FSCI_LEVELS] = {0.50, 0.80, 0.95};

/* Where the ends of the levels' intervals stand among the quantiles. */
static const struct {
    int lo, hi;
} ends[FSCI_LEVELS] = {{5, 15}, {2, 18}, {0, 20}};

/* ---- one prediction ---- */

static double pinball(double y, double quantile, double level)
{
    return y >= quantile ? level * (y - quantile) : (1 - level) * (quantile - y);
}

static double crps(double y, const double *quantile)
{
    double sum = 0;
    for (int q = 0; q < FSCI_QUANTILES; q++) {
        double level = fsci_quantile_level[q];
        double from = q == 0 ? 0 : (fsci_quantile_level[q - 1] + level) / 2;
        double to = q + 1 == FSCI_QUANTILES ? 1 : (level + fsci_quantile_level[q + 1]) / 2;
        sum += 2 * (to - from) * pinball(y, quantile[q], level);
    }
    return sum;
}

void fsci_score_one(double observed, double point, const double quantile[FSCI_QUANTILES],
                    fsci_scored *scored)
{
    *scored = (fsci_scored){.observed = observed, .predicted = point};
    scored->crps = (float)crps(observed, quantile);
    for (int l = 0; l < FSCI_LEVELS; l++) {
        double lo = quantile[ends[l].lo], hi = quantile[ends[l].hi];
        scored->width[l] = (float)(hi - lo);
        scored->covered[l] = lo <= observed && observed <= hi;
        if (l + 1 == FSCI_LEVELS)
            scored->interval = (float)(hi - lo +
                                       2 / (1 - fsci_backtest_level[l]) *
                                           (fmax(lo - observed, 0) + fmax(observed - hi, 0)));
    }
}

/* ---- many ---- */

fsci_interval fsci_wilson(double share, size_t n, double level)
{
    double z = fsci_normal_quantile((1 + level) / 2), m = (double)n, zz = z * z;
    double centre = (share + zz / (2 * m)) / (1 + zz / m);
    double half = z / (1 + zz / m) * sqrt(share * (1 - share) / m + zz / (4 * m * m));
    /* In exact arithmetic the share lies within; rounding may say otherwise at 0 and 1. */
    return (fsci_interval){fmin(centre - half, share), fmax(centre + half, share)};
}

static void add_points(const fsci_scored *scored, size_t n, fsci_score_summary *s)
{
    double relative = 0;
    size_t positive = 0;
    for (size_t i = 0; i < n; i++) {
        double error = scored[i].predicted - scored[i].observed;
        s->mse += error * error / (double)n;
        s->mae += fabs(error) / (double)n;
        s->mean_signed_error += error / (double)n;
        s->n_fallback += scored[i].fallback;
        s->own_mse += scored[i].fallback ? 0 : error * error;
        s->own_signed_error += scored[i].fallback ? 0 : error;
        if (scored[i].observed > 0)
            relative += fabs(error) / scored[i].observed, positive++;
    }
    s->are = relative / (double)positive;
    s->n_own = n - s->n_fallback;
    s->own_mse /= (double)s->n_own;
    s->own_signed_error /= (double)s->n_own;
}

static void add_intervals(const fsci_scored *scored, size_t n, fsci_score_summary *s)
{
    for (size_t i = 0; i < n; i++)
        s->n_intervals += !isnan(scored[i].crps);
    for (size_t i = 0; i < n; i++) {
        if (isnan(scored[i].crps))
            continue;
        s->crps += (double)scored[i].crps;
        s->interval += (double)scored[i].interval;
        for (int l = 0; l < FSCI_LEVELS; l++) {
            s->coverage[l] += scored[i].covered[l];
            s->width[l] += (double)scored[i].width[l];
        }
    }
    double m = (double)s->n_intervals;
    s->crps /= m, s->interval /= m;
    for (int l = 0; l < FSCI_LEVELS; l++) {
        s->coverage[l] /= m, s->width[l] /= m;
        s->wilson[l] = fsci_wilson(s->coverage[l], s->n_intervals, 0.95);
    }
}

fsc_status fsci_score_summarise(const fsci_scored *scored, size_t n, fsci_score_summary *summary,
                                fsc_error *err)
{
    fsci_score_summary s = {.n = n};
    double *size = malloc((n + 1) * sizeof *size);
    if (!size)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        size[i] = fabs(scored[i].predicted - scored[i].observed);
    fsci_sort(size, n);
    add_points(scored, n, &s);
    add_intervals(scored, n, &s);
    s.median_ae = fsci_median(size, n);
    if (n == 0)
        s.mse = s.mae = s.mean_signed_error = NAN;
    free(size);
    *summary = s;
    return FSC_OK;
}

double fsci_score_pairs(const fsci_scored *scored, size_t n, double *pairs)
{
    size_t step = n > FSCI_RANKED ? (n + FSCI_RANKED - 1) / FSCI_RANKED : 1;
    double sum = 0;
    *pairs = 0;
    for (size_t i = 0; i < n; i += step)
        for (size_t j = 0; j < i; j += step) {
            double observed = scored[i].observed - scored[j].observed;
            double predicted = scored[i].predicted - scored[j].predicted;
            if (observed == 0)
                continue;
            ++*pairs;
            sum += observed * predicted > 0 ? 1 : observed * predicted < 0 ? -1 : 0;
        }
    return sum;
}
