/* stages: the parts of a law that a search adds one by one, as its file lists them, for the
 * parameters of one fit. */
#ifndef FSCI_FIT_STAGES_H
#define FSCI_FIT_STAGES_H

#include "fit/parameters.h"
#include "law/law.h"

enum { FSCI_STAGES = 8 }; /* parts of a law beyond these are in it throughout */

/* One part: out of the law while parameter `at` has this value; `idle` have no effect then. */
typedef struct fsci_stage {
    size_t at;
    double value;
    const size_t *idle; /* [n_idle] */
    size_t n_idle;
} fsci_stage;

typedef struct fsci_stages {
    const fsci_stage *items;
    size_t n;
} fsci_stages;

/* A part whose `at` a user fixed, tied, bounded by another parameter or away from its value is in
 * the law throughout and not listed; so is an idle parameter that is fixed, tied or bounded by
 * another. *stages is NULL when no part is left, and of parameters by group. */
fsc_status fsci_stages_find(fsci_arena *arena, const fsc_law *law,
                            const fsci_parameters *parameters, const fsci_stages **stages,
                            fsc_error *err);

/* Parameters with the parts out[n stages] held where they are out of the law, and the idle ones of
 * parts still[n stages] (NULL: none) held where they are. `parameters` are the full ones; the
 * result is a set of its own. */
fsc_status fsci_stages_hold(fsci_arena *arena, const fsci_stages *stages, const bool *out,
                            const bool *still, const fsci_parameters *parameters,
                            fsci_parameters *held, fsc_error *err);

/* Takes the part out of theta; its idle parameters stay as they are. */
static inline void fsci_stage_out(const fsci_stage *stage, double *theta)
{
    theta[stage->at] = stage->value;
}

#endif
