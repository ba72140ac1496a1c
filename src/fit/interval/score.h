/* score: slope and bend of the loss at each residual, from which standard errors are made. */
#ifndef FSCI_FIT_SCORE_H
#define FSCI_FIT_SCORE_H

#include "fit/objective.h"

double fsci_score_slope(const fsci_objective *objective, double r); /* psi = rho' */
/* psi'; for l1, which has none, one spread over `width`: a kernel estimate of the mean bend. */
double fsci_score_bend(const fsci_objective *objective, double r, double width);
/* Half width of the window in which an absolute error is taken to bend: Powell's (1991) kernel
 * estimate of the density of residuals at 0. Sorts r[n]; 0 for the other losses. */
double fsci_score_width(const fsci_objective *objective, double *r, size_t n);

static inline double fsci_row_weight(const fsci_objective *objective, size_t i)
{
    return objective->weight ? objective->weight[i] : 1;
}

#endif
