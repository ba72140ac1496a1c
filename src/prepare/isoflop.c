/* IsoFLOP minima (Hoffmann et al. 2022, approach 2): of each compute budget the size of least loss.
 *
 * A loss is no parabola in the logarithm of size, so the vertex of one depends on which sizes it is
 * fitted to. Where the best size lies at one place among them at every budget that is a common
 * factor; where it drifts from one side to the other, exponents of the minima are wrong. */
#include "base/number.h"
#include "num/linear.h"
#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    double x, y; /* log10 size, loss */
    size_t row;
} point;

typedef struct minimum {
    double x, y; /* NaN when there is none */
    bool edge;   /* at or beyond the smallest or largest size */
} minimum;

/* y = c0 + c1 (x - middle) + c2 (x - middle)^2 by least squares. */
static fsc_status parabola(fsci_preparing *p, const point *points, size_t n, minimum *at)
{
    double *A = FSCI_NEW(p->arena, double, 3 * n), *b = FSCI_NEW(p->arena, double, n), c[3];
    double middle = 0;
    if (!A || !b)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++)
        middle += points[i].x / (double)n;
    for (size_t i = 0; i < n; i++) {
        double u = points[i].x - middle;
        A[i] = 1;
        A[n + i] = u;
        A[2 * n + i] = u * u;
        b[i] = points[i].y;
    }
    size_t rank = 0;
    if (fsci_qr_least_squares(n, 3, A, b, 0, c, &rank) != FSCI_LINEAR_OK || rank < 3)
        return FSC_OK;
    double span = points[n - 1].x - points[0].x;
    if (!(c[2] * span * span > 1e-9 * fabs(c[1] * span))) /* a straight line, or a hill */
        return FSC_OK;
    at->x = middle - c[1] / (2 * c[2]);
    at->y = c[0] - c[1] * c[1] / (4 * c[2]);
    at->edge = at->x < points[0].x || at->x > points[n - 1].x;
    return FSC_OK;
}

/* Slopes of Akima's interpolant (1970), end intervals continued by parabolas. */
static void akima_slopes(const point *points, size_t n, double *slope, double *m)
{
    for (size_t i = 0; i + 1 < n; i++) /* m[i + 2] is the chord of interval i */
        m[i + 2] = (points[i + 1].y - points[i].y) / (points[i + 1].x - points[i].x);
    m[1] = 2 * m[2] - m[3];
    m[0] = 2 * m[1] - m[2];
    m[n + 1] = 2 * m[n] - m[n - 1];
    m[n + 2] = 2 * m[n + 1] - m[n];
    for (size_t i = 0; i < n; i++) {
        double right = fabs(m[i + 3] - m[i + 2]), left = fabs(m[i + 1] - m[i]);
        slope[i] = right + left > 0 ? (right * m[i + 1] + left * m[i + 2]) / (right + left)
                                    : (m[i + 1] + m[i + 2]) / 2;
    }
}

/* The least value of the cubic on interval i, at its ends or where its derivative vanishes. */
static void least_of_cubic(const point *points, const double *slope, size_t i, minimum *at)
{
    double h = points[i + 1].x - points[i].x, y0 = points[i].y, chord = points[i + 1].y - y0;
    double a = slope[i] * h, b = slope[i + 1] * h;
    double c2 = 3 * chord - 2 * a - b, c3 = a + b - 2 * chord;
    double disc = c2 * c2 - 3 * c3 * a;
    double root = fabs(c3) < 1e-14 * fabs(c2) ? -a / (2 * c2)
                  : disc >= 0                 ? (-c2 + sqrt(disc)) / (3 * c3)
                                              : NAN;
    double candidates[] = {0, 1, root};
    for (size_t k = 0; k < 3; k++) {
        double t = candidates[k];
        if (!(t >= 0 && t <= 1))
            continue;
        double y = y0 + t * (a + t * (c2 + t * c3));
        if (isnan(at->y) || y < at->y) {
            at->x = points[i].x + t * h;
            at->y = y;
        }
    }
}

