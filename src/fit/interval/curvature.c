#include "fit/fit.h"

#include "fit/interval/blocks.h"
#include "fit/interval/information.h"
#include "fit/interval/sandwich.h"
#include "fit/interval/score.h"
#include "fit/priors.h"
#include "num/linear.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Condition above which a direction counts as not identified. */
static const double hopeless = 1e10;
/* Share of an unidentified direction (unit length, scaled coordinates) that involves a parameter.
 */
static const double involved = 1e-4;
/* A direction along which the loss bends this much less than along another has no minimum in it:
 * hardly a residual of the rows that tell it lies within delta. */
static const double flat = 1e-9;
/* A row of this leverage is passed through whatever its response is. */
static const double passed = 1 - 1e-8;

/* What row i counts in the design: its weight, in a likelihood over the variance of its mean. */
static double design_weight(const fsci_fit *fit, size_t i)
{
    return fit->model.objective.density ? fsci_information_of_row(fit, i)
                                        : fsci_row_weight(&fit->model.objective, i);
}

/* A block of coordinates: its Jacobian with columns of length 1, its axes, how it bends. */
typedef struct part {
    fsci_block in;
    size_t n;          /* rows, with zeros added where there are fewer than coordinates */
    size_t rank;       /* axes long enough to be identified */
    double *length;    /* [m] of the weighted columns */
    double *U, *s, *V; /* thin SVD of the scaled columns, V square */
    double *bend, *W;  /* [rank], [rank^2] eigenvalues and eigenvectors of H over the axes */
    double *M;         /* [rank^2] the middle of the sandwich over the axes */
    size_t q;          /* axes of H that bend */
} part;

/* The computation for one fit, part by part. */
typedef struct design {
    fsci_fit *fit;
    fsci_arena *arena, *rows; /* of the results; of what has a value for each row */
    size_t n, m;
    part *parts;
    size_t n_parts;
    double *leverage;  /* [n] diagonal of the hat matrix */
    double *h, *slope; /* [n] the two matrices of the sandwich by row */
    size_t *local;     /* [clusters] numbers within a part */
} design;

static bool make_part(const design *d, part *t)
{
    size_t n = t->in.n, m = t->in.m, of = d->n;
    t->n = n > m ? n : m;
    t->length = FSCI_NEW(d->arena, double, m);
    double *A = FSCI_NEW(d->rows, double, t->n *m);
    t->U = FSCI_NEW(d->rows, double, t->n *m);
    t->s = FSCI_NEW(d->arena, double, m);
    t->V = FSCI_NEW(d->arena, double, m *m);
    if (!t->length || !A || !t->U || !t->s || !t->V)
        return false;
    for (size_t a = 0; a < m; a++) {
        double *column = A + a * t->n, squares = 0;
        const double *from = d->fit->J + t->in.used[a] * of;
        for (size_t i = 0; i < n; i++) {
            column[i] = sqrt(design_weight(d->fit, t->in.row[i])) * from[t->in.row[i]];
            squares += column[i] * column[i];
        }
        t->length[a] = sqrt(squares);
        for (size_t i = 0; i < n && squares > 0; i++)
            column[i] /= t->length[a];
    }
    return fsci_svd(t->n, m, A, t->U, t->s, t->V) == FSCI_LINEAR_OK;
}

static bool make_design(design *d)
{
    d->leverage = FSCI_NEW(d->rows, double, d->n);
    for (size_t k = 0; k < d->n_parts; k++)
        if (!make_part(d, &d->parts[k]))
            return false;
    return d->leverage != NULL;
}

/* What the axes of a part tell: those shorter than `least` are not identified. */
static void describe_part(const design *d, part *t, double least)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t m = t->in.m;
    while (t->rank < m && t->s[t->rank] > least)
        t->rank++;
    c->rank += t->rank;
    for (size_t i = 0; i < t->in.n; i++) {
        double h = 0;
        for (size_t a = 0; a < t->rank; a++)
            h += t->U[a * t->n + i] * t->U[a * t->n + i];
        d->leverage[t->in.row[i]] = h;
        c->max_leverage = fmax(c->max_leverage, h);
        c->n_passed += h > passed;
    }
    for (size_t a = 0; a < m; a++)
        for (size_t k = t->rank; k < m; k++)
            c->identified[t->in.used[a]] =
                c->identified[t->in.used[a]] && fabs(t->V[k * m + a]) < involved;
}

