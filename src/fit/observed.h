/* observed: the data of a likelihood: the response by row and, for shares, its trials. */
#ifndef FSCI_FIT_OBSERVED_H
#define FSCI_FIT_OBSERVED_H

#include "fit/model.h"

/* Fills objective.y, .k, .trials and .spread from the bound columns. With --drop-bad rows whose
 * response the density cannot have are taken out (fsci_bind_drop), otherwise FSC_EINPUT names the
 * first: a count below 0 or above the trials, one that is no whole number, trials that are none. */
fsc_status fsci_observed_find(fsci_arena *arena, const fsci_fit_settings *settings,
                              fsci_model *model, fsc_error *err);

/* Adds the dispersion of the density to model->all, under a name the formula does not have. */
fsc_status fsci_observed_dispersion(fsci_arena *arena, fsci_model *model, fsc_error *err);

#endif
