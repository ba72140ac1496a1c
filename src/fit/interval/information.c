#include "fit/interval/information.h"

#include "fit/interval/sandwich.h"
#include "fit/interval/score.h"
#include "num/linear.h"

#include <math.h>
#include <string.h>

double fsci_information_of_row(const fsci_fit *fit, size_t i)
{
    const fsci_objective *o = &fit->model.objective;
    double y = fsci_residual_map(o->space, o->y[i]);
    double mu = fsci_residual_unmap(o->space, y + fit->r[i]);
    double s = o->dispersion == SIZE_MAX ? NAN : fit->theta[o->dispersion];
    double variance = o->density->variance(mu, s, o->trials ? o->trials[i] : 1);
    return variance > 0 ? fsci_row_weight(o, i) / variance : 0;
}

/* One computation over q directions of the n_free coordinates. */
typedef struct information {
    fsci_arena *arena;
    fsci_fit *fit;
    size_t p, q;
    double *B;      /* [p * q] the directions */
    double *H, *S;  /* [p * p], [n * p] Hessian and scores by coordinate */
    double *spread; /* [p * p] B (B'HB)^-1 B' */
} information;

/* The coordinate of the dispersion when it is free and off its bounds. */
static size_t dispersion_of(const fsci_fit *fit)
{
    size_t i = fit->model.objective.dispersion;
    size_t k = i == SIZE_MAX ? SIZE_MAX : fit->model.parameters.slot[i];
    return k == SIZE_MAX || fit->at_bound[k] ? SIZE_MAX : k;
}

static bool find_directions(information *x, const fsci_axes *axes)
{
    size_t dispersion = dispersion_of(x->fit);
    x->q = axes->rank + (dispersion != SIZE_MAX);
    x->B = FSCI_NEW(x->arena, double, x->p * x->q);
    if (!x->B)
        return false;
    for (size_t k = 0; k < axes->rank; k++)
        for (size_t a = 0; a < axes->m; a++)
            x->B[k * x->p + axes->used[a]] = axes->V[k * axes->m + a] / axes->length[a];
    if (dispersion != SIZE_MAX) {
        double bend = fabs(x->H[dispersion * x->p + dispersion]);
        x->B[axes->rank * x->p + dispersion] = bend > 0 ? 1 / sqrt(bend) : 1;
    }
    return true;
}

static fsc_status differentiate(information *x, fsc_error *err)
{
    const fsci_objective *o = &x->fit->model.objective;
    fsci_evaluator *evaluator = fsci_evaluator_new(o);
    double *gradient = FSCI_NEW(x->arena, double, x->p), value, size;
    x->H = FSCI_NEW(x->arena, double, x->p * x->p);
    x->S = FSCI_NEW(x->arena, double, o->n * x->p);
    bool ready = evaluator && gradient && x->H && x->S;
    if (ready && (!fsci_objective_derivatives(evaluator, o->weight, x->fit->u, &value, &size,
                                              gradient, x->H) ||
                  !fsci_objective_scores(evaluator, x->fit->u, x->S)))
        x->H[0] = NAN;
    fsci_evaluator_free(evaluator);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* B (B'HB)^-1 B'; false where H is not positive definite along the directions. */
static bool invert(information *x)
{
    size_t p = x->p, q = x->q;
    double *G = FSCI_NEW(x->arena, double, q *q), *inverse = FSCI_NEW(x->arena, double, q *q);
    x->spread = FSCI_NEW(x->arena, double, p *p);
    if (!G || !inverse || !x->spread)
        return false;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++)
            for (size_t i = 0; i < p; i++)
                for (size_t j = 0; j < p; j++)
                    G[a + b * q] += x->B[a * p + i] * x->H[i * p + j] * x->B[b * p + j];
    if (fsci_cholesky(q, G) != FSCI_LINEAR_OK ||
        fsci_cholesky_inverse(q, G, inverse) != FSCI_LINEAR_OK)
        return false;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t a = 0; a < q; a++)
                for (size_t b = 0; b < q; b++)
                    x->spread[i + j * p] += x->B[a * p + i] * inverse[a + b * q] * x->B[b * p + j];
    return true;
}

/* Sums of squares and products of the scores, weighted, of rows or clusters. */
static double *squares_of_scores(const information *x)
{
    const fsci_clusters *c = &x->fit->clusters;
    const fsci_objective *o = &x->fit->model.objective;
    size_t p = x->p, units = c->column ? c->n : o->n;
    double *sum = FSCI_NEW(x->arena, double, units *p), *M = FSCI_NEW(x->arena, double, p *p);
    if (!sum || !M)
        return NULL;
    for (size_t i = 0; i < o->n; i++)
        for (size_t k = 0; k < p; k++)
            sum[(c->column ? c->of[i] : i) * p + k] += fsci_row_weight(o, i) * x->S[k * o->n + i];
    for (size_t g = 0; g < units; g++)
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++)
                M[a + b * p] += sum[g * p + a] * sum[g * p + b];
    return M;
}

static double *find_robust(const information *x)
{
    size_t p = x->p;
    const double *M = squares_of_scores(x);
    double *half = FSCI_NEW(x->arena, double, p *p), *robust = FSCI_NEW(x->arena, double, p *p);
    if (!M || !half || !robust)
        return NULL;
    const fsci_clusters *c = &x->fit->clusters;
    double factor = c->column ? (double)c->n / ((double)c->n - 1) : 1;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                half[i + j * p] += x->spread[i + k * p] * M[k + j * p];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                robust[i + j * p] += factor * half[i + k * p] * x->spread[k + j * p];
    return robust;
}

fsc_status fsci_information_find(fsci_arena *arena, fsci_fit *fit, const fsci_axes *axes,
                                 fsc_error *err)
{
    fsci_curvature *c = &fit->curvature;
    information x = {.arena = arena, .fit = fit, .p = fit->model.parameters.n_free};
    FSCI_TRY(differentiate(&x, err));
    if (!find_directions(&x, axes))
        return fsci_fail_memory(err);
    c->rank = x.q;
    if (!x.q || !invert(&x))
        return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
    double *robust = find_robust(&x);
    if (!robust)
        return fsci_fail_memory(err);
    const double *full = fit->clusters.column ? robust : x.spread;
    for (size_t k = 0; k < x.p; k++)
        c->se[k] = c->identified[k] && !fit->at_bound[k] ? sqrt(full[k + k * x.p]) : NAN;
    if (axes->rank == axes->m) {
        c->covariance = fit->clusters.column ? robust : x.spread;
        c->robust = robust;
    }
    return FSC_OK;
}
