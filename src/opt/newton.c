#include "opt/newton.h"

#include "opt/trust.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double least_ratio = 1e-4;        /* of actual to promised decrease, to accept */
static const double timid = 0.25, bold = 0.75; /* ratios below and above which the radius moves */
static const double shrink = 0.25, grow = 3, retreat = 0.1;
static const double forget = 0.1;      /* share of a scale that outlives an iteration */
static const double first_share = 0.1; /* of size, that the first radius may gain */
static const double default_tolerance = 1e-15;
static const double rounding = 8 * DBL_EPSILON; /* of size: what f cannot tell apart */
enum { MAX_ITERATIONS = 500, MAX_FAILURES = 60 };

typedef struct point {
    double f, size;
    double *theta, *g, *H;
} point;

struct fsci_newton_workspace {
    size_t p;
    double *memory, *D;
    point here, there;
    fsci_trust trust;
};

typedef struct solver {
    const fsci_newton_problem *problem;
    fsci_newton_workspace *ws;
    double tolerance;
    double radius;
    fsci_newton_result result;
} solver;

fsci_newton_workspace *fsci_newton_workspace_new(size_t p)
{
    fsci_newton_workspace *ws = p < 1 << 12 ? calloc(1, sizeof *ws) : NULL;
    if (!ws)
        return NULL;
    fsci_trust *t = &ws->trust;
    double **const squares[] = {&ws->here.H, &ws->there.H, &t->A, &t->vectors};
    double **const vectors[] = {&ws->here.theta, &ws->here.g, &ws->there.theta, &ws->there.g,
                                &ws->D,          &t->below,   &t->above,        &t->s,
                                &t->b,           &t->values,  &t->along,        &t->descent};
    size_t n_squares = sizeof squares / sizeof *squares,
           n_vectors = sizeof vectors / sizeof *vectors;
    ws->memory = calloc(n_squares * p * p + n_vectors * p + 1, sizeof *ws->memory);
    t->held = calloc(p + 1, sizeof *t->held);
    t->free = calloc(p + 1, sizeof *t->free);
    if (!ws->memory || !t->held || !t->free) {
        fsci_newton_workspace_free(ws);
        return NULL;
    }
    double *next = ws->memory;
    for (size_t k = 0; k < n_squares; k++, next += p * p)
        *squares[k] = next;
    for (size_t k = 0; k < n_vectors; k++, next += p)
        *vectors[k] = next;
    ws->p = t->p = p;
    t->D = ws->D;
    return ws;
}

void fsci_newton_workspace_free(fsci_newton_workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->trust.held);
    free(ws->trust.free);
    free(ws);
}

static double into_bounds(const fsci_newton_problem *q, size_t j, double value)
{
    if (q->lo)
        value = fmax(value, q->lo[j]);
    if (q->hi)
        value = fmin(value, q->hi[j]);
    return value;
}

static bool evaluate(solver *f, point *at, bool derivatives)
{
    const fsci_newton_problem *q = f->problem;
    f->result.evaluations++;
    return q->function(q->context, at->theta, &at->f, &at->size, derivatives ? at->g : NULL,
                       derivatives ? at->H : NULL) &&
           isfinite(at->f);
}

/* How fast f bends with each parameter is the length that a step in it is measured by. */
static void arrive(solver *f)
{
    fsci_newton_workspace *ws = f->ws;
    const point *x = &ws->here;
    for (size_t j = 0; j < ws->p; j++) {
        double bend = sqrt(fabs(x->H[j * ws->p + j]));
        if (!(bend > 0))
            bend = x->size > 0 ? fabs(x->g[j]) / sqrt(x->size) : 0;
        ws->D[j] = fmax(bend, forget * ws->D[j]);
        if (!(ws->D[j] > 0))
            ws->D[j] = 1; /* f does not depend on it here */
        ws->trust.below[j] = f->problem->lo ? f->problem->lo[j] - x->theta[j] : -INFINITY;
        ws->trust.above[j] = f->problem->hi ? f->problem->hi[j] - x->theta[j] : INFINITY;
    }
    ws->trust.g = x->g;
    ws->trust.H = x->H;
}

/* Of a point, with the scales of `here`. */
static double gradient_norm(const solver *f, const point *at)
{
    const fsci_newton_problem *q = f->problem;
    double most = 0;
    for (size_t j = 0; j < f->ws->p; j++) {
        bool held = (q->lo && at->theta[j] <= q->lo[j] && at->g[j] >= 0) ||
                    (q->hi && at->theta[j] >= q->hi[j] && at->g[j] <= 0);
        if (!held && at->g[j] != 0)
            most = fmax(most, fabs(at->g[j]) / (f->ws->D[j] * sqrt(at->size)));
    }
    return most;
}

