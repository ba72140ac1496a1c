/* conformal: accepting new scores against those of a calibration set; larger is stranger (Vovk,
 * Gammerman & Shafer 2005; for test-time scaling arXiv:2509.15148). */
#ifndef FSCI_METRIC_CONFORMAL_H
#define FSCI_METRIC_CONFORMAL_H

#include <stdbool.h>
#include <stddef.h>

/* k = ceil((n + 1)(1 - alpha)) with a guard of 1e-9, since in doubles 100 (1 - 0.43) is
 * 57.00000000000001. Above n the threshold is infinite. */
size_t fsci_conformal_rank(size_t n, double alpha);
/* The k-th smallest of ascending[n]; INFINITY when k > n. Accept scores at or below it. */
double fsci_conformal_threshold(const double *ascending, size_t n, double alpha);
/* (1 + #{a_i >= a}) / (n + 1). */
double fsci_conformal_p(const double *ascending, size_t n, double score);
/* (#{a_i > a} + u (1 + #{a_i = a})) / (n + 1), u uniform: exact also with ties. */
double fsci_conformal_p_randomised(const double *ascending, size_t n, double score, double u);
/* Without the correction: #{a_i < a} / n. */
double fsci_conformal_rank_share(const double *ascending, size_t n, double score);

/* Inserts a score into ascending[n], which has room for one more. */
void fsci_conformal_insert(double *ascending, size_t n, double score);

#endif
