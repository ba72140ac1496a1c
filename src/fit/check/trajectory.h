/* trajectory: rows that are points along training runs, recognised by the names of columns. */
#ifndef FSCI_FIT_TRAJECTORY_H
#define FSCI_FIT_TRAJECTORY_H

#include "fit/model.h"

/* Column names that stand for one thing, NULL at the end; a single letter means what it says,
 * longer ones are found in any case. */
typedef const char *const fsci_known_names[];
bool fsci_is_known_name(const char *name, const char *const *list);
/* The first column so named; NULL when there is none. */
const fsci_column *fsci_known_column(const fsc_table *table, const char *const *list);

typedef struct fsci_trajectories {
    const fsci_column *run, *step; /* NULL where the table has none */
    size_t repeated;               /* rows of a run that has an earlier row */
    double *share;                 /* [n] of the way through the run; NULL without steps */
    bool *warm; /* [n] before the end of the run's warm-up, where that is known */
    bool *last; /* [n] the farthest row of its run, the last of equals */
} fsci_trajectories;

/* repeated is 0 when no column says which run a row is of, or there are too many rows to compare.
 */
fsc_status fsci_trajectories_find(fsci_arena *arena, const fsci_model *model,
                                  fsci_trajectories *out, fsc_error *err);

#endif
