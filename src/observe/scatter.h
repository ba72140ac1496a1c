/* scatter: what a score differs from its curve by, beside the error of the curve itself.
 *
 * A target t at linear form z has, about its curve m = g(z), the variance
 *
 *   q (1 - q)/N  +  (tau g'(z))^2  +  s0^2
 *
 * the sampling of its N items (q is the score as a fraction of the ceiling; none where N is not
 * known), a difference tau between models on the log-odds scale, and a small rest. tau and s0 are
 * those of most posterior density given the training residuals, which are widened by the root of
 * n/df, with log-normal priors about 0.3 and 0.005: with few training models off the floor the
 * residuals alone would call any forecast exact. Beyond the training models tau grows with distance
 * (`fsci_scatter_model`). */
#ifndef FSCI_OBSERVE_SCATTER_H
#define FSCI_OBSERVE_SCATTER_H

#include "observe/forecast.h"

typedef struct fsci_scatter {
    double model; /* tau; of a straight line the root mean square residual */
    double rest;  /* s0 */
    double items; /* N, NaN where unknown */
} fsci_scatter;

/* Of a curve fitted to the training models of the setting. Errors: FSC_ENOMEM. */
fsc_status fsci_scatter_fit(fsci_arena *arena, const fsci_setting *setting,
                            const fsci_fitted *fitted, fsci_scatter *scatter, fsc_error *err);

/* Standard deviation of z between models at distance d (fsci_fitted.distance) from the training
 * models: tau sqrt(1 + (d^2 - 1)/4) beyond d = 1. */
double fsci_scatter_model(const fsci_scatter *scatter, double d);

/* Standard deviation of the target at m that is none of z: items and rest. */
double fsci_scatter_target(const fsci_setting *setting, const fsci_scatter *scatter, double m);

/* Standard deviation of the measurement of benchmark j at position i, in its own units: binomial by
 * its number of items, the usual error where it is imputed, 0 where neither is known. */
double fsci_scatter_benchmark(const fsci_setting *setting, size_t i, size_t j);

#endif
