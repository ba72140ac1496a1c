/* The changes of a learning-rate schedule, for laws whose loss at step s sums over those before it
 * (Luo et al. 2025, arXiv:2503.12811): with eta_k the rate of step k and S1(s) the sum of the rates
 * up to step s,
 *
 *   sum_{k<=s} fall_k G(rate_k, lag_k),  fall_k = eta_{k-1} - eta_k,  rate_k = eta_k,
 *   lag_k = S1(s) - S1(k-1),
 *
 * for any smooth G that varies on the scale of its arguments. A decay changes the rate at every
 * step, so a row may see tens of thousands of changes. They are condensed as in a tree code
 * (Greengard and Rokhlin 1987, J. Comput. Phys. 73): in a binary tree over the changes a block that
 * is short against its distance from the row enters by the Gauss rule of its own weights, whose
 * nodes are the eigenvalues of the Jacobi matrix of its orthogonal polynomials in k (Golub and
 * Welsch 1969, Math. Comp. 23). Their rates and sums come from polynomials through those of the
 * block; where these do not fit to within the tolerance, as across a drop, the block is halved,
 * down to single changes. */
#include "base/number.h"
#include "num/linear.h"
#include "prepare/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 7, MOST_TERMS = 1024 };
static const double widest_ratio = 4; /* of the rates of a block: G may have powers of them */
static const double nearest = 0.5;    /* distance of a block, in its own length */

typedef struct change {
    double fall, rate, before, step; /* before: S1 up to the step before */
} change;

/* A node of the tree: changes [lo, hi), and the rule that stands for them. */
typedef struct block {
    size_t lo, hi;
    bool made, condensed;
    change node[NODES];
} block;

/* One run. */
typedef struct tree {
    const change *changes;
    size_t n;
    block **level; /* [n_levels] of blocks of 2^level changes */
    size_t n_levels;
    double tolerance;
    double *scratch; /* [(NODES + 3) * n] */
} tree;

/* ---- the rule of a block ---- */

/* Orthonormal polynomials p_0 … by the Stieltjes procedure, each made orthogonal to all before it a
 * second time against rounding: x p_j = b_{j-1} p_{j-1} + a_j p_j + b_j p_{j+1}. */
typedef struct basis {
    double a[NODES], b[NODES], first;
    double log_rate[NODES], before[NODES]; /* coefficients of what is interpolated */
} basis;

static double inner(const double *weight, const double *p, const double *q, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight[i] * p[i] * q[i];
    return sum;
}

static void make_basis(const double *x, const double *weight, double *p, size_t n, basis *out)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += weight[i];
    out->first = 1 / sqrt(total);
    for (size_t i = 0; i < n; i++)
        p[i] = out->first;
    for (size_t j = 0; j < NODES; j++, p += n) {
        double *next = p + n;
        for (size_t i = 0; i < n; i++)
            next[i] = x[i] * p[i];
        out->a[j] = inner(weight, next, p, n);
        for (int again = 0; again < 2; again++)
            for (size_t k = 0; k <= j; k++) {
                const double *q = p - k * n;
                double part = inner(weight, next, q, n);
                for (size_t i = 0; i < n; i++)
                    next[i] -= part * q[i];
            }
        out->b[j] = sqrt(inner(weight, next, next, n));
        for (size_t i = 0; i < n; i++)
            next[i] /= out->b[j];
    }
}

/* Coefficients of y, and the farthest that their sum is from it. */
static double interpolate(const double *weight, const double *p, const double *y, size_t n,
                          double *coefficient)
{
    double worst = 0;
    for (size_t j = 0; j < NODES; j++)
        coefficient[j] = inner(weight, p + j * n, y, n);
    for (size_t i = 0; i < n; i++) {
        double rest = y[i];
        for (size_t j = 0; j < NODES; j++)
            rest -= coefficient[j] * p[j * n + i];
        worst = fmax(worst, fabs(rest));
    }
    return worst;
}

static double value_at(const basis *of, const double *coefficient, double x)
{
    double before = 0, now = of->first, sum = 0;
    for (size_t j = 0; j < NODES; j++) {
        sum += coefficient[j] * now;
        double next = ((x - of->a[j]) * now - (j ? of->b[j - 1] : 0) * before) / of->b[j];
        before = now;
        now = next;
    }
    return sum;
}

static bool place_nodes(const basis *of, double sign, block *to)
{
    double jacobi[NODES * NODES] = {0}, x[NODES], vectors[NODES * NODES];
    for (size_t j = 0; j < NODES; j++) {
        jacobi[j * NODES + j] = of->a[j];
        if (j + 1 < NODES)
            jacobi[j * NODES + j + 1] = of->b[j]; /* the lower triangle */
    }
    if (fsci_symmetric_eigen(NODES, jacobi, x, vectors) != FSCI_LINEAR_OK)
        return false;
    for (size_t j = 0; j < NODES; j++) {
        double share = vectors[j * NODES] / of->first;
        to->node[j] = (change){.fall = sign * share * share,
                               .rate = exp(value_at(of, of->log_rate, x[j])),
                               .before = value_at(of, of->before, x[j])};
    }
    return true;
}

