#include "fit/interval/profile.h"

#include "base/spread.h"
#include "fit/interval/constrained.h"
#include "num/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps of a fine trace to the limit; how closely the limit is met, and how narrowly its place is
 * known; first steps after which a side counts as open. */
static const double fine_steps = 5, limit_tolerance = 1e-8, narrow = 1e-9, far_away = 1e5;
/* A root this many times the limit may belong to another valley of the objective: the step was too
 * long to stay in this one. */
static const double leap = 1.5;
enum { SOLVES_OF_A_ROOT = 40, RETREATS = 8 };

const char *fsci_profile_reason(fsci_profile_stop stop)
{
    static const char *const reasons[] = {
        [FSCI_PROFILE_BOUND] = "its bound comes before the data object",
        [FSCI_PROFILE_FLAT] = "the data never object",
        [FSCI_PROFILE_DOMAIN] = "no minimum is found farther out",
        [FSCI_PROFILE_NONE] = "the residuals give no scale",
    };
    return stop == FSCI_PROFILE_CLOSED ? NULL : reasons[stop];
}

size_t fsci_profile_bytes(const fsci_refit *r)
{
    return sizeof(fsci_profile_side) + FSCI_PROFILE_POINTS * r->parameters.n_free * sizeof(double);
}

typedef struct job {
    const fsci_fitted *fitted;
    const fsci_refit *refit;
    const fsci_profile_target *targets;
    fsci_constrained **workers;
    size_t n_workers;
    double limit; /* Student's quantile */
    bool fine;
} job;

/* ---- one side ---- */

typedef struct trace {
    fsci_constrained *worker;
    const fsci_profile_target *target;
    const job *job;
    fsci_profile_side *side;
    double scale, sign;
    double lo, hi;           /* what the target may be */
    double t, x, root;       /* the last point: aimed at, reached */
    double *u, *before, *at; /* [n_free] the last point, the one before, the one tried */
} trace;

static bool try_at(trace *c, double t, fsci_profile_point *out)
{
    bool found = fsci_constrained_solve(c->worker, c->target, c->scale, t, c->at, out);
    if (found)
        c->side->lowest = fmin(c->side->lowest, out->value);
    return found;
}

static void keep(trace *c, double t, const fsci_profile_point *p)
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

/* Between the last point and `far`, whose root is at or above the limit: Illinois on the root, each
 * time from the last point below the limit. */
static void close_in(trace *c, double far, fsci_profile_point beyond)
{
    const double limit = c->job->limit, enough = limit_tolerance * limit;
    double low = c->root - limit, high = beyond.root - limit;
    size_t bytes = c->job->refit->parameters.n_free * sizeof *c->at;
    int last = 0;
    c->side->stop = FSCI_PROFILE_CLOSED;
    for (int i = 0;
         i < SOLVES_OF_A_ROOT && c->root < limit - enough && beyond.root > limit + enough &&
         fabs(far - c->t) > narrow * fabs(far - c->target->at);
         i++) {
        double t = c->t - low * (far - c->t) / (high - low);
        fsci_profile_point p;
        memcpy(c->at, c->u, bytes);
        if (!try_at(c, t, &p))
            break;
        if (p.root >= limit) {
            far = t, high = p.root - limit, low *= last == 1 ? 0.5 : 1, last = 1;
            beyond = p;
        } else {
            keep(c, t, &p);
            low = p.root - limit, high *= last == -1 ? 0.5 : 1, last = -1;
        }
    }
    c->side->end = c->root < limit - enough ? beyond.x : c->x;
    if (last == 1)
        keep(c, far, &beyond);
}

/* The step that should raise the root by its share of the limit. */
static double next_step(const trace *c, double step, double t, const fsci_profile_point *p,
                        double share)
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
        fsci_profile_point p;
        if (t == c->t) {
            c->side->stop = FSCI_PROFILE_BOUND;
            return;
        }
        extrapolate(c, t, before);
        bool found = try_at(c, t, &p);
        if (!found || (p.root > leap * c->job->limit && retreats < RETREATS)) {
            c->side->stop = FSCI_PROFILE_DOMAIN;
            if (++retreats > RETREATS)
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
        retreats = 0;
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
    const fsci_profile_target *t = &j->targets[i / 2];
    fsci_profile_side *side = result;
    *side = (fsci_profile_side){.end = NAN, .lowest = r->value, .stop = FSCI_PROFILE_NONE};
    double *memory = calloc(3 * p, sizeof *memory), scale = scale_of(j, t);
    if (memory && scale > 0 && isfinite(t->at)) {
        bool held = t->coordinate != SIZE_MAX;
        trace c = {.worker = j->workers[w],
                   .target = t,
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
        keep(&c, t->at, &(fsci_profile_point){.x = t->at});
        walk(&c, fsci_profile_step(t) * j->limit);
    }
    free(memory);
}

static void free_workers(job *j)
{
    for (size_t w = 0; j->workers && w < j->n_workers; w++)
        fsci_constrained_free(j->workers[w]);
    free(j->workers);
}

static bool make_workers(job *j, size_t n_targets, int threads)
{
    j->n_workers = threads < 1 ? 1 : (size_t)threads;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    for (size_t w = 0; j->workers && w < j->n_workers; w++)
        if (!(j->workers[w] = fsci_constrained_new(j->refit, j->targets, n_targets)))
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
