#include "fit/interval/profile.h"

#include "base/spread.h"
#include "fit/curve.h"
#include "num/distribution.h"
#include "opt/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps of a fine trace to the limit; the penalty relative to the bend of the profile; how closely
 * the limit is met; first steps after which a side counts as open. */
static const double fine_steps = 5, stiffness = 10, limit_tolerance = 1e-8, far_away = 1e5;
enum { SOLVES_OF_A_ROOT = 40, RETREATS = 8 };

const char *fsci_profile_reason(fsci_profile_stop stop)
{
    static const char *const reasons[] = {
        [FSCI_PROFILE_BOUND] = "its bound comes before the data object",
        [FSCI_PROFILE_FLAT] = "the data never object",
        [FSCI_PROFILE_DOMAIN] = "the law cannot be evaluated farther out",
        [FSCI_PROFILE_NONE] = "the residuals give no scale"};
    return stop == FSCI_PROFILE_CLOSED ? NULL : reasons[stop];
}

size_t fsci_profile_bytes(const fsci_refit *r)
{
    return sizeof(fsci_profile_side) + FSCI_PROFILE_POINTS * r->parameters.n_free * sizeof(double);
}

typedef struct worker {
    fsci_evaluator *evaluator;
    fsci_ls_workspace *held, *pulled; /* of one parameter less, and of one row more */
    fsci_newton_workspace *newton_held, *newton_pulled; /* the same of a likelihood */
    double *H, *q, *q_twice;  /* of a likelihood: [n_free^2 + n_free], of a target by theta and u */
    double bend;              /* of the penalty on a likelihood */
    fsci_ls_problem inner;    /* of the fit */
    void *raw, *scratch;      /* of the programs of targets */
    double *theta, *by_theta; /* [n parameters] */
    double *full;             /* [n_free] coordinates, the held one among them */
    double *columns;          /* [n_free * stride] Jacobian of all coordinates */
    double *weight;           /* [n + 1] of the rows and the penalty */
    double *lo, *hi, *moved;  /* [n_free] */
    const fsci_profile_target *target;
    double aim, row_scale; /* of the penalty: row (q - aim) * row_scale */
} worker;

typedef struct job {
    const fsci_fitted *fitted;
    const fsci_refit *refit;
    const fsci_profile_target *targets;
    worker *workers;
    size_t n_workers;
    double limit; /* Student's quantile */
    bool fine;
} job;

/* ---- the objective with a quantity held or pulled ---- */

