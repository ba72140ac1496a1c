/* repeats: runs with the same inputs, whose differences are noise that no law can explain. */
#ifndef FSCI_FIT_REPEATS_H
#define FSCI_FIT_REPEATS_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds `repeats` when there are rows with equal inputs: `points` of them, the `rows` there, and the
 * standard deviation `sd` within, in the space of the residuals. */
fsc_status fsci_repeats_add(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                            fsc_error *err);

/* Warns of runs that are in the table twice, and of runs at several steps, where the record has
 * `repeats`. */
void fsci_repeats_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
