#include "opt/least_squares.h"

#include "opt/model.h"
#include "opt/rows.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Measured on the 4,500 starts of bench/solver and on the NIST problems; a factor of three either
 * way in any of them moves the cost by less than a tenth. */
static const double first_lambda = 1e-2, least_lambda = 1e-14, settled_lambda = 1e-3;
static const double least_ratio = 1e-4;     /* of actual to predicted decrease, to accept */
static const double explosive_growth = 100; /* of a column's squared norm over one step */
static const double flat_cosine = 1e-6;
enum { MAX_ITERATIONS = 500, MAX_CUTS = 40 };

typedef struct point {
    double *theta, *r, *J;
} point;

struct fsci_ls_workspace {
    size_t n, p, stride;
    double *memory;
    bool *held;
    double *ones;
    point here, there;
    double *size;   /* [p] squared norm of each column in the metric of the majorant, at here */
    double *scale;  /* [p] the largest size so far */
    double *radius; /* [p] longest step of a parameter whose column exploded, else INFINITY */
    fsci_model model;
};

/* One solve. */
typedef struct solver {
    const fsci_ls_problem *problem;
    fsci_ls_workspace *ws;
    fsci_model *m;
    double value;          /* sum w rho at here */
    double lambda, growth; /* damping and its next factor, should the step fail */
    double predicted, cut; /* of the step under trial; cut is the share of it that was tried */
    double looked;         /* value at the last second look, see settled() */
    fsci_ls_result result;
} solver;

fsci_ls_workspace *fsci_ls_workspace_new(size_t n, size_t p)
{
    const size_t stride = (n + 7) / 8 * 8, rows = 7 + 2 * p, small = 2 * p + 10;
    if (p == 0 || n > SIZE_MAX / 16 / sizeof(double) / rows || p > 1 << 12)
        return NULL;
    fsci_ls_workspace *ws = calloc(1, sizeof *ws);
    if (!ws)
        return NULL;
    const size_t bytes = (stride * rows + p * small) * sizeof(double);
    ws->memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    ws->held = calloc(p, sizeof *ws->held);
    if (!ws->memory || !ws->held) {
        fsci_ls_workspace_free(ws);
        return NULL;
    }
    fsci_model *m = &ws->model;
    double **const columns[] = {&ws->here.r, &ws->there.r, &ws->ones,    &m->z,
                                &m->slope,   &m->y,        &m->curvature};
    double **const vectors[] = {
        &ws->here.theta, &ws->there.theta, &ws->size, &ws->scale, &ws->radius,
        &m->below,       &m->above,        &m->s,     &m->g,      &m->d};
    double *next = ws->memory;
    ws->here.J = next, next += p * stride;
    ws->there.J = next, next += p * stride;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++, next += stride)
        *columns[k] = next;
    m->H = next, next += p * p;
    m->L = next, next += p * p;
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++, next += p)
        *vectors[k] = next;
    for (size_t i = 0; i < n; i++)
        ws->ones[i] = 1;
    ws->n = n, ws->p = p, ws->stride = stride;
    m->n = n, m->p = p, m->stride = stride, m->scale = ws->scale, m->held = ws->held;
    return ws;
}

void fsci_ls_workspace_free(fsci_ls_workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->held);
    free(ws);
}

const char *fsci_stop_name(fsci_stop stop)
{
    static const char *const names[] = {"converged", "stalled", "limit", "domain", "abandoned"};
    return names[stop];
}

static double into_bounds(const fsci_ls_problem *q, size_t j, double value)
{
    if (q->lo)
        value = fmax(value, q->lo[j]);
    if (q->hi)
        value = fmin(value, q->hi[j]);
    return value;
}

/* Residuals and Jacobian of `at`; false when it is outside the domain or the sum overflows. */
static bool evaluate(solver *f, const point *at, double *value)
{
    const fsci_ls_problem *q = f->problem;
    f->result.evaluations++;
    if (!q->residual(q->context, at->theta, at->r, at->J, f->ws->stride))
        return false;
    *value = fsci_rows_value(q->n, f->m->w, at->r, f->m->delta);
    return isfinite(*value);
}