static bool held_residual(void *context, const double *v, double *r, double *J, size_t stride)
{
    worker *k = context;
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

/* Value of the target at u, and its slope[n_free] when wanted. */
static double value_at(worker *k, const fsci_refit *r, const double *u, double *slope,
                       size_t stride)
{
    const fsci_profile_target *t = k->target;
    double value;
    if (t->coordinate != SIZE_MAX)
        return u[t->coordinate];
    fsci_parameters_expand(&r->parameters, u, k->theta);
    fsci_program_jacobian(t->program, k->scratch, k->theta, t->point, t->point + 1, &value,
                          k->by_theta, 1);
    for (size_t j = 0; slope && j < r->parameters.n_free; j++)
        slope[j * stride] = 0;
    for (size_t i = 0; slope && i < r->parameters.n; i++) {
        size_t c = r->parameters.slot[i];
        if (c != SIZE_MAX)
            slope[c * stride] += k->by_theta[i] * fsci_residual_slope(t->space, value) *
                                 (r->parameters.all[r->parameters.free[c]].log ? k->theta[i] : 1);
    }
    return fsci_residual_map(t->space, value);
}

typedef struct pull {
    worker *worker;
    const fsci_refit *refit;
} pull;

static bool pulled_residual(void *context, const double *u, double *r, double *J, size_t stride)
{
    const pull *c = context;
    worker *k = c->worker;
    size_t n = k->inner.n, p = k->inner.p;
    if (!k->inner.residual(k->inner.context, u, r, J, stride))
        return false;
    double value = value_at(k, c->refit, u, J ? J + n : NULL, stride);
    r[n] = (value - k->aim) * k->row_scale;
    for (size_t j = 0; J && j < p; j++)
        J[j * stride + n] *= k->row_scale;
    return isfinite(r[n]);
}

/* Minimises with the target at, or near, `aim`, from u; gives the point of the profile. */
typedef struct point {
    double x, root, value;
} point;

static bool finish(worker *k, const fsci_refit *r, double scale, const double *u, point *out)
{
    out->x = value_at(k, r, u, NULL, 1);
    out->value = fsci_objective_value(k->evaluator, u);
    out->root = sqrt(fmax(0, 2 * (out->value - r->value) / scale));
    return isfinite(out->x) && isfinite(out->root);
}

/* ---- the same of a likelihood ---- */

static bool held_likelihood(void *context, const double *v, double *f, double *size,
                            double *gradient, double *hessian)
{
    worker *k = context;
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
static double curve_at(worker *k, const fsci_refit *r, const double *u)
{
    const fsci_profile_target *t = k->target;
    size_t n = r->parameters.n, p = r->parameters.n_free;
    double value, *by_theta = k->q_twice + p * p, *twice = by_theta + n;
    fsci_parameters_expand(&r->parameters, u, k->theta);
    fsci_program_hessian(t->program, k->scratch, k->theta, t->point, t->point + 1, NULL, &value,
                         by_theta, twice);
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
    const pull *c = context;
    worker *k = c->worker;
    size_t p = k->inner.p;
    if (!fsci_objective_derivatives(k->evaluator, k->inner.weight, u, f, size, gradient, hessian))
        return false;
    double away =
        (gradient ? curve_at(k, c->refit, u) : value_at(k, c->refit, u, NULL, 1)) - k->aim;
    *f += k->bend * away * away;
    *size += k->bend * away * away;
    for (size_t i = 0; gradient && i < p; i++) {
        gradient[i] += 2 * k->bend * away * k->q[i];
        for (size_t j = 0; j < p; j++)
            hessian[i * p + j] += 2 * k->bend * (k->q[i] * k->q[j] + away * k->q_twice[i * p + j]);
    }
    return isfinite(*f);
}

static bool solve_held(worker *k, const fsci_refit *r, double scale, double *u, point *out)
{
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
        if (stop == FSCI_STOP_DOMAIN)
            return false;
        memcpy(u, k->moved, c * sizeof *u);
        memcpy(u + c + 1, k->moved + c, (p - 1 - c) * sizeof *u);
    }
    return finish(k, r, scale, u, out);
}

/* A first guess of the standard error where the estimate has none, as on a bound. */
static double step_of(const fsci_profile_target *t)
{
    return t->se > 0 ? t->se : 0.1 * fabs(t->at) + 1e-3;
}

static bool solve_pulled(worker *k, const fsci_refit *r, double scale, double *u, point *out)
{
    pull context = {k, r};
    fsci_ls_problem problem = k->inner;
    double se = step_of(k->target), factor = r->objective.loss == FSCI_LOSS_HUBER ? 0.5 : 1;
    problem.n++;
    problem.residual = pulled_residual;
    problem.context = &context;
    problem.weight = k->weight;
    /* far inside delta, where a Huber row is a square */
    k->row_scale = r->objective.loss == FSCI_LOSS_HUBER ? 1e-7 * r->objective.delta / se : 1 / se;
    double bend = stiffness * scale / (2 * se * se);
    k->weight[problem.n - 1] = bend / (factor * k->row_scale * k->row_scale);
    k->bend = bend;
    const fsci_newton_problem smooth = {.p = problem.p,
                                        .function = pulled_likelihood,
                                        .context = &context,
                                        .lo = problem.lo,
                                        .hi = problem.hi};
    fsci_stop stop = r->objective.density
                         ? fsci_newton_solve(&smooth, NULL, k->newton_pulled, u).stop
                         : fsci_ls_solve(&problem, NULL, k->pulled, u).stop;
    if (stop == FSCI_STOP_DOMAIN)
        return false;
    return finish(k, r, scale, u, out);
}

/* ---- one side ---- */

typedef struct trace {
    worker *worker;
    const job *job;
    fsci_profile_side *side;
    double scale, sign;
    double lo, hi;           /* what the target may be */
    double t, x, root;       /* the last point: aimed at, reached */
    double *u, *before, *at; /* [n_free] the last point, the one before, the one tried */
} trace;

static bool try_at(trace *c, double t, point *out)
{
    worker *k = c->worker;
    k->aim = t;
    bool held = k->target->coordinate != SIZE_MAX;
    bool found = held ? solve_held(k, c->job->refit, c->scale, c->at, out)
                      : solve_pulled(k, c->job->refit, c->scale, c->at, out);
    if (found)
        c->side->lowest = fmin(c->side->lowest, out->value);
    return found;
}

static void keep(trace *c, double t, const point *p)
{
    size_t n_free = c->job->refit->parameters.n_free;
    fsci_profile_side *s = c->side;
    memcpy(c->before, c->u, n_free * sizeof *c->u);
    memcpy(c->u, c->at, n_free * sizeof *c->u);
    c->t = t;
    c->x = p->x;
    c->root = p->root;
    if (s->n == FSCI_PROFILE_POINTS)
        return;
    s->x[s->n] = p->x;
    s->root[s->n] = p->root;
    memcpy(s->u + s->n++ * n_free, c->at, n_free * sizeof *c->u);
}

/* Between the last point and `far`, whose root is at or above the limit: Illinois on the root. */
static void close_in(trace *c, double far, point beyond)
{
    double limit = c->job->limit, near = c->t, low = c->root - limit, high = beyond.root - limit;
    double enough = limit_tolerance * limit;
    size_t bytes = c->job->refit->parameters.n_free * sizeof *c->at;
    int last = 0;
    c->side->stop = FSCI_PROFILE_CLOSED;
    c->side->end = c->x;
    if (-low <= enough)
        return;
    for (int i = 0; i < SOLVES_OF_A_ROOT && fabs(beyond.root - limit) > enough; i++) {
        double t = near - low * (far - near) / (high - low);
        point p;
        memcpy(c->at, c->u, bytes);
        if (t == near || t == far || !try_at(c, t, &p))
            break;
        if (p.root >= limit)
            far = t, high = p.root - limit, low *= last == 1 ? 0.5 : 1, last = 1;
        else
            near = t, low = p.root - limit, high *= last == -1 ? 0.5 : 1, last = -1;
        beyond = p;
    }
    c->side->end = beyond.x;
    keep(c, far, &beyond);
}

/* The step that should raise the root by its share of the limit. */
static double next_step(const trace *c, double step, double t, const point *p, double share)
{
    double slope = (p->root - c->root) / fabs(t - c->t);
    double wanted = slope > 0 ? share * c->job->limit / slope : INFINITY;
    return fmin(fmax(wanted, step / 4), step * 4);
}

/* From the last point one step on, along the line through the last two. */
static void extrapolate(trace *c, double t, double t_before)
{
    size_t n_free = c->job->refit->parameters.n_free;
    double ratio = c->side->n > 1 ? (t - c->t) / (c->t - t_before) : 0;
    for (size_t k = 0; k < n_free; k++)
        c->at[k] = c->u[k] + ratio * (c->u[k] - c->before[k]);
}

static void walk(trace *c, double first)
{
    double share = c->job->fine ? 1 / fine_steps : 1.02, step = first * share, before = c->t;
    double start = c->t;
    int retreats = 0;
    c->side->stop = FSCI_PROFILE_FLAT;
    while (c->side->n < FSCI_PROFILE_POINTS && fabs(c->t - start) < far_away * first) {
        double t = fmin(fmax(c->t + c->sign * step, c->lo), c->hi);
        point p;
        if (t == c->t) {
            c->side->stop = FSCI_PROFILE_BOUND;
            return;
        }
        extrapolate(c, t, before);
        if (!try_at(c, t, &p)) {
            c->side->stop = FSCI_PROFILE_DOMAIN;
            if (++retreats == RETREATS)
                return;
            step /= 4;
            continue;
        }
        if (p.root >= c->job->limit) {
            close_in(c, t, p);
            return;
        }
        c->side->stop = FSCI_PROFILE_FLAT;
        step = next_step(c, step, t, &p, share);
        before = c->t;
        keep(c, t, &p);
    }
}

/* ---- all of them ---- */

/* The scale of this target; see refit.h. */
static double scale_of(const job *j, const fsci_profile_target *t)
{
    const fsci_refit *r = j->refit;
    size_t p = r->parameters.n_free;
    double model = 0, robust = 0;
    if (!r->by_sandwich)
        return r->scale;
    if (!r->inverse || !j->fitted->covariance)
        return NAN;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++) {
            double g =
                t->slope ? t->slope[a] * t->slope[b] : a == t->coordinate && b == t->coordinate;
            model += g * r->inverse[a + b * p];
            robust += g * j->fitted->covariance[a + b * p];
        }
    return robust / model;
}

