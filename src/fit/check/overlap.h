/* overlap: whether the levels of a category were measured at the same scales. */
#ifndef FSCI_FIT_OVERLAP_H
#define FSCI_FIT_OVERLAP_H

#include "fit/fit.h"
#include "record/json.h"

/* W-CONFOUND where parameters differ by a category and two of its levels share no part of an
 * input's range: what tells them apart may then be scale. */
void fsci_overlap_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
