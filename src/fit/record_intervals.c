/* What a record says of how well the parameters are known: their intervals and status, covariance,
 * refits, and the spread of the residuals. */
#include "fit/record.h"

#include "fit/interval/interval.h"
#include "fit/interval/sandwich.h"
#include "fit/linked.h"
#include "fit/quantity.h"
#include "num/distribution.h"
#include "num/summary.h"

#include <math.h>

/* ---- parameters ---- */

typedef struct spread {
    double se, lo, hi;
} spread;

/* Every p-th number of x, from the k-th. */
static double *column_of(fsci_arena *a, const double *x, size_t n, size_t p, size_t k)
{
    double *values = FSCI_NEW(a, double, n);
    for (size_t b = 0; values && b < n; b++)
        values[b] = x[b * p + k];
    return values;
}

/* Standard errors of coordinate k in the refits. */
static double *refit_errors(fsci_arena *a, const fsci_fit *fit, size_t k)
{
    const fsci_resamples *s = &fit->resamples;
    size_t p = fit->model.parameters.n_free, wide = fsci_packed(p);
    double *g = FSCI_NEW(a, double, p), *se = FSCI_NEW(a, double, s->n);
    if (!g || !se)
        return NULL;
    g[k] = 1;
    for (size_t b = 0; b < s->n; b++)
        se[b] = sqrt(fsci_packed_form(p, s->covariance + b * wide, g));
    return se;
}

/* ---- coordinates on the scale of their own parameters ---- */

/* By the coordinates, [n * n_free] of u, where the parameter behind k is linked: it is theta or its
 * logarithm, as that parameter is reported. */
static double *own_column(fsci_arena *a, const fsci_fit *fit, const double *u, size_t n, size_t k)
{
    const fsci_parameters *p = &fit->model.parameters;
    const fsci_parameter *about = &p->all[p->free[k]];
    double *values = column_of(a, u, n, p->n_free, k), *theta = FSCI_NEW(a, double, p->n);
    for (size_t b = 0; about->link && values && theta && b < n; b++) {
        fsci_parameters_expand(p, u + b * p->n_free, theta);
        values[b] = about->log ? log(theta[p->free[k]]) : theta[p->free[k]];
    }
    return theta ? values : NULL;
}

static double own_value(const fsci_fit *fit, size_t k)
{
    const fsci_parameters *p = &fit->model.parameters;
    const fsci_parameter *about = &p->all[p->free[k]];
    double theta = fit->theta[p->free[k]];
    return !about->link ? fit->u[k] : about->log ? log(theta) : theta;
}

/* Derivatives of the own scales of all free parameters by u, row by row; NULL: they are u. */
static double *own_slopes(fsci_arena *a, const fsci_fit *fit)
{
    const fsci_parameters *p = &fit->model.parameters;
    if (!p->n_linked)
        return NULL;
    double *S = FSCI_NEW(a, double, p->n_free * p->n_free), *scratch = FSCI_NEW(a, double, p->n);
    for (size_t k = 0; S && scratch && k < p->n_free; k++)
        fsci_parameters_slope(p, fit->theta, p->free[k], scratch, S + k * p->n_free);
    return scratch ? S : NULL;
}

/* S C S' of a covariance by u. */
static const double *own_covariance(fsci_arena *a, const fsci_fit *fit, const double *C)
{
    size_t p = fit->model.parameters.n_free;
    const double *S = own_slopes(a, fit);
    double *half = C && S ? FSCI_NEW(a, double, p *p) : NULL; /* S C */
    double *full = half ? FSCI_NEW(a, double, p *p) : NULL;
    for (size_t i = 0; full && i < p; i++)
        for (size_t l = 0; l < p; l++)
            for (size_t k = 0; k < p; k++)
                half[i * p + l] += S[i * p + k] * C[k + l * p];
    for (size_t i = 0; full && i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t l = 0; l < p; l++)
                full[i + j * p] += half[i * p + l] * S[j * p + l];
    return full ? full : C;
}

static double own_error(fsci_arena *a, const fsci_fit *fit, size_t k)
{
    const fsci_parameters *p = &fit->model.parameters;
    const fsci_curvature *c = &fit->curvature;
    if (!p->all[p->free[k]].link)
        return c->se[k];
    double *slope = FSCI_NEW(a, double, p->n_free), *scratch = FSCI_NEW(a, double, p->n);
    if (!slope || !scratch || !c->covariance)
        return NAN;
    double variance = 0;
    fsci_parameters_slope(p, fit->theta, p->free[k], scratch, slope);
    for (size_t i = 0; i < p->n_free; i++)
        for (size_t j = 0; j < p->n_free; j++)
            variance += slope[i] * c->covariance[i + j * p->n_free] * slope[j];
    return sqrt(variance);
}

