/* data_warnings: what the rows of a fit say against it, whatever was fitted. */
#ifndef FSCI_FIT_DATA_WARNINGS_H
#define FSCI_FIT_DATA_WARNINGS_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds to record.warnings. Only looks; out of memory it says less (the arena tells). */
void fsci_data_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
