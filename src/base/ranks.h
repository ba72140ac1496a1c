/* ranks: the processes that mpirun started to do one job. Without MPI there is one.
 *
 * forescale has ranks_alone.c, forescale-mpi has ranks_mpi.c. MPI keeps the state; nothing is
 * kept here. Calls other than fsci_ranks_count must be made by all ranks, from the thread that
 * started MPI. */
#ifndef FSCI_BASE_RANKS_H
#define FSCI_BASE_RANKS_H

#include "base/error.h"

int fsci_ranks_count(void); /* 1 before fsc_ranks_begin, after fsc_ranks_end, and without MPI */

/* The items [first, first + n) that this rank computes. */
typedef struct fsci_share {
    size_t first, n;
} fsci_share;
fsci_share fsci_ranks_share(size_t n_items);

/* The results of every rank's share to every rank; item i stands at start[i] units of `bytes`, with
 * start[n_items] the end of the last, or at i when start is NULL. */
fsc_status fsci_ranks_gather(size_t n_items, const size_t *start, size_t bytes, void *results,
                             fsc_error *err);

#endif
