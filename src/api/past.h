/* past: how a method's forecasts did on public tables, by how far beyond the training models they
 * went, as `make arena` found. */
#ifndef FSCI_API_PAST_H
#define FSCI_API_PAST_H

#include "base/arena.h"
#include "observe/observe.h"

/* The rows of data/arena that are of this method, in `arena`; none when it has none. */
fsc_status fsci_past_read(fsci_arena *arena, const char *method, const fsci_past **past, size_t *n,
                          fsc_error *err);

#endif