static void trace_side(void *context, size_t i, size_t w, void *result)
{
    job *j = context;
    const fsci_refit *r = j->refit;
    size_t p = r->parameters.n_free;
    worker *k = &j->workers[w];
    const fsci_profile_target *t = k->target = &j->targets[i / 2];
    fsci_profile_side *side = result;
    *side = (fsci_profile_side){.end = NAN, .lowest = r->value, .stop = FSCI_PROFILE_NONE};
    double *memory = calloc(3 * p, sizeof *memory), scale = scale_of(j, t);
    if (memory && scale > 0 && isfinite(t->at)) {
        bool held = t->coordinate != SIZE_MAX;
        trace c = {.worker = k,
                   .job = j,
                   .side = side,
                   .scale = scale,
                   .sign = i % 2 ? 1 : -1,
                   .lo = held ? r->parameters.lo[t->coordinate] : -INFINITY,
                   .hi = held ? r->parameters.hi[t->coordinate] : INFINITY,
                   .t = t->at,
                   .u = memory,
                   .before = memory + p,
                   .at = memory + 2 * p};
        memcpy(c.u, r->u, p * sizeof *c.u);
        memcpy(c.at, r->u, p * sizeof *c.at);
        keep(&c, t->at, &(point){.x = t->at});
        walk(&c, step_of(t) * j->limit);
    }
    free(memory);
}

