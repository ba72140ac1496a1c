#include "fit/check/flat.h"

#include "base/number.h"
#include "fit/interval/interval.h"
#include "fit/scale.h"
#include "num/distribution.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* Sizes looked at: this many decades on both sides of one token a parameter, at POINTS of them;
 * then ROUNDS times more closely around what is sought. Ends are known to 1e-8 of themselves, the
 * best no better than its flat surroundings let doubles tell. */
enum { POINTS = 257, ROUNDS = 3 };
static const double decades = 4, near = 0.005, within = 0.01, wide = 3;

typedef struct valley {
    fsci_arena *arena;
    const fsci_fitted *fitted;
    fsci_fitted law;   /* without what intervals need, and with parameters of its own to move */
    const char *N, *D; /* symbols */
    double C;
    double x[POINTS], loss[POINTS]; /* x: log10 of the size */
} valley;

typedef struct region {
    double best, lo, hi; /* sizes */
} region;

static const char *of_unit(const fsci_fitted *f, const char *unit)
{
    const fsci_json *columns = fsci_json_at(f->record, "data.columns");
    for (size_t i = 0; i < f->n_inputs; i++) {
        const char *own = fsci_json_get_string(fsci_json_get(columns, f->inputs[i]), "unit");
        if (own && !strcmp(own, unit))
            return f->inputs[i];
    }
    return NULL;
}

static bool has_valley(fsci_arena *a, const fsci_fitted *f, valley *v)
{
    v->arena = a;
    v->fitted = f;
    v->law = *f;
    v->law.parameters = fsci_copy_array(a, f->parameters, f->n, sizeof *f->parameters);
    v->law.method = FSCI_INTERVAL_LOCAL;
    v->law.covariance = NULL;
    v->N = of_unit(f, "param");
    v->D = of_unit(f, "token");
    return v->law.parameters && fsci_curve_predicts(f) && f->n_inputs == 2 && v->N && v->D;
}

static fsc_status look(valley *v, double from, double to, fsc_error *err)
{
    double size[POINTS], tokens[POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        v->x[i] = from + (to - from) * (double)i / (POINTS - 1);
        size[i] = pow(10, v->x[i]);
        tokens[i] = v->C / (6 * size[i]);
    }
    const fsci_input_values inputs[] = {{.name = v->N, .numbers = size},
                                        {.name = v->D, .numbers = tokens}};
    const fsci_points points = {.inputs = inputs, .n_inputs = 2, .n = POINTS};
    fsci_curve curve;
    FSCI_TRY(fsci_curve_predict(v->arena, &v->law, &points, &curve, err));
    memcpy(v->loss, curve.value, sizeof v->loss);
    return FSC_OK;
}

static size_t lowest(const valley *v)
{
    size_t best = 0;
    for (size_t i = 1; i < POINTS; i++)
        if (v->loss[i] < v->loss[best] || isnan(v->loss[best]))
            best = i;
    return best;
}

/* Where the loss crosses `limit` between x = in, where it is below, and out, where it is not. */
static fsc_status cross(valley *v, double in, double out, double limit, double *at, fsc_error *err)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t i = 1;
        FSCI_TRY(look(v, in, out, err));
        while (i + 1 < POINTS && v->loss[i] <= limit)
            i++;
        in = v->x[i - 1];
        out = v->x[i];
    }
    *at = pow(10, 0.5 * (in + out));
    return FSC_OK;
}

/* Sizes within a share of the least loss; NaN when there is no least between those looked at, and
 * an end that lies beyond them is NaN too. */
static fsc_status find(valley *v, double share, region *r, fsc_error *err)
{
    double middle = 0.5 * log10(v->C / 6), x[POINTS], loss[POINTS];
    *r = (region){NAN, NAN, NAN};
    FSCI_TRY(look(v, middle - decades, middle + decades, err));
    memcpy(x, v->x, sizeof x);
    memcpy(loss, v->loss, sizeof loss);
    size_t best = lowest(v), lo = best, hi = best;
    if (!(loss[best] > 0) || best == 0 || best + 1 == POINTS)
        return FSC_OK;
    for (int round = 0; round < ROUNDS; round++) {
        size_t i = lowest(v);
        FSCI_TRY(look(v, v->x[i ? i - 1 : 0], v->x[i + 1 < POINTS ? i + 1 : i], err));
    }
    size_t i = lowest(v);
    double least = v->x[i], limit = (1 + share) * v->loss[i];
    while (lo > 0 && loss[lo] <= limit)
        lo--;
    while (hi + 1 < POINTS && loss[hi] <= limit)
        hi++;
    r->best = pow(10, least);
    if (!(loss[lo] <= limit))
        FSCI_TRY(cross(v, lo == best ? least : x[lo + 1], x[lo], limit, &r->lo, err));
    if (!(loss[hi] <= limit))
        FSCI_TRY(cross(v, hi == best ? least : x[hi - 1], x[hi], limit, &r->hi, err));
    return FSC_OK;
}

