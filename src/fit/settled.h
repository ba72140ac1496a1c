/* settled: whether the data say anything of a quantity, or its value is one choice of many. */
#ifndef FSCI_FIT_SETTLED_H
#define FSCI_FIT_SETTLED_H

#include "fit/fitted.h"

/* A derived quantity with the interval lo to hi (NaN where there is none). Not settled: one whose
 * interval spans more than six decades, and one made of parameters that are not settled themselves
 * which has no interval or, as a pure number, one of more than four. */
bool fsci_derived_is_settled(fsci_arena *arena, const fsci_fitted *fitted,
                             const fsci_fitted_derived *derived, double lo, double hi);

/* The response at a point that lies `log10_beyond` the data. */
bool fsci_prediction_is_settled(const fsci_fitted *fitted, double lo, double hi,
                                double log10_beyond);

#endif
