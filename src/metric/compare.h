/* compare: two means, many tests, what is best of several aims, steps between sizes. */
#ifndef FSCI_METRIC_COMPARE_H
#define FSCI_METRIC_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* Welch 1947: means of m1 and m2 runs with standard deviations s1, s2. */
typedef struct fsci_welch {
    double difference, se, t, df, p;
} fsci_welch;
fsci_welch fsci_welch_test(double mean1, double s1, double m1, double mean2, double s2, double m2);

/* Holm 1979: adjusted p-values, in place of p[n]. scratch[n]. */
void fsci_holm_adjust(double *p, size_t n, size_t *scratch);

/* Points that no other equals or beats in both x and y while beating it in one. */
void fsci_pareto(const double *x, const double *y, size_t n, bool *best);

typedef enum fsci_size_step {
    FSCI_STEP_RISE,
    FSCI_STEP_PLATEAU,
    FSCI_STEP_DROP,
    FSCI_STEP_CEILING
} fsci_size_step;
const char *fsci_size_step_name(fsci_size_step step);
/* From one size of a family to the next: a difference above both z standard errors and `tolerance`;
 * the ceiling when both scores are within tolerance of `ceiling`. */
fsci_size_step fsci_step_between(double from, double to, double se, double z, double tolerance,
                                 double ceiling);
/* The first of y[n] (ascending sizes) that is within tolerance of the best. */
size_t fsci_cost_effective(const double *y, size_t n, double tolerance);

/* Records of a series in order of time: best[i] when y[i] is the largest up to and with i. */
void fsci_frontier(const double *y, size_t n, bool *best);
/* y = floor + (ceiling - floor) / (1 + exp(-u - v x)) by least squares. False: not identified. */
bool fsci_logistic_fit(const double *x, const double *y, size_t n, double floor, double ceiling,
                       double *u, double *v);

#endif