/* The interval of coordinate k is made on its own scale, the standard error is that of the
 * parameter itself. */
static spread bootstrap_spread(fsci_arena *a, const fsci_fit *fit, size_t k,
                               const fsci_fit_settings *settings)
{
    const fsci_resamples *s = &fit->resamples;
    size_t n = s->n;
    double *values = own_column(a, fit, s->u, n, k), *scratch = FSCI_NEW(a, double, n);
    if (n < 2 || !values || !scratch)
        return (spread){NAN, NAN, NAN};
    fsci_draws draws = {.value = own_value(fit, k),
                        .se = fit->curvature.se[k],
                        .draw = values,
                        .draw_se = s->covariance ? refit_errors(a, fit, k) : NULL,
                        .n = n,
                        .left_out = own_column(a, fit, s->left_out, s->n_left_out, k),
                        .n_left_out = s->n_left_out};
    bool is_log = fit->model.all[fit->model.parameters.free[k]].log;
    fsci_interval i = fsci_interval_find(settings->interval, settings->level, &draws, scratch);
    if (!is_log)
        return (spread){fsci_sd(values, n), i.lo, i.hi};
    for (size_t b = 0; b < n; b++)
        values[b] = exp(values[b]);
    return (spread){fsci_sd(values, n), exp(i.lo), exp(i.hi)};
}

static spread local_spread(fsci_arena *a, const fsci_fit *fit, size_t k, double level)
{
    const fsci_parameters *p = &fit->model.parameters;
    double se = own_error(a, fit, k), u = own_value(fit, k);
    if (isnan(se))
        return (spread){NAN, NAN, NAN};
    double t = fsci_t_quantile(0.5 + level / 2, fsci_fit_freedom(fit));
    bool is_log = p->all[p->free[k]].log;
    double lo = u - t * se, hi = u + t * se;
    return is_log ? (spread){exp(u) * se, exp(lo), exp(hi)} : (spread){se, lo, hi};
}

/* A logarithm or an exponent known to worse than this, a correlation above that, or a standard
 * error that alone moves the curve by so many times the range of the data, says little about the
 * value. */
static const double vague_log = 2, vague_exponent = 1, vague_correlation = 0.99999,
                    vague_swing = 10;

bool fsci_fit_is_vague_exponent(const fsci_fit *fit, size_t k)
{
    const fsci_parameter *p = &fit->model.all[fit->model.parameters.free[k]];
    return !p->log && !p->unit && fit->curvature.se[k] > vague_exponent &&
           fsci_is_exponent(fit->model.subject.formula, p->name);
}

/* How far one standard error of coordinate k alone moves the curve (root mean square over the
 * rows), over the range of the data; NaN where neither is known. */
static double swing(const fsci_fit *fit, size_t k)
{
    const fsci_objective *o = &fit->model.objective;
    double lo = INFINITY, hi = -INFINITY, squares = 0;
    for (size_t i = 0; o->response && i < o->n; i++) {
        double y = fsci_residual_map(o->space, o->response[i]), slope = fit->J[k * o->n + i];
        lo = fmin(lo, y), hi = fmax(hi, y);
        squares += slope * slope;
    }
    return hi > lo ? fit->curvature.se[k] * sqrt(squares / (double)o->n) / (hi - lo) : NAN;
}

bool fsci_fit_is_vague_level(const fsci_fit *fit, size_t k)
{
    const fsci_parameter *p = &fit->model.all[fit->model.parameters.free[k]];
    return !p->log && swing(fit, k) > vague_swing;
}

static const char *status_of(const fsci_fit *fit, size_t i)
{
    const fsci_parameter *p = &fit->model.all[i];
    const fsci_curvature *c = &fit->curvature;
    if (p->role != FSCI_FREE)
        return p->role == FSCI_FIXED ? "fixed" : "tied";
    size_t k = fit->model.parameters.slot[i];
    if (fit->at_bound[k])
        return "at_bound";
    bool vague = !c->identified[k] || (p->log && c->se[k] > vague_log) ||
                 fsci_fit_is_vague_exponent(fit, k) || fsci_fit_is_vague_level(fit, k) ||
                 fabs(c->correlation_with[k]) > vague_correlation;
    return vague ? "ambiguous" : "ok";
}

