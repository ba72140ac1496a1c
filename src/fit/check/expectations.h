/* expectations: what a law file asks of the rows it is fitted to and of the constants that come out
 * (`expects`). */
#ifndef FSCI_FIT_EXPECTATIONS_H
#define FSCI_FIT_EXPECTATIONS_H

#include "fit/fit.h"
#include "record/json.h"

/* FSC_EINPUT for the first one that the law refuses to go without, at its row where it has one. */
fsc_status fsci_expectations_refuse(fsci_arena *arena, const fsci_fit *fit, fsc_error *err);

/* Adds a warning with the law's code for each of the others that is not met. Only looks; out of
 * memory it says less (the arena tells). */
void fsci_expectations_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
