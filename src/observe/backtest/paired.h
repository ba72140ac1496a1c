/* paired: whether one method's errors are smaller than another's by more than chance. */
#ifndef FSCI_OBSERVE_BACKTEST_PAIRED_H
#define FSCI_OBSERVE_BACKTEST_PAIRED_H

#include <stddef.h>
#include <stdint.h>

/* Two-sided p value of a sum of differences d[n], one per family: were the methods alike, each
 * family's would be as likely of the other sign (Fisher 1935). All 2^n sign patterns up to
 * FSCI_PAIRED_EXACT families, else FSCI_PAIRED_DRAWS of them by the stream (seed, stream). NaN
 * when n is 0. */
enum { FSCI_PAIRED_EXACT = 12, FSCI_PAIRED_DRAWS = 9999 };
double fsci_paired_p(const double *d, size_t n, uint64_t seed, uint64_t stream);

/* Holm's (1979) step-down correction of p[n] in place, NaN left out. O(n^2). */
void fsci_holm(double *p, size_t n);

#endif
