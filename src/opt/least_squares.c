#include "opt/least_squares.h"

#include "opt/dense.h"
#include "opt/model.h"
#include "opt/rows.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Chosen on the 4,500 starts of bench/solver and the NIST problems, where a factor of three either
 * way in any of them moves the iterations by about a tenth. */
static const double first_lambda = 0.1, least_lambda = 1e-18;
static const double least_ratio = 1e-4;     /* of actual to predicted decrease, to accept */
static const double explosive_growth = 100; /* of a column's squared norm over one step */
static const double flat_cosine = 1e-6;     /* gradient measure of a flat point */
static const double across = 100; /* damping of a step back, over that of the failed one */
static const double default_tolerance = 1e-15;
enum { MAX_ITERATIONS = 500, MAX_CUTS = 40, MAX_HOPELESS = 3, MAX_BACK = 3 };

typedef struct point {
    double *theta, *r, *J;
} point;

struct fsci_ls_workspace {
    size_t n, p, stride;
    double *memory;
    bool *held;
    size_t *list;
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
    int max_iterations;
    double give_up_above;
    double factor;         /* sum w rho times this is f of the header */
    double value;          /* sum w rho at here */
    double lambda, growth; /* damping, and by how much the next failure stiffens the step */
    double predicted, cut; /* of the step under trial; cut is the share of it that was tried */
    double looked;         /* value at the last second look, see settled() */
    int hopeless;          /* steps in a row after which f was clearly above give_up_above */
    fsci_ls_result result;
} solver;

fsci_ls_workspace *fsci_ls_workspace_new(size_t n, size_t p)
{
    const size_t stride = (n + 7) / 8 * 8, rows = 7 + 2 * p, small = 2 * p + 10;
    if (n > SIZE_MAX / 16 / sizeof(double) / rows || p > FSCI_ROWS_COLUMNS)
        return NULL;
    fsci_ls_workspace *ws = calloc(1, sizeof *ws);
    if (!ws)
        return NULL;
    const size_t bytes = (stride * rows + p * small) * sizeof(double);
    ws->memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    ws->held = calloc(p + 1, sizeof *ws->held);
    ws->list = calloc(p + 1, sizeof *ws->list);
    if (!ws->memory || !ws->held || !ws->list) {
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
    m->list = ws->list;
    return ws;
}

void fsci_ls_workspace_free(fsci_ls_workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->held);
    free(ws->list);
    free(ws);
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

static void set_box(solver *f, size_t j, const point *at, double radius)
{
    const fsci_ls_problem *q = f->problem;
    double below = q->lo ? q->lo[j] - at->theta[j] : -INFINITY;
    double above = q->hi ? q->hi[j] - at->theta[j] : INFINITY;
    f->m->below[j] = fmax(below, -radius);
    f->m->above[j] = fmin(above, radius);
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
        set_box(f, j, &ws->here, ws->radius[j]);
        const double theta = ws->here.theta[j];
        const bool held = (q->lo && theta <= q->lo[j] && m->g[j] >= 0) ||
                          (q->hi && theta >= q->hi[j] && m->g[j] <= 0);
        if (!held && ws->size[j] > 0 && total > 0)
            f->result.gradient_norm =
                fmax(f->result.gradient_norm, fabs(m->g[j]) / sqrt(ws->size[j] * total));
    }
}

typedef enum verdict { GO_ON, LOOK_AGAIN, FLAT, MINIMUM } verdict;

static bool stopped_by_radius(const solver *f)
{
    for (size_t j = 0; j < f->m->p; j++)
        if (f->m->s[j] != 0 && fabs(f->m->s[j]) >= f->ws->radius[j])
            return true;
    return false;
}

/* Is what the model promises negligible? The damped model may only be timid, so a second look
 * follows without damping and without what was remembered of earlier columns; a minimum is where
 * that promises nothing either, or where all columns are orthogonal to the residuals. Where it
 * promises something but no step came of it since the last second look, the point is flat. */