/* Whether the block can be condensed: changes of one sign, along a rate that is smooth. */
static bool condense(const tree *t, block *b)
{
    const change *c = t->changes + b->lo;
    size_t n = b->hi - b->lo;
    double least = INFINITY, most = 0, middle = (c[0].step + c[n - 1].step) / 2;
    double half = fmax(1, (c[n - 1].step - c[0].step) / 2), length = c[n - 1].before - c[0].before;
    double *weight = t->scratch, *x = weight + n, *y = x + n, *p = y + n;
    basis of;
    if (n <= NODES)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((c[i].fall > 0) != (c[0].fall > 0))
            return false;
        least = fmin(least, c[i].rate);
        most = fmax(most, c[i].rate);
        weight[i] = fabs(c[i].fall);
        x[i] = (c[i].step - middle) / half;
        y[i] = log(c[i].rate);
    }
    if (most > widest_ratio * least)
        return false;
    make_basis(x, weight, p, n, &of);
    if (!(interpolate(weight, p, y, n, of.log_rate) <= t->tolerance))
        return false;
    for (size_t i = 0; i < n; i++)
        y[i] = c[i].before;
    return interpolate(weight, p, y, n, of.before) <= t->tolerance * length &&
           place_nodes(&of, c[0].fall > 0 ? 1 : -1, b);
}

/* ---- the terms of a row ---- */

typedef struct terms {
    change *items; /* [MOST_TERMS]; lag in place of before */
    size_t n;      /* may exceed that: then the rest is left out */
} terms;

static void add(terms *to, const change *c, double sum)
{
    if (to->n < MOST_TERMS) {
        to->items[to->n] = *c;
        to->items[to->n].before = sum - c->before;
    }
    to->n++;
}

/* Adds the changes [0, end) of block i of a level to the terms of a row whose sum is given. */
static void collect(const tree *t, size_t level, size_t i, size_t end, double sum, terms *to)
{
    size_t size = (size_t)1 << level, lo = i * size, hi = lo + size < t->n ? lo + size : t->n;
    block *b = &t->level[level][i];
    if (lo >= end)
        return;
    if (hi <= end && !b->made) {
        *b = (block){.lo = lo, .hi = hi, .made = true};
        b->condensed = condense(t, b);
    }
    double last = t->changes[hi - 1].before, length = last - t->changes[lo].before;
    if (hi <= end && b->condensed && sum - last >= nearest * length) {
        for (size_t j = 0; j < NODES; j++)
            add(to, &b->node[j], sum);
        return;
    }
    if (hi - lo <= NODES) {
        for (size_t k = lo; k < hi && k < end; k++)
            add(to, &t->changes[k], sum);
        return;
    }
    collect(t, level - 1, 2 * i, end, sum, to);
    collect(t, level - 1, 2 * i + 1, end, sum, to);
}

/* ---- a run ---- */

static fsc_status plant(fsci_preparing *p, const change *changes, size_t n, tree *t)
{
    *t = (tree){.changes = changes, .n = n, .n_levels = 1};
    while (n > (size_t)1 << (t->n_levels - 1))
        t->n_levels++;
    t->level = FSCI_NEW(p->arena, block *, t->n_levels);
    t->scratch = FSCI_NEW(p->arena, double, (NODES + 4) * n + 1);
    for (size_t level = 0; t->level && level < t->n_levels; level++)
        t->level[level] = FSCI_NEW(p->arena, block, (n >> level) + 1);
    return fsci_arena_failed(p->arena) ? fsci_fail_memory(p->err) : FSC_OK;
}

static void forget(const tree *t)
{
    for (size_t level = 0; level < t->n_levels; level++)
        for (size_t i = 0; i <= t->n >> level; i++)
            t->level[level][i].made = false;
}

/* What the operator has found so far: the terms of every row. */
typedef struct changes {
    double tolerance; /* NaN: as fine as the number of terms allows */
    double used;      /* the coarsest */
    double *S1;
    terms *of;      /* [rows] */
    change *buffer; /* [MOST_TERMS] of the row in hand */
} changes;

/* Changes with a rate of 0 have nothing to act on, unless the rate rises again. */
static fsc_status list_changes(fsci_preparing *p, const fsci_schedule *s, change *to, size_t *n,
                               double *sum)
{
    *n = 0;
    sum[0] = s->rate[0];
    for (size_t k = 1; k <= s->n; k++) {
        double fall = s->rate[k - 1] - s->rate[k];
        sum[k] = sum[k - 1] + s->rate[k];
        if (fall != 0 && s->rate[k] > 0)
            to[(*n)++] = (change){fall, s->rate[k], sum[k - 1], (double)k};
        if (s->rate[k] > 0 && s->rate[k - 1] == 0 && sum[k - 1] > 0)
            return fsci_fail(
                p->err, FSC_EINPUT,
                "operator changes: the learning rate is 0 at step %zu and rises again; "
                "a law of its changes cannot be computed there",
                k - 1);
    }
    return FSC_OK;
}

