/* inverse: a law asked the other way round: how much of one input gives a response. */
#ifndef FSCI_FIT_INVERSE_H
#define FSCI_FIT_INVERSE_H

#include "fit/predict.h"

/* Whether `at` names the response and every input but one of numbers; then *inverse is that input
 * as a quantity solved for, the root nearest to the data, with the implicit function's derivatives.
 * Its parts live in `arena`. Errors: FSC_ENOMEM. */
fsc_status fsci_inverse_of(fsci_arena *arena, const fsci_fitted *fitted, const fsci_at *at,
                           bool *asked, fsci_fitted_derived *inverse, fsc_error *err);

#endif
