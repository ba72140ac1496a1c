#include "fit/check/bend.h"

#include "base/number.h"
#include "fit/quantity.h"
#include "num/distribution.h"
#include "num/linear.h"
#include "record/warning.h"

#include <math.h>

enum { MOST_ROWS = 200, LEAST_ROWS = 4 }; /* in all; of a curve, two beyond a line */
static const double false_alarms = 0.01;  /* of a fit, whatever the number of tests */

typedef struct bend {
    fsci_arena *arena;
    const fsci_fit *fit;
    size_t n, p;   /* rows, coordinates that are free to move */
    double *slope; /* [n * p] J, weighted, columns of length 1 */
    double *rest;  /* [n] residuals, weighted */
    double *term;  /* [n] the term tested */
    double *share; /* [p] of each column in it */
} bend;

static double root_weight(const bend *b, size_t i)
{
    const double *weight = b->fit->model.objective.weight;
    return weight ? sqrt(weight[i]) : 1;
}

static bool prepare(bend *b)
{
    const fsci_fit *fit = b->fit;
    size_t n_free = fit->model.parameters.n_free;
    b->n = fit->model.n;
    b->slope = FSCI_NEW(b->arena, double, b->n *n_free + 1);
    b->share = FSCI_NEW(b->arena, double, n_free + 1);
    b->rest = FSCI_NEW(b->arena, double, b->n);
    b->term = FSCI_NEW(b->arena, double, b->n);
    if (!b->slope || !b->share || !b->rest || !b->term)
        return false;
    for (size_t i = 0; i < b->n; i++)
        b->rest[i] = root_weight(b, i) * fit->r[i];
    for (size_t k = 0; k < n_free; k++) {
        double *to = b->slope + b->p * b->n, length = 0;
        for (size_t i = 0; i < b->n; i++) {
            to[i] = root_weight(b, i) * fit->J[k * b->n + i];
            length = hypot(length, to[i]);
        }
        if (fit->at_bound[k] || !(length > 0))
            continue;
        for (size_t i = 0; i < b->n; i++)
            to[i] /= length;
        b->p++;
    }
    return b->n >= b->p + 3;
}

/* How far a factor 1 + e on the fitted side moves the residual, over e. */
static double by_factor(const bend *b, size_t i)
{
    const fsci_objective *o = &b->fit->model.objective;
    return o->space == FSCI_SPACE_IDENTITY && b->fit->model.prediction
               ? o->response[i] + b->fit->r[i]
               : 1;
}

/* p of the t test of the term; *up: the response bends up against the law. NaN where the law's own
 * terms leave nothing of it. */
static double test(bend *b, bool *up)
{
    double before = 0, left = 0, along = 0, squares = 0;
    size_t rank;
    for (size_t i = 0; i < b->n; i++)
        before += b->term[i] * b->term[i];
    if (fsci_qr_least_squares(b->n, b->p, b->slope, b->term, 0, b->share, &rank) != FSCI_LINEAR_OK)
        return NAN;
    for (size_t i = 0; i < b->n; i++) {
        for (size_t k = 0; k < b->p; k++)
            b->term[i] -= b->share[k] * b->slope[k * b->n + i];
        left += b->term[i] * b->term[i];
        along += b->term[i] * b->rest[i];
        squares += b->rest[i] * b->rest[i];
    }
    double freedom = (double)b->n - (double)rank - 1;
    if (!(left > 1e-10 * before) || !(freedom >= 2))
        return NAN;
    double explained = along * along / left;
    *up = along < 0; /* r is the law less the response */
    return 2 * fsci_t_upper(sqrt(explained * freedom / fmax(squares - explained, 0)), freedom);
}

/* The rows of one level of `by`, or all where that is NULL; the term of `x` at them. */
static bool fill_term(bend *b, const fsci_binding *x, const fsci_binding *by, size_t level)
{
    double sum = 0, least = INFINITY, most = -INFINITY;
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (by && by->codes[i] != level)
            continue;
        double u = log(x->values[i]);
        sum += u;
        least = fmin(least, u);
        most = fmax(most, u);
        n++;
    }
    if (n < LEAST_ROWS || n >= FSCI_BEND_ROWS || !(most > least))
        return false;
    for (size_t i = 0; i < b->n; i++) {
        double u = by && by->codes[i] != level ? 0 : (log(x->values[i]) - sum / (double)n);
        u /= most - least;
        b->term[i] = root_weight(b, i) * by_factor(b, i) * u * u;
    }
    return true;
}

static const fsci_binding *find_category(const fsci_model *m)
{
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].codes)
            return &m->bindings[i];
    return NULL;
}

void fsci_bend_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    const fsci_binding *by = find_category(m);
    size_t n_levels = by ? by->n_levels : 1, n_scales = 0;
    bend b = {.arena = arena, .fit = fit};
    if (m->objective.density || m->objective.loss != FSCI_LOSS_SQUARED || m->n > MOST_ROWS ||
        fit->curvature.exact || !prepare(&b))
        return;
    for (size_t i = 0; i < m->n_bindings; i++)
        n_scales += fsci_is_scale_input(m, &m->bindings[i]);
    for (size_t k = 0; k < m->n_bindings * n_levels; k++) {
        const fsci_binding *x = &m->bindings[k / n_levels];
        size_t level = k % n_levels;
        bool up = false;
        if (!fsci_is_scale_input(m, x) || !fill_term(&b, x, by, level))
            continue;
        double p = test(&b, &up);
        if (p < false_alarms / (double)(n_scales * n_levels))
            fsci_record_warn(
                arena, record, "W-RESID",
                "%s bends %s from the law along %s%s (t test of a quadratic term in its "
                "logarithm, p = %s): the law misses something there, as a floor, a ceiling or a "
                "regime of its own at one end. Look at figure residuals, and try another law.",
                m->response ? m->response : "the response", up ? "up" : "down", x->column,
                by ? fsci_format(arena, " at %s = %s", by->column, by->levels[level]) : "",
                fsci_briefly(p, 1).text);
    }
}
