/* figures: what a fit looks like, in the schema of src/report/README.md: curves and contours need the
 * formula, which reports do not know, so they are computed here and stored in the record. */
#ifndef FSCI_FIT_FIGURES_H
#define FSCI_FIT_FIGURES_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds `figures` to the record of a fit. */
fsc_status fsci_fit_figures(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                            fsc_error *err);

#endif
