/* blocks: coordinates of a fit that no row, and no cluster of rows, ties together. Constants of
 * each level of a column, none of them shared, are a block a level: what the data say of them is
 * found block by block. */
#ifndef FSCI_FIT_BLOCKS_H
#define FSCI_FIT_BLOCKS_H

#include "fit/fit.h"

typedef struct fsci_block {
    const size_t *used; /* [m] coordinates, ascending */
    size_t m;
    const size_t *row; /* [n] rows that depend on any of them, ascending */
    size_t n;
} fsci_block;

/* Of the coordinates used[m], by where the Jacobian at the minimum is not 0; with `whole` all of
 * them and all rows as one. A coordinate that no row depends on is a block without rows. */
fsc_status fsci_blocks_find(fsci_arena *arena, const fsci_fit *fit, const size_t *used, size_t m,
                            bool whole, fsci_block **blocks, size_t *n_blocks, fsc_error *err);

#endif
