#include "plan/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PACKED = FSCI_CRITERION_MAX_K * (FSCI_CRITERION_MAX_K + 1) / 2 };

/* Criteria computed at most; what is reached then is good, not locally best. */
static const double MOST_EVALUATIONS = 2e6;
/* Added to the information, relative to that of all units, so that a set which determines nothing
 * yet has a criterion to climb. */
static const double RIDGE = 1e-10;

typedef struct climb {
    fsci_design d; /* with the ridge in its base */
    double base[MAX_PACKED], G[MAX_PACKED], H[MAX_PACKED];
    double value, offset, cost;
    size_t count;
    bool *in;
    double *gain; /* [n] <H, matrix_i> */
    const fsci_design *whole;
    fsci_shortlist *found;
    double evaluated;
} climb;

/* A change of the set: `out` leaves (n: none does) and `into` enters. */
typedef struct swap {
    size_t out, into;
    double value;
} swap;

static void add_ridge(climb *c)
{
    size_t k = c->d.criterion.k, packed = fsci_packed_size(k);
    memcpy(c->base, c->whole->base, packed * sizeof *c->base);
    for (size_t row = 0, at = 0; row < k; row++, at += row + 1) {
        double all = c->base[at];
        for (size_t i = 0; i < c->d.n; i++)
            all += fsci_design_matrix(&c->d, i)[at];
        c->base[at] += RIDGE * all;
    }
    c->d.base = c->base;
}

/* The set with the change: G into X, and whether it is within the limits. */
static bool try_swap(const climb *c, swap swapped, double *X)
{
    const fsci_design *d = &c->d;
    size_t packed = fsci_packed_size(d->criterion.k);
    bool leaves = swapped.out < d->n;
    double cost = c->cost + d->cost[swapped.into] - (leaves ? d->cost[swapped.out] : 0);
    if (c->count + !leaves > d->most || !fsci_design_affords(d, cost))
        return false;
    const double *a = fsci_design_matrix(d, swapped.into);
    const double *b = leaves ? fsci_design_matrix(d, swapped.out) : NULL;
    for (size_t m = 0; m < packed; m++)
        X[m] = c->G[m] + a[m] - (b ? b[m] : 0);
    return true;
}

/* Moves to the changed set, summed afresh so that no rounding gathers. */
static bool settle(climb *c)
{
    const fsci_design *d = &c->d;
    c->cost = 0;
    c->count = 0;
    for (size_t i = 0; i < d->n; i++) {
        c->cost += c->in[i] ? d->cost[i] : 0;
        c->count += c->in[i];
    }
    fsci_design_information(d, c->in, c->G);
    c->value = fsci_criterion_value(&d->criterion, c->G);
    if (!fsci_criterion_tangent(&d->criterion, c->G, c->H, &c->offset))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        c->gain[i] = 0;
        for (size_t m = 0; m < fsci_packed_size(d->criterion.k); m++)
            c->gain[i] += c->H[m] * fsci_design_matrix(d, i)[m];
    }
    return true;
}

/* Offers the set with the change to the shortlist. */
static void offer(climb *c, swap swapped)
{
    if (swapped.out < c->d.n)
        c->in[swapped.out] = false;
    c->in[swapped.into] = true;
    fsci_shortlist_offer(c->found, c->whole, c->in);
    c->in[swapped.into] = false;
    if (swapped.out < c->d.n)
        c->in[swapped.out] = true;
}

/* The best change that puts `into` in. By the tangent a change cannot gain more than
 * gain[into] - gain[out], so most need no look. */
static void best_swap(climb *c, size_t into, swap *best)
{
    const fsci_design *d = &c->d;
    double X[MAX_PACKED];
    for (size_t out = 0; out <= d->n; out++) {
        swap swapped = {out, into, 0};
        if (out < d->n && !c->in[out])
            continue;
        double entry = fmin(best->value, fsci_shortlist_entry(c->found));
        double most = c->value + c->gain[into] - (out < d->n ? c->gain[out] : 0);
        if (most <= entry || c->evaluated >= MOST_EVALUATIONS || !try_swap(c, swapped, X))
            continue;
        swapped.value = fsci_criterion_value(&d->criterion, X);
        c->evaluated++;
        if (swapped.value > fsci_shortlist_entry(c->found))
            offer(c, swapped);
        if (swapped.value > best->value)
            *best = swapped;
    }
}

/* Adds or exchanges the pair that gains most until none gains. */
static void climb_up(climb *c)
{
    const fsci_design *d = &c->d;
    while (settle(c)) {
        swap best = {d->n, d->n, c->value + 1e-12 * fabs(c->value)};
        for (size_t into = 0; into < d->n; into++)
            if (!c->in[into])
                best_swap(c, into, &best);
        if (best.into == d->n)
            return;
        if (best.out < d->n)
            c->in[best.out] = false;
        c->in[best.into] = true;
    }
}

/* From nothing, what gains most for its cost, until nothing fits. */
static void grow(climb *c)
{
    const fsci_design *d = &c->d;
    double X[MAX_PACKED];
    for (;;) {
        size_t best = d->n;
        double most = -INFINITY;
        settle(c);
        for (size_t i = 0; i < d->n; i++) {
            if (c->in[i] || !try_swap(c, (swap){d->n, i, 0}, X))
                continue;
            double gain = fsci_criterion_value(&d->criterion, X) - c->value;
            c->evaluated++;
            gain = d->cost[i] > 0 ? gain / d->cost[i] : INFINITY;
            if (gain > most || best == d->n)
                best = i, most = gain;
        }
        if (best == d->n)
            return;
        c->in[best] = true;
    }
}

fsc_status fsci_exchange(const fsci_design *d, bool *in, fsci_shortlist *found, double *evaluated,
                         fsc_error *err)
{
    climb c = {.d = *d, .whole = d, .in = in, .found = found};
    c.gain = malloc((d->n + 1) * sizeof *c.gain);
    if (!c.gain)
        return fsci_fail_memory(err);
    memset(in, 0, d->n * sizeof *in);
    add_ridge(&c);
    grow(&c);
    fsci_shortlist_offer(found, d, in);
    climb_up(&c);
    *evaluated += c.evaluated;
    free(c.gain);
    return FSC_OK;
}
