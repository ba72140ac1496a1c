/* relax: the continuous relaxation of a design, where a unit may be measured in part, and what it
 * proves about whole units.
 *
 *   maximise value(base + sum w_i matrix_i),  0 <= w_i <= 1,  sum share_i w_i <= 1
 *
 * share_i is what unit i takes of the limits: of the budget, of the number of units, or a weighted
 * mean of the two, which every subset within both limits obeys. The maximum of this concave problem
 * is approached by moving weight from the unit that pays least for its share to the one that pays
 * most (vertex exchange; Boehning 1986). Whatever point it stops at, the tangent there and the
 * multiplier of the limit bound every subset (Lagrangian duality):
 *
 *   value <= constant + sum of reduced_i over the units that are in
 *                     + sum of max(0, reduced_i) over those that may be
 *
 * so that a unit whose reduced gain takes this below what is already reached is decided (Sagnol and
 * Harman 2015, section 5; Ahipasaoglu 2021, for the same in exact D-optimal design). */
#ifndef FSCI_PLAN_RELAX_H
#define FSCI_PLAN_RELAX_H

#include "plan/design.h"

#include <math.h>

typedef enum fsci_unit_state { FSCI_UNIT_FREE, FSCI_UNIT_IN, FSCI_UNIT_OUT } fsci_unit_state;

/* One part of the search: some units decided, the others free. */
typedef struct fsci_node {
    double bound;         /* -INFINITY when the limits are broken or the weights not determined */
    double *w;            /* [n] where the relaxation stopped; on entry where it starts */
    unsigned char *state; /* [n] fsci_unit_state */
} fsci_node;

typedef struct fsci_relaxation {
    const fsci_design *design;
    double mix;       /* weight of the budget in a share, of 1 */
    double *share;    /* [n] */
    double constant;  /* of the node last relaxed */
    double *reduced;  /* [n] */
    double *gradient; /* [n] scratch */
    size_t *free;     /* [n] scratch */
    double work;      /* multiplications so far, roughly */
    size_t n_relaxed; /* nodes so far */
} fsci_relaxation;

/* Errors: FSC_ENOMEM. */
fsc_status fsci_relaxation_new(fsci_arena *arena, const fsci_design *d, fsci_relaxation *relaxation,
                               fsc_error *err);
void fsci_relaxation_mix(fsci_relaxation *r, double mix);

/* What is worth keeping: better than `entry` by more than rounding. */
static inline double fsci_relax_level(double entry)
{
    return isinf(entry) ? entry : entry + 1e-9 * fabs(entry);
}

/* Relaxes a node, sets its bound, and decides the free units that no subset better than `entry` can
 * have or lack. */
void fsci_relax(fsci_relaxation *r, fsci_node *node, double entry);

#endif