/* Squared norm of column j at a point, in the metric of the majorant left in m->curvature. */
static double column_size(const solver *f, const point *at, size_t j)
{
    return fsci_rows_norm2(f->m->n, f->m->curvature, at->J + j * f->m->stride);
}

static void set_box(solver *f, size_t j)
{
    const fsci_ls_problem *q = f->problem;
    const fsci_ls_workspace *ws = f->ws;
    double below = q->lo ? q->lo[j] - ws->here.theta[j] : -INFINITY;
    double above = q->hi ? q->hi[j] - ws->here.theta[j] : INFINITY;
    f->m->below[j] = fmax(below, -ws->radius[j]);
    f->m->above[j] = fmin(above, ws->radius[j]);
}

/* What an iteration needs to know of a new point: column sizes, box, gradient measure. */
static void arrive(solver *f)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    const fsci_ls_problem *q = f->problem;
    m->r = ws->here.r, m->J = ws->here.J;
    fsci_rows_score(m->n, m->w, m->r, m->delta, m->slope, m->curvature);
    fsci_rows_gradient(m->n, m->p, m->J, m->stride, m->slope, m->g);
    double total = fsci_rows_dot(m->n, m->slope, m->r);
    fsci_rows_majorant(m->n, m->w, m->r, m->delta, m->curvature);
    f->result.gradient_norm = 0;
    for (size_t j = 0; j < m->p; j++) {
        ws->size[j] = column_size(f, &ws->here, j);
        ws->scale[j] = fmax(ws->scale[j], ws->size[j]);
        set_box(f, j);
        const double theta = ws->here.theta[j];
        const bool held = (q->lo && theta <= q->lo[j] && m->g[j] >= 0) ||
                          (q->hi && theta >= q->hi[j] && m->g[j] <= 0);
        if (!held && ws->size[j] > 0 && total > 0)
            f->result.gradient_norm =
                fmax(f->result.gradient_norm, fabs(m->g[j]) / sqrt(ws->size[j] * total));
    }
}

/* The predicted decrease is negligible. Should a column be far from orthogonal to the residuals all
 * the same, then damping remembered from elsewhere may hold its parameter: it is forgotten, and
 * the next iteration looks again. */
static bool settled(solver *f, double tolerance)
{
    fsci_ls_workspace *ws = f->ws;
    if (f->value == 0)
        return true;
    if (f->predicted > tolerance * f->value || f->lambda > settled_lambda)
        return false;
    for (size_t j = 0; j < f->m->p; j++)
        if (f->m->s[j] != 0 && fabs(f->m->s[j]) >= ws->radius[j])
            return false;
    if (f->result.gradient_norm <= flat_cosine || f->value >= f->looked * (1 - 1e-10))
        return true;
    f->looked = f->value;
    memcpy(ws->scale, ws->size, f->m->p * sizeof *ws->scale);
    return false;
}

/* theta of `there` for a step of m->s; false when no parameter moves at working precision. */
static bool propose(solver *f)
{
    const fsci_ls_workspace *ws = f->ws;
    bool moved = false;
    for (size_t j = 0; j < f->m->p; j++) {
        const double from = ws->here.theta[j];
        const double to = into_bounds(f->problem, j, from + f->m->s[j]);
        moved |= fabs(to - from) > 2 * DBL_EPSILON * fabs(to);
        ws->there.theta[j] = to;
    }
    return moved;
}

/* Evaluates the proposed step, cut by tens until it is inside the domain. Gives the decrease. */
static double attempt(solver *f, double *value)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    f->cut = 1;
    for (int cuts = 0; !evaluate(f, &ws->there, value); cuts++) {
        if (cuts == MAX_CUTS)
            return NAN;
        f->cut *= 0.1;
        for (size_t j = 0; j < m->p; j++) {
            m->s[j] *= 0.1;
            ws->there.theta[j] = into_bounds(f->problem, j, ws->here.theta[j] + m->s[j]);
        }
    }
    if (f->cut < 1) {
        fsci_rows_image(m->n, m->p, m->J, m->stride, m->s, m->z);
        fsci_rows_move(m->n, 1, m->r, m->z);
        f->predicted = fsci_rows_decrease(m->n, m->w, m->r, m->z, m->delta);
    }
    return fsci_rows_decrease(m->n, m->w, m->r, ws->there.r, m->delta);
}

