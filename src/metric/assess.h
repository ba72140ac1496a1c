/* assess: predicting single answers of a new model from what the item is like and from how the
 * model did on a few reference items (Pacchiardi, Cheke & Hernandez-Orallo 2024, arXiv:2409.03563).
 */
#ifndef FSCI_METRIC_ASSESS_H
#define FSCI_METRIC_ASSESS_H

#include <stdbool.h>
#include <stddef.h>

/* Logistic regression with a ridge on everything but the intercept:
 *   minimise sum_i [ln(1 + e^eta) - y eta] + ridge/2 |beta|^2,  eta = beta_0 + x_i beta
 * by Newton's method with step halving. x[n * p] row by row, beta[p + 1], intercept first. */
typedef struct fsci_logit_fit {
    bool ok; /* false: out of memory, or no convergence */
    double value, gradient;
    int iterations;
} fsci_logit_fit;
fsci_logit_fit fsci_logit_ridge(const double *x, const double *y, size_t n, size_t p, double ridge,
                                double *beta);
double fsci_logit_at(const double *beta, const double *x, size_t p); /* a probability */

/* Area under the ROC curve: P(score of a positive > of a negative), ties counting half. NaN when
 * all are alike. scratch[n]. */
double fsci_auc(const double *score, const double *y, size_t n, size_t *scratch);

/* The least probability from which on predictions keep `accuracy` (share right among those kept),
 * and the share kept; NaN and 0 when no threshold does. scratch[n]. */
double fsci_reject_threshold(const double *probability, const double *y, size_t n, double accuracy,
                             size_t *scratch, double *kept);

#endif
