/* bootstrap: intervals from refits of the whole estimator on resampled training models. */
#ifndef FSCI_OBSERVE_BOOTSTRAP_H
#define FSCI_OBSERVE_BOOTSTRAP_H

#include "observe/forecast.h"

/* Replaces the intervals of forecasts[n] of one target by percentiles over input.bootstrap refits.
 * Each draws training models with replacement (or whole families; a model without one is its own),
 * refits imputation, components and curve, the curve started from the original one carried over to
 * the new components, and adds to every prediction one of its own training residuals, widened by
 * the root of m/df; or, where intervals are predictive, what scatter.h knows of. A penalty is kept
 * as it was chosen. Draws are those of the stream (seed, refit), so any number of threads gives the
 * same bits. Refits on which the curve is not determined, or a benchmark has no value, count as
 * failed. Errors: FSC_EENV when the refits of all rows would not fit in memory; FSC_ENOMEM. */
fsc_status fsci_bootstrap_run(fsci_arena *arena, const fsci_setting *setting,
                              fsci_forecast *forecasts, size_t n, fsc_error *err);

#endif
