/* refit: the objective of a fit once more, from the rows that its record keeps, so that a saved fit
 * can be asked what the data say elsewhere (profile intervals). */
#ifndef FSCI_FIT_REFIT_H
#define FSCI_FIT_REFIT_H

#include "fit/fit.h"
#include "fit/fitted.h"

/* Adds `rows` to the record of a fit: the columns of its formula at the rows used, weights,
 * clusters and the bounds of its parameters. FSC_EINPUT when there are too many to keep. */
fsc_status fsci_refit_keep(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                           fsc_error *err);

typedef struct fsci_refit {
    fsci_parameters parameters;
    fsci_objective objective;
    double *u;    /* [n_free] the minimum */
    double value; /* the objective there */
    /* What twice an increase of the objective is measured in, so that it is about chi-squared with
     * one degree of freedom. Least squares on independent rows: sum w psi^2/(n-p) over
     * sum w psi'/sum w, which is exactly twice the residual variance. */
    double scale;
    /* For robust losses and clusters, whose rows are not alike, the scale of a quantity with slope
     * g is g' C g / g' H^-1 g instead, C being the sandwich: near the minimum the interval is then
     * the local one (Pace, Salvan & Sartori 2011, adjusted composite likelihood ratios). */
    bool by_sandwich;
    double *inverse; /* H^-1 [n_free^2], NULL when it is not needed or does not exist */
} fsci_refit;

/* FSC_EINPUT when the record keeps no rows. */
fsc_status fsci_refit_open(fsci_arena *arena, const fsci_fitted *fitted, fsci_refit *refit,
                           fsc_error *err);

#endif
