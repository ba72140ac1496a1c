#include "fit/solver.h"

#include "opt/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fsci_solver {
    const fsci_objective *objective;
    fsci_evaluator *evaluator;
    fsci_ls_workspace *least_squares; /* of a likelihood made when it is first needed */
    fsci_newton_workspace *newton;    /* NULL for losses of residuals */
    fsci_ls_problem rows;             /* least squares: of the rows as they are */
    const double *shift, *weight;     /* of the run */
    double *guessed;                  /* [n] likelihood: weights of its residuals */
    double *u;                        /* [n_free] */
};

/* The approach ends when a step promises less than this share: a Newton step or two. */
static const double near_enough = 1e-4;

fsci_solver *fsci_solver_new(const fsci_objective *objective)
{
    size_t p = objective->parameters->n_free;
    fsci_solver *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->objective = objective;
    s->evaluator = fsci_evaluator_new(objective);
    if (objective->density)
        s->newton = fsci_newton_workspace_new(p);
    else
        s->least_squares = fsci_ls_workspace_new(objective->n, p);
    if (!s->evaluator || (!s->newton && !s->least_squares)) {
        fsci_solver_free(s);
        return NULL;
    }
    s->rows = fsci_objective_problem(objective, s->evaluator);
    return s;
}

void fsci_solver_free(fsci_solver *s)
{
    if (!s)
        return;
    fsci_evaluator_free(s->evaluator);
    fsci_ls_workspace_free(s->least_squares);
    fsci_newton_workspace_free(s->newton);
    free(s->guessed);
    free(s->u);
    free(s);
}

fsci_evaluator *fsci_solver_evaluator(fsci_solver *s)
{
    return s->evaluator;
}

static bool shifted_residual(void *context, const double *u, double *r, double *J, size_t stride)
{
    const fsci_solver *s = context;
    if (!s->rows.residual(s->rows.context, u, r, J, stride))
        return false;
    for (size_t i = 0; i < s->rows.n; i++)
        r[i] -= s->shift[i];
    return true;
}

static bool minus_log_likelihood(void *context, const double *u, double *f, double *size,
                                 double *gradient, double *hessian)
{
    const fsci_solver *s = context;
    return fsci_objective_derivatives(s->evaluator, s->weight, u, f, size, gradient, hessian);
}

static fsci_ls_result run_newton(fsci_solver *s, const fsci_solver_options *o, double *u)
{
    const fsci_parameters *p = s->objective->parameters;
    const fsci_newton_problem problem = {
        .p = p->n_free, .function = minus_log_likelihood, .context = s, .lo = p->lo, .hi = p->hi};
    const fsci_newton_options options = {.tolerance = o->tolerance,
                                         .max_iterations = o->max_iterations};
    fsci_newton_result r = fsci_newton_solve(&problem, &options, s->newton, u);
    return (fsci_ls_result){.value = r.value,
                            .gradient_norm = r.gradient_norm,
                            .stop = r.stop,
                            .iterations = r.iterations,
                            .evaluations = r.evaluations};
}

/* One over the variance that the density has at the response itself, drawn in from its ends. */
static double guess_weight(const fsci_objective *o, size_t i)
{
    double w = o->weight ? o->weight[i] : 1;
    if (o->density->response == FSCI_RESPONSE_SHARE) {
        double n = o->trials[i], share = (o->k[i] + 0.5) / (n + 1);
        return w * n / (share * (1 - share));
    }
    return o->density->response == FSCI_RESPONSE_COUNT ? w / (o->k[i] + 1) : w;
}

static bool ready_to_approach(fsci_solver *s)
{
    const fsci_objective *o = s->objective;
    if (s->least_squares)
        return true;
    s->least_squares = fsci_ls_workspace_new(o->n, s->rows.p);
    s->guessed = calloc(o->n, sizeof *s->guessed);
    s->u = calloc(s->rows.p, sizeof *s->u);
    for (size_t i = 0; s->guessed && i < o->n; i++)
        s->guessed[i] = guess_weight(o, i);
    return s->least_squares && s->guessed && s->u;
}

/* u becomes where the weighted residuals are least, if the likelihood is greater there. */
static void approach(fsci_solver *s, double *u)
{
    fsci_ls_problem problem = s->rows;
    const fsci_ls_options options = {.tolerance = near_enough, .max_iterations = 100};
    if (!ready_to_approach(s))
        return;
    problem.weight = s->guessed;
    memcpy(s->u, u, problem.p * sizeof *u);
    fsci_ls_solve(&problem, &options, s->least_squares, s->u);
    double before = fsci_objective_value(s->evaluator, u);
    if (!(fsci_objective_value(s->evaluator, s->u) >= before))
        memcpy(u, s->u, problem.p * sizeof *u);
}

fsci_ls_result fsci_solver_run(fsci_solver *s, const fsci_solver_options *options, double *u)
{
    const fsci_solver_options none = {.weight = NULL};
    const fsci_solver_options *o = options ? options : &none;
    s->weight = o->weight ? o->weight : s->objective->weight;
    s->shift = o->shift;
    if (s->newton && o->from_afar)
        approach(s, u);
    if (s->newton)
        return run_newton(s, o, u);
    fsci_ls_problem problem = s->rows;
    if (o->shift) {
        problem.residual = shifted_residual;
        problem.context = s;
    }
    problem.weight = s->weight;
    const fsci_ls_options ls = {.tolerance = o->tolerance, .max_iterations = o->max_iterations};
    return fsci_ls_solve(&problem, &ls, s->least_squares, u);
}
