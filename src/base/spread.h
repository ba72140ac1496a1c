/* spread: items whose results have sizes known before, computed wherever there is room: on the
 * threads of this process and, in an MPI build under mpirun, on every rank.
 *
 * Every rank runs the same program on the same input and comes to the same spread; each computes
 * its share of the items, and afterwards all of them hold all results. What an item writes may
 * depend on the item alone, so the bits are the same at any number of threads and ranks. Only
 * memory that `result` points at travels: nothing else that an item leaves in `context` may be read
 * afterwards.
 *
 * A spread within an item (a fit inside a split of a backtest) runs where the item runs. */
#ifndef FSCI_BASE_SPREAD_H
#define FSCI_BASE_SPREAD_H

#include "base/error.h"

/* Computes item (0..n_items-1) into `result`, of its size and zero before; `worker` (0..threads-1)
 * is for scratch memory only. */
typedef void fsci_spread_fn(void *context, size_t item, size_t worker, void *result);

/* results[n_items * bytes], set to zero first; threads < 1 counts as 1. FSC_EENV when the ranks
 * disagree about what is to be done (they saw different inputs). */
fsc_status fsci_spread(int threads, size_t n_items, size_t bytes, void *results,
                       fsci_spread_fn *run, void *context, fsc_error *err);

/* The same for results of different sizes, one after the other without gaps: item i has those from
 * start[i] to start[i + 1], in units of `bytes`. */
fsc_status fsci_spread_uneven(int threads, size_t n_items, const size_t *start, size_t bytes,
                              void *results, fsci_spread_fn *run, void *context, fsc_error *err);

#endif
