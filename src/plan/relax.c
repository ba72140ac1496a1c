#include "plan/relax.h"

#include <math.h>
#include <string.h>

enum { MAX_PACKED = FSCI_CRITERION_MAX_K * (FSCI_CRITERION_MAX_K + 1) / 2 };

/* Ratios of gain to share closer than this are equal: the relaxation is at its maximum. */
static const double SAME_RATIO = 1e-9;
/* The relaxation is good enough when it may rise by this share of what it is above the entry. */
static const double GOOD_ENOUGH = 0.01;

/* A node while it is relaxed: the free units are r->free[n_free]. */
typedef struct point {
    size_t n_free;
    double room;          /* share left for the free units */
    double G[MAX_PACKED]; /* information of what is in and of the free units' weights */
    double H[MAX_PACKED]; /* tangent there */
    double value, offset;
} point;

static size_t packed_size(const fsci_relaxation *r)
{
    return fsci_packed_size(r->design->criterion.k);
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add(size_t n, double weight, const double *a, double *sum)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += weight * a[i];
}

fsc_status fsci_relaxation_new(fsci_arena *arena, const fsci_design *d, fsci_relaxation *r,
                               fsc_error *err)
{
    *r = (fsci_relaxation){.design = d};
    r->share = FSCI_NEW(arena, double, d->n);
    r->reduced = FSCI_NEW(arena, double, d->n);
    r->gradient = FSCI_NEW(arena, double, d->n);
    r->free = FSCI_NEW(arena, size_t, d->n);
    if (!r->share || !r->reduced || !r->gradient || !r->free)
        return fsci_fail_memory(err);
    fsci_relaxation_mix(r, 1);
    return FSC_OK;
}

void fsci_relaxation_mix(fsci_relaxation *r, double mix)
{
    const fsci_design *d = r->design;
    r->mix = mix;
    for (size_t i = 0; i < d->n; i++)
        r->share[i] =
            mix * (d->cost[i] > 0 ? d->cost[i] / d->budget : 0) + (1 - mix) / (double)d->most;
}

/* ---- where to start ---- */

/* Lists the free units that fit within what the units that are in leave of the limits. False when
 * those alone break them. */
static bool list_free(fsci_relaxation *r, fsci_node *node, point *p)
{
    const fsci_design *d = r->design;
    double cost = 0;
    size_t count = 0;
    p->room = 1;
    p->n_free = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (node->state[i] != FSCI_UNIT_IN)
            continue;
        cost += d->cost[i];
        p->room -= r->share[i];
        count++;
    }
    for (size_t i = 0; i < d->n; i++) {
        if (node->state[i] != FSCI_UNIT_FREE)
            continue;
        if (count < d->most && fsci_design_affords(d, cost + d->cost[i]))
            r->free[p->n_free++] = i;
        else
            node->state[i] = FSCI_UNIT_OUT;
    }
    p->room = fmax(p->room, 0);
    return count <= d->most && fsci_design_affords(d, cost);
}

/* Scales the free weights down, or fills them up, until they use the room. */
static void fill(const fsci_relaxation *r, fsci_node *node, const point *p)
{
    double used = 0, left = 0;
    for (size_t f = 0; f < p->n_free; f++) {
        size_t i = r->free[f];
        used += r->share[i] * node->w[i];
        left += r->share[i] * (1 - node->w[i]);
    }
    double down = used > p->room ? p->room / used : 1;
    double up = used < p->room && left > 0 ? fmin(1, (p->room - used) / left) : 0;
    for (size_t f = 0; f < p->n_free; f++) {
        double *w = &node->w[r->free[f]];
        *w = r->share[r->free[f]] > 0 ? fmin(1, *w * down + up * (1 - *w)) : 1;
    }
}

/* G and its tangent at the node's weights. False where the weights are not determined. */
static bool locate(const fsci_relaxation *r, const fsci_node *node, point *p)
{
    const fsci_design *d = r->design;
    size_t packed = packed_size(r);
    memcpy(p->G, d->base, packed * sizeof *p->G);
    for (size_t i = 0; i < d->n; i++)
        if (node->state[i] == FSCI_UNIT_IN)
            add(packed, 1, fsci_design_matrix(d, i), p->G);
    for (size_t f = 0; f < p->n_free; f++)
        add(packed, node->w[r->free[f]], fsci_design_matrix(d, r->free[f]), p->G);
    return fsci_criterion_tangent(&d->criterion, p->G, p->H, &p->offset);
}

/* At the weights that the node came with, or at even ones where those determine nothing. */
static bool start(const fsci_relaxation *r, fsci_node *node, point *p)
{
    fill(r, node, p);
    if (locate(r, node, p))
        return true;
    for (size_t f = 0; f < p->n_free; f++)
        node->w[r->free[f]] = 0;
    fill(r, node, p);
    return locate(r, node, p);
}

/* ---- uphill ---- */

/* The units that pay most and least for their share among those whose weight may rise or fall;
 * design.n when there is none. */
typedef struct extremes {
    size_t up, down;
    double most, least;
} extremes;

