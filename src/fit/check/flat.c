#include "fit/check/flat.h"

#include "fit/scale.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

enum { STEPS = 601 };
/* Sizes looked at: this many decades on both sides of one token a parameter. */
static const double decades = 4, within = 0.01, wide = 3;

static const fsci_binding *of_unit(const fsci_model *m, const fsci_fitted *f, const char *unit)
{
    for (size_t i = 0; i < f->n_inputs; i++) {
        const fsci_binding *b = fsci_model_binding(m, f->inputs[i]);
        if (b && b->values && b->unit && !strcmp(b->unit, unit))
            return b;
    }
    return NULL;
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

static void add(fsci_arena *a, const fsci_binding *N, double C, const double *size,
                const double *loss, fsci_json *record)
{
    size_t best = 0, lo, hi;
    for (size_t i = 1; i < STEPS; i++)
        if (loss[i] < loss[best] || isnan(loss[best]))
            best = i;
    if (!(loss[best] > 0))
        return;
    for (lo = best; lo > 0 && loss[lo - 1] <= (1 + within) * loss[best];)
        lo--;
    for (hi = best; hi + 1 < STEPS && loss[hi + 1] <= (1 + within) * loss[best];)
        hi++;
    if (best == 0 || best + 1 == STEPS)
        return; /* no optimum between */
    fsci_json *flat = fsci_json_set_object(a, record, "flat");
    fsci_json_set_number(a, flat, "C", C);
    fsci_json_set_string(a, flat, "size", N->symbol);
    fsci_json_set_number(a, flat, "within", within);
    fsci_json_set_number(a, flat, "lo", size[lo]);
    fsci_json_set_number(a, flat, "hi", size[hi]);
    fsci_json_set_number(a, flat, "factor", size[hi] / size[lo]);
    if (size[hi] / size[lo] > wide)
        fsci_record_warn(a, record, "W-FLAT",
                         "at C = %.3g sizes from %.2g to %.2g, a factor of %.2g, have a loss "
                         "within 1 %% of the least: choose among them by what else they cost.",
                         C, size[lo], size[hi], size[hi] / size[lo]);
}

fsc_status fsci_flat_add(fsci_arena *a, const fsci_fit *fit, const fsci_fitted *f,
                         fsci_json *record, fsc_error *err)
{
    const fsci_model *m = &fit->model;
    const fsci_binding *N = of_unit(m, f, "param"), *D = of_unit(m, f, "token");
    fsci_scale scale;
    fsci_curve curve;
    double size[STEPS], tokens[STEPS];
    FSCI_TRY(fsci_scale_find(a, m, &scale, err));
    double C = compute_of(m, &scale, record);
    if (!fsci_curve_predicts(f) || f->n_inputs != 2 || !N || !D || !(C > 0))
        return FSC_OK;
    for (size_t i = 0; i < STEPS; i++) {
        size[i] = sqrt(C / 6) * pow(10, decades * (2.0 * (double)i / (STEPS - 1) - 1));
        tokens[i] = C / (6 * size[i]);
    }
    const fsci_input_values inputs[] = {{.name = N->symbol, .numbers = size},
                                        {.name = D->symbol, .numbers = tokens}};
    const fsci_points points = {.inputs = inputs, .n_inputs = 2, .n = STEPS};
    fsci_fitted bare = *f;
    bare.method = FSCI_INTERVAL_LOCAL;
    bare.covariance = NULL;
    FSCI_TRY(fsci_curve_predict(a, &bare, &points, &curve, err));
    add(a, N, C, size, curve.value, record);
    return FSC_OK;
}
