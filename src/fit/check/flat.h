/* flat: how wide the choice of a size is at a given compute: the sizes whose loss is nearly the
 * least, where C = 6·N·D. For laws of parameters and tokens alone; others are left as they are. */
#ifndef FSCI_FIT_FLAT_H
#define FSCI_FIT_FLAT_H

#include "fit/curve.h"
#include "fit/fit.h"

/* Adds `flat_regions`, the sizes within 0.5 % of the least loss, one for each C of `derived`. */
fsc_status fsci_flat_regions(fsci_arena *arena, const fsci_fitted *fitted, const fsci_json *derived,
                             fsci_json *record, fsc_error *err);

/* Adds `flat`, the sizes within 1 %, at the largest C of the record's derived quantities, else of
 * the largest run, and warns (W-FLAT) when they span more than a factor of three. */
fsc_status fsci_flat_add(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                         fsci_json *record, fsc_error *err);

#endif
