/* separable: parameters in which a formula is affine, and their best values given the others.
 *
 * Separable problems (Golub & Pereyra 1973) have far fewer dimensions to search: for
 * L = E + A N^-alpha + B D^-beta only (alpha, beta) need starts; E, A, B follow by linear least
 * squares. Under a log residual the rows are weighted by 1/L^2, which is the same to first order; a
 * law in which nothing is linear is also tried as it is compared: log (log(A) + alpha log D)^beta.
 */
#ifndef FSCI_FIT_SEPARABLE_H
#define FSCI_FIT_SEPARABLE_H

#include "fit/objective.h"

typedef struct fsci_separable fsci_separable;

/* Finds a largest set of free parameters in which `difference` (right - left) is jointly affine,
 * greedily in order. *part is NULL when there is none. */
fsc_status fsci_separable_new(fsci_arena *arena, const fsci_node *difference,
                              const fsci_parameters *parameters, fsci_separable **part,
                              fsc_error *err);
bool fsci_separable_has(const fsci_separable *part, size_t parameter);

/* [n parameters] which have it; derivatives by others are not asked for. */
const bool *fsci_separable_mask(const fsci_separable *part);
/* Replaces the linear ones in theta by their least-squares values within bounds, given the others.
 * False when the formula cannot be evaluated there. `scratch` is of fsci_separable_scratch_new. */
typedef struct fsci_separable_scratch fsci_separable_scratch;
fsci_separable_scratch *fsci_separable_scratch_new(const fsci_objective *objective,
                                                   const fsci_separable *part);
void fsci_separable_scratch_free(fsci_separable_scratch *scratch);
bool fsci_separable_solve(fsci_separable_scratch *scratch, double *theta);

#endif