static void free_workers(job *j)
{
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        worker *k = &j->workers[w];
        fsci_evaluator_free(k->evaluator);
        fsci_ls_workspace_free(k->held);
        fsci_ls_workspace_free(k->pulled);
        fsci_newton_workspace_free(k->newton_held);
        fsci_newton_workspace_free(k->newton_pulled);
        free(k->H);
        free(k->raw);
        free(k->theta);
        free(k->columns);
        free(k->weight);
    }
    free(j->workers);
}

static bool make_worker(const job *j, size_t scratch, worker *k)
{
    const fsci_refit *r = j->refit;
    size_t n = r->objective.n, p = r->parameters.n_free, all = r->parameters.n;
    size_t stride = (n + 1 + 7) / 8 * 8;
    k->evaluator = fsci_evaluator_new(&r->objective);
    k->held = fsci_ls_workspace_new(n, p > 1 ? p - 1 : 1);
    k->pulled = fsci_ls_workspace_new(n + 1, p);
    k->raw = aligned_alloc(64, (scratch + 127) / 64 * 64);
    k->theta = calloc(2 * all + 4 * p, sizeof *k->theta);
    k->columns = calloc(p * stride, sizeof *k->columns);
    k->weight = calloc(n + 1, sizeof *k->weight);
    if (!k->evaluator || !k->held || !k->pulled || !k->raw || !k->theta || !k->columns ||
        !k->weight)
        return false;
    k->newton_held = fsci_newton_workspace_new(p > 1 ? p - 1 : 1);
    k->newton_pulled = fsci_newton_workspace_new(p);
    k->H = calloc(2 * p * p + 2 * p + all + all * all, sizeof *k->H);
    if (!k->newton_held || !k->newton_pulled || !k->H)
        return false;
    k->q = k->H + p * p + p;
    k->q_twice = k->q + p;
    k->scratch = k->raw;
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

static bool make_workers(job *j, size_t n_targets, int threads)
{
    size_t scratch = 64;
    for (size_t i = 0; i < n_targets; i++)
        if (j->targets[i].program && fsci_program_second_bytes(j->targets[i].program) > scratch)
            scratch = fsci_program_second_bytes(j->targets[i].program);
    j->n_workers = threads < 1 ? 1 : (size_t)threads;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    for (size_t w = 0; j->workers && w < j->n_workers; w++)
        if (!make_worker(j, scratch, &j->workers[w]))
            return false;
    return j->workers != NULL;
}

fsc_status fsci_profile_run(const fsci_fitted *fitted, const fsci_refit *refit,
                            const fsci_profile_target *targets, size_t n_targets, bool fine,
                            int threads, void *sides, fsc_error *err)
{
    job j = {.fitted = fitted,
             .refit = refit,
             .targets = targets,
             .limit = fsci_t_quantile(0.5 + fitted->level / 2, fitted->df),
             .fine = fine};
    fsc_status status = FSC_OK;
    if (!make_workers(&j, n_targets, threads))
        status = fsci_fail_memory(err);
    else
        status = fsci_spread(threads, 2 * n_targets, fsci_profile_bytes(refit), sides, trace_side,
                             &j, err);
    free_workers(&j);
    return status;
}
