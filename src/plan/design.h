/* design: which units to measure so that a criterion is largest within a budget. A unit is a model,
 * or a family that is measured whole; its information is the sum of its models'.
 *
 * maximise value(base + sum of matrix_i over the chosen i)
 *   with   sum of cost_i <= budget   and   at most `most` units. */
#ifndef FSCI_PLAN_DESIGN_H
#define FSCI_PLAN_DESIGN_H

#include "base/arena.h"
#include "base/error.h"
#include "plan/criterion.h"

typedef struct fsci_design {
    fsci_criterion criterion;
    const double *base;   /* packed: information of what is measured in any case */
    size_t n;             /* units to choose from */
    const double *matrix; /* [n * packed] */
    const double *cost;   /* [n], not negative */
    double budget;
    size_t most;
    double effort; /* multiplications that branch and bound may take, about 2e9 to the second */
} fsci_design;

static inline const double *fsci_design_matrix(const fsci_design *d, size_t i)
{
    return d->matrix + i * fsci_packed_size(d->criterion.k);
}

/* Sums of costs that are decimals carry rounding; a budget is not missed by that. */
static inline bool fsci_design_affords(const fsci_design *d, double cost)
{
    return cost <= d->budget * (1 + 1e-12);
}

/* Sum of base and the chosen matrices, in order of units: G[packed]. */
void fsci_design_information(const fsci_design *d, const bool *in, double *G);

/* The best subsets met so far, best first; of equal ones the one whose first unit that the other
 * lacks comes earlier. Objectives are summed in order of units, so that a subset has one value
 * whoever finds it. */
enum { FSCI_SHORTLIST = 5 };
typedef struct fsci_shortlist {
    size_t n;
    double objective[FSCI_SHORTLIST];
    bool *in[FSCI_SHORTLIST]; /* [design.n] */
} fsci_shortlist;

fsc_status fsci_shortlist_new(fsci_arena *arena, const fsci_design *d, fsci_shortlist *list,
                              fsc_error *err);
/* What a subset must exceed to be let in; -INFINITY while there is room. */
double fsci_shortlist_entry(const fsci_shortlist *list);
void fsci_shortlist_offer(fsci_shortlist *list, const fsci_design *d, const bool *in);

typedef enum fsci_method { FSCI_METHOD_ENUMERATION, FSCI_METHOD_BRANCH } fsci_method;
const char *fsci_method_name(fsci_method method); /* "enumeration", "branch and bound" */

typedef struct fsci_design_result {
    fsci_shortlist found; /* empty when no subset within the limits determines the weights */
    fsci_method method;
    bool proven;         /* found.objective[0] is the largest there is, to a relative 1e-9 */
    double bound;        /* no subset is better than this; the objective itself when proven */
    double combinations; /* subsets of 1 to `most` units, whatever they cost */
    double evaluated;    /* subsets or relaxations whose criterion was computed */
} fsci_design_result;

/* Few units are enumerated depth first, in order, passing over what the continuous relaxation
 * (plan/relax.h) proves to be worse; many are searched best first by branch and bound until proven
 * or until the effort is spent. When nothing can be added the empty subset is the
 * answer. Arrays live in `arena`. Deterministic. Errors: FSC_ENOMEM. */
fsc_status fsci_design_search(fsci_arena *arena, const fsci_design *d, fsci_design_result *result,
                              fsc_error *err);

#endif