static extremes compare(fsci_relaxation *r, const fsci_node *node, const point *p)
{
    extremes e = {r->design->n, r->design->n, 0, INFINITY};
    for (size_t f = 0; f < p->n_free; f++) {
        size_t i = r->free[f];
        r->gradient[i] = dot(packed_size(r), p->H, fsci_design_matrix(r->design, i));
        double ratio = r->gradient[i] / r->share[i];
        if (node->w[i] < 1 && ratio > e.most)
            e.up = i, e.most = ratio;
        if (node->w[i] > 0 && ratio < e.least)
            e.down = i, e.least = ratio;
    }
    r->work += 2 * (double)(p->n_free * packed_size(r));
    return e;
}

/* How far along D from G the criterion rises, at most `far`: a zero of its derivative <H, D>, by
 * false position and bisection in turn. A few digits do: the next step starts from there. */
static double step_length(fsci_relaxation *r, const double *G, const double *D, double rise,
                          double far)
{
    const fsci_criterion *c = &r->design->criterion;
    enum { STEPS = 16 };
    size_t packed = fsci_packed_size(c->k);
    double lo = 0, hi = far, d_lo = rise, d_hi = -INFINITY, at = far;
    for (int i = 0; i < STEPS; i++) {
        double X[MAX_PACKED], H[MAX_PACKED], offset;
        memcpy(X, G, packed * sizeof *X);
        add(packed, at, D, X);
        double d = fsci_criterion_tangent(c, X, H, &offset) ? dot(packed, H, D) : -INFINITY;
        r->work += fsci_criterion_work(c);
        if (fabs(d) <= 1e-3 * rise || (at == far && d > 0))
            return at;
        if (d > 0)
            lo = at, d_lo = d;
        else
            hi = at, d_hi = d;
        bool secant = i % 3 != 2 && isfinite(d_hi);
        at = secant ? lo + (hi - lo) * d_lo / (d_lo - d_hi) : (lo + hi) / 2;
    }
    return lo;
}

/* Moves share from e.down to e.up as far as it pays. False when that is nowhere. */
static bool move(fsci_relaxation *r, fsci_node *node, point *p, extremes e)
{
    const fsci_design *d = r->design;
    size_t packed = packed_size(r);
    double D[MAX_PACKED] = {0}, up = r->share[e.up], down = r->share[e.down];
    double far_up = up * (1 - node->w[e.up]), far_down = down * node->w[e.down];
    double far = fmin(far_up, far_down);
    add(packed, 1 / up, fsci_design_matrix(d, e.up), D);
    add(packed, -1 / down, fsci_design_matrix(d, e.down), D);
    double length = step_length(r, p->G, D, e.most - e.least, far);
    node->w[e.up] = length == far_up ? 1 : fmin(1, node->w[e.up] + length / up);
    node->w[e.down] = length == far_down ? 0 : fmax(0, node->w[e.down] - length / down);
    add(packed, length, D, p->G);
    return length > 0 && fsci_criterion_tangent(&d->criterion, p->G, p->H, &p->offset);
}

/* ---- what it proves ---- */

/* The bound at multiplier `price` of the limit; keeps what it is made of. */
static double bound_at(fsci_relaxation *r, const fsci_node *node, const point *p, double price)
{
    const fsci_design *d = r->design;
    size_t packed = packed_size(r);
    r->constant = p->offset + dot(packed, p->H, d->base) + price;
    double bound = r->constant;
    for (size_t i = 0; i < d->n; i++) {
        if (node->state[i] == FSCI_UNIT_OUT)
            continue;
        if (node->state[i] == FSCI_UNIT_IN)
            r->gradient[i] = dot(packed, p->H, fsci_design_matrix(d, i));
        r->reduced[i] = r->gradient[i] - price * r->share[i];
        bound += node->state[i] == FSCI_UNIT_IN ? r->reduced[i] : fmax(0, r->reduced[i]);
    }
    return bound;
}

/* A unit whose reduced gain would take the bound to the level when it is put the other way. */
static void decide(const fsci_relaxation *r, fsci_node *node, const point *p, double level)
{
    for (size_t f = 0; f < p->n_free; f++) {
        size_t i = r->free[f];
        if (node->bound - fabs(r->reduced[i]) > level)
            continue;
        node->state[i] = r->reduced[i] > 0 ? FSCI_UNIT_IN : FSCI_UNIT_OUT;
        node->w[i] = r->reduced[i] > 0;
    }
}

void fsci_relax(fsci_relaxation *r, fsci_node *node, double entry)
{
    const double level = fsci_relax_level(entry);
    point p = {0};
    r->n_relaxed++;
    node->bound = -INFINITY;
    if (!list_free(r, node, &p) || !start(r, node, &p))
        return;
    size_t packed = packed_size(r), rounds = 100 + 4 * p.n_free;
    for (size_t round = 0; round < rounds; round++) {
        extremes e = compare(r, node, &p);
        bool flat =
            e.up == r->design->n || e.down == r->design->n || e.most <= e.least * (1 + SAME_RATIO);
        /* With every unit wholly in, the limit does not bind. */
        double price = e.up == r->design->n ? 0 : flat ? e.most : (e.most + e.least) / 2;
        node->bound = bound_at(r, node, &p, price);
        double rise = node->bound - (p.offset + dot(packed, p.H, p.G));
        if (flat || node->bound <= level || rise <= GOOD_ENOUGH * (node->bound - level))
            break;
        if (!move(r, node, &p, e))
            break;
    }
    if (node->bound > level)
        decide(r, node, &p, level);
}
