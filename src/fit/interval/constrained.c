#include "fit/interval/constrained.h"

#include "opt/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The penalty relative to the bend of the profile. */
static const double stiffness = 10;

struct fsci_constrained {
    const fsci_refit *refit;
    fsci_evaluator *evaluator;
    fsci_ls_workspace *held, *pulled; /* of one parameter less, and of one row more */
    fsci_newton_workspace *newton_held, *newton_pulled; /* the same of a likelihood */
    double *H, *q, *q_twice;  /* of a likelihood: [n_free^2 + n_free], of a target by theta and u */
    double bend;              /* of the penalty on a likelihood */
    fsci_ls_problem inner;    /* of the fit */
    void *memory;             /* of the courses of targets */
    double *theta, *by_theta; /* [n parameters] */
    double *full;             /* [n_free] coordinates, the held one among them */
    double *columns;          /* [n_free * stride] Jacobian of all coordinates */
    double *weight;           /* [n + 1] of the rows and the penalty */
    double *lo, *hi, *moved;  /* [n_free] */
    const fsci_profile_target *target;
    double aim, row_scale; /* of the penalty: row (q - aim) * row_scale */
};

/* ---- the residuals with a quantity held or pulled ---- */

static bool held_residual(void *context, const double *v, double *r, double *J, size_t stride)
{
    fsci_constrained *k = context;
    size_t c = k->target->coordinate, p = k->inner.p;
    memcpy(k->full, v, c * sizeof *v);
    memcpy(k->full + c + 1, v + c, (p - 1 - c) * sizeof *v);
    k->full[c] = k->aim;
    if (!k->inner.residual(k->inner.context, k->full, r, J ? k->columns : NULL, stride))
        return false;
    for (size_t j = 0; J && j < p; j++)
        if (j != c)
            memcpy(J + (j - (j > c)) * stride, k->columns + j * stride, k->inner.n * sizeof *J);
    return true;
}

/* The parameter that is the target, and its slope by theta. */
static double parameter_at(const fsci_constrained *k, double *by_theta)
{
    memset(by_theta, 0, k->refit->parameters.n * sizeof *by_theta);
    by_theta[k->target->parameter] = 1;
    return k->theta[k->target->parameter];
}

/* Value of the target at u, and its slope[n_free] when wanted. */
static double value_at(fsci_constrained *k, const double *u, double *slope, size_t stride)
{
    const fsci_refit *r = k->refit;
    const fsci_profile_target *t = k->target;
    double value;
    if (t->coordinate != SIZE_MAX)
        return u[t->coordinate];
    fsci_parameters_expand(&r->parameters, u, k->theta);
    if (t->course)
        value =
            fsci_course_value(t->course, k->memory, k->theta, t->point, slope ? k->by_theta : NULL);
    else
        value = parameter_at(k, k->by_theta);
    if (slope)
        fsci_parameters_chain(&r->parameters, k->theta, k->by_theta, k->q, 1, 1);
    for (size_t j = 0; slope && j < r->parameters.n_free; j++)
        slope[j * stride] = fsci_residual_slope(t->space, value) * k->q[j];
    return fsci_residual_map(t->space, value);
}

static bool pulled_residual(void *context, const double *u, double *r, double *J, size_t stride)
{
    fsci_constrained *k = context;
    size_t n = k->inner.n, p = k->inner.p;
    if (!k->inner.residual(k->inner.context, u, r, J, stride))
        return false;
    double value = value_at(k, u, J ? J + n : NULL, stride);
    r[n] = (value - k->aim) * k->row_scale;
    for (size_t j = 0; J && j < p; j++)
        J[j * stride + n] *= k->row_scale;
    return isfinite(r[n]);
}

/* ---- a likelihood with a quantity held or pulled ---- */

static bool held_likelihood(void *context, const double *v, double *f, double *size,
                            double *gradient, double *hessian)
{
    fsci_constrained *k = context;
    size_t c = k->target->coordinate, p = k->inner.p;
    double *g = k->H + p * p;
    memcpy(k->full, v, c * sizeof *v);
    memcpy(k->full + c + 1, v + c, (p - 1 - c) * sizeof *v);
    k->full[c] = k->aim;
    if (!fsci_objective_derivatives(k->evaluator, k->inner.weight, k->full, f, size,
                                    gradient ? g : NULL, k->H))
        return false;
    for (size_t i = 0; gradient && i < p; i++) {
        if (i == c)
            continue;
        gradient[i - (i > c)] = g[i];
        for (size_t j = 0; j < p; j++)
            if (j != c)
                hessian[(i - (i > c)) * (p - 1) + j - (j > c)] = k->H[i * p + j];
    }
    return true;
}

