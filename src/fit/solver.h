/* solver: brings an objective to a minimum, by the method that fits it: least squares for losses of
 * residuals, Newton for likelihoods. From a far start a likelihood leads along curved valleys that
 * least squares, which know the curve apart from the errors, cross in a few steps; so there the
 * residuals are fitted first, each weighed by what its density would give it. */
#ifndef FSCI_FIT_SOLVER_H
#define FSCI_FIT_SOLVER_H

#include "fit/objective.h"

/* Scratch of one thread. */
typedef struct fsci_solver fsci_solver;
fsci_solver *fsci_solver_new(const fsci_objective *objective); /* NULL: out of memory */
void fsci_solver_free(fsci_solver *solver);
/* The evaluator inside, which is the caller's between two runs. */
fsci_evaluator *fsci_solver_evaluator(fsci_solver *solver);

typedef struct fsci_solver_options {
    const double *weight; /* [n] in place of the objective's; NULL: its own */
    const double *shift;  /* [n] taken from the residuals; NULL for none, as for a likelihood */
    double tolerance;     /* 0: to full precision */
    int max_iterations;   /* 0: as many as it takes */
    bool from_afar;       /* u is a guess: a likelihood is first approached by least squares */
} fsci_solver_options;

/* From u[n_free], which is the answer on return. `options` may be NULL. */
fsci_ls_result fsci_solver_run(fsci_solver *solver, const fsci_solver_options *options, double *u);

#endif
