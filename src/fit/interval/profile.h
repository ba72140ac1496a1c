/* profile: intervals from how fast the objective rises when a quantity is moved and everything else
 * is fitted again.
 *
 * With f the objective and scale as in refit.h, the signed root of the deviance at a value x is
 * sqrt(2 (min f at x - min f) / scale); the interval ends where it reaches Student's quantile. For
 * least squares and a linear law that is exactly the t interval. Unlike a local interval it may be
 * lopsided, and open where the data never object.
 *
 * A parameter is held at x. A quantity is pulled towards a target t by a penalty mu (q - t)^2:
 * every minimum of f + penalty is the minimum of f at its own value of q, so the points found lie
 * exactly on the profile whatever mu is. */
#ifndef FSCI_FIT_PROFILE_H
#define FSCI_FIT_PROFILE_H

#include "fit/course.h"
#include "fit/interval/refit.h"

typedef enum fsci_profile_stop {
    FSCI_PROFILE_CLOSED,
    FSCI_PROFILE_BOUND,  /* the parameter's bound came first */
    FSCI_PROFILE_FLAT,   /* the objective never rose to the limit */
    FSCI_PROFILE_DOMAIN, /* the law cannot be evaluated farther out, or its minimum not be found */
    FSCI_PROFILE_NONE    /* residuals that are zero, or no row to spare: no scale */
} fsci_profile_stop;

/* Why an end is open, for readers; NULL when it is closed. */
const char *fsci_profile_reason(fsci_profile_stop stop);

enum { FSCI_PROFILE_POINTS = 40 };

/* One side of a profile, from the minimum outwards. */
typedef struct fsci_profile_side {
    double end;    /* where the limit is reached, NaN when open */
    double lowest; /* objective of the best point met; below the fit's when its search missed one */
    fsci_profile_stop stop;
    size_t n;                         /* points */
    double x[FSCI_PROFILE_POINTS];    /* of the quantity */
    double root[FSCI_PROFILE_POINTS]; /* of the scaled deviance, >= 0 */
    double u[];                       /* [FSCI_PROFILE_POINTS * n_free] all coordinates there */
} fsci_profile_side;

/* What is moved: a coordinate, or the value of a course at its points on the scale of a space. */
typedef struct fsci_profile_target {
    size_t coordinate;         /* SIZE_MAX: the course */
    const fsci_course *course; /* of the fitted parameters; NULL: one of them, on its own scale */
    size_t parameter;
    fsci_space space;
    size_t point;
    double at;           /* its value at the minimum */
    double se;           /* its local standard error, for the first step; NaN when there is none */
    const double *slope; /* [n_free] d value / d u at the minimum; may be NULL for a coordinate */
} fsci_profile_target;

/* sides[2 * n_targets] of fsci_profile_bytes each: below and above each target. `fine` traces the
 * curve in small steps, for a picture; otherwise only the ends are sought. */
size_t fsci_profile_bytes(const fsci_refit *refit);
static inline fsci_profile_side *fsci_profile_at(void *sides, size_t bytes, size_t i)
{
    return (fsci_profile_side *)((unsigned char *)sides + i * bytes);
}
fsc_status fsci_profile_run(const fsci_fitted *fitted, const fsci_refit *refit,
                            const fsci_profile_target *targets, size_t n_targets, bool fine,
                            int threads, void *sides, fsc_error *err);

/* Puts profile intervals into the parameters of a fit's record, and `profiles` beside them. */
fsc_status fsci_profile_parameters(fsci_arena *arena, const fsci_fitted *fitted, int threads,
                                   fsci_json *record, fsc_error *err);

#endif
