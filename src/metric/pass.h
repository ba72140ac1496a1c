/* pass: unbiased estimates from n samples of an item of which c were right. Counts are whole
 * numbers held in doubles, 0 <= c <= n, 0 <= k <= n.
 *
 * Everything rests on ln [C(n-c,k) / C(n,k)], the log-probability that k of the n samples, drawn
 * without replacement, hold none of the c right ones. It is accurate to about 1e-10 up to
 * n = 1e15. */
#ifndef FSCI_METRIC_PASS_H
#define FSCI_METRIC_PASS_H

#include <stddef.h>

double fsci_log_miss(double n, double c, double k); /* -INFINITY when n - c < k */
/* At least one of k right (Chen et al. 2021, arXiv:2107.03374, eq. 1): 1 - C(n-c,k)/C(n,k). */
double fsci_pass_at(double n, double c, double k);
/* The same at k[n_k], cheaper when they ascend. */
void fsci_pass_curve(double n, double c, const double *k, size_t n_k, double *out);
/* All of k right: C(c,k)/C(n,k). */
double fsci_pass_all(double n, double c, double k);

/* The biased plug-in 1 - (1 - p)^k. */
double fsci_pass_plug_in(double p, double k);

/* Expected maximum (or minimum) of k of the n scores, drawn without replacement; `ascending` is
 * sorted. Order statistics: sum_i s_(i) C(i-1,k-1)/C(n,k). */
double fsci_best_of(const double *ascending, size_t n, size_t k);
double fsci_worst_of(const double *ascending, size_t n, size_t k);

/* The share of plurality answers that are right: the mean of `right` over the answers given most
 * often (ties are split). answer[n] are labels 0.., right[n] in [0, 1]. scratch[n]. */
double fsci_majority(const size_t *answer, const double *right, size_t n, size_t *scratch);

/* The grid on which coverage laws are fitted, after Brown et al. 2024 and Schaeffer et al. 2025:
 * 1, 2, ..., 10, then about 25 a decade, to 10,000. */
extern const double fsci_pass_grid[];
extern const size_t fsci_pass_grid_size;

/* ln(-ln y) = ln a - b ln k by least squares over the points with 0 < y < 1. */
typedef struct fsci_coverage_law {
    double a, b;
    double r2;
    double early, late; /* b of either half of the range of ln k: equal for a power law, far apart
                         * for an exponential; NaN with too few points */
    size_t n;           /* points used */
} fsci_coverage_law;
fsci_coverage_law fsci_coverage_fit(const double *k, const double *coverage, size_t n);

#endif