static verdict settled(solver *f, double tolerance)
{
    fsci_ls_workspace *ws = f->ws;
    if (f->value == 0)
        return MINIMUM;
    if (f->predicted > tolerance * f->value)
        return GO_ON;
    if (f->lambda <= least_lambda)
        return stopped_by_radius(f) ? GO_ON : MINIMUM;
    if (f->value >= f->looked * (1 - 1e-10))
        return f->result.gradient_norm <= flat_cosine ? MINIMUM : FLAT;
    f->looked = f->value;
    f->lambda = least_lambda;
    for (size_t j = 0; j < f->m->p; j++) {
        ws->scale[j] = ws->size[j];
        ws->radius[j] = INFINITY;
        set_box(f, j, &ws->here, INFINITY);
    }
    return LOOK_AGAIN;
}

/* theta of `there` for a step of m->s from a point, which may be `there`; false when no parameter
 * moves at working precision. */
static bool propose(solver *f, const point *from)
{
    const fsci_ls_workspace *ws = f->ws;
    bool moved = false;
    for (size_t j = 0; j < f->m->p; j++) {
        const double left = from->theta[j];
        const double to = into_bounds(f->problem, j, left + f->m->s[j]);
        moved |= fabs(to - left) > 2 * DBL_EPSILON * fabs(to);
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

static bool good(const solver *f, double actual)
{
    return actual > 0 && actual > least_ratio * f->predicted;
}

static void swap_points(fsci_ls_workspace *ws)
{
    const point left = ws->here;
    ws->here = ws->there, ws->there = left;
}

/* The damping after a step that was as good as this. After a failure at the point just left, less
 * would only fail again. */
static double softer(const solver *f, double actual)
{
    const double ratio = actual / f->predicted;
    return f->lambda * (ratio < 0.25 ? 1 : f->growth > 2 ? 0.5 : ratio < 0.75 ? 0.3 : 0.1);
}

/* Goes on from `there`. */
static void accept(solver *f, double actual, double value, double lambda)
{
    fsci_ls_workspace *ws = f->ws;
    swap_points(ws);
    f->value = value;
    f->lambda = fmax(least_lambda, lambda);
    f->growth = 2;
    for (size_t j = 0; j < f->m->p; j++)
        ws->radius[j] *= 2;
    if (f->factor * (value - 10 * fmax(actual, f->predicted)) > f->give_up_above)
        f->hopeless++;
    else
        f->hopeless = 0;
    arrive(f);
}

/* Where the columns that matter exploded over the failed step, the linearisation says nothing about
 * their parameters: these get a radius. Growth is taken as exponential in the step. */
static bool contain_explosion(solver *f)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    bool exploded = false;
    double worst = 0;
    fsci_rows_majorant(m->n, m->w, ws->there.r, m->delta, m->curvature);
    for (size_t j = 0; j < m->p; j++) {
        m->g[j] = column_size(f, &ws->there, j);
        worst = fmax(worst, m->g[j] * m->s[j] * m->s[j]);
    }
    for (size_t j = 0; j < m->p; j++) {
        const double grown = m->g[j] / ws->size[j];
        if (!(m->g[j] * m->s[j] * m->s[j] > 0.1 * worst && grown > explosive_growth))
            continue;
        exploded = true;
        ws->radius[j] = fabs(m->s[j]) / fmax(4, 2 * log(grown) / log(explosive_growth));
        set_box(f, j, &ws->here, ws->radius[j]);
    }
    return exploded;
}

/* The damping with which the scaled step is shorter by `growth`, by one step of Hebden's iteration
 * (Moré 1978, eq. 5.5): what matters is the stiffness along the failed step, and no smaller change
 * of lambda would be felt. */
static double stiffer(const solver *f)
{
    const fsci_model *m = f->m;
    const double times = f->growth / f->cut;
    double length = 0, softness = 0;
    for (size_t j = 0; j < m->p; j++) {
        length += m->scale[j] * m->s[j] * m->s[j];
        m->g[j] = m->held[j] ? 0 : m->scale[j] * m->s[j];
    }
    fsci_cholesky_solve(m->p, m->L, m->g, m->d);
    for (size_t j = 0; j < m->p; j++)
        softness -= m->g[j] * m->d[j];
    const double lambda = f->lambda + (times - 1) * length / softness;
    return isfinite(lambda) ? fmax(lambda, f->lambda * times) : f->lambda * times;
}

/* A Gauss-Newton step from `there` with the derivatives there. It is stiff: it shall lead across
 * the valley, not along it. */
static bool step_across(solver *f, double *value)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    m->r = ws->there.r, m->J = ws->there.J, m->lambda = across * f->lambda;
    for (size_t j = 0; j < m->p; j++)
        set_box(f, j, &ws->there, INFINITY);
    fsci_model_minimise(m);
    propose(f, &ws->there);
    return evaluate(f, &ws->there, value);
}

