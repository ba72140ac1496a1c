/* constrained: the objective of a saved fit at its least with a quantity held, or pulled towards a
 * value; one point of a profile. See profile.h for why a pull is as good. */
#ifndef FSCI_FIT_CONSTRAINED_H
#define FSCI_FIT_CONSTRAINED_H

#include "fit/interval/profile.h"

/* Scratch of one thread, for the targets given. */
typedef struct fsci_constrained fsci_constrained;
fsci_constrained *fsci_constrained_new(const fsci_refit *refit, const fsci_profile_target *targets,
                                       size_t n_targets); /* NULL: out of memory */
void fsci_constrained_free(fsci_constrained *constrained);

typedef struct fsci_profile_point {
    double x;     /* the target's value that was reached */
    double root;  /* of twice the rise of the objective over `scale` */
    double value; /* the objective */
} fsci_profile_point;

/* A standard error of the target for steps; a first guess of one where the estimate has none, as on
 * a bound. */
double fsci_profile_step(const fsci_profile_target *target);

/* Minimises with the target at, or near, `aim`, from u[n_free], which is the answer on return.
 * False where the law cannot be evaluated. */
bool fsci_constrained_solve(fsci_constrained *constrained, const fsci_profile_target *target,
                            double scale, double aim, double *u, fsci_profile_point *point);

#endif