/* theta of `there` for the step of the model; false when nothing moves at working precision. */
static bool propose(solver *f)
{
    fsci_newton_workspace *ws = f->ws;
    bool moved = false;
    for (size_t j = 0; j < ws->p; j++) {
        ws->there.theta[j] = into_bounds(f->problem, j, ws->here.theta[j] + ws->trust.s[j]);
        moved = moved || ws->there.theta[j] != ws->here.theta[j];
    }
    return moved;
}

static void move(solver *f)
{
    const point swap = f->ws->here;
    f->ws->here = f->ws->there;
    f->ws->there = swap;
    arrive(f);
}

static double step_length(const fsci_newton_workspace *ws)
{
    double sum = 0;
    for (size_t j = 0; j < ws->p; j++)
        sum += ws->D[j] * ws->trust.s[j] * ws->D[j] * ws->trust.s[j];
    return sqrt(sum);
}

/* From the size of f, or of its slope where f is 0. */
static double first_radius(const solver *f)
{
    const point *x = &f->ws->here;
    double slope = 0;
    for (size_t j = 0; j < f->ws->p; j++)
        slope = fmax(slope, fabs(x->g[j]) / f->ws->D[j]);
    return fmax(sqrt(first_share * x->size), first_share * slope);
}

/* Where f cannot tell two points apart their gradients can: a last step, taken if it lowers them.
 */
static bool polish(solver *f)
{
    fsci_newton_workspace *ws = f->ws;
    if (!propose(f) || !evaluate(f, &ws->there, true) ||
        !(ws->there.f <= ws->here.f + rounding * ws->here.size) ||
        !(gradient_norm(f, &ws->there) < gradient_norm(f, &ws->here)))
        return false;
    move(f);
    return true;
}

typedef enum verdict { ACCEPTED, REJECTED, FLAT } verdict;

static verdict attempt(solver *f, double promised)
{
    fsci_newton_workspace *ws = f->ws;
    double length = step_length(ws);
    if (!propose(f))
        return FLAT;
    if (!evaluate(f, &ws->there, false)) {
        f->radius = retreat * length;
        return REJECTED;
    }
    double ratio = (ws->here.f - ws->there.f) / promised;
    if (ratio < timid)
        f->radius = shrink * length;
    else if (ratio > bold && ws->trust.on_sphere)
        f->radius = fmax(f->radius, grow * length);
    if (!(ratio > least_ratio))
        return REJECTED;
    if (!evaluate(f, &ws->there, true)) { /* a slope is not finite */
        f->radius = retreat * length;
        return REJECTED;
    }
    move(f);
    return ACCEPTED;
}

/* One iteration: steps from here until one is accepted. Gives true to go on. */
static bool iterate(solver *f)
{
    fsci_newton_workspace *ws = f->ws;
    bool second_look = false;
    for (int failures = 0; failures < MAX_FAILURES; failures++) {
        ws->trust.radius = f->radius;
        double promised = fsci_trust_step(&ws->trust);
        f->result.stop = FSCI_STOP_CONVERGED;
        if (!(promised > f->tolerance * ws->here.size)) {
            if (!ws->trust.on_sphere || second_look) {
                polish(f);
                return false;
            }
            second_look = true; /* the radius may only be timid */
            f->radius = fmax(f->radius, first_radius(f));
            continue;
        }
        if (promised < rounding * ws->here.size && !ws->trust.on_sphere)
            return polish(f);
        verdict v = attempt(f, promised);
        if (v == ACCEPTED)
            return true;
        if (v == FLAT)
            return false;
    }
    f->result.stop = FSCI_STOP_STALLED;
    return false;
}

fsci_newton_result fsci_newton_solve(const fsci_newton_problem *problem,
                                     const fsci_newton_options *options, fsci_newton_workspace *ws,
                                     double *theta)
{
    solver f = {.problem = problem, .ws = ws, .tolerance = default_tolerance};
    int limit = options && options->max_iterations ? options->max_iterations : MAX_ITERATIONS;
    if (options && options->tolerance > 0)
        f.tolerance = options->tolerance;
    for (size_t j = 0; j < ws->p; j++) {
        ws->here.theta[j] = theta[j] = into_bounds(problem, j, theta[j]);
        ws->D[j] = 0;
    }
    if (!evaluate(&f, &ws->here, true)) {
        f.result.value = INFINITY;
        f.result.stop = FSCI_STOP_DOMAIN;
        return f.result;
    }
    arrive(&f);
    f.radius = first_radius(&f);
    while (iterate(&f))
        if (++f.result.iterations >= limit) {
            f.result.stop = FSCI_STOP_LIMIT;
            break;
        }
    memcpy(theta, ws->here.theta, ws->p * sizeof *theta);
    f.result.value = ws->here.f;
    f.result.gradient_norm = gradient_norm(&f, &ws->here);
    return f.result;
}
