#include "fit/check/flat.h"

#include "fit/scale.h"
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
    fsci_fitted law;   /* without what intervals need */
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
    v->law = *f;
    v->law.method = FSCI_INTERVAL_LOCAL;
    v->law.covariance = NULL;
    v->N = of_unit(f, "param");
    v->D = of_unit(f, "token");
    return fsci_curve_predicts(f) && f->n_inputs == 2 && v->N && v->D;
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
        describe(&v, near, &r, fsci_json_push(list, fsci_json_object(a)));
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
                         "at C = %.3g sizes from %.2g to %.2g, a factor of %.2g, have a loss "
                         "within 1 %% of the least: choose among them by what else they cost.",
                         v.C, r.lo, r.hi, r.hi / r.lo);
    return FSC_OK;
}
