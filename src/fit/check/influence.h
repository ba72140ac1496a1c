/* influence: what moves when one run goes. One Newton step from the minimum tells it for every run
 * (Pregibon 1981, eq. 5, with the weights of the loss); the few that matter most are refitted. */
#ifndef FSCI_FIT_INFLUENCE_H
#define FSCI_FIT_INFLUENCE_H

#include "fit/quantity.h"
#include "record/json.h"

enum { FSCI_INFLUENTIAL = 5 };

/* A run that matters: without it headline quantity `quantity` would be `value`. */
typedef struct fsci_influential {
    size_t row;      /* of the model */
    double leverage; /* share of its own fitted value that the run decides */
    size_t quantity; /* the headline it moves most, measured by its interval */
    double one_step; /* by how much, in one step */
    double value;    /* refitted; NaN when that failed */
} fsci_influential;

typedef struct fsci_influence {
    double *share; /* [n rows] largest move of a headline, one step, as a share of its interval's
                      width, with its sign; NaN when there is no interval */
    fsci_influential most[FSCI_INFLUENTIAL]; /* most influential first */
    size_t n_most;
} fsci_influence;

/* n_most is 0 when the data do not determine the parameters. */
fsc_status fsci_influence_find(fsci_arena *arena, const fsci_fit *fit,
                               const fsci_quantities *quantities, fsci_influence *out,
                               fsc_error *err);

/* Adds `influence` and a figure of it, and warns (W-LEVER) of runs that move a headline by more
 * than half its interval. */
void fsci_influence_record(fsci_arena *arena, const fsci_fit *fit,
                           const fsci_quantities *quantities, const fsci_influence *influence,
                           fsci_json *record);

#endif
