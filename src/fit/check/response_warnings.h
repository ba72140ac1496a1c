/* response_warnings: what the rows say against the response of a fit. */
#ifndef FSCI_FIT_CHECK_RESPONSE_WARNINGS_H
#define FSCI_FIT_CHECK_RESPONSE_WARNINGS_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds warnings to `record`. Warnings that need memory that is not there are left out. */
void fsci_response_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
