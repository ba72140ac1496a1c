/* The lower envelope of training curves (Hoffmann et al. 2022, approach 1): at each of many values
 * of compute, evenly spaced in the logarithm, the run whose loss is least there, and with it the
 * best size and what else the run had then.
 *
 * Between its rows a run's loss is a line in log C; with `smooth` it is the local line fitted under
 * Gaussian weights of that standard deviation in log10 C (Fan & Gijbels 1996), which unlike a
 * moving mean is not drawn to one side where a curve falls or ends. A size that is least or largest
 * of those that spent as much compute is the best of too few, and is left out unless edges=keep. */
#include "base/number.h"
#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    double x, C, loss; /* x = log10 C */
    size_t row;
} point;

typedef struct curve {
    point *points; /* [n] by increasing C */
    size_t n;
    double size;
    size_t at; /* the interval the last compute asked for was in */
} curve;

typedef struct envelope {
    curve *curves;
    size_t n_curves, n_points, n_rises, n_steps;
    double lo, hi; /* of log10 C */
    double width;  /* of the smoothing */
    bool keep_edges;
} envelope;

/* A run at one compute. */
typedef struct best {
    const curve *run;
    size_t at;      /* between the points at and at + 1 */
    double C, loss; /* loss NAN when no run was there */
    size_t n_runs;
    bool edge;
} best;

static int compare_points(const void *a, const void *b)
{
    const point *p = a, *q = b;
    return p->C != q->C ? (p->C < q->C ? -1 : 1) : (p->row > q->row) - (p->row < q->row);
}

/* Of rows with equal C the last. */
static size_t distinct(point *points, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        kept -= kept && points[i].C == points[kept - 1].C;
        points[kept++] = points[i];
    }
    return kept;
}

static fsc_status read_curve(const fsci_preparing *p, const size_t *rows, size_t n, envelope *e)
{
    curve *c = &e->curves[e->n_curves];
    *c = (curve){.points = FSCI_NEW(p->arena, point, n + 1), .size = NAN};
    if (!c->points)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++) {
        size_t r = rows[i];
        double C = p->column[0][r], size = p->column[1][r], loss = p->column[2][r];
        if (isnan(C) || isnan(size) || isnan(loss))
            continue;
        if (c->n && size != c->size)
            return fsci_fail_row(p->err, FSC_EINPUT, (int64_t)r,
                                 "%s, line %lld: operator envelope: a run has %s %s here and %s "
                                 "before; name in by= the columns that tell runs apart",
                                 fsci_table_name(p->table), (long long)fsci_table_line(p->table, r),
                                 p->call->columns[1], fsci_briefly(size, 6).text,
                                 fsci_briefly(c->size, 6).text);
        c->size = size;
        c->points[c->n++] = (point){log10(C), C, loss, r};
    }
    qsort(c->points, c->n, sizeof *c->points, compare_points);
    c->n = distinct(c->points, c->n);
    if (c->n < 2)
        return FSC_OK; /* one point is no curve */
    for (size_t i = 1; i < c->n; i++)
        e->n_rises += c->points[i].loss > c->points[i - 1].loss;
    e->n_steps += c->n - 1;
    e->lo = fmin(e->lo, c->points[0].x);
    e->hi = fmax(e->hi, c->points[c->n - 1].x);
    e->n_curves++;
    return FSC_OK;
}

static double line_between(const point *a, const point *b, double x)
{
    return a->loss + (b->loss - a->loss) * (x - a->x) / (b->x - a->x);
}

/* The local line at x; NAN where fewer than three points are near. */
static double local_line(const curve *c, double x, double width)
{
    double w0 = 0, w1 = 0, w2 = 0, y0 = 0, y1 = 0;
    size_t from = c->at + 1, to = from, near = 0;
    while (from > 0 && x - c->points[from - 1].x <= 4 * width)
        from--;
    while (to < c->n && c->points[to].x - x <= 4 * width)
        to++;
    for (size_t i = from; i < to; i++) {
        double d = (c->points[i].x - x) / width, w = exp(-0.5 * d * d);
        w0 += w;
        w1 += w * d;
        w2 += w * d * d;
        y0 += w * c->points[i].loss;
        y1 += w * d * c->points[i].loss;
        near += fabs(d) <= 2;
    }
    return near < 3 ? NAN : (w2 * y0 - w1 * y1) / (w0 * w2 - w1 * w1);
}

/* The loss of a run at x within its span; x never falls from one call to the next. */
static double loss_at(curve *c, double x, double width)
{
    while (c->at + 2 < c->n && c->points[c->at + 1].x <= x)
        c->at++;
    double smooth = width > 0 ? local_line(c, x, width) : NAN;
    return isnan(smooth) ? line_between(&c->points[c->at], &c->points[c->at + 1], x) : smooth;
}

static best best_at(envelope *e, double x)
{
    best b = {.C = pow(10, x), .loss = NAN};
    double least = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < e->n_curves; i++) {
        curve *c = &e->curves[i];
        if (x < c->points[0].x || x > c->points[c->n - 1].x)
            continue;
        double loss = loss_at(c, x, e->width);
        least = fmin(least, c->size);
        largest = fmax(largest, c->size);
        b.n_runs++;
        if (isnan(b.loss) || loss < b.loss) {
            b.run = c;
            b.at = c->at;
            b.loss = loss;
        }
    }
    b.edge = b.run && (b.run->size == least || b.run->size == largest);
    return b;
}

