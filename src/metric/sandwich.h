/* sandwich: Slice-and-Sandwich of Wu & Lo 2024 (arXiv:2410.01692): forecasting a benchmark's
 * accuracy past the threshold where it emerges, from its easiest and hardest questions.
 *
 *   on the models below the threshold of compute, z = log10 FLOPs:
 *     -Brier of the easy group ~ polynomial of z (degree 5), of the hard group ~ degree 2
 *     -Brier of the whole ~ line of accuracy
 *   forecast of -Brier = mean of the two polynomials; accuracy by inverting the line; shifted so
 *   that the mean forecast of those models is their mean accuracy */
#ifndef FSCI_METRIC_SANDWICH_H
#define FSCI_METRIC_SANDWICH_H

#include "metric/regress.h"

/* Questions by their mean score, the easiest first, of equal ones the first; the slices are thirds
 * of that order. */
typedef struct fsci_sliced {
    double mean;
    size_t number;
} fsci_sliced;
void fsci_sort_by_ease(fsci_sliced *questions, size_t n);

typedef struct fsci_sandwich {
    bool ok;                          /* false: too few models for the degrees */
    fsci_polynomial easy, hard, line; /* line: -Brier on accuracy */
    double shift;
    size_t n_train;
    double last; /* largest z that was trained on */
} fsci_sandwich;

/* Arrays [n]; `train` marks the models below the threshold. easy, hard and brier are Brier scores
 * (lower is better). scratch[4n]. */
fsci_sandwich fsci_sandwich_fit(const double *z, const double *easy, const double *hard,
                                const double *brier, const double *accuracy, const bool *train,
                                size_t n, size_t easy_degree, size_t hard_degree, double *scratch);
double fsci_sandwich_at(const fsci_sandwich *s, double z);

/* The baseline: logit of accuracy above chance, clipped to [1e-6, 1 - 1e-6], linear in z. */
typedef struct fsci_above_chance {
    fsci_polynomial line;
    double chance;
} fsci_above_chance;
fsci_above_chance fsci_above_chance_fit(const double *z, const double *accuracy, const bool *train,
                                        size_t n, double chance, double *scratch);
double fsci_above_chance_at(const fsci_above_chance *b, double z);

#endif