static void describe_design(const design *d)
{
    double longest = 0, shortest = INFINITY;
    for (size_t k = 0; k < d->n_parts; k++) {
        const part *t = &d->parts[k];
        longest = fmax(longest, t->s[0]);
        shortest = fmin(shortest, t->s[t->in.m - 1]);
    }
    d->fit->curvature.condition = shortest > 0 ? longest / shortest : INFINITY;
    for (size_t k = 0; k < d->n_parts; k++)
        describe_part(d, &d->parts[k], 1 / hopeless * longest);
}

/* U' diag(c) U over the identified axes: how c-weighted rows see them. */
static void gram(const part *t, const double *c, double *G)
{
    size_t n = t->n, r = t->rank;
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t i = 0; i < t->in.n; i++)
                sum += c[t->in.row[i]] * t->U[a * n + i] * t->U[b * n + i];
            G[a + b * r] = G[b + a * r] = sum;
        }
}

/* V S V' in the coordinates of the fit: columns get their lengths back. */
static bool spread_out(const design *d, const part *t, const double *S, double *full)
{
    size_t p = d->fit->model.parameters.n_free, m = t->in.m, r = t->rank;
    double *half = FSCI_NEW(d->arena, double, m *r); /* V S */
    if (!half)
        return false;
    for (size_t l = 0; l < r; l++)
        for (size_t k = 0; k < r; k++)
            for (size_t a = 0; a < m; a++)
                half[l * m + a] += t->V[k * m + a] * S[k + l * r];
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a < m; a++) {
            double sum = 0;
            for (size_t l = 0; l < r; l++)
                sum += half[l * m + a] * t->V[l * m + b];
            full[t->in.used[a] + t->in.used[b] * p] = sum / (t->length[a] * t->length[b]);
        }
    return true;
}

/* Residuals that are rounding of the data and no more. */
static bool is_exact(const fsci_fit *fit)
{
    const fsci_objective *o = &fit->model.objective;
    double largest = 0, scale = 1;
    for (size_t i = 0; i < o->n; i++) {
        largest = fmax(largest, fabs(fit->r[i]));
        if (o->response && o->space == FSCI_SPACE_IDENTITY)
            scale = i ? fmax(scale, fabs(o->response[i])) : fabs(o->response[i]);
    }
    return largest <= 256 * DBL_EPSILON * scale;
}

/* Rows that the curve passes through whatever they are have no residual to tell their noise by: it
 * is taken as that of the others. */
static void lend_noise(const design *d, double *m)
{
    double squares = 0, n = 0, usual;
    for (size_t i = 0; i < d->n; i++)
        if (d->leverage[i] <= passed)
            squares += m[i] * m[i], n++;
    usual = n > 0 ? sqrt(squares / n) : 0;
    for (size_t i = 0; i < d->n; i++)
        if (d->leverage[i] > passed)
            m[i] = usual;
}

/* The two matrices of the sandwich by row: curvature into h, slope into `slope`. An exact fit has
 * no slopes to speak of; there every row counts alike. */
static bool row_terms(design *d)
{
    const fsci_objective *o = &d->fit->model.objective;
    double *sorted = fsci_copy_array(d->rows, d->fit->r, d->n, sizeof *sorted);
    d->h = FSCI_NEW(d->rows, double, d->n);
    d->slope = FSCI_NEW(d->rows, double, d->n);
    if (!sorted || !d->h || !d->slope)
        return false;
    double width = fsci_score_width(o, sorted, d->n);
    bool exact = d->fit->curvature.exact;
    for (size_t i = 0; i < d->n; i++) {
        double w = fsci_row_weight(o, i), psi = fsci_score_slope(o, d->fit->r[i]);
        /* A already holds sqrt(w): h is w psi' / w, the slope is w psi / sqrt(w) */
        d->h[i] = exact ? 2 : fsci_score_bend(o, d->fit->r[i], width);
        d->slope[i] = exact ? 2 * DBL_EPSILON : sqrt(w) * psi;
    }
    lend_noise(d, d->slope);
    return true;
}