void fsci_fit_parameters(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                         fsci_json *record)
{
    const fsci_model *m = &fit->model;
    fsci_json *list = fsci_json_set_array(a, record, "parameters");
    for (size_t i = 0; i < m->n_all; i++) {
        const fsci_parameter *p = &m->all[i];
        size_t k = m->parameters.slot[i];
        spread s = {NAN, NAN, NAN};
        if (k != SIZE_MAX)
            s = fsci_interval_resamples(settings->interval)
                    ? bootstrap_spread(a, fit, k, settings)
                    : local_spread(a, fit, k, settings->level);
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", p->name);
        if (p->group)
            fsci_json_set_string(a, item, "group", p->group);
        fsci_json_set_number(a, item, "value", fit->theta[i]);
        fsci_json_set_number(a, item, "se", s.se);
        fsci_json_set_number(a, item, "lo", s.lo);
        fsci_json_set_number(a, item, "hi", s.hi);
        fsci_json_set_number(a, item, "level", settings->level);
        fsci_json_set_string(a, item, "status", status_of(fit, i));
        if (p->role == FSCI_TIED)
            fsci_json_set_string(a, item, "tied_to", fsci_parameter_label(a, &m->all[p->tied_to]));
        fsci_json_set_string(a, item, "unit", p->unit);
        fsci_json_set_string(a, item, "scale", p->log ? "log" : "identity");
        fsci_json_set_bool(a, item, "positive", p->lo >= 0);
        if (!p->link)
            continue;
        fsci_json_set_string(a, item, p->above ? "above" : "below",
                             fsci_parameter_label(a, &m->all[p->other]));
        fsci_json_set_string(a, item, "follows", fsci_linked_name(p->link));
        fsci_json_set_number(a, item, "end", p->end);
    }
}

/* ---- covariance ---- */

/* In the law's own parametrisation: d theta = theta d u for what moves as a logarithm. */
static void add_covariance(fsci_arena *a, const fsci_fit *fit, const char *key, const double *cov,
                           fsci_json *record)
{
    const fsci_model *m = &fit->model;
    if (!cov) {
        fsci_json_set(a, record, key, fsci_json_null(a));
        return;
    }
    size_t p = m->parameters.n_free;
    const char **label = FSCI_NEW(a, const char *, p);
    cov = own_covariance(a, fit, cov);
    fsci_json *object = fsci_json_set_object(a, record, key);
    for (size_t i = 0; label && i < p; i++)
        label[i] = fsci_copy_string(a, fsci_parameter_label(a, &m->all[m->parameters.free[i]]));
    for (size_t i = 0; label && i < p; i++) {
        size_t pi = m->parameters.free[i];
        fsci_json *row = fsci_json_add(object, label[i], fsci_json_object(a));
        for (size_t j = 0; j < p; j++) {
            size_t pj = m->parameters.free[j];
            double factor =
                (m->all[pi].log ? fit->theta[pi] : 1) * (m->all[pj].log ? fit->theta[pj] : 1);
            fsci_json_add(row, label[j], fsci_json_number(a, factor * cov[i + j * p]));
        }
    }
}

/* What is settled where not everything is: a covariance, and the directions that say nothing. */
static void add_settled(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    const fsci_curvature *c = &fit->curvature;
    size_t p = m->parameters.n_free;
    if (!c->settled)
        return;
    const double *S = own_slopes(a, fit);
    add_covariance(a, fit, "covariance_settled", c->settled, record);
    fsci_json *list = fsci_json_set_array(a, record, "unsettled");
    for (size_t l = 0; l < c->n_loose; l++) {
        fsci_json *direction = fsci_json_push(list, fsci_json_object(a));
        for (size_t i = 0; i < p; i++) {
            size_t pi = m->parameters.free[i];
            double along = S ? 0 : c->loose[l * p + i];
            for (size_t k = 0; S && k < p; k++)
                along += S[i * p + k] * c->loose[l * p + k];
            fsci_json_set_number(a, direction, fsci_parameter_label(a, &m->all[pi]),
                                 (m->all[pi].log ? fit->theta[pi] : 1) * along);
        }
    }
}

/* ---- where the intervals come from ---- */

/* Who varies, for readers: rows, clusters, or what is simulated. */
static const char *unit_of(const fsci_fit *fit, const fsci_fit_settings *settings)
{
    static const char *const units[] = {"rows", "clusters", "clusters and rows", "simulation"};
    if (fsci_interval_resamples(settings->interval))
        return units[settings->resample];
    return fit->clusters.column ? "clusters" : "rows";
}

