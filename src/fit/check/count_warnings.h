/* count_warnings: what the rows say of how sizes, tokens and compute were counted. */
#ifndef FSCI_FIT_CHECK_COUNT_WARNINGS_H
#define FSCI_FIT_CHECK_COUNT_WARNINGS_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds warnings to `record`. Warnings that need memory that is not there are left out. */
void fsci_count_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
