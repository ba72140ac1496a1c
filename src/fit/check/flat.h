/* flat: how wide the choice of a size is at a given compute: the sizes whose loss is within a
 * hundredth of the least. */
#ifndef FSCI_FIT_FLAT_H
#define FSCI_FIT_FLAT_H

#include "fit/curve.h"
#include "fit/fit.h"

/* For a law of parameters and tokens alone, with C = 6·N·D: adds `flat` at the C of an --at, else
 * of the largest run, and warns (W-FLAT) when the sizes span more than a factor of three. */
fsc_status fsci_flat_add(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                         fsci_json *record, fsc_error *err);

#endif
