#include "fit/fit.h"

#include "fit/interval/information.h"
#include "fit/priors.h"
#include "fit/interval/sandwich.h"
#include "fit/interval/score.h"
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

/* One computation: coordinates in use, their Jacobian with columns of length 1, its axes. */
typedef struct design {
    fsci_fit *fit;
    fsci_arena *arena, *rows; /* of the results; of what has a value for each row */
    size_t n, m, rank;
    const size_t *used; /* [m] */
    double *length;     /* [m] of the weighted columns */
    double *A;          /* [n * m] scaled */
    double *U, *s, *V;  /* thin SVD of A */
    double *leverage;   /* [n] diagonal of the hat matrix */
} design;

static bool make_design(design *d)
{
    size_t n = d->n, m = d->m, k = n < m ? n : m;
    d->length = FSCI_NEW(d->arena, double, m);
    d->A = FSCI_NEW(d->rows, double, n *m);
    d->U = FSCI_NEW(d->rows, double, n *k);
    d->s = FSCI_NEW(d->arena, double, k);
    d->V = FSCI_NEW(d->arena, double, m *k);
    d->leverage = FSCI_NEW(d->rows, double, n);
    if (!d->length || !d->A || !d->U || !d->s || !d->V || !d->leverage)
        return false;
    for (size_t a = 0; a < m; a++) {
        double *column = d->A + a * n, squares = 0;
        for (size_t i = 0; i < n; i++) {
            column[i] = sqrt(design_weight(d->fit, i)) * d->fit->J[d->used[a] * n + i];
            squares += column[i] * column[i];
        }
        d->length[a] = sqrt(squares);
        for (size_t i = 0; i < n && squares > 0; i++)
            column[i] /= d->length[a];
    }
    return fsci_svd(n, m, d->A, d->U, d->s, d->V) == FSCI_LINEAR_OK;
}

static void describe_design(design *d)
{
    fsci_curvature *c = &d->fit->curvature;
    c->condition = fsci_condition(d->m, d->s);
    c->rank = d->rank = fsci_rank(d->n, d->m, d->s, 1 / hopeless);
    for (size_t i = 0; i < d->n; i++) {
        double h = 0;
        for (size_t a = 0; a < d->rank; a++)
            h += d->U[a * d->n + i] * d->U[a * d->n + i];
        d->leverage[i] = h;
        c->max_leverage = fmax(c->max_leverage, h);
        c->n_passed += h > passed;
    }
    for (size_t a = 0; a < d->m; a++)
        for (size_t k = d->rank; k < d->m; k++)
            c->identified[d->used[a]] =
                c->identified[d->used[a]] && fabs(d->V[k * d->m + a]) < involved;
}

/* U' diag(c) U over the identified axes: how c-weighted rows see them. */
static void gram(const design *d, const double *c, double *G)
{
    size_t n = d->n, r = d->rank;
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += c[i] * d->U[a * n + i] * d->U[b * n + i];
            G[a + b * r] = G[b + a * r] = sum;
        }
}

