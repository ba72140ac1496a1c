/* linked: parameters that another one bounds, b <= a or b >= a. Such a b is moved by a coordinate
 * of its own whose bounds are numbers, so that no search, refit or profile can break the order:
 *
 *   sum     b = a + u            u <= 0 or u >= 0
 *   factor  b = a exp(u)         the same, where both move as logarithms
 *   share   b = end + (a - end)u 0 <= u <= 1, where the other end of b is a number
 *
 * a may be linked itself, to a third. */
#ifndef FSCI_FIT_LINKED_H
#define FSCI_FIT_LINKED_H

#include "fit/parameters.h"
#include "fit/settings.h"

/* From the names `above` and `below` to links; bounds in numbers are carried along them. A link to
 * a parameter that is fixed becomes a bound in numbers. FSC_EUSAGE: no such parameter, a circle,
 * both ends of one parameter, fixed values that break the order. */
fsc_status fsci_linked_find(const fsci_fit_settings *settings, fsci_parameter *all, size_t n,
                            fsc_error *err);

/* "sum", "factor", "share". */
const char *fsci_linked_name(fsci_linkage link);
/* Bounds of the coordinate of linked parameter i. */
void fsci_linked_bounds(const fsci_parameter *all, size_t i, double *lo, double *hi);
double fsci_linked_value(const fsci_parameter *p, double u, double other);
double fsci_linked_coordinate(const fsci_parameter *p, double theta, double other);

/* Exchanges values that break the order, as of a start: where a law does not tell its terms apart,
 * another start for the same minimum. */
void fsci_linked_sort(const fsci_parameters *parameters, double *theta);
/* From derivatives by theta, in place, to those by the coordinates of linked parameters and theta
 * of the others; rows [0, n_rows), columns of `stride`. */
void fsci_linked_chain(const fsci_parameters *parameters, const double *theta, double *by_theta,
                       size_t n_rows, size_t stride);
/* The same of a gradient and a Hessian [n * n]. */
void fsci_linked_chain_second(const fsci_parameters *parameters, const double *theta,
                              double *gradient, double *hessian);

#endif
