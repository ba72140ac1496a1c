/* figures: what a fit looks like. Curves and contours need the formula, which reports do not know,
 * so they are computed here and stored in the record. */
#ifndef FSCI_FIT_FIGURES_H
#define FSCI_FIT_FIGURES_H

#include "fit/fit.h"
#include "fit/fitted.h"

/* Adds `figures`: observed against fitted, residuals, and for a law of one input its curve, of two
 * the contours of the response with the runs and, where the law derives them, the optimal line. */
fsc_status fsci_fit_figures(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                            fsci_json *record, fsc_error *err);

/* Residuals against every input, tokens a parameter and the scale of a run, and in order. */
fsc_status fsci_residual_figures(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                 const char *response, fsci_json *figures, fsc_error *err);

/* Adds the profiles of a record that has them: their straightness, and the trade-off of the two
 * parameters that are correlated most. */
void fsci_profile_figures(fsci_arena *arena, const fsci_fitted *fitted, fsci_json *figures);

#endif
