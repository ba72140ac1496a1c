/* objective: a formula bound to rows, as a sum over them: of a loss of residuals, or of -log of a
 * density (a likelihood).
 *
 *   f(theta) = sum_i w_i rho(r_i),   r = g(right) - g(left),   g = identity, log or logit
 *   f(theta) = -sum_i w_i log p(left_i | right_i, dispersion)
 *
 * Objectives are sums, never means. */
#ifndef FSCI_FIT_OBJECTIVE_H
#define FSCI_FIT_OBJECTIVE_H

#include "fit/density.h"
#include "fit/parameters.h"
#include "opt/least_squares.h"

typedef struct fsci_objective {
    fsci_space space;
    fsci_loss loss;
    double delta; /* huber */
    const fsci_parameters *parameters;
    const fsci_program *residual; /* r by row */
    const fsci_program *linear;   /* right - left, for solving linear parameters; see separable */
    fsci_space linear_space;      /* in which it is taken: identity, or that of the residual */
    const double *weight;         /* [n], NULL for ones */
    const double *response;       /* [n] value of the left side, for relative weights */
    size_t n;

    /* Of a likelihood. Its loss is squared in name only, for residuals that are told, not fitted.
     */
    const fsci_density *density;   /* NULL for a loss of residuals */
    const fsci_program *minus_log; /* -log p by row */
    const double *y, *k, *trials;  /* [n] the left side, as counts, and out of how many */
    double spread;                 /* of y, in the space of the residual */
    size_t dispersion;             /* its parameter; SIZE_MAX for none */
} fsci_objective;

const char *fsci_loss_name(fsci_loss loss);
bool fsci_loss_find(const char *name, fsci_loss *loss); /* name may be NULL */
/* "squared", "huber:0.001", "l1". */
fsc_status fsci_objective_read(const char *text, fsci_loss *loss, double *delta, fsc_error *err);
/* The same, or the name of a density: then *density is not NULL. */
fsc_status fsci_objective_choose(const char *text, fsci_objective *objective, fsc_error *err);
/* "huber", or the density's name. */
const char *fsci_objective_name(const fsci_objective *objective);

/* The share of the best objective within which another minimum leaves the answer unsettled. */
#define FSCI_NEAR_OPTIMUM 0.01
/* Whether a minimum of that value is as good as the best but for a share of it: of a likelihood,
 * the log-likelihood that normal errors would lose with such a share of their sum of squares. */
bool fsci_objective_within(const fsci_objective *objective, double best, double value,
                           double share);

/* The residual of an equation in a space, as a tree. */
const fsci_node *fsci_objective_residual(fsci_arena *arena, const fsci_formula *formula,
                                         fsci_space space);

/* rho of one residual, for reports and tests. */
double fsci_loss_value(fsci_loss loss, double delta, double r);

/* Scratch of one thread for evaluating the objective; see fsci_objective_problem. */
typedef struct fsci_evaluator fsci_evaluator;
fsci_evaluator *fsci_evaluator_new(const fsci_objective *objective); /* NULL: out of memory */
void fsci_evaluator_free(fsci_evaluator *evaluator);

/* The problem as the solver wants it: residuals by free coordinates, computed in `evaluator`. */
fsci_ls_problem fsci_objective_problem(const fsci_objective *objective, fsci_evaluator *evaluator);

/* r[n] and, when J is not NULL, d r / d u (column-major, stride n) at u. */
bool fsci_objective_residuals(fsci_evaluator *evaluator, const double *u, double *r, double *J);
/* Of a likelihood at u: the value, the sum of its absolute terms, and with gradient[n_free] not
 * NULL that and the Hessian[n_free^2]. `weight` in place of the objective's; NULL for ones. False
 * where it has no finite value. */
bool fsci_objective_derivatives(fsci_evaluator *evaluator, const double *weight, const double *u,
                                double *value, double *size, double *gradient, double *hessian);
/* Of a likelihood: d(-log p_i) / d u (column-major, stride n). */
bool fsci_objective_scores(fsci_evaluator *evaluator, const double *u, double *scores);
/* The objective at coordinates u, and at parameters theta whatever is held or tied; INFINITY where
 * the law cannot be evaluated. */
double fsci_objective_value(fsci_evaluator *evaluator, const double *u);
double fsci_objective_value_at(fsci_evaluator *evaluator, const double *theta);

#endif
