#include "opt/model.h"

#include "opt/dense.h"
#include "opt/rows.h"

#include <math.h>
#include <string.h>

/* Newton's method ends when a step promises less than this share of what was gained so far: the
 * model is only as good as its linearisation. */
static const double enough = 0.1;
static const double line_accuracy = 0.1;
enum { MAX_STEPS = 20, MAX_LINE_STEPS = 40 };

static bool pushed_out(const fsci_model *m, size_t j, double direction)
{
    return (m->s[j] <= m->below[j] && direction <= 0) || (m->s[j] >= m->above[j] && direction >= 0);
}

/* Newton direction of the parameters that no bound holds: first those that descend into their
 * bound, then also those that the direction of the others would push across it. */
static void newton_direction(fsci_model *m)
{
    const size_t p = m->p;
    for (size_t j = 0; j < p; j++)
        m->held[j] = pushed_out(m, j, -m->g[j]);
    for (bool again = true; again;) {
        again = false;
        if (p >= FSCI_ROWS_MANY)
            fsci_cholesky_sparse(p, m->H, m->held, m->list, m->L);
        else
            fsci_cholesky(p, m->H, m->held, m->L);
        fsci_cholesky_solve(p, m->L, m->g, m->d);
        for (size_t j = 0; j < p; j++)
            if (!m->held[j] && m->d[j] != 0 && pushed_out(m, j, m->d[j]))
                m->held[j] = again = true;
    }
}

static double distance_to_box(const fsci_model *m)
{
    double t = INFINITY;
    for (size_t j = 0; j < m->p; j++) {
        const double bound = m->d[j] < 0 ? m->below[j] : m->above[j];
        if (isfinite(bound) && m->d[j] != 0 && (bound - m->s[j]) / m->d[j] < t)
            t = (bound - m->s[j]) / m->d[j];
    }
    return t;
}

/* Where on (0, limit] the slope of m along d, increasing and piecewise linear, is zero, to a tenth
 * of its value at 0 or from below. Where few rows are inside delta, d may be too long by any power
 * of ten: the bracket is cut in proportion. */
static double line_search(const fsci_model *m, double slope, double limit)
{
    double sd = 0, dd = 0, low = 0, high = limit, t = fmin(1, limit);
    for (size_t j = 0; j < m->p; j++) {
        sd += m->lambda * m->scale[j] * m->s[j] * m->d[j];
        dd += m->lambda * m->scale[j] * m->d[j] * m->d[j];
    }
    for (int k = 0; k < MAX_LINE_STEPS; k++) {
        double first, second;
        fsci_rows_along(m->n, m->w, m->z, m->y, t, m->delta, &first, &second);
        first += sd + t * dd;
        second += dd;
        if (fabs(first) <= line_accuracy * fabs(slope) || (first < 0 && t >= limit))
            return t;
        *(first < 0 ? &low : &high) = t;
        t -= first / second;
        if (!(t > low && t < high))
            t = high == INFINITY ? 4 * low : low > 0 ? sqrt(low * high) : 0.1 * high;
    }
    return low;
}

static void differentiate(fsci_model *m)
{
    const size_t n = m->n, p = m->p;
    fsci_rows_score(n, m->w, m->z, m->delta, m->slope, m->curvature);
    fsci_rows_gradient(n, p, m->J, m->stride, m->slope, m->g);
    fsci_rows_gram(n, p, m->J, m->stride, m->curvature, m->H);
    for (size_t j = 0; j < p; j++) {
        m->g[j] += m->lambda * m->scale[j] * m->s[j];
        m->H[j * p + j] += m->lambda * m->scale[j];
    }
}

double fsci_model_minimise(fsci_model *m)
{
    const size_t n = m->n, p = m->p;
    double gained = 0;
    memset(m->s, 0, p * sizeof *m->s);
    memcpy(m->z, m->r, n * sizeof *m->z);
    for (int step = 0; step < MAX_STEPS; step++) {
        differentiate(m);
        newton_direction(m);
        double slope = 0;
        for (size_t j = 0; j < p; j++)
            slope += m->g[j] * m->d[j];
        if (!(-slope > enough * gained))
            break;
        fsci_rows_image(n, p, m->J, m->stride, m->d, m->y);
        double limit = distance_to_box(m), t = line_search(m, slope, limit);
        for (size_t j = 0; j < p; j++) {
            const double to = m->s[j] + t * m->d[j];
            m->s[j] = to < m->below[j] ? m->below[j] : to > m->above[j] ? m->above[j] : to;
        }
        const bool quadratic = t < limit && fsci_rows_inside(n, m->z, m->delta);
        fsci_rows_move(n, t, m->y, m->z);
        gained -= 0.5 * t * slope;
        if (quadratic && fsci_rows_inside(n, m->z, m->delta))
            break; /* what was minimised is a square on the way there */
    }
    return fsci_rows_decrease(n, m->w, m->r, m->z, m->delta);
}