/* The unit of each row of a part, numbered from 0: the row, or its cluster. How many. */
static size_t number_units(const design *d, const part *t, size_t *unit)
{
    const fsci_clusters *c = &d->fit->clusters;
    size_t n = 0;
    for (size_t i = 0; c->column && i < t->in.n; i++)
        d->local[c->of[t->in.row[i]]] = SIZE_MAX;
    for (size_t i = 0; i < t->in.n; i++) {
        size_t *number = c->column ? &d->local[c->of[t->in.row[i]]] : NULL;
        if (number && *number == SIZE_MAX)
            *number = n++;
        unit[i] = number ? *number : i;
    }
    return c->column ? n : t->in.n;
}

/* The middle of the sandwich: squares of the slopes summed over rows, or over clusters. */
static bool meat(const design *d, part *t)
{
    size_t n = t->in.n, r = t->rank;
    size_t *unit = FSCI_NEW(d->rows, size_t, n);
    if (!unit)
        return false;
    size_t units = number_units(d, t, unit);
    double *sum = FSCI_NEW(d->rows, double, units *r);
    t->M = FSCI_NEW(d->arena, double, r *r);
    if (!sum || !t->M)
        return false;
    for (size_t a = 0; a < r; a++)
        for (size_t i = 0; i < n; i++)
            sum[a * units + unit[i]] += d->slope[t->in.row[i]] * t->U[a * t->n + i];
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double s = 0;
            for (size_t g = 0; g < units; g++)
                s += sum[a * units + g] * sum[b * units + g];
            t->M[a + b * r] = t->M[b + a * r] = s;
        }
    return true;
}

/* Adds a direction that says nothing, given over columns of length 1, in coordinates of the fit. */
static void add_loose(const design *d, const part *t, const double *scaled)
{
    fsci_curvature *c = &d->fit->curvature;
    double *to = c->loose + c->n_loose++ * d->fit->model.parameters.n_free, squares = 0;
    for (size_t a = 0; a < t->in.m; a++)
        squares += scaled[a] * scaled[a];
    for (size_t a = 0; a < t->in.m; a++)
        if (fabs(scaled[a]) >= involved * sqrt(squares)) /* less is rounding */
            to[t->in.used[a]] = scaled[a] / (t->length[a] > 0 ? t->length[a] : 1);
}

/* How H bends over the axes of a part; *failed where its eigenvalues are not found. False when
 * memory runs out. */
static bool bend(const design *d, part *t, bool *failed)
{
    size_t r = t->rank;
    double *H = FSCI_NEW(d->arena, double, r *r);
    t->bend = FSCI_NEW(d->arena, double, r);
    t->W = FSCI_NEW(d->arena, double, r *r);
    if (!H || !t->bend || !t->W)
        return false;
    gram(t, d->h, H);
    *failed = *failed || (r && fsci_symmetric_eigen(r, H, t->bend, t->W) != FSCI_LINEAR_OK);
    return true;
}

/* The inverse of H over the directions in which it bends; others are marked in `identified`. */
static bool invert(const design *d, const part *t, double *inverse)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t r = t->rank, m = t->in.m;
    double *way = FSCI_NEW(d->arena, double, m);
    if (!way)
        return false;
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++) {
            double sum = 0;
            for (size_t k = 0; k < t->q; k++)
                sum += t->W[k * r + a] * t->W[k * r + b] / t->bend[k];
            inverse[a + b * r] = sum;
        }
    for (size_t k = r; k < m; k++)
        add_loose(d, t, t->V + k * m);
    for (size_t k = t->q; k < r; k++) {
        double squares = 0;
        for (size_t a = 0; a < m; a++) {
            way[a] = 0;
            for (size_t l = 0; l < r; l++)
                way[a] += t->V[l * m + a] * t->W[k * r + l] / t->s[l];
            squares += way[a] * way[a];
        }
        for (size_t a = 0; a < m; a++)
            if (fabs(way[a]) >= involved * sqrt(squares))
                c->identified[t->in.used[a]] = false;
        add_loose(d, t, way);
    }
    return true;
}