/* V S V' in the coordinates of the fit: columns get their lengths back. */
static bool spread_out(const design *d, const double *S, double *full)
{
    size_t p = d->fit->model.parameters.n_free, m = d->m, r = d->rank;
    double *half = FSCI_NEW(d->arena, double, m *r); /* V S */
    if (!half)
        return false;
    for (size_t l = 0; l < r; l++)
        for (size_t k = 0; k < r; k++)
            for (size_t a = 0; a < m; a++)
                half[l * m + a] += d->V[k * m + a] * S[k + l * r];
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a < m; a++) {
            double sum = 0;
            for (size_t l = 0; l < r; l++)
                sum += half[l * m + a] * d->V[l * m + b];
            full[d->used[a] + d->used[b] * p] = sum / (d->length[a] * d->length[b]);
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

/* The two matrices of the sandwich by row: curvature into `h`, slope into `m`. An exact fit has no
 * slopes to speak of; there every row counts alike. */
static bool row_terms(const design *d, double *h, double *m)
{
    const fsci_objective *o = &d->fit->model.objective;
    double *sorted = fsci_copy_array(d->rows, d->fit->r, d->n, sizeof *sorted);
    if (!sorted)
        return false;
    double width = fsci_score_width(o, sorted, d->n);
    bool exact = d->fit->curvature.exact;
    for (size_t i = 0; i < d->n; i++) {
        double w = fsci_row_weight(o, i), psi = fsci_score_slope(o, d->fit->r[i]);
        /* A already holds sqrt(w): h is w psi' / w, m is w psi / sqrt(w) */
        h[i] = exact ? 2 : fsci_score_bend(o, d->fit->r[i], width);
        m[i] = exact ? 2 * DBL_EPSILON : sqrt(w) * psi;
    }
    lend_noise(d, m);
    return true;
}

/* The middle of the sandwich: squares of the slopes summed over rows, or over clusters. */
static bool meat(const design *d, const double *slope, double *M)
{
    const fsci_clusters *c = &d->fit->clusters;
    size_t n = d->n, r = d->rank, units = c->column ? c->n : n;
    double *sum = FSCI_NEW(d->rows, double, units *r);
    if (!sum)
        return false;
    for (size_t a = 0; a < r; a++)
        for (size_t i = 0; i < n; i++)
            sum[a * units + (c->column ? c->of[i] : i)] += slope[i] * d->U[a * n + i];
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double s = 0;
            for (size_t g = 0; g < units; g++)
                s += sum[a * units + g] * sum[b * units + g];
            M[a + b * r] = M[b + a * r] = s;
        }
    return true;
}

/* Adds a direction that says nothing, given over columns of length 1, in coordinates of the fit. */
static void add_loose(const design *d, const double *scaled)
{
    fsci_curvature *c = &d->fit->curvature;
    double *to = c->loose + c->n_loose++ * d->fit->model.parameters.n_free, squares = 0;
    for (size_t a = 0; a < d->m; a++)
        squares += scaled[a] * scaled[a];
    for (size_t a = 0; a < d->m; a++)
        if (fabs(scaled[a]) >= involved * sqrt(squares)) /* less is rounding */
            to[d->used[a]] = scaled[a] / (d->length[a] > 0 ? d->length[a] : 1);
}

/* The inverse of H over the directions in which it bends; others are marked in `identified`. */
static bool invert(const design *d, const double *H, double *inverse, size_t *q)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t r = d->rank;
    double *bend = FSCI_NEW(d->arena, double, r), *W = FSCI_NEW(d->arena, double, r *r);
    double *way = FSCI_NEW(d->arena, double, d->m);
    c->loose = FSCI_NEW(d->arena, double, d->m * d->fit->model.parameters.n_free);
    *q = 0;
    if (!bend || !W || !way || !c->loose || fsci_symmetric_eigen(r, H, bend, W) != FSCI_LINEAR_OK)
        return !fsci_arena_failed(d->arena);
    while (*q < r && bend[*q] > flat * bend[0])
        ++*q;
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++) {
            double sum = 0;
            for (size_t k = 0; k < *q; k++)
                sum += W[k * r + a] * W[k * r + b] / bend[k];
            inverse[a + b * r] = sum;
        }
    for (size_t k = r; k < d->m; k++)
        add_loose(d, d->V + k * d->m);
    for (size_t k = *q; k < r; k++) {
        double squares = 0;
        for (size_t a = 0; a < d->m; a++) {
            way[a] = 0;
            for (size_t l = 0; l < r; l++)
                way[a] += d->V[l * d->m + a] * W[k * r + l] / d->s[l];
            squares += way[a] * way[a];
        }
        for (size_t a = 0; a < d->m; a++)
            if (fabs(way[a]) >= involved * sqrt(squares))
                c->identified[d->used[a]] = false;
        add_loose(d, way);
    }
    return true;
}

/* P M P with axes at their own lengths: (factor/s) (P M P) (1/s). */
static void wrap(const design *d, const double *P, const double *M, double *half, double *out)
{
    size_t r = d->rank;
    double factor = fsci_sandwich_factor(d->n, d->m, &d->fit->clusters);
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++) {
            double sum = 0;
            for (size_t k = 0; k < r; k++)
                sum += P[a + k * r] * M[k + b * r];
            half[a + b * r] = sum;
        }
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t k = 0; k < r; k++)
                sum += half[a + k * r] * P[k + b * r];
            out[a + b * r] = out[b + a * r] = factor * sum / (d->s[a] * d->s[b]);
        }
}

