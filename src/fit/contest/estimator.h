/* estimator: something that is fitted to some rows of a table and forecasts others. Whatever
 * resamples or holds out works on this, and does not ask what is inside. */
#ifndef FSCI_FIT_ESTIMATOR_H
#define FSCI_FIT_ESTIMATOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Levels of a forecast's distribution: .025, .05, .10, .15, ..., .90, .95, .975. */
enum { FSCI_FORECAST_QUANTILES = 21 };
double fsci_forecast_level(size_t k);

/* Of one row, in the response's own units. NaN where there is no answer. */
typedef struct fsci_row_forecast {
    double mean, quantile[FSCI_FORECAST_QUANTILES];
} fsci_row_forecast;

typedef struct fsci_estimator {
    const char *id;
    /* Fits the rows where train[rows of the table] and forecasts test[n_test]. Called from any
     * thread; must give the same bits in all of them. FSC_ENOMEM stops everything; after any other
     * failure the rows count as not answered. */
    fsc_status (*run)(const void *context, const bool *train, const size_t *test, size_t n_test,
                      fsci_row_forecast *out);
    const void *context;
    const double *observed; /* [rows of the table] NaN where missing */
} fsci_estimator;

/* How well forecasts did, in the response's own units; NaN for what there is nothing of. */
typedef struct fsci_forecast_score {
    size_t n, n_unanswered;
    double mse, rmse, mae, median_ae, mean_signed_error; /* forecast less observed */
    double are;                                          /* mean |error|/|observed| */
    double crps;        /* twice the mean quantile loss (Gneiting & Ranjan 2011, eq. 13) */
    double coverage[3]; /* of the central 50, 80 and 95 % intervals */
    double width[3];    /* and their mean width */
} fsci_forecast_score;

/* FSC_ENOMEM. */
fsc_status fsci_forecast_scored(const fsci_row_forecast *forecasts, const double *observed,
                                size_t n, fsci_forecast_score *score, fsc_error *err);

#endif
