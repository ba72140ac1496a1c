/* ensemble: the plain mean of several curves of capability, and its predictive distribution. */
#ifndef FSCI_OBSERVE_METHODS_ENSEMBLE_H
#define FSCI_OBSERVE_METHODS_ENSEMBLE_H

#include "observe/method.h"
#include "observe/posterior.h"

/* One member: what it sees and how it weighs rows. */
typedef struct fsci_member {
    fsci_view_scale scale;
    size_t k;
    fsci_posterior_options options;
    const double *beside; /* [n] one more feature of the task's rows; NULL: none */
} fsci_member;

/* Point: the mean of the members' curves. No weights: weak rows do not know what happens above
 * them. Distribution, on the log-odds of the point (predictive.h), variance the sum of
 *   the square of the members' mean deviation (they share their data),
 *   their spread about one another, divisor members - 1: it grows with distance by itself,
 *   the benchmarks' sampling noise, mean over the members,
 *   tau^2 of the residuals of the averaged training prediction,
 * with the target's own sampling noise on top. Under a linear link the same without log-odds.
 * Errors as fsci_posterior_fit. */
fsc_status fsci_ensemble_predict(fsci_arena *arena, const fsci_task *task,
                                 const fsci_member *members, size_t n_members,
                                 fsci_predictive *predictive, fsc_error *err);

#endif