/* A step that failed for the curvature of a valley is given the chance to come back to its floor,
 * as long as each step across it halves f (the watchdog of Chamberlain et al. 1982). With damping
 * `stiff` it would have been shorter. */
static bool come_back(solver *f, double value, double stiff)
{
    fsci_ls_workspace *ws = f->ws;
    fsci_model *m = f->m;
    double last = INFINITY;
    for (int k = 0; k < MAX_BACK && value < 0.5 * last; k++) {
        last = value;
        if (!step_across(f, &value))
            break;
        const double actual = fsci_rows_decrease(m->n, m->w, ws->here.r, ws->there.r, m->delta);
        if (good(f, actual)) {
            const bool poor = actual < 0.25 * f->predicted;
            accept(f, actual, value, poor ? stiff : f->lambda * (k ? 0.5 : 0.3));
            return true;
        }
    }
    m->r = ws->here.r, m->J = ws->here.J;
    for (size_t j = 0; j < m->p; j++)
        set_box(f, j, &ws->here, ws->radius[j]);
    return false;
}

/* Gives whether f decreased; otherwise the next step is more careful. */
static bool step(solver *f)
{
    double value;
    const double actual = attempt(f, &value);
    if (good(f, actual)) {
        accept(f, actual, value, softer(f, actual));
        return true;
    }
    if (isfinite(actual) && contain_explosion(f))
        return false;
    const double stiff = stiffer(f);
    if (isfinite(actual) && f->cut == 1 && come_back(f, value, stiff))
        return true;
    f->lambda = stiff;
    f->growth *= 2;
    return false;
}

/* Whether a step that failed promised less than what theta's own rounding does to f: by worst case
 * e_i = 2 eps sum_j |J_ij theta_j| on every residual. Asked near a stationary point, and where the
 * model promises most of f: an exact fit ends here. */
static bool lost_in_rounding(const solver *f)
{
    const fsci_model *m = f->m;
    if (f->result.gradient_norm > flat_cosine && f->predicted < 0.5 * f->value)
        return false;
    for (size_t i = 0; i < m->n; i++)
        m->y[i] = fabs(m->r[i]);
    for (size_t j = 0; j < m->p; j++)
        for (size_t i = 0; i < m->n; i++)
            m->y[i] += 2 * DBL_EPSILON * fabs(m->J[j * m->stride + i] * f->ws->here.theta[j]);
    return f->predicted <= fsci_rows_decrease(m->n, m->w, m->y, m->r, m->delta);
}

/* The last step is too short to be seen in f, but theta and the gradient still gain by it. */
static void polish(solver *f)
{
    fsci_ls_workspace *ws = f->ws;
    const double gradient = f->result.gradient_norm;
    double value;
    if (!(f->value > 0 && propose(f, &ws->here)) || !(fabs(attempt(f, &value)) <= 1e-12 * f->value))
        return;
    swap_points(ws);
    arrive(f);
    if (f->result.gradient_norm > gradient) {
        swap_points(ws);
        arrive(f);
        return;
    }
    f->value = value;
}

