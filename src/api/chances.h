/* chances: what a guesser scores on benchmarks known by name, from the bundled table. */
#ifndef FSCI_API_CHANCES_H
#define FSCI_API_CHANCES_H

#include "base/arena.h"
#include "observe/observe.h"

/* All of data/chance-levels, in `arena`. */
fsc_status fsci_chances_read(fsci_arena *arena, const fsci_chance **chances, size_t *n,
                             fsc_error *err);

#endif