/* Second derivative of the map of a space, over the square of its slope. */
static double map_bend(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG ? -1 : space == FSCI_SPACE_LOGIT ? 2 * value - 1 : 0;
}

/* Value of the target in its space at u, with gradient q[p] and Hessian q_twice[p * p] by u. */
static double curve_at(fsci_constrained *k, const double *u)
{
    const fsci_refit *r = k->refit;
    const fsci_profile_target *t = k->target;
    size_t n = r->parameters.n, p = r->parameters.n_free;
    double value, *by_theta = k->q_twice + p * p, *twice = by_theta + n;
    fsci_parameters_expand(&r->parameters, u, k->theta);
    if (t->course) {
        value = fsci_course_second(t->course, k->memory, k->theta, t->point, by_theta, twice);
    } else {
        memset(twice, 0, n * n * sizeof *twice);
        value = parameter_at(k, by_theta);
    }
    fsci_parameters_chain_second(&r->parameters, k->theta, by_theta, twice, k->q, k->q_twice);
    double slope = fsci_residual_slope(t->space, value), bend = map_bend(t->space, value);
    for (size_t i = 0; i < p; i++)
        k->q[i] *= slope;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            k->q_twice[i * p + j] = slope * k->q_twice[i * p + j] + bend * k->q[i] * k->q[j];
    return fsci_residual_map(t->space, value);
}

static bool pulled_likelihood(void *context, const double *u, double *f, double *size,
                              double *gradient, double *hessian)
{
    fsci_constrained *k = context;
    size_t p = k->inner.p;
    if (!fsci_objective_derivatives(k->evaluator, k->inner.weight, u, f, size, gradient, hessian))
        return false;
    double away = (gradient ? curve_at(k, u) : value_at(k, u, NULL, 1)) - k->aim;
    *f += k->bend * away * away;
    *size += k->bend * away * away;
    for (size_t i = 0; gradient && i < p; i++) {
        gradient[i] += 2 * k->bend * away * k->q[i];
        for (size_t j = 0; j < p; j++)
            hessian[i * p + j] += 2 * k->bend * (k->q[i] * k->q[j] + away * k->q_twice[i * p + j]);
    }
    return isfinite(*f);
}

/* ---- the minimum ---- */

/* A search that ran into its limit is far above the minimum it was after. */
static bool lost(fsci_stop stop)
{
    return stop == FSCI_STOP_DOMAIN || stop == FSCI_STOP_LIMIT;
}

static bool finish(fsci_constrained *k, double scale, const double *u, fsci_profile_point *out)
{
    out->x = value_at(k, u, NULL, 1);
    out->value = fsci_objective_value(k->evaluator, u);
    out->root = sqrt(fmax(0, 2 * (out->value - k->refit->value) / scale));
    return isfinite(out->x) && isfinite(out->root);
}

static bool solve_held(fsci_constrained *k, double scale, double *u, fsci_profile_point *out)
{
    const fsci_refit *r = k->refit;
    size_t p = k->inner.p, c = k->target->coordinate;
    fsci_ls_problem problem = k->inner;
    problem.p = p - 1;
    problem.residual = held_residual;
    problem.context = k;
    problem.lo = k->lo;
    problem.hi = k->hi;
    for (size_t j = 0, i = 0; j < p; j++) {
        if (j == c)
            continue;
        k->lo[i] = k->inner.lo[j];
        k->hi[i] = k->inner.hi[j];
        k->moved[i++] = u[j];
    }
    u[c] = k->aim;
    if (p > 1) {
        const fsci_newton_problem smooth = {
            .p = p - 1, .function = held_likelihood, .context = k, .lo = k->lo, .hi = k->hi};
        fsci_stop stop = r->objective.density
                             ? fsci_newton_solve(&smooth, NULL, k->newton_held, k->moved).stop
                             : fsci_ls_solve(&problem, NULL, k->held, k->moved).stop;
        if (lost(stop))
            return false;
        memcpy(u, k->moved, c * sizeof *u);
        memcpy(u + c + 1, k->moved + c, (p - 1 - c) * sizeof *u);
    }
    return finish(k, scale, u, out);
}

double fsci_profile_step(const fsci_profile_target *t)
{
    return t->se > 0 ? t->se : 0.1 * fabs(t->at) + 1e-3;
}

