/* units: what is chosen as a whole, families or models, as a design to be searched. */
#ifndef FSCI_PLAN_UNITS_H
#define FSCI_PLAN_UNITS_H

#include "plan/candidates.h"
#include "plan/design.h"

typedef enum fsci_standing {
    FSCI_STANDING_OPEN,
    FSCI_STANDING_IN,
    FSCI_STANDING_OUT
} fsci_standing;

typedef struct fsci_units {
    const fsci_candidates *candidates;
    fsci_standing *standing; /* [candidates.n] what was said of each: in any case, never */
    size_t *unit;            /* [candidates.n] its unit in the design; SIZE_MAX when it has none */
    size_t n_in;             /* candidates and families that are in anyway, and their cost */
    size_t n_in_families;
    double cost_in;
    double least_cost;  /* of any choice that could determine the weights */
    fsci_design design; /* of the open ones */
} fsci_units;

/* Arrays live in `arena`. Errors: FSC_EINPUT (unknown names, limits that cannot be met),
 * FSC_ENOMEM. */
fsc_status fsci_units_make(fsci_arena *arena, const fsci_select_input *input,
                           const fsci_candidates *candidates, fsci_notes *notes, fsci_units *units,
                           fsc_error *err);

/* Sets the limits of the design to those of another budget. */
void fsci_units_limit(fsci_units *units, const fsci_select_input *input, double budget);

/* Whether candidate i is chosen when the units in[design.n] are. */
bool fsci_units_has(const fsci_units *units, const bool *in, size_t i);

#endif