static const char *detail_of(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings)
{
    static const char *const made[] = {[FSCI_INTERVAL_PERCENTILE] = "percentiles",
                                       [FSCI_INTERVAL_BCA] =
                                           "percentiles corrected for bias and acceleration (BCa)",
                                       [FSCI_INTERVAL_STUDENTISED] = "studentised differences"};
    static const char *const drawn[] = {"rows drawn with replacement",
                                        "clusters drawn with replacement",
                                        "clusters, and rows within them, drawn with replacement",
                                        "responses simulated from the fit with normal errors"};
    if (fsci_interval_resamples(settings->interval) && fit->model.objective.density &&
        settings->resample == FSCI_RESAMPLE_PARAMETRIC)
        return fsci_format(a, "%s of refits on responses simulated from the fitted %s density",
                           made[settings->interval], fit->model.objective.density->name);
    if (fsci_interval_resamples(settings->interval))
        return fsci_format(a, "%s of refits on %s", made[settings->interval],
                           drawn[settings->resample]);
    if (settings->interval == FSCI_INTERVAL_PROFILE && fit->model.objective.density &&
        !fit->clusters.column)
        return "profile of the likelihood";
    if (settings->interval == FSCI_INTERVAL_PROFILE)
        return fit->clusters.column || fit->model.objective.loss != FSCI_LOSS_SQUARED
                   ? "profile of the objective, scaled to the sandwich covariance"
                   : "profile of the objective, scaled by the residual variance";
    if (fit->model.objective.density && !fit->clusters.column &&
        settings->interval == FSCI_INTERVAL_LOCAL)
        return "observed information and normal quantiles";
    return fit->clusters.column ? "covariance robust to clusters and Student's t"
                                : "sandwich covariance and Student's t";
}

static void add_resamples(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    const fsci_resamples *s = &fit->resamples;
    size_t p = m->parameters.n_free, wide = fsci_packed(p);
    double *theta = FSCI_NEW(a, double, m->n_all);
    fsci_json *rows = fsci_json_set_array(a, record, "resamples");
    for (size_t b = 0; theta && b < s->n; b++) {
        fsci_parameters_expand(&m->parameters, s->u + b * p, theta);
        fsci_json_push(rows, fsci_json_numbers(a, theta, m->n_all));
    }
    if (s->covariance)
        rows = fsci_json_set_array(a, record, "resample_covariances");
    for (size_t b = 0; s->covariance && b < s->n; b++)
        fsci_json_push(rows, fsci_json_numbers(a, s->covariance + b * wide, wide));
    if (s->n_left_out)
        rows = fsci_json_set_array(a, record, "left_out");
    for (size_t b = 0; theta && b < s->n_left_out; b++) {
        fsci_parameters_expand(&m->parameters, s->left_out + b * p, theta);
        fsci_json_push(rows, fsci_json_numbers(a, theta, m->n_all));
    }
}

static void add_intervals(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                          fsci_json *record)
{
    bool resampled = fsci_interval_resamples(settings->interval);
    fsci_json *object = fsci_json_set_object(a, record, "intervals");
    fsci_json_set_string(a, object, "method",
                         resampled ? "bootstrap" : fsci_interval_name(settings->interval));
    if (resampled) {
        fsci_json_set_string(a, object, "kind", fsci_interval_name(settings->interval));
        fsci_json_set_string(a, object, "resample", fsci_resample_name(settings->resample));
    }
    fsci_json_set_string(a, object, "detail", detail_of(a, fit, settings));
    fsci_json_set_string(a, object, "unit", unit_of(fit, settings));
    if (fit->clusters.column) {
        fsci_json_set_string(a, object, "cluster", fit->clusters.column);
        fsci_json_set_number(a, object, "clusters", (double)fit->clusters.n);
    }
    fsci_json_set_number(a, object, "n",
                         resampled ? (double)(fit->resamples.n + fit->resamples.failed) : 0);
    fsci_json_set_number(a, object, "failed", (double)fit->resamples.failed);
    fsci_json_set_number(a, object, "level", settings->level);
    fsci_json_set_number(a, object, "freedom", fsci_fit_freedom(fit));
    if (fit->resamples.n)
        add_resamples(a, fit, record);
}

/* |r| at its percentiles 0..100: what an observation may differ from the curve by. */
static void add_residual_spread(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    size_t n = fit->model.n, p = fit->model.parameters.n_free;
    double *size = FSCI_NEW(a, double, n), percentiles[101];
    if (!size)
        return;
    double widen = n > p ? sqrt((double)n / (double)(n - p)) : NAN;
    for (size_t i = 0; i < n; i++)
        size[i] = fabs(fit->r[i]) * widen;
    if (n > p)
        fsci_sort(size, n);
    for (int q = 0; q <= 100; q++)
        percentiles[q] = n > p ? fsci_quantile(size, n, q / 100.0) : NAN;
    fsci_json_set(a, record, "residual_percentiles", fsci_json_numbers(a, percentiles, 101));
}

void fsci_fit_uncertainty(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                          fsci_json *record)
{
    add_covariance(a, fit, "covariance", fit->curvature.covariance, record);
    add_settled(a, fit, record);
    if (fit->model.objective.density)
        add_covariance(a, fit, "covariance_sandwich", fit->curvature.robust, record);
    add_intervals(a, fit, settings, record);
    add_residual_spread(a, fit, record);
}
