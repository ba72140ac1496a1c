/* sequence: points that fill the unit cube evenly, for the starts of a search.
 *
 * Halton's sequence (1960): coordinate j of point i mirrors the digits of i in the j-th prime base
 * about the point. Plain, its coordinates of neighbouring large bases are strongly correlated;
 * here every digit goes through its own random permutation (Owen 2017, arXiv:1706.02808), drawn
 * from a fixed stream, so that the sequence is the same in every build. In any dimensions with
 * bases a, b, ... every stretch of a^k b^l ... points that begins at a multiple of that number
 * still has exactly one point in each elementary box. */
#ifndef FSCI_NUM_SEQUENCE_H
#define FSCI_NUM_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

enum { FSCI_SEQUENCE_DIMENSIONS = 64 };

typedef struct fsci_sequence fsci_sequence;

/* NULL when out of memory or dimensions > FSCI_SEQUENCE_DIMENSIONS. Coordinate j does not depend
 * on how many others there are. */
fsci_sequence *fsci_sequence_new(size_t dimensions, uint64_t seed);
void fsci_sequence_free(fsci_sequence *sequence);

/* Point `index` (< 2^44) into x[dimensions], each in [0, 1). */
void fsci_sequence_point(const fsci_sequence *sequence, uint64_t index, double *x);

#endif
