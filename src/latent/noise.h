/* noise: how large the variances of components get when columns have nothing in common.
 *
 * Parallel analysis (Horn 1965) by permutation (Buja and Eyuboglu 1992): every column is shuffled
 * on its own, components are taken again, and a component of the data counts as structure when its
 * variance exceeds the bound that its like exceeds in 1 - level of the shuffles. It says what
 * stands out from noise, not what predicts: components below the bound can carry information on a
 * target. */
#ifndef FSCI_LATENT_NOISE_H
#define FSCI_LATENT_NOISE_H

#include "latent/pca.h"

#include <stdbool.h>
#include <stdint.h>

/* Beyond this many rows, if they are twice as many as columns, the shuffles are drawn from their
 * limit: correlations of independent normal columns. No row is then touched. */
enum { FSCI_NOISE_SHUFFLED_ROWS = 500 };
bool fsci_noise_shuffles(size_t n, size_t p); /* whether n rows of p columns are shuffled */

/* bound[p]: for every component of `pca` the quantile `level` of its variance over `shuffles` of
 * the rows X[n*p] that it was fitted to (complete, column j at X + j * stride). Shuffle i draws
 * from the stream (seed, i), so any number of threads gives the same bits. Errors: FSC_ENOMEM,
 * FSC_EINPUT (X is not finite). */
fsc_status fsci_noise_bound(const fsci_pca *pca, size_t n, const double *X, size_t stride,
                            size_t shuffles, double level, uint64_t seed, int threads,
                            double *bound, fsc_error *err);

#endif
