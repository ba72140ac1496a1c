/* design: where the runs of a simulated world lie. */
#ifndef FSCI_SIM_DESIGN_H
#define FSCI_SIM_DESIGN_H

#include "sim/world.h"

/* A column between two values, even in the logarithm when both are positive; lo == hi is one value.
 */
typedef struct fsci_range {
    const char *name;
    double lo, hi;
    size_t steps; /* of a grid */
} fsci_range;

typedef struct fsci_design {
    fsci_world_column *columns;
    size_t n_columns, n;
} fsci_design;

enum { FSCI_DESIGN_ROWS = 10000000 };

/* Every combination of the steps of all ranges, the first range slowest. FSC_EUSAGE when they are
 * more than FSCI_DESIGN_ROWS. */
fsc_status fsci_design_grid(fsci_arena *arena, const fsci_range *ranges, size_t n_ranges,
                            fsci_design *design, fsc_error *err);
/* n rows, each column drawn evenly within its range, from a stream of its own. */
fsc_status fsci_design_random(fsci_arena *arena, const fsci_range *ranges, size_t n_ranges,
                              size_t n, uint64_t seed, fsci_design *design, fsc_error *err);

#endif