/* The best run at every compute where there is one; *n of them. NULL when out of memory. */
static best *find_all(fsci_preparing *p, envelope *e, size_t *n, size_t *n_edges)
{
    best *all = FSCI_NEW(p->arena, best, e->n_points);
    *n = *n_edges = 0;
    for (size_t i = 0; all && i < e->n_points; i++) {
        double share = (double)i / (double)(e->n_points - 1);
        best b = best_at(e, i + 1 < e->n_points ? e->lo + share * (e->hi - e->lo) : e->hi);
        if (!b.run)
            continue;
        *n_edges += b.edge;
        if (!b.edge || e->keep_edges)
            all[(*n)++] = b;
    }
    return all;
}

/* Other columns of numbers are between those of the two rows around, by C. */
static fsc_status set_others(fsci_preparing *p, const best *all, size_t n)
{
    for (size_t k = 0; k < fsci_table_columns(p->table); k++) {
        const fsci_column *column = fsci_table_column(p->table, k);
        if (column->kind != FSCI_COLUMN_NUMBERS)
            continue;
        double *to = fsci_preparing_set(p, column->name);
        if (!to)
            return fsci_fail_memory(p->err);
        for (size_t i = 0; i < n; i++) {
            const point *a = &all[i].run->points[all[i].at], *b = a + 1;
            double from = column->numbers[a->row], until = column->numbers[b->row];
            double share = (all[i].C - a->C) / (b->C - a->C);
            to[i] = from == until ? from : from + share * (until - from);
        }
    }
    return FSC_OK;
}

static fsc_status list(fsci_preparing *p, const best *all, size_t n)
{
    size_t *rows = fsci_preparing_list(p, n);
    if (!rows)
        return fsci_fail_memory(p->err);
    FSCI_TRY(set_others(p, all, n));
    double *C = fsci_preparing_set(p, p->call->columns[0]);
    double *loss = fsci_preparing_set(p, p->call->columns[2]);
    double *runs = fsci_preparing_set(p, "runs_compared");
    if (!C || !loss || !runs)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++) {
        rows[i] = all[i].run->points[all[i].at].row;
        C[i] = all[i].C;
        loss[i] = all[i].loss;
        runs[i] = (double)all[i].n_runs;
    }
    return FSC_OK;
}

static const double rough = 0.2; /* share of steps at which losses rise without smoothing */

static void remark(fsci_preparing *p, const envelope *e, size_t n_edges)
{
    if (n_edges)
        fsci_preparing_remark(p, "W-EDGE",
                              "at %zu of %zu values of %s the best size is the least or the "
                              "largest that spent as much; %s",
                              n_edges, e->n_points, p->call->columns[0],
                              e->keep_edges ? "best sizes there are cut off"
                                            : "they are left out (edges=keep keeps them)");
    if (!(e->width > 0) && (double)e->n_rises > rough * (double)e->n_steps)
        fsci_preparing_remark(p, "W-NOISY",
                              "%s rises at %.0f %% of the steps along a run, so which run is best "
                              "is partly chance; give smooth=0.02 or more (in log10 of %s)",
                              p->call->columns[2], 100 * (double)e->n_rises / (double)e->n_steps,
                              p->call->columns[0]);
}

static fsc_status read_options(const fsci_preparing *p, envelope *e)
{
    double points;
    const char *edges = fsci_call_text(p->call, "edges");
    FSCI_TRY(fsci_call_number(p->call, "points", 1500, &points, p->err));
    FSCI_TRY(fsci_call_number(p->call, "smooth", 0, &e->width, p->err));
    if (!fsci_call_option_find(p->call, "by"))
        return fsci_fail(p->err, FSC_EINPUT,
                         "operator envelope needs by=COLUMN, the run a row belongs to");
    if (!(points >= 2 && points <= 1e6 && floor(points) == points))
        return fsci_fail(p->err, FSC_EINPUT, "operator envelope: points=%s; give 2 to 1000000",
                         fsci_briefly(points, 6).text);
    if (!(e->width >= 0 && e->width <= 1))
        return fsci_fail(p->err, FSC_EINPUT,
                         "operator envelope: smooth=%s; give 0 to 1, in log10 of %s",
                         fsci_briefly(e->width, 6).text, p->call->columns[0]);
    if (edges && strcmp(edges, "keep") != 0 && strcmp(edges, "drop") != 0)
        return fsci_fail(p->err, FSC_EINPUT, "operator envelope: edges=%s; give keep or drop",
                         edges);
    e->keep_edges = edges && !strcmp(edges, "keep");
    e->n_points = (size_t)points;
    return FSC_OK;
}

fsc_status fsci_prepare_envelope(fsci_preparing *p)
{
    envelope e = {.lo = INFINITY, .hi = -INFINITY};
    fsci_groups groups;
    size_t n, n_edges;
    FSCI_TRY(read_options(p, &e));
    FSCI_TRY(fsci_preparing_positive(p, 0));
    FSCI_TRY(fsci_groups_by(p, &groups));
    e.curves = FSCI_NEW(p->arena, curve, groups.n + 1);
    if (!e.curves)
        return fsci_fail_memory(p->err);
    for (size_t g = 0; g < groups.n; g++)
        FSCI_TRY(read_curve(p, groups.order + groups.begin[g],
                            groups.begin[g + 1] - groups.begin[g], &e));
    best *all = find_all(p, &e, &n, &n_edges);
    if (!all)
        return fsci_fail_memory(p->err);
    remark(p, &e, n_edges);
    return list(p, all, n);
}