static fsc_status akima(fsci_preparing *p, const point *points, size_t n, minimum *at)
{
    double *slope = FSCI_NEW(p->arena, double, n), *m = FSCI_NEW(p->arena, double, n + 3);
    if (!slope || !m)
        return fsci_fail_memory(p->err);
    akima_slopes(points, n, slope, m);
    for (size_t i = 0; i + 1 < n; i++)
        least_of_cubic(points, slope, i, at);
    at->edge = at->x <= points[0].x || at->x >= points[n - 1].x;
    return FSC_OK;
}

static int compare_points(const void *a, const void *b)
{
    const point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->y != q->y ? (p->y < q->y ? -1 : 1) : (p->row > q->row) - (p->row < q->row);
}

/* Of sizes given twice the best. */
static size_t distinct(point *points, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || points[i].x != points[kept - 1].x)
            points[kept++] = points[i];
    return kept;
}

/* Best sizes this far from the middle of those measured, as a factor, are off their centre. */
static const double off_centre = 2;

/* A column of numbers that is none of the three. */
typedef struct other {
    const double *from;
    double *to;
} other;

typedef struct isoflop {
    double *C, *N, *loss, *rows;
    other *others; /* [n_others] */
    size_t n_others;
    bool use_akima;
    /* log10 of the best size over the middle of those measured, over budgets with a parabola. */
    double lowest, highest;
    size_t n_fitted, n_off;
} isoflop;

/* The middle is the mean of the sizes measured, which leans to where there are more of them. */
static void note_centre(isoflop *to, const point *points, size_t n, double best)
{
    double middle = 0;
    for (size_t i = 0; i < n; i++)
        middle += points[i].x / (double)n;
    to->lowest = fmin(to->lowest, best - middle);
    to->highest = fmax(to->highest, best - middle);
    to->n_fitted++;
    to->n_off += fabs(best - middle) > log10(off_centre);
}

static void remark_on_centres(fsci_preparing *p, const isoflop *to)
{
    if (!to->n_off)
        return;
    fsci_preparing_remark(p, "W-PARAB",
                          "at %zu of %zu budgets the best size is more than a factor of %s off the "
                          "middle of those measured (from %s to %s times the middle): a "
                          "parabola's minimum is biased there, and exponents too when that place "
                          "drifts with the budget. Measure around the best size, use "
                          "method=akima, or fit a law of size and data to all rows",
                          to->n_off, to->n_fitted, fsci_briefly(off_centre, 6).text,
                          fsci_briefly(pow(10, to->lowest), 2).text,
                          fsci_briefly(pow(10, to->highest), 2).text);
}

/* Another number at size x: a power of size between the two measured around it, which tokens are at
 * one compute; a line in log size where it is not above 0. Beyond the last two it goes on as
 * between them. */
static double at_size(const double *values, const point *points, size_t n, double x)
{
    size_t i = 1;
    while (i + 1 < n && points[i].x < x)
        i++;
    const point *a = &points[i - 1], *b = &points[i];
    double from = values[a->row], until = values[b->row];
    double share = (x - a->x) / (b->x - a->x);
    if (from == until || a->x == b->x)
        return from;
    return from > 0 && until > 0 ? from * pow(until / from, share) : from + share * (until - from);
}

static bool is_of_call(const fsci_preparing *p, const char *name)
{
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(p->call->columns[i], name))
            return true;
    return false;
}

static fsc_status list_others(fsci_preparing *p, isoflop *to)
{
    size_t n = fsci_table_columns(p->table);
    to->others = FSCI_NEW(p->arena, other, n + 1);
    for (size_t k = 0; to->others && k < n; k++) {
        const fsci_column *column = fsci_table_column(p->table, k);
        if (column->kind != FSCI_COLUMN_NUMBERS || is_of_call(p, column->name))
            continue;
        other *one = &to->others[to->n_others++];
        *one = (other){column->numbers, fsci_preparing_set(p, column->name)};
        if (!one->to)
            return fsci_fail_memory(p->err);
    }
    return to->others ? FSC_OK : fsci_fail_memory(p->err);
}

