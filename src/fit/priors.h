/* priors: what is known of parameters before the rows: that those of a name are normal about a
 * mean. For a parameter by level this is shrinkage: levels with few rows lean on the others.
 *
 *   normal:MEAN:SD   MEAN a number, or `fitted`: a parameter NAME_mean of its own
 *                    SD a number above 0, or `fitted`: where the likelihood of the rows, the
 *                    parameters integrated out by Laplace's method, is greatest (the mode of
 *                    parameters and SD together would be at SD = 0)
 *
 * A prior adds -log of its density to a likelihood objective, with its constants. */
#ifndef FSCI_FIT_PRIORS_H
#define FSCI_FIT_PRIORS_H

#include "fit/model.h"
#include "fit/solver.h"

/* Reads --prior and the priors of the law into model->all, adding means that are fitted.
 * FSC_EUSAGE: a text that is no prior, an unknown parameter, an objective that is no likelihood. */
fsc_status fsci_priors_find(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *model,
                            fsc_error *err);

/* Settles the deviations that are fitted, one name after the other, starting from the minimum
 * u[n_free], which moves along. */
fsc_status fsci_priors_settle(fsci_arena *arena, fsci_model *model, fsci_solver *solver, double *u,
                              fsc_error *err);

/* Whether any parameter has a prior, and whether parameter i is the mean of one. */
bool fsci_priors_any(const fsci_parameters *parameters);
bool fsci_priors_is_mean(const fsci_parameters *parameters, size_t i);

/* How many parameters the rows determine: those free, less the trace of C P, with C the covariance
 * in coordinates u and P what the priors add to its inverse. */
fsc_status fsci_priors_effective(fsci_arena *arena, const fsci_parameters *parameters,
                                 const double *theta, const double *covariance, double *effective,
                                 fsc_error *err);

#endif
