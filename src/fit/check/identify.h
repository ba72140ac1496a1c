/* identify: what runs at given inputs can tell about a law's parameters, before any is trained, and
 * which run to add. Everything is linearised at one set of parameters: the covariance expected of
 * least squares with residuals of a given size is sigma^2 (J'J)^-1. */
#ifndef FSCI_FIT_IDENTIFY_H
#define FSCI_FIT_IDENTIFY_H

#include "fit/curve.h"
#include "law/law.h"

typedef struct fsci_identify_input {
    const fsc_law *law;
    const double *theta;          /* in the law's order */
    fsci_points runs, candidates; /* every input of the law; candidates.n may be 0 */
    double noise;                 /* s.d. of residuals in the law's residual space; NaN: 0.01, or a
                                     hundredth of the median response without logarithms */
    const char *target; /* parameter or derived quantity to narrow; NULL: all parameters */
    double level;
} fsci_identify_input;

/* Adds the members of a `design` to `record`. FSC_EINPUT: the law is not solved for its response,
 * or cannot be evaluated at a run; FSC_EUSAGE: no such target. */
fsc_status fsci_identify_run(fsci_arena *arena, const fsci_identify_input *input, fsci_json *record,
                             fsc_error *err);

#endif
