/* side_by_side: the intervals of the headline by every method that costs little, beside the one
 * that was asked for: where they differ, the local one is not to be trusted. */
#ifndef FSCI_FIT_SIDE_BY_SIDE_H
#define FSCI_FIT_SIDE_BY_SIDE_H

#include "fit/quantity.h"

/* Adds `by_method` to every quantity of the record's headline: local, profile (not of more than a
 * few thousand rows or a dozen parameters), and the method of the fit when that is another. */
fsc_status fsci_side_by_side_add(fsci_arena *arena, const fsci_fit *fit,
                                 const fsci_fit_settings *settings,
                                 const fsci_quantities *quantities, fsci_json *record,
                                 fsc_error *err);

#endif
