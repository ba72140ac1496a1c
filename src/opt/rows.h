/* rows: the sums over rows, the only loops of this room whose cost grows with n.
 *
 * Every loss is a Huber function here: squared is delta = INFINITY, absolute is delta -> 0. With
 * c = min(|r|, delta), rho = c(|r| - c/2), its slope is psi = ±c and its curvature is 1 where
 * |r| <= delta, 0 elsewhere.
 *
 * Sums run in eight lanes in a fixed order, so that their bits are the same at any vector width. */
#ifndef FSCI_OPT_ROWS_H
#define FSCI_OPT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

bool fsci_rows_finite(size_t n, const double *v);
bool fsci_rows_inside(size_t n, const double *v, double delta); /* all |v| <= delta */
double fsci_rows_dot(size_t n, const double *a, const double *b);
double fsci_rows_norm2(size_t n, const double *v, const double *a); /* sum v a^2 */

/* sum w rho(r), and sum w (rho(from) - rho(to)) without the cancellation of two sums. */
double fsci_rows_value(size_t n, const double *w, const double *r, double delta);
double fsci_rows_decrease(size_t n, const double *w, const double *from, const double *to,
                          double delta);

double fsci_rows_absolute(size_t n, const double *w, const double *r); /* sum w |r| */

/* slope = w psi(r); curvature = w rho''(r), except that rows outside delta keep a ten-thousandth of
 * the majorant's: that costs a Newton step four digits at most, and without it the steps have no
 * length wherever fewer rows than parameters are inside delta. */
void fsci_rows_score(size_t n, const double *w, const double *r, double delta, double *slope,
                     double *curvature);
/* Curvature of the least quadratic that touches w rho at r from above: w psi(r) / r. */
void fsci_rows_majorant(size_t n, const double *w, const double *r, double delta,
                        double *curvature);

/* First and second derivative of sum w rho(z + t y) at t. */
void fsci_rows_along(size_t n, const double *w, const double *z, const double *y, double t,
                     double delta, double *first, double *second);

/* From MANY columns on, up to COLUMNS, zeros of J are looked for and left out. */
enum { FSCI_ROWS_MANY = 64, FSCI_ROWS_COLUMNS = 4096 };

/* J is n x p, column-major with stride >= n. */
void fsci_rows_gradient(size_t n, size_t p, const double *J, size_t stride, const double *slope,
                        double *g); /* J' slope */
/* J' diag(v) J, lower triangle of H[p * p] (row-major). */
void fsci_rows_gram(size_t n, size_t p, const double *J, size_t stride, const double *v, double *H);
void fsci_rows_image(size_t n, size_t p, const double *J, size_t stride, const double *d,
                     double *y);                                     /* J d */
void fsci_rows_move(size_t n, double t, const double *y, double *z); /* z += t y */

#endif