/* P M P with axes at their own lengths: (factor/s) (P M P) (1/s). */
static void wrap(const design *d, const part *t, const double *P, double *half, double *out)
{
    size_t r = t->rank;
    double factor = fsci_sandwich_factor(d->n, d->m, &d->fit->clusters);
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++) {
            double sum = 0;
            for (size_t k = 0; k < r; k++)
                sum += P[a + k * r] * t->M[k + b * r];
            half[a + b * r] = sum;
        }
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t k = 0; k < r; k++)
                sum += half[a + k * r] * P[k + b * r];
            out[a + b * r] = out[b + a * r] = factor * sum / (t->s[a] * t->s[b]);
        }
}

static bool add_part(const design *d, const part *t, double *full)
{
    size_t r = t->rank;
    double *P = FSCI_NEW(d->arena, double, r *r), *half = FSCI_NEW(d->arena, double, r *r);
    double *out = FSCI_NEW(d->arena, double, r *r);
    if (!P || !half || !out || !invert(d, t, P))
        return false;
    wrap(d, t, P, half, out);
    return spread_out(d, t, out, full);
}

/* Which axes bend: all is measured against the stiffest of them. How many do. */
static size_t count_bending(const design *d)
{
    double stiffest = 0;
    size_t count = 0;
    for (size_t k = 0; k < d->n_parts; k++)
        if (d->parts[k].rank)
            stiffest = fmax(stiffest, d->parts[k].bend[0]);
    for (size_t k = 0; k < d->n_parts; k++) {
        part *t = &d->parts[k];
        while (t->q < t->rank && t->bend[t->q] > flat * stiffest)
            t->q++;
        count += t->q;
    }
    return count;
}

/* The sandwich over the axes that are identified and bend, into every coordinate in use. */
static fsc_status sandwich(design *d, fsc_error *err)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t p = d->fit->model.parameters.n_free;
    double *full = FSCI_NEW(d->arena, double, p *p);
    bool failed = false;
    d->local = FSCI_NEW(d->rows, size_t, d->fit->clusters.column ? d->fit->clusters.n : 0);
    if (!full || !d->local || !row_terms(d))
        return fsci_fail_memory(err);
    if (d->n <= d->m)
        return FSC_OK; /* nothing is left to judge the noise by */
    c->loose = FSCI_NEW(d->arena, double, d->m *p);
    if (!c->loose)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < d->n_parts; k++)
        if (!meat(d, &d->parts[k]) || !bend(d, &d->parts[k], &failed))
            return fsci_fail_memory(err);
    size_t q = failed ? 0 : count_bending(d);
    if (q == 0)
        return FSC_OK;
    for (size_t k = 0; k < d->n_parts; k++)
        if (!add_part(d, &d->parts[k], full))
            return fsci_fail_memory(err);
    for (size_t k = 0; k < p; k++)
        c->se[k] = c->identified[k] && !d->fit->at_bound[k] ? sqrt(full[k + k * p]) : NAN;
    *(q == d->m ? &c->covariance : &c->settled) = full;
    return FSC_OK;
}

/* Which coordinates the design alone, whatever the residuals, makes trade off. */
static fsc_status correlations(const design *d, const part *t, fsc_error *err)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t m = t->in.m, r = t->rank;
    double *inverse = FSCI_NEW(d->arena, double, m *m);
    if (!inverse)
        return fsci_fail_memory(err);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            for (size_t k = 0; k < r; k++)
                inverse[a + b * m] += t->V[k * m + a] * t->V[k * m + b] / (t->s[k] * t->s[k]);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++) {
            double scale = sqrt(inverse[a + a * m] * inverse[b + b * m]);
            double rho = a != b && scale > 0 ? inverse[a + b * m] / scale : 0;
            if (fabs(rho) > fabs(c->correlation_with[t->in.used[a]])) {
                c->correlation_with[t->in.used[a]] = rho;
                c->correlated[t->in.used[a]] = t->in.used[b];
            }
        }
    return FSC_OK;
}