static fsci_stop descend(solver *f, double tolerance)
{
    while (f->result.iterations < f->max_iterations) {
        f->m->lambda = f->lambda;
        f->result.iterations++;
        f->predicted = fsci_model_minimise(f->m);
        switch (settled(f, tolerance)) {
        case LOOK_AGAIN:
            continue;
        case FLAT:
            return FSCI_STOP_STALLED;
        case MINIMUM:
            polish(f);
            return FSCI_STOP_CONVERGED;
        case GO_ON:
            break;
        }
        if (!propose(f, &f->ws->here))
            return lost_in_rounding(f) ? FSCI_STOP_CONVERGED : FSCI_STOP_STALLED;
        if (!step(f) && lost_in_rounding(f))
            return FSCI_STOP_CONVERGED;
        if (f->hopeless >= MAX_HOPELESS)
            return FSCI_STOP_ABANDONED;
    }
    return FSCI_STOP_LIMIT;
}

/* Starts at `here` with the Huber function of this delta. */
static void begin(solver *f, double delta, double factor)
{
    fsci_ls_workspace *ws = f->ws;
    f->m->delta = delta, f->factor = factor;
    f->value = fsci_rows_value(f->m->n, f->m->w, ws->here.r, delta);
    f->lambda = first_lambda, f->growth = 2, f->looked = INFINITY, f->hopeless = 0;
    for (size_t j = 0; j < f->m->p; j++)
        ws->scale[j] = 0, ws->radius[j] = INFINITY;
    arrive(f);
}

/* Absolute deviations by continuation: Huber with delta from the mean absolute residual down to
 * 1e-11 of it, where the rows inside delta are those that the solution interpolates. */
static void descend_l1(solver *f, double tolerance)
{
    const fsci_model *m = f->m;
    const double rows = fsci_rows_dot(m->n, m->w, f->ws->ones);
    double delta = INFINITY, total = fsci_rows_absolute(m->n, m->w, f->ws->here.r);
    f->result.stop = FSCI_STOP_CONVERGED;
    while (total > 0 && delta * rows > 1e-11 * total && f->result.stop != FSCI_STOP_LIMIT &&
           f->result.stop != FSCI_STOP_ABANDONED) {
        delta = fmin(0.1 * delta, total / rows);
        begin(f, delta, 1 / delta);
        f->result.stop = descend(f, delta * rows > 1e-11 * total ? 1e-6 : tolerance);
        total = fsci_rows_absolute(m->n, m->w, f->ws->here.r);
    }
    f->value = total, f->factor = 1;
}

fsci_ls_result fsci_ls_solve(const fsci_ls_problem *q, const fsci_ls_options *options,
                             fsci_ls_workspace *ws, double *theta)
{
    static const fsci_ls_options defaults = {0};
    const fsci_ls_options *o = options ? options : &defaults;
    const double tolerance = o->tolerance > 0 ? o->tolerance : default_tolerance;
    solver f = {.problem = q,
                .ws = ws,
                .m = &ws->model,
                .max_iterations = o->max_iterations > 0 ? o->max_iterations : MAX_ITERATIONS,
                .give_up_above = o->give_up_above > 0 ? o->give_up_above : INFINITY,
                .result = {INFINITY, INFINITY, FSCI_STOP_DOMAIN, 0, 0}};
    f.m->w = q->weight ? q->weight : ws->ones;
    f.m->n = q->n;
    f.m->delta = q->loss == FSCI_LOSS_HUBER ? q->delta : INFINITY;
    f.factor = q->loss == FSCI_LOSS_SQUARED ? 2 : 1;
    for (size_t j = 0; j < q->p; j++)
        theta[j] = ws->here.theta[j] = into_bounds(q, j, theta[j]);
    if (!evaluate(&f, &ws->here, &f.value))
        return f.result;
    if (q->p == 0) {
        f.result.stop = FSCI_STOP_CONVERGED, f.result.gradient_norm = 0;
    } else if (q->loss == FSCI_LOSS_L1) {
        descend_l1(&f, tolerance);
    } else {
        begin(&f, f.m->delta, f.factor);
        f.result.stop = descend(&f, tolerance);
    }
    f.result.value = f.factor * f.value;
    memcpy(theta, ws->here.theta, q->p * sizeof *theta);
    return f.result;
}