static bool solve_pulled(fsci_constrained *k, double scale, double *u, fsci_profile_point *out)
{
    const fsci_refit *r = k->refit;
    fsci_ls_problem problem = k->inner;
    double se = fsci_profile_step(k->target),
           factor = r->objective.loss == FSCI_LOSS_HUBER ? 0.5 : 1;
    problem.n++;
    problem.residual = pulled_residual;
    problem.context = k;
    problem.weight = k->weight;
    /* far inside delta, where a Huber row is a square */
    k->row_scale = r->objective.loss == FSCI_LOSS_HUBER ? 1e-7 * r->objective.delta / se : 1 / se;
    double bend = stiffness * scale / (2 * se * se);
    k->weight[problem.n - 1] = bend / (factor * k->row_scale * k->row_scale);
    k->bend = bend;
    const fsci_newton_problem smooth = {.p = problem.p,
                                        .function = pulled_likelihood,
                                        .context = k,
                                        .lo = problem.lo,
                                        .hi = problem.hi};
    fsci_stop stop = r->objective.density
                         ? fsci_newton_solve(&smooth, NULL, k->newton_pulled, u).stop
                         : fsci_ls_solve(&problem, NULL, k->pulled, u).stop;
    if (lost(stop))
        return false;
    return finish(k, scale, u, out);
}

bool fsci_constrained_solve(fsci_constrained *k, const fsci_profile_target *target, double scale,
                            double aim, double *u, fsci_profile_point *point)
{
    k->target = target;
    k->aim = aim;
    return target->coordinate != SIZE_MAX ? solve_held(k, scale, u, point)
                                          : solve_pulled(k, scale, u, point);
}

/* ---- scratch ---- */

void fsci_constrained_free(fsci_constrained *k)
{
    if (!k)
        return;
    fsci_evaluator_free(k->evaluator);
    fsci_ls_workspace_free(k->held);
    fsci_ls_workspace_free(k->pulled);
    fsci_newton_workspace_free(k->newton_held);
    fsci_newton_workspace_free(k->newton_pulled);
    free(k->H);
    free(k->memory);
    free(k->theta);
    free(k->columns);
    free(k->weight);
    free(k);
}

static bool allocate(fsci_constrained *k, size_t memory)
{
    const fsci_refit *r = k->refit;
    size_t n = r->objective.n, p = r->parameters.n_free, all = r->parameters.n;
    size_t stride = (n + 1 + 7) / 8 * 8;
    k->evaluator = fsci_evaluator_new(&r->objective);
    k->held = fsci_ls_workspace_new(n, p > 1 ? p - 1 : 1);
    k->pulled = fsci_ls_workspace_new(n + 1, p);
    k->memory = aligned_alloc(64, memory);
    k->theta = calloc(2 * all + 4 * p, sizeof *k->theta);
    k->columns = calloc(p * stride, sizeof *k->columns);
    k->weight = calloc(n + 1, sizeof *k->weight);
    if (!k->evaluator || !k->held || !k->pulled || !k->memory || !k->theta || !k->columns ||
        !k->weight)
        return false;
    k->newton_held = fsci_newton_workspace_new(p > 1 ? p - 1 : 1);
    k->newton_pulled = fsci_newton_workspace_new(p);
    k->H = calloc(2 * p * p + 2 * p + all + all * all, sizeof *k->H);
    if (!k->newton_held || !k->newton_pulled || !k->H)
        return false;
    k->q = k->H + p * p + p;
    k->q_twice = k->q + p;
    k->by_theta = k->theta + all;
    k->full = k->by_theta + all;
    k->lo = k->full + p;
    k->hi = k->lo + p;
    k->moved = k->hi + p;
    k->inner = fsci_objective_problem(&r->objective, k->evaluator);
    for (size_t i = 0; i < n; i++)
        k->weight[i] = r->objective.weight ? r->objective.weight[i] : 1;
    return true;
}

fsci_constrained *fsci_constrained_new(const fsci_refit *refit, const fsci_profile_target *targets,
                                       size_t n_targets)
{
    bool second = refit->objective.density != NULL;
    size_t memory = 64;
    fsci_constrained *k = calloc(1, sizeof *k);
    for (size_t i = 0; i < n_targets; i++)
        if (targets[i].course && fsci_course_bytes(targets[i].course, second) > memory)
            memory = fsci_course_bytes(targets[i].course, second);
    if (!k)
        return NULL;
    k->refit = refit;
    if (allocate(k, memory))
        return k;
    fsci_constrained_free(k);
    return NULL;
}
