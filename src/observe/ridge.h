/* ridge: a link through many features, kept from overfitting by a penalty that the training rows
 * choose. */
#ifndef FSCI_OBSERVE_RIDGE_H
#define FSCI_OBSERVE_RIDGE_H

#include "observe/link.h"

/* Fits as fsci_link_fit with the penalty, out of n x 10^1, 10^0.5, ..., 10^-9, of least
 * leave-one-out error (fsci_link.press; the larger of equals). Each is started where the one before
 * ended, from the stiffest down; the last fit takes all starts. Of more than 2,000 rows so many,
 * evenly spaced, choose. Errors as fsci_link_fit. */
fsc_status fsci_ridge_fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                          const fsci_link_options *options, fsci_link *link, fsc_error *err);

#endif