static void accept(solver *f, double ratio, double value)
{
    fsci_ls_workspace *ws = f->ws;
    const point left = ws->here;
    const double c = 2 * ratio - 1;
    ws->here = ws->there, ws->there = left;
    f->value = value;
    f->lambda = fmax(least_lambda, f->lambda * fmin(fmax(1 - c * c * c, 0.1), 2));
    f->growth = 2;
    for (size_t j = 0; j < f->m->p; j++)
        ws->radius[j] *= 2;
    arrive(f);
}

/* Where the columns that matter exploded, the linearisation is useless for their parameters: these
 * get a radius. Otherwise all parameters are damped more. */
static void reject(solver *f, bool inside)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    bool exploded = false;
    double worst = 0;
    f->growth *= 2;
    if (inside) {
        fsci_rows_majorant(m->n, m->w, ws->there.r, m->delta, m->curvature);
        for (size_t j = 0; j < m->p; j++) {
            m->g[j] = column_size(f, &ws->there, j);
            worst = fmax(worst, m->g[j] * m->s[j] * m->s[j]);
        }
    }
    for (size_t j = 0; inside && j < m->p; j++) {
        const double grown = m->g[j] / ws->size[j];
        if (!(m->g[j] * m->s[j] * m->s[j] > 0.1 * worst && grown > explosive_growth))
            continue;
        exploded = true;
        ws->radius[j] = fabs(m->s[j]) / fmax(4, 2 * log(grown) / log(explosive_growth));
        set_box(f, j);
    }
    if (!exploded)
        f->lambda *= f->growth / f->cut;
}

static fsci_stop descend(solver *f, int limit, double tolerance, double give_up_above)
{
    (void)give_up_above;
    while (f->result.iterations < limit) {
        double value = f->value;
        f->m->lambda = f->lambda;
        f->result.iterations++;
        f->predicted = fsci_model_minimise(f->m);
        if (settled(f, tolerance))
            return FSCI_STOP_CONVERGED;
        if (!propose(f))
            return f->result.gradient_norm <= flat_cosine ? FSCI_STOP_CONVERGED : FSCI_STOP_STALLED;
        const double actual = attempt(f, &value), ratio = actual / f->predicted;
        if (actual > 0 && ratio > least_ratio)
            accept(f, ratio, value);
        else
            reject(f, isfinite(actual));
    }
    return FSCI_STOP_LIMIT;
}

fsci_ls_result fsci_ls_solve(const fsci_ls_problem *q, const fsci_ls_options *options,
                             fsci_ls_workspace *ws, double *theta)
{
    static const fsci_ls_options defaults = {0};
    const fsci_ls_options *o = options ? options : &defaults;
    solver f = {.problem = q,
                .ws = ws,
                .m = &ws->model,
                .lambda = first_lambda,
                .growth = 2,
                .looked = INFINITY,
                .result = {INFINITY, INFINITY, FSCI_STOP_DOMAIN, 0, 0}};
    f.m->w = q->weight ? q->weight : ws->ones;
    f.m->delta = q->loss == FSCI_LOSS_SQUARED ? INFINITY : q->delta;
    for (size_t j = 0; j < q->p; j++) {
        theta[j] = ws->here.theta[j] = into_bounds(q, j, theta[j]);
        ws->scale[j] = 0, ws->radius[j] = INFINITY;
    }
    if (!evaluate(&f, &ws->here, &f.value))
        return f.result;
    arrive(&f);
    f.result.stop = descend(&f, o->max_iterations > 0 ? o->max_iterations : MAX_ITERATIONS,
                            o->tolerance > 0 ? o->tolerance : 1e-14, o->give_up_above);
    memcpy(theta, ws->here.theta, q->p * sizeof *theta);
    f.result.value = q->loss == FSCI_LOSS_SQUARED ? 2 * f.value : f.value;
    return f.result;
}
