/* resamples: refits of a fit to data drawn anew, behind one interface whatever is drawn.
 *
 *   cases         rows, with replacement
 *   cluster       whole clusters, with replacement
 *   hierarchical  clusters, with replacement, then as many of its rows within each one drawn
 *   parametric    the same rows with simulated responses: of the fitted density of a likelihood,
 * else the fitted curve plus normal errors of the residuals' spread, in the space of the residual
 *
 * Resample b uses stream b of the seed, and every refit starts from the minima of the fit: the same
 * bits at any number of threads and ranks. A refit that fails, or that draws fewer different rows
 * than there are free parameters, is counted and left out. */
#ifndef FSCI_FIT_RESAMPLES_H
#define FSCI_FIT_RESAMPLES_H

#include "fit/interval/clusters.h"
#include "fit/settings.h"

typedef struct fsci_resamples {
    double *u;          /* [n * n_free] minimum of each */
    double *covariance; /* [n * fsci_packed(n_free)] for studentised, else NULL; NaN first where a
                           refit has none */
    size_t *stream;     /* [n] of each: the same draws of the rows in another law's resamples */
    size_t n;           /* those that succeeded */
    size_t failed;
    double *left_out; /* [n_left_out * n_free] minima without one row or cluster each, for bca */
    size_t n_left_out;
} fsci_resamples;

struct fsci_fit;
/* As settings->resample, ->bootstrap and ->interval ask. FSC_EINPUT: simulated responses of a law
 * that has no column to simulate, or of a likelihood whose weights are not 0 or 1. */
fsc_status fsci_resamples_run(fsci_arena *arena, const fsci_fit_settings *settings,
                              const struct fsci_fit *fit, fsci_resamples *resamples,
                              fsc_error *err);

/* Memory that the resamples and their record take, in bytes. FSC_EENV when there is less. */
fsc_status fsci_resamples_room(const fsci_fit_settings *settings, const fsci_model *model,
                               fsc_error *err);

#endif
