/* ladder: a task's accuracy from size and data in two steps (Bhagia et al. 2024, arXiv:2412.04403).
 *
 *   loss = A/N^alpha + B/D^beta + E        over the last checkpoints of small runs
 *   accuracy = a/(1 + exp(-k (loss - L0))) + b     over their checkpoints
 *
 * the loss being bits per byte of the right answers. The second step has one more point, the ideal
 * model of no loss that is always right: without it the curve's upper end is a free extrapolation,
 * and the published predictions do not come out. */
#ifndef FSCI_OBSERVE_LADDER_H
#define FSCI_OBSERVE_LADDER_H

#include "base/error.h"

#include <stddef.h>

typedef struct fsci_ladder_loss {
    double log_a, log_b, alpha, beta, e; /* all >= 0 */
    double value;                        /* sum of Huber's loss of log residuals at 1e-3 */
} fsci_ladder_loss;

typedef struct fsci_ladder_accuracy {
    double a, middle, k, b; /* -1 <= a <= 0, middle and k >= 0, 0 <= b <= 1 */
    double value;           /* sum of squares */
} fsci_ladder_accuracy;

/* Of n points of log N, log D and the loss (> 0), from the published start. Errors: FSC_EINPUT for
 * fewer than five points; FSC_ENOMEM. */
fsc_status fsci_ladder_fit_loss(size_t n, const double *log_n, const double *log_d,
                                const double *loss, fsci_ladder_loss *fit, fsc_error *err);
double fsci_ladder_loss_at(const fsci_ladder_loss *fit, double log_n, double log_d);

/* Of n points of loss and accuracy. Errors: FSC_EINPUT for fewer than four points; FSC_ENOMEM. */
fsc_status fsci_ladder_fit_accuracy(size_t n, const double *loss, const double *accuracy,
                                    fsci_ladder_accuracy *fit, fsc_error *err);
double fsci_ladder_accuracy_at(const fsci_ladder_accuracy *fit, double loss);

#endif
