#include "fit/contest/estimator.h"

#include "num/summary.h"

#include <math.h>
#include <stdlib.h>

enum { LAST = FSCI_FORECAST_QUANTILES - 1 };
/* Places of the lower ends of the central 50, 80 and 95 % intervals. */
static const size_t lower_end[3] = {5, 2, 0};

double fsci_forecast_level(size_t k)
{
    return k == 0 ? 0.025 : k == LAST ? 0.975 : 0.05 * (double)k;
}

/* Each level weighs half the way to its neighbours, the outermost as far as 0 and 1. */
static double level_weight(size_t k)
{
    double lo = k == 0 ? 0 : 0.5 * (fsci_forecast_level(k - 1) + fsci_forecast_level(k));
    double hi = k == LAST ? 1 : 0.5 * (fsci_forecast_level(k) + fsci_forecast_level(k + 1));
    return hi - lo;
}

static double crps_of(const fsci_row_forecast *f, double observed)
{
    double sum = 0;
    for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++) {
        double p = fsci_forecast_level(k), error = observed - f->quantile[k];
        sum += 2 * level_weight(k) * (error > 0 ? p * error : (p - 1) * error);
    }
    return sum;
}

/* Sums of one score, and how many rows had intervals. */
typedef struct tally {
    fsci_forecast_score *score;
    double *size; /* |error| of every answered row */
    size_t intervals;
} tally;

static void count_row(tally *t, const fsci_row_forecast *f, double observed)
{
    fsci_forecast_score *s = t->score;
    double error = f->mean - observed;
    if (isnan(error)) {
        s->n_unanswered++;
        return;
    }
    t->size[s->n++] = fabs(error);
    s->mse += error * error;
    s->mae += fabs(error);
    s->mean_signed_error += error;
    s->are += fabs(error / observed);
    if (isnan(f->quantile[0]))
        return;
    t->intervals++;
    s->crps += crps_of(f, observed);
    for (size_t i = 0; i < 3; i++) {
        double lo = f->quantile[lower_end[i]], hi = f->quantile[LAST - lower_end[i]];
        s->coverage[i] += observed >= lo && observed <= hi;
        s->width[i] += hi - lo;
    }
}

static void finish(tally *t)
{
    fsci_forecast_score *s = t->score;
    double n = s->n ? (double)s->n : NAN, with = t->intervals ? (double)t->intervals : NAN;
    s->mse /= n;
    s->rmse = sqrt(s->mse);
    s->mae /= n;
    s->mean_signed_error /= n;
    s->are = isfinite(s->are) ? s->are / n : NAN;
    s->crps /= with;
    for (size_t i = 0; i < 3; i++) {
        s->coverage[i] /= with;
        s->width[i] /= with;
    }
    fsci_sort(t->size, s->n);
    s->median_ae = s->n ? fsci_median(t->size, s->n) : NAN;
}

fsc_status fsci_forecast_scored(const fsci_row_forecast *forecasts, const double *observed,
                                size_t n, fsci_forecast_score *score, fsc_error *err)
{
    *score = (fsci_forecast_score){0};
    tally t = {.score = score, .size = calloc(n + 1, sizeof *t.size)};
    if (!t.size)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        count_row(&t, &forecasts[i], observed[i]);
    finish(&t);
    free(t.size);
    return FSC_OK;
}
