/* resample: bootstrap intervals of statistics of independent units: items, or clusters of items
 * that are drawn together. */
#ifndef FSCI_METRIC_RESAMPLE_H
#define FSCI_METRIC_RESAMPLE_H

#include "num/summary.h"

#include <stdbool.h>
#include <stdint.h>

/* How often each of the items is in a resample, weight[items], whole numbers; statistics into
 * out[n_out]. */
typedef void fsci_statistic_fn(void *context, const double *weight, double *out);

typedef struct fsci_resampling {
    size_t items;
    const uint32_t *cluster; /* [items], NULL when every item stands for itself */
    size_t n_resamples;
    uint64_t seed;
    double level;
    int threads;
} fsci_resampling;

/* Percentile intervals of n_out statistics. A resample in which a statistic is NaN is left out for
 * that one; failed[n_out] counts them (may be NULL). `run` may be called from several threads.
 * False when out of memory. */
bool fsci_resample(const fsci_resampling *r, fsci_statistic_fn *run, void *context, size_t n_out,
                   fsci_interval *out, size_t *failed);

#endif
