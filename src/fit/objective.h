/* objective: a formula bound to rows, as a sum of robust residuals.
 *
 *   f(theta) = sum_i w_i rho(r_i),   r = g(right) - g(left),   g = identity, log or logit
 *
 * Objectives are sums, never means. */
#ifndef FSCI_FIT_OBJECTIVE_H
#define FSCI_FIT_OBJECTIVE_H

#include "expr/expr.h"
#include "fit/parameters.h"
#include "opt/least_squares.h"

typedef enum fsci_space { FSCI_SPACE_IDENTITY, FSCI_SPACE_LOG, FSCI_SPACE_LOGIT } fsci_space;

typedef struct fsci_objective {
    fsci_space space;
    fsci_loss loss;
    double delta; /* huber */
    const fsci_parameters *parameters;
    const fsci_program *residual; /* r by row */
    const fsci_program *linear;   /* right - left, for solving linear parameters; see starts */
    const double *weight;         /* [n], NULL for ones */
    const double *response;       /* [n] value of the left side, for relative weights */
    size_t n;
} fsci_objective;

const char *fsci_space_name(fsci_space space);
bool fsci_space_find(const char *name, fsci_space *space);
const char *fsci_loss_name(fsci_loss loss);
bool fsci_loss_find(const char *name, fsci_loss *loss); /* name may be NULL */
/* "squared", "huber:0.001", "l1". */
fsc_status fsci_objective_read(const char *text, fsci_loss *loss, double *delta, fsc_error *err);

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
/* The objective at coordinates u, and at parameters theta whatever is held or tied; INFINITY where
 * the law cannot be evaluated. */
double fsci_objective_value(fsci_evaluator *evaluator, const double *u);
double fsci_objective_value_at(fsci_evaluator *evaluator, const double *theta);

#endif
