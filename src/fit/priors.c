#include "fit/priors.h"

#include "num/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

typedef struct spec {
    double mean, sd; /* NaN: fitted */
} spec;

static fsc_status read_spec(const char *name, const char *text, spec *out, fsc_error *err)
{
    if (fsci_prior_read(text, &out->mean, &out->sd))
        return FSC_OK;
    return fsci_fail(err, FSC_EUSAGE,
                     "the prior of %s is '%s'; write normal:MEAN:SD, each a number or the word "
                     "fitted, SD above 0, as in %s=normal:fitted:0.5",
                     name, text, name);
}

static size_t find_parameter(const fsci_model *m, const char *name)
{
    for (size_t i = 0; i < m->n_all; i++)
        if (!strcmp(m->all[i].name, name))
            return i;
    return SIZE_MAX;
}

/* A parameter NAME_mean, which starts where those it is the mean of do. */
static fsc_status add_mean(fsci_arena *arena, fsci_model *m, size_t first, size_t *at,
                           fsc_error *err)
{
    const char *name = fsci_format(arena, "%s_mean", m->all[first].name);
    fsci_parameter *all = FSCI_NEW(arena, fsci_parameter, m->n_all + 1);
    if (!name || !all)
        return fsci_fail_memory(err);
    if (find_parameter(m, name) != SIZE_MAX)
        return fsci_fail(err, FSC_EUSAGE,
                         "the mean of %s would be called %s, which the formula has",
                         m->all[first].name, name);
    memcpy(all, m->all, m->n_all * sizeof *all);
    *at = m->n_all;
    all[m->n_all] = all[first];
    all[m->n_all].name = name;
    all[m->n_all].group = NULL;
    all[m->n_all++].has_prior = false;
    m->all = all;
    return FSC_OK;
}

static fsc_status apply(fsci_arena *arena, const char *name, const char *text, fsci_model *m,
                        fsc_error *err)
{
    spec s;
    size_t first = find_parameter(m, name), mean_at = SIZE_MAX, n = m->n_all;
    FSCI_TRY(read_spec(name, text, &s, err));
    if (first == SIZE_MAX)
        return fsci_fail(err, FSC_EUSAGE, "--prior: no parameter '%s' in the formula", name);
    if (!m->objective.density)
        return fsci_fail(
            err, FSC_EUSAGE,
            "a prior (of %s) is weighed against a likelihood; give --objective normal, "
            "lognormal, binomial, beta-binomial or negative-binomial",
            name);
    if (isnan(s.mean))
        FSCI_TRY(add_mean(arena, m, first, &mean_at, err));
    for (size_t i = first; i < n; i++) {
        fsci_parameter *p = &m->all[i];
        if (strcmp(p->name, name))
            continue;
        p->has_prior = true;
        p->prior_mean = s.mean;
        p->prior_mean_at = mean_at;
        p->prior_sd_fitted = isnan(s.sd);
        p->prior_sd = isnan(s.sd) ? 1 : s.sd;
    }
    return FSC_OK;
}

static bool is_given(const fsci_fit_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->prior.n; i++)
        if (!strcmp(settings->prior.items[i].name, name))
            return true;
    return false;
}

fsc_status fsci_priors_find(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *m,
                            fsc_error *err)
{
    const fsc_law *law = m->subject.law;
    for (size_t i = 0; law && i < law->parameters.n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        if (p->prior && !is_given(settings, p->name) && m->objective.density)
            FSCI_TRY(apply(arena, p->name, p->prior, m, err));
    }
    for (size_t i = 0; i < settings->prior.n; i++)
        FSCI_TRY(
            apply(arena, settings->prior.items[i].name, settings->prior.items[i].value, m, err));
    return FSC_OK;
}

bool fsci_priors_any(const fsci_parameters *parameters)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (parameters->all[i].has_prior)
            return true;
    return false;
}

bool fsci_priors_is_mean(const fsci_parameters *parameters, size_t i)
{
    for (size_t k = 0; k < parameters->n; k++)
        if (parameters->all[k].has_prior && parameters->all[k].prior_mean_at == i)
            return true;
    return false;
}

/* ---- deviations that are fitted ---- */

typedef struct marginal {
    fsci_arena *arena;
    fsci_model *model;
    fsci_solver *solver;
    const char *name;      /* of the parameters integrated out */
    double *u, *H, *A, *g; /* [n_free], squares, [n_free] */
} marginal;

/* -log of the rows' likelihood at a deviation, the parameters of the name integrated out about
 * their mode. */