/* False when a row has too many terms. */
static bool collect_rows(fsci_arena *arena, const tree *t, const fsci_schedule *s,
                         const double *sum, changes *out)
{
    size_t end = 0;
    for (size_t i = 0; i < s->n_samples; i++) {
        terms of = {.items = out->buffer};
        size_t step = (size_t)s->samples[i].step, row = s->samples[i].row;
        while (end < t->n && t->changes[end].step <= (double)step)
            end++;
        out->S1[row] = sum[step];
        if (t->n)
            collect(t, t->n_levels - 1, 0, end, sum[step], &of);
        if (of.n > MOST_TERMS)
            return false;
        of.items = fsci_copy_array(arena, of.items, of.n, sizeof *of.items);
        out->of[row] = of;
    }
    return true;
}

static fsc_status one_run(fsci_preparing *p, const fsci_schedule *s, void *context)
{
    static const double tolerances[] = {1e-7, 1e-5, 1e-3};
    changes *out = context;
    change *list = FSCI_NEW(p->arena, change, s->n + 1);
    double *sum = FSCI_NEW(p->arena, double, s->n + 1);
    size_t n, tries = isnan(out->tolerance) ? sizeof tolerances / sizeof *tolerances : 1;
    tree t;
    if (!list || !sum)
        return fsci_fail_memory(p->err);
    FSCI_TRY(list_changes(p, s, list, &n, sum));
    FSCI_TRY(plant(p, list, n, &t));
    for (size_t i = 0; i < tries; i++) {
        t.tolerance = isnan(out->tolerance) ? tolerances[i] : out->tolerance;
        out->used = fmax(out->used, t.tolerance);
        if (collect_rows(p->arena, &t, s, sum, out))
            return fsci_arena_failed(p->arena) ? fsci_fail_memory(p->err) : FSC_OK;
        forget(&t);
    }
    return fsci_fail(p->err, FSC_EINPUT,
                     "operator changes: the schedule of %s is too rough: to within %s a row sees "
                     "more than %d groups of changes; state it with segments=TABLE, or give a "
                     "larger tolerance",
                     fsci_table_name(p->table), fsci_briefly(t.tolerance, 6).text, MOST_TERMS);
}

/* ---- the columns ---- */

static size_t most_terms(const fsci_preparing *p, const changes *c)
{
    size_t most = 1;
    for (size_t row = 0; row < p->n; row++)
        most = c->of[row].n > most ? c->of[row].n : most;
    return most;
}

/* Rows with fewer terms end in changes by nothing. */
static void write_terms(const fsci_preparing *p, const changes *c, size_t k, double *const *to)
{
    for (size_t row = 0; row < p->n; row++) {
        const terms *t = &c->of[row];
        double last = t->n ? t->items[t->n - 1].rate : p->column[1][row];
        to[0][row] = k < t->n ? t->items[k].fall : 0;
        to[1][row] = k < t->n ? t->items[k].rate : last > 0 ? last : 1;
        to[2][row] = k < t->n ? t->items[k].before : 0;
    }
}

static fsc_status write_columns(fsci_preparing *p, const changes *c)
{
    static const char *const sets[] = {"fall", "rate", "lag"};
    size_t most = most_terms(p, c);
    for (size_t k = 0; k < most; k++) {
        double *to[3];
        for (int i = 0; i < 3; i++) {
            const char *name = fsci_format(p->arena, "%s_%zu", sets[i], k + 1);
            if (!name || !(to[i] = fsci_preparing_set(p, name)))
                return fsci_fail_memory(p->err);
        }
        write_terms(p, c, k, to);
    }
    return FSC_OK;
}

fsc_status fsci_prepare_changes(fsci_preparing *p)
{
    changes c = {.of = FSCI_NEW(p->arena, terms, p->n + 1),
                 .buffer = FSCI_NEW(p->arena, change, MOST_TERMS),
                 .S1 = fsci_preparing_set(p, "S1")};
    if (!c.of || !c.buffer || !c.S1)
        return fsci_fail_memory(p->err);
    FSCI_TRY(fsci_call_number(p->call, "tolerance", NAN, &c.tolerance, p->err));
    if (c.tolerance <= 0)
        return fsci_fail(p->err, FSC_EINPUT, "operator changes: tolerance=%s; give more than 0",
                         fsci_briefly(c.tolerance, 6).text);
    FSCI_TRY(fsci_schedule_each(p, one_run, &c));
    if (isnan(c.tolerance) && c.used > 1e-7)
        fsci_preparing_remark(p, "W-ROUGH-LR",
                              "the learning rate is not smooth from row to row: its changes are "
                              "grouped to within %s",
                              fsci_briefly(c.used, 6).text);
    return write_columns(p, &c);
}
