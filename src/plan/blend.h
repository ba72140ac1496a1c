/* blend: the problem behind a mixture: domains, limits, the weighted law and its minimum. */
#ifndef FSCI_PLAN_BLEND_H
#define FSCI_PLAN_BLEND_H

#include "opt/simplex.h"
#include "plan/mixture.h"

typedef struct fsci_blend {
    fsci_arena *arena;
    const fsci_mixture_input *input;
    const char **names;      /* [n] of the domains, the rest last */
    size_t n, n_set;         /* domains; columns of the set, one less when there is a rest */
    double *lo, *hi;         /* [n] limits */
    fsci_program **programs; /* [n_parts] the response by parameters, then by n_set shares */
    size_t n_theta;          /* the most parameters of a program, shares included */
    size_t scratch;          /* bytes for any program */
    double *measured;        /* [n_measured * n] mixtures of the first law's rows */
    size_t n_measured;
    const int64_t *line; /* [n_measured] where they stand */
    bool paired;         /* refits of all laws draw the same mixtures */
    size_t n_draws;      /* that all laws have */
} fsci_blend;

fsc_status fsci_blend_open(fsci_arena *arena, const fsci_mixture_input *input, fsci_blend *blend,
                           fsc_error *err);

/* The least and the largest share of domain j in the mixtures measured. */
void fsci_blend_measured(const fsci_blend *blend, size_t j, double *lo, double *hi);

/* Memory of one thread. */
typedef struct fsci_blender {
    const fsci_blend *blend;
    size_t draw; /* of the refits whose constants are used; SIZE_MAX: the fits themselves */
    double *theta, *gradient, *hessian, *simplex, *x;
    void *scratch;
} fsci_blender;
fsc_status fsci_blender_new(const fsci_blend *blend, fsci_blender *blender, fsc_error *err);

/* The weighted response at shares[n], and of each law in parts[n_parts] (may be NULL). */
double fsci_blend_value(const fsci_blender *blender, const double *shares, double *parts);

/* The minimum from each of starts[n_starts * n]: the best goes to shares[n]. *reached (may be NULL)
 * counts the starts that came to it. */
fsci_simplex_result fsci_blend_minimise(const fsci_blender *blender, const double *starts,
                                        size_t n_starts, double *shares, size_t *reached);

#endif
