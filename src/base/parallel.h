/* parallel: a loop over independent items on POSIX threads, created and joined by the call (safe
 * after fork, nothing left running). Item i always does the same work, so results indexed by item
 * are the same at any thread count; `worker` (0..threads-1) is only for scratch memory. */
#ifndef FSCI_BASE_PARALLEL_H
#define FSCI_BASE_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

typedef void fsci_parallel_fn(void *context, size_t item, size_t worker);

/* threads < 1 counts as 1. When a thread cannot be created the others do its work. A loop within an
 * item stays on the item's thread. */
void fsci_parallel(int threads, size_t n_items, fsci_parallel_fn *run, void *context);
bool fsci_parallel_inside(void); /* whether the caller runs as an item of a loop */

#endif
