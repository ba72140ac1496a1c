/* factor: which derived quantities spread by factors, so that a local interval is made of their
 * logarithm. */
#ifndef FSCI_FIT_FACTOR_H
#define FSCI_FIT_FACTOR_H

#include "fit/fitted.h"

/* Those at a scale (with arguments) do. Of the others, those that are positive by their formula and
 * by the bounds of its parameters, and are made of one that is itself fitted as a logarithm: a
 * weight does, a ratio of exponents does not. */
bool fsci_spreads_by_factors(const fsci_fitted *fitted, const fsci_fitted_derived *derived);

#endif
