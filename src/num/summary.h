/* summary: of a sample x[n] without NaN (the caller's duty; what `n` is needed is said). */
#ifndef FSCI_NUM_SUMMARY_H
#define FSCI_NUM_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

double fsci_mean(const double *x, size_t n); /* NaN when n is 0 */
/* Standard deviation with divisor n - 1, two passes; NaN when n < 2. */
double fsci_sd(const double *x, size_t n);
double fsci_median(const double *sorted, size_t n);

void fsci_sort(double *x, size_t n); /* ascending; -0 and 0 are equal */

/* Quantile p in [0, 1] of ascending x by linear interpolation of the order statistics, position
 * (n - 1) p: type 7 of Hyndman & Fan (1996), the default of R and NumPy. NaN when n is 0. */
double fsci_quantile(const double *sorted, size_t n, double p);

/* Ranks of x[n] less their mean, ties at the mean of theirs. False when out of memory. */
bool fsci_centred_ranks(const double *x, size_t n, double *rank);
/* Spearman's: the correlation of the ranks of x[n] and y[n], ties at their mean rank. 0 when one of
 * them is constant, NaN when out of memory. */
double fsci_rank_correlation(const double *x, const double *y, size_t n);

typedef struct fsci_interval {
    double lo, hi;
} fsci_interval;

/* The equal-tailed percentile interval: quantiles (1 -+ level)/2 of ascending x. */
fsci_interval fsci_percentile_interval(const double *sorted, size_t n, double level);

#endif
