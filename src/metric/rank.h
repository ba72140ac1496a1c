/* rank: correlations. All give NaN when either variable is constant or n < 2: no correlation is
 * then defined, which is not the same as none. */
#ifndef FSCI_METRIC_RANK_H
#define FSCI_METRIC_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fsci_correlation { FSCI_PEARSON, FSCI_SPEARMAN, FSCI_KENDALL } fsci_correlation;

void fsci_ranks(const double *x, size_t n, double *rank); /* ties share their mean rank */
double fsci_pearson(const double *x, const double *y, size_t n);
double fsci_spearman(const double *x, const double *y, size_t n, double *scratch); /* scratch[2n] */
double fsci_kendall(const double *x, const double *y, size_t n); /* tau-b; O(n^2) */
double fsci_correlate(fsci_correlation kind, const double *x, const double *y, size_t n,
                      double *scratch);

/* Two-sided p of Spearman's coefficient by all permutations up to n = 8, by 100,000 random ones
 * beyond. NaN when it is not defined. n <= 1000. */
double fsci_spearman_p(const double *x, const double *y, size_t n, uint64_t seed);

#endif