static fsc_status one_budget(fsci_preparing *p, isoflop *to, const size_t *rows, size_t n)
{
    point *points = FSCI_NEW(p->arena, point, n + 1);
    size_t used = 0;
    double mean = 0;
    if (!points)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++) {
        size_t r = rows[i];
        if (!(p->column[0][r] > 0) || !(p->column[1][r] > 0) || isnan(p->column[2][r]))
            continue;
        points[used++] = (point){log10(p->column[1][r]), p->column[2][r], r};
        mean += p->column[0][r];
    }
    mean /= (double)used;
    qsort(points, used, sizeof *points, compare_points);
    size_t n_distinct = to->use_akima ? distinct(points, used) : used;
    minimum at = {.x = NAN, .y = NAN};
    if (n_distinct >= (to->use_akima ? 5 : 4))
        FSCI_TRY(to->use_akima ? akima(p, points, n_distinct, &at)
                               : parabola(p, points, n_distinct, &at));
    if (isnan(at.x)) {
        fsci_preparing_remark(p, "W-NO-MINIMUM",
                              "the budget near %s (%zu rows) has no minimum over size and is "
                              "left out",
                              fsci_briefly(mean, 3).text, used);
        return FSC_OK;
    }
    if (at.edge)
        fsci_preparing_remark(p, "W-EDGE",
                              "the best size at the budget near %s lies at or beyond the end of "
                              "the sizes measured (%s to %s)",
                              fsci_briefly(mean, 3).text,
                              fsci_briefly(pow(10, points[0].x), 3).text,
                              fsci_briefly(pow(10, points[n_distinct - 1].x), 3).text);
    if (!to->use_akima && !at.edge)
        note_centre(to, points, used, at.x);
    size_t row = rows[0];
    p->keep[row] = true;
    to->C[row] = mean;
    to->N[row] = pow(10, at.x);
    to->loss[row] = at.y;
    to->rows[row] = (double)used;
    for (size_t k = 0; k < to->n_others; k++)
        to->others[k].to[row] = at_size(to->others[k].from, points, n_distinct, at.x);
    return FSC_OK;
}

fsc_status fsci_prepare_isoflop(fsci_preparing *p)
{
    fsci_groups groups;
    const char *method = fsci_call_text(p->call, "method");
    if (method && strcmp(method, "parabola") != 0 && strcmp(method, "akima") != 0)
        return fsci_fail(p->err, FSC_EINPUT, "operator isoflop: method=%s; give parabola or akima",
                         method);
    if (!fsci_call_option_find(p->call, "by"))
        return fsci_fail(p->err, FSC_EINPUT,
                         "operator isoflop needs by=COLUMN, the budget a run belongs to");
    FSCI_TRY(fsci_groups_by(p, &groups));
    isoflop to = {.C = fsci_preparing_set(p, p->call->columns[0]),
                  .N = fsci_preparing_set(p, p->call->columns[1]),
                  .loss = fsci_preparing_set(p, p->call->columns[2]),
                  .rows = fsci_preparing_set(p, "budget_rows"),
                  .use_akima = method && !strcmp(method, "akima"),
                  .lowest = INFINITY,
                  .highest = -INFINITY};
    if (!to.C || !to.N || !to.loss || !to.rows)
        return fsci_fail_memory(p->err);
    FSCI_TRY(list_others(p, &to));
    memset(p->keep, false, p->n);
    for (size_t g = 0; g < groups.n; g++)
        FSCI_TRY(one_budget(p, &to, groups.order + groups.begin[g],
                            groups.begin[g + 1] - groups.begin[g]));
    remark_on_centres(p, &to);
    return FSC_OK;
}