static double at_deviation(marginal *m, double sd)
{
    const fsci_parameters *p = &m->model->parameters;
    size_t n = p->n_free, k = 0;
    double value, size, log_2pi = 1.8378770664093454836;
    for (size_t i = 0; i < m->model->n_all; i++)
        if (!strcmp(m->model->all[i].name, m->name))
            m->model->all[i].prior_sd = sd;
    fsci_ls_result solved = fsci_solver_run(m->solver, NULL, m->u);
    if (solved.stop == FSCI_STOP_DOMAIN ||
        !fsci_objective_derivatives(fsci_solver_evaluator(m->solver), m->model->objective.weight,
                                    m->u, &value, &size, m->g, m->H))
        return INFINITY;
    for (size_t a = 0; a < n; a++) {
        if (strcmp(m->model->all[p->free[a]].name, m->name))
            continue;
        size_t l = 0;
        for (size_t b = 0; b < n; b++)
            if (!strcmp(m->model->all[p->free[b]].name, m->name))
                m->A[k * n + l++] = m->H[a * n + b];
        k++;
    }
    for (size_t a = 0; a < k; a++)
        memmove(m->A + a * k, m->A + a * n, k * sizeof *m->A);
    if (!k || fsci_cholesky(k, m->A) != FSCI_LINEAR_OK)
        return INFINITY;
    return value + 0.5 * fsci_cholesky_log_det(k, m->A) - 0.5 * (double)k * log_2pi;
}

/* Golden section on the logarithm of the deviation, over six decades about the spread of the
 * parameters themselves. */
static void settle(marginal *m, double spread)
{
    const double ratio = 0.6180339887498949, range = 3 * 2.302585092994046;
    double lo = log(spread) - range, hi = log(spread) + range;
    double a = hi - ratio * (hi - lo), b = lo + ratio * (hi - lo);
    double fa = at_deviation(m, exp(a)), fb = at_deviation(m, exp(b));
    while (hi - lo > 1e-6) {
        if (fa < fb) {
            hi = b, b = a, fb = fa;
            a = hi - ratio * (hi - lo), fa = at_deviation(m, exp(a));
        } else {
            lo = a, a = b, fa = fb;
            b = lo + ratio * (hi - lo), fb = at_deviation(m, exp(b));
        }
    }
    at_deviation(m, exp(0.5 * (lo + hi)));
}

/* Standard deviation of the parameters of a name at u, in their own units. */
static double spread_of(const fsci_model *model, const char *name, const double *theta)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < model->n_all; i++)
        if (!strcmp(model->all[i].name, name))
            sum += theta[i], n++;
    for (size_t i = 0; i < model->n_all; i++)
        if (!strcmp(model->all[i].name, name))
            squares += (theta[i] - sum / n) * (theta[i] - sum / n);
    return squares > 0 ? sqrt(squares / n) : 1;
}

fsc_status fsci_priors_settle(fsci_arena *arena, fsci_model *model, fsci_solver *solver, double *u,
                              fsc_error *err)
{
    size_t n = model->parameters.n_free;
    marginal m = {.arena = arena,
                  .model = model,
                  .solver = solver,
                  .u = u,
                  .H = FSCI_NEW(arena, double, n *n),
                  .A = FSCI_NEW(arena, double, n *n),
                  .g = FSCI_NEW(arena, double, n)};
    double *theta = FSCI_NEW(arena, double, model->n_all);
    if (!m.H || !m.A || !m.g || !theta)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < model->n_all; i++) {
        const fsci_parameter *p = &model->all[i];
        if (!p->has_prior || !p->prior_sd_fitted || find_parameter(model, p->name) != i)
            continue;
        m.name = p->name;
        fsci_parameters_expand(&model->parameters, u, theta);
        settle(&m, spread_of(model, p->name, theta));
    }
    return FSC_OK;
}

fsc_status fsci_priors_effective(fsci_arena *arena, const fsci_parameters *parameters,
                                 const double *theta, const double *covariance, double *effective,
                                 fsc_error *err)
{
    size_t n = parameters->n, p = parameters->n_free;
    double *g = FSCI_NEW(arena, double, n + p), *H = FSCI_NEW(arena, double, n *n + p * p);
    double value = 0, size = 0;
    if (!g || !H)
        return fsci_fail_memory(err);
    fsci_parameters_prior(parameters, theta, &value, &size, g, H);
    memset(g, 0, n * sizeof *g); /* the curvature alone, not what a logarithm bends */
    fsci_parameters_chain_second(parameters, theta, g, H, g + n, H + n * n);
    *effective = (double)p;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            *effective -= covariance[a + b * p] * H[n * n + a * p + b];
    return FSC_OK;
}