/* ---- how sure the ends are ---- */

typedef struct spread {
    fsci_interval lo, hi; /* of the ends of a region */
} spread;

static fsc_status ends_at(valley *v, double share, const double *theta, double ends[2],
                          fsc_error *err)
{
    region r;
    for (size_t j = 0; j < v->law.n; j++)
        v->law.parameters[j].value = theta[j];
    FSCI_TRY(find(v, share, &r, err));
    ends[0] = log(r.lo);
    ends[1] = log(r.hi);
    return FSC_OK;
}

/* Each coordinate moved by a hundredth of its standard error to both sides, and the ends found
 * anew: slopes of where the loss crosses the limit, the least loss moving with it. */
static fsc_status local_spread(valley *v, double share, const double *at, const double ends[2],
                               spread *out, fsc_error *err)
{
    const fsci_fitted *f = v->fitted;
    size_t n = f->n_rows;
    double *slope = FSCI_NEW(v->arena, double, 2 * n), *theta = FSCI_NEW(v->arena, double, f->n);
    if (!slope || !theta)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < n; k++) {
        double step = 0.01 * sqrt(f->covariance[k * n + k]), side[2][2];
        for (int s = 0; s < 2; s++) {
            double move = s ? step : -step;
            for (size_t j = 0; j < f->n; j++)
                theta[j] = f->parameters[j].row != k ? at[j]
                           : f->parameters[j].log    ? at[j] * exp(move)
                                                     : at[j] + move;
            FSCI_TRY(ends_at(v, share, theta, side[s], err));
        }
        for (int end = 0; end < 2; end++)
            slope[end * n + k] = (side[1][end] - side[0][end]) / (2 * step);
    }
    double q = fsci_t_quantile(0.5 + f->level / 2, f->df), wide_by[2];
    for (int end = 0; end < 2; end++) {
        double variance = 0;
        for (size_t k = 0; k < n; k++)
            for (size_t l = 0; l < n; l++)
                variance += slope[end * n + k] * f->covariance[k + l * n] * slope[end * n + l];
        wide_by[end] = q * sqrt(variance);
    }
    out->lo = (fsci_interval){exp(ends[0] - wide_by[0]), exp(ends[0] + wide_by[0])};
    out->hi = (fsci_interval){exp(ends[1] - wide_by[1]), exp(ends[1] + wide_by[1])};
    return FSC_OK;
}

static fsc_status resampled_spread(valley *v, double share, const double ends[2], spread *out,
                                   fsc_error *err)
{
    const fsci_fitted *f = v->fitted;
    size_t B = f->n_resamples, L = f->n_left_out;
    double *draws = FSCI_NEW(v->arena, double, 2 * (B + L) + B + 1);
    fsci_interval *intervals[] = {&out->lo, &out->hi};
    if (!draws)
        return fsci_fail_memory(err);
    for (size_t b = 0; b < B + L; b++) {
        const double *theta = b < B ? f->resamples + b * f->n : f->left_out + (b - B) * f->n;
        double side[2];
        FSCI_TRY(ends_at(v, share, theta, side, err));
        draws[b] = side[0];
        draws[B + L + b] = side[1];
    }
    for (int end = 0; end < 2; end++) {
        const double *own = draws + (size_t)end * (B + L);
        const fsci_draws of = {.value = ends[end],
                               .se = NAN,
                               .draw = own,
                               .n = B,
                               .left_out = own + B,
                               .n_left_out = L};
        fsci_interval i = fsci_interval_find(f->method, f->level, &of, draws + 2 * (B + L));
        *intervals[end] = (fsci_interval){exp(i.lo), exp(i.hi)};
    }
    return FSC_OK;
}

/* Intervals of the ends on the scale of the logarithm, local ones where others are profiles; NaN
 * for none (studentised ones would need an error of the ends in every resample). */
static fsc_status find_spread(valley *v, double share, const region *r, spread *out, fsc_error *err)
{
    const fsci_fitted *f = v->fitted;
    double ends[] = {log(r->lo), log(r->hi)};
    double *at = FSCI_NEW(v->arena, double, f->n);
    *out = (spread){{NAN, NAN}, {NAN, NAN}};
    if (!at)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < f->n; j++)
        at[j] = f->parameters[j].value;
    fsc_status status = FSC_OK;
    if (fsci_interval_resamples(f->method) && !f->resample_covariances)
        status = resampled_spread(v, share, ends, out, err);
    else if (!fsci_interval_resamples(f->method) && f->covariance)
        status = local_spread(v, share, at, ends, out, err);
    for (size_t j = 0; j < f->n; j++)
        v->law.parameters[j].value = at[j];
    return status;
}