/* The sandwich over the axes that are identified and bend, into every coordinate in use. */
static fsc_status sandwich(const design *d, fsc_error *err)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t p = d->fit->model.parameters.n_free, r = d->rank, q;
    double *terms = FSCI_NEW(d->rows, double, 2 * d->n), *P = FSCI_NEW(d->arena, double, r *r);
    double *H = FSCI_NEW(d->arena, double, r *r), *M = FSCI_NEW(d->arena, double, r *r);
    double *half = FSCI_NEW(d->arena, double, r *r), *full = FSCI_NEW(d->arena, double, p *p);
    if (!terms || !P || !H || !M || !half || !full)
        return fsci_fail_memory(err);
    if (!row_terms(d, terms, terms + d->n))
        return fsci_fail_memory(err);
    gram(d, terms, H);
    if (!meat(d, terms + d->n, M))
        return fsci_fail_memory(err);
    if (d->n <= d->m)
        return FSC_OK; /* nothing is left to judge the noise by */
    if (!invert(d, H, P, &q))
        return fsci_fail_memory(err);
    if (q == 0)
        return FSC_OK;
    wrap(d, P, M, half, H);
    if (!spread_out(d, H, full))
        return fsci_fail_memory(err);
    for (size_t k = 0; k < p; k++)
        c->se[k] = c->identified[k] && !d->fit->at_bound[k] ? sqrt(full[k + k * p]) : NAN;
    *(q == d->m ? &c->covariance : &c->settled) = full;
    return FSC_OK;
}

/* Which coordinates the design alone, whatever the residuals, makes trade off. */
static fsc_status correlations(const design *d, fsc_error *err)
{
    fsci_curvature *c = &d->fit->curvature;
    size_t m = d->m, r = d->rank;
    double *inverse = FSCI_NEW(d->arena, double, m *m);
    if (!inverse)
        return fsci_fail_memory(err);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            for (size_t k = 0; k < r; k++)
                inverse[a + b * m] += d->V[k * m + a] * d->V[k * m + b] / (d->s[k] * d->s[k]);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++) {
            double scale = sqrt(inverse[a + a * m] * inverse[b + b * m]);
            double rho = a != b && scale > 0 ? inverse[a + b * m] / scale : 0;
            if (fabs(rho) > fabs(c->correlation_with[d->used[a]])) {
                c->correlation_with[d->used[a]] = rho;
                c->correlated[d->used[a]] = d->used[b];
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

static fsc_status find(fsci_arena *arena, fsci_arena *rows, fsci_fit *fit, fsc_error *err)
{
    size_t p = fit->model.parameters.n_free;
    size_t *used = FSCI_NEW(arena, size_t, p);
    design d = {.fit = fit, .arena = arena, .rows = rows, .n = fit->model.n, .used = used};
    if (!used || !new_curvature(arena, p, &fit->curvature))
        return fsci_fail_memory(err);
    const fsci_objective *o = &fit->model.objective;
    size_t dispersion =
        o->dispersion == SIZE_MAX ? SIZE_MAX : fit->model.parameters.slot[o->dispersion];
    fit->curvature.exact = !o->density && is_exact(fit);
    const fsci_parameters *all = &fit->model.parameters;
    for (size_t k = 0; k < p; k++)
        if (!fit->at_bound[k] && k != dispersion && !fsci_priors_is_mean(all, all->free[k]))
            used[d.m++] = k;
    if (!d.m || !make_design(&d))
        return fsci_arena_failed(arena) || fsci_arena_failed(rows) ? fsci_fail_memory(err) : FSC_OK;
    describe_design(&d);
    if (fsci_priors_any(all))
        FSCI_TRY(with_priors(arena, fit, dispersion, err));
    else {
        const fsci_axes axes = {
            .used = used, .m = d.m, .rank = d.rank, .length = d.length, .V = d.V};
        FSCI_TRY(o->density ? fsci_information_find(arena, fit, &axes, err) : sandwich(&d, err));
    }
    return correlations(&d, err);
}

fsc_status fsci_curvature_find(fsci_arena *arena, fsci_fit *fit, fsc_error *err)
{
    fsci_arena *rows = fsci_arena_new();
    fsc_status status = rows ? find(arena, rows, fit, err) : fsci_fail_memory(err);
    fsci_arena_free(rows);
    return status;
}
