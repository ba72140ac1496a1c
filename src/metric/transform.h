/* transform: one model output scored by several metrics (Schaeffer, Miranda & Koyejo 2023,
 * arXiv:2304.15004). L tokens are taken as independent, each right with probability p = exp(-CE).
 */
#ifndef FSCI_METRIC_TRANSFORM_H
#define FSCI_METRIC_TRANSFORM_H

#include <stddef.h>

typedef struct fsci_scores {
    double cross_entropy; /* nats per token */
    double token;         /* p */
    double exact;         /* all L right: p^L */
    double edits;         /* expected wrong tokens: L (1 - p) */
    double brier;         /* of the right token alone: (1 - p)^2 */
    double at_least;      /* at least j of L right */
} fsci_scores;

fsci_scores fsci_scores_of(double cross_entropy, double length, double at_least);
double fsci_cross_entropy_of_exact(double exact, double length); /* -ln(acc)/L */

double fsci_zero_probability(double accuracy, double items); /* (1 - acc)^n */
/* Items needed to see a success with probability q: ln(1-q)/ln(1-acc), rounded up. */
double fsci_items_needed(double accuracy, double q);

/* Brier scores of probabilities p[m] when option t is true: over all options, 0..2, or (1 - p_t)^2.
 * That of one class is not half of the other unless m is 2. */
double fsci_brier_all(const double *p, size_t m, size_t t);
double fsci_brier_one(const double *p, size_t t);

/* Expected calibration error over equal bins of [0, 1]; weight NULL for ones. Empty bins add
 * nothing. *largest is the widest gap of a bin. */
double fsci_calibration_error(const double *confidence, const double *correct, const double *weight,
                              size_t n, size_t bins, double *largest);

/* Multiple choice from log-likelihoods of its options (Schaeffer et al. 2024, arXiv:2406.04391). */
typedef enum fsci_step {
    FSCI_STEP_LOG_P,    /* ln q_t */
    FSCI_STEP_P,        /* q_t */
    FSCI_STEP_CHOICES,  /* q_t / sum q, by log-sum-exp */
    FSCI_STEP_BRIER,    /* minus the Brier score over all options of that */
    FSCI_STEP_ACCURACY, /* q_t above all others */
    FSCI_STEPS
} fsci_step;
const char *fsci_step_name(fsci_step step);
void fsci_choice_steps(const double *loglik, size_t m, size_t t, double out[FSCI_STEPS]);

#endif