static void describe(const valley *v, double share, const region *r, fsci_json *to)
{
    fsci_arena *a = v->arena;
    fsci_json_set_number(a, to, "C", v->C);
    fsci_json_set_string(a, to, "size", v->N);
    fsci_json_set_number(a, to, "within", share);
    fsci_json_set_number(a, to, "best", r->best);
    fsci_json_set_number(a, to, "lo", r->lo);
    fsci_json_set_number(a, to, "hi", r->hi);
    fsci_json_set_number(a, to, "factor", r->hi / r->lo);
}

static double compute_asked(const fsci_json *row)
{
    const fsci_json *arguments = fsci_json_get(row, "arguments");
    return fsci_json_count(arguments) == 1 ? fsci_json_get_number(arguments, "C") : NAN;
}

/* Whether the data say where an optimum is: every derived quantity is. */
static bool is_settled(const fsci_json *derived)
{
    FSCI_JSON_EACH (row, derived)
        if (strcmp(fsci_json_get_string(row, "status"), "ok") != 0)
            return false;
    return true;
}

fsc_status fsci_flat_regions(fsci_arena *a, const fsci_fitted *f, const fsci_json *derived,
                             fsci_json *record, fsc_error *err)
{
    valley v;
    const char *first = NULL; /* of the quantities at C, which all have the same C */
    if (!has_valley(a, f, &v) || !is_settled(derived))
        return FSC_OK;
    fsci_json *list = NULL;
    FSCI_JSON_EACH (row, derived) {
        const char *name = fsci_json_get_string(row, "name");
        v.C = compute_asked(row);
        if (!(v.C > 0) || (first && strcmp(name, first) != 0))
            continue;
        region r;
        first = name;
        FSCI_TRY(find(&v, near, &r, err));
        if (isnan(r.best))
            continue;
        list = list ? list : fsci_json_set_array(a, record, "flat_regions");
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        spread s;
        describe(&v, near, &r, item);
        FSCI_TRY(find_spread(&v, near, &r, &s, err));
        fsci_json_set_number(a, item, "lo_lo", s.lo.lo);
        fsci_json_set_number(a, item, "lo_hi", s.lo.hi);
        fsci_json_set_number(a, item, "hi_lo", s.hi.lo);
        fsci_json_set_number(a, item, "hi_hi", s.hi.hi);
        if (f->method == FSCI_INTERVAL_PROFILE)
            fsci_json_set_string(a, item, "method", fsci_interval_name(FSCI_INTERVAL_LOCAL));
    }
    return FSC_OK;
}

/* The largest C asked for by --at, else that of the largest run. */
static double compute_of(const fsci_model *m, const fsci_scale *scale, const fsci_json *record)
{
    double most = NAN;
    FSCI_JSON_EACH (row, fsci_json_get(record, "derived"))
        most = fmax(most, fsci_json_get_number(fsci_json_get(row, "arguments"), "C"));
    bool asked = !isnan(most), known = scale->is_compute && scale->values;
    for (size_t i = 0; !asked && known && i < m->n; i++)
        most = fmax(most, scale->values[m->row[i]]);
    return most;
}

fsc_status fsci_flat_add(fsci_arena *a, const fsci_fit *fit, const fsci_fitted *f,
                         fsci_json *record, fsc_error *err)
{
    fsci_scale scale;
    valley v;
    region r;
    FSCI_TRY(fsci_scale_find(a, &fit->model, &scale, err));
    v.C = compute_of(&fit->model, &scale, record);
    if (!(v.C > 0) || !has_valley(a, f, &v) || !is_settled(fsci_json_get(record, "derived")))
        return FSC_OK;
    FSCI_TRY(find(&v, within, &r, err));
    if (isnan(r.best) || isnan(r.lo) || isnan(r.hi))
        return FSC_OK;
    describe(&v, within, &r, fsci_json_set_object(a, record, "flat"));
    if (r.hi / r.lo > wide)
        fsci_record_warn(a, record, "W-FLAT",
                         "at C = %s sizes from %s to %s, a factor of %s, have a loss "
                         "within 1 %% of the least: choose among them by what else they cost.",
                         fsci_brief(a, v.C, 3), fsci_brief(a, r.lo, 2), fsci_brief(a, r.hi, 2),
                         fsci_briefly(r.hi / r.lo, 2).text);
    return FSC_OK;
}