static bool new_curvature(fsci_arena *arena, size_t p, fsci_curvature *c)
{
    *c = (fsci_curvature){.condition = 1,
                          .identified = FSCI_NEW(arena, bool, p),
                          .se = FSCI_NEW(arena, double, p),
                          .correlation_with = FSCI_NEW(arena, double, p),
                          .correlated = FSCI_NEW(arena, size_t, p)};
    for (size_t k = 0; c->identified && c->se && k < p; k++) {
        c->identified[k] = true;
        c->se[k] = NAN;
    }
    return c->identified && c->se && c->correlation_with && c->correlated;
}

/* With priors what the rows leave open is settled all the same: every coordinate is a direction. */
static fsc_status with_priors(fsci_arena *arena, fsci_fit *fit, size_t dispersion, fsc_error *err)
{
    size_t p = fit->model.parameters.n_free, m = 0;
    size_t *used = FSCI_NEW(arena, size_t, p);
    double *length = FSCI_NEW(arena, double, p), *V = FSCI_NEW(arena, double, p *p);
    if (!used || !length || !V)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < p; k++) {
        fit->curvature.identified[k] = true;
        if (!fit->at_bound[k] && k != dispersion)
            used[m++] = k;
    }
    for (size_t k = 0; k < m; k++)
        length[k] = V[k * m + k] = 1;
    const fsci_axes axes = {.used = used, .m = m, .rank = m, .length = length, .V = V};
    return fsci_information_find(arena, fit, &axes, err);
}

/* The coordinates in blocks; as one where what follows takes them together. */
static fsc_status divide(design *d, const size_t *used, bool whole, fsc_error *err)
{
    fsci_block *blocks;
    FSCI_TRY(fsci_blocks_find(d->rows, d->fit, used, d->m, whole, &blocks, &d->n_parts, err));
    d->parts = FSCI_NEW(d->rows, part, d->n_parts);
    if (!d->parts)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < d->n_parts; k++)
        d->parts[k].in = blocks[k];
    return FSC_OK;
}

static fsc_status find(fsci_arena *arena, fsci_arena *rows, fsci_fit *fit, fsc_error *err)
{
    size_t p = fit->model.parameters.n_free;
    size_t *used = FSCI_NEW(arena, size_t, p);
    design d = {.fit = fit, .arena = arena, .rows = rows, .n = fit->model.n};
    if (!used || !new_curvature(arena, p, &fit->curvature))
        return fsci_fail_memory(err);
    const fsci_objective *o = &fit->model.objective;
    size_t dispersion =
        o->dispersion == SIZE_MAX ? SIZE_MAX : fit->model.parameters.slot[o->dispersion];
    fit->curvature.exact = !o->density && is_exact(fit);
    const fsci_parameters *all = &fit->model.parameters;
    bool priors = fsci_priors_any(all);
    for (size_t k = 0; k < p; k++)
        if (!fit->at_bound[k] && k != dispersion && !fsci_priors_is_mean(all, all->free[k]))
            used[d.m++] = k;
    if (!d.m)
        return FSC_OK;
    FSCI_TRY(divide(&d, used, priors || o->density, err));
    if (!make_design(&d))
        return fsci_arena_failed(arena) || fsci_arena_failed(rows) ? fsci_fail_memory(err) : FSC_OK;
    describe_design(&d);
    const part *t = d.parts;
    const fsci_axes axes = {
        .used = used, .m = d.m, .rank = t->rank, .length = t->length, .V = t->V};
    FSCI_TRY(priors       ? with_priors(arena, fit, dispersion, err)
             : o->density ? fsci_information_find(arena, fit, &axes, err)
                          : sandwich(&d, err));
    for (size_t k = 0; k < d.n_parts; k++)
        FSCI_TRY(correlations(&d, &d.parts[k], err));
    return FSC_OK;
}

fsc_status fsci_curvature_find(fsci_arena *arena, fsci_fit *fit, fsc_error *err)
{
    fsci_arena *rows = fsci_arena_new();
    fsc_status status = rows ? find(arena, rows, fit, err) : fsci_fail_memory(err);
    fsci_arena_free(rows);
    return status;
}
