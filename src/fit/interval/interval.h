/* interval: of one quantity, from what it is over resamples. */
#ifndef FSCI_FIT_INTERVAL_H
#define FSCI_FIT_INTERVAL_H

#include "fit/settings.h"
#include "num/summary.h"

/* A quantity on the scale on which an interval is made. NaN among the draws is left out. */
typedef struct fsci_draws {
    double value, se;      /* at the fit; se for studentised only */
    const double *draw;    /* [n] over the resamples */
    const double *draw_se; /* [n] studentised: its standard error in each */
    size_t n;
    const double *left_out; /* [n_left_out] bca: with one unit, or group of units, left out */
    size_t n_left_out;
} fsci_draws;

/* percentile   quantiles of the draws
 * bca          quantiles moved for bias and for a spread that changes with the value (Efron 1987,
 *              "Better bootstrap confidence intervals", section 2; the acceleration by jackknife,
 *              eq. 6.6 of Efron & Tibshirani 1993, chapter 14)
 * studentised  the fit less quantiles of (draw - value) / draw_se times its own se (Hall 1988)
 *
 * scratch[n]. NaN where the method gives no interval: no draw, all draws on one side of the value
 * (bca), no standard error (studentised). */
fsci_interval fsci_interval_find(fsci_interval_method method, double level, const fsci_draws *draws,
                                 double *scratch);

#endif
