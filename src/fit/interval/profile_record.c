#include "fit/interval/profile.h"

#include "base/number.h"
#include "fit/record.h"
#include "num/distribution.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>
#include <stdlib.h>

static const char *label_of(fsci_arena *a, const fsci_refit *r, size_t k)
{
    return fsci_parameter_label(a, &r->parameters.all[r->parameters.free[k]]);
}

static double natural(const fsci_refit *r, size_t k, double u)
{
    return r->parameters.all[r->parameters.free[k]].log ? exp(u) : u;
}

/* One end into the record, of the parameter and those tied to it; what keeps it open is said in a
 * member of its own and in a warning. */
static void put_end(fsci_arena *a, const fsci_refit *r, size_t k, const char *end,
                    const fsci_profile_side *side, fsci_json *record)
{
    fsci_json *list = (fsci_json *)fsci_json_get(record, "parameters"), *item = list->first;
    const char *reason = fsci_profile_reason(side->stop);
    for (size_t i = 0; item; item = item->next, i++) {
        if (r->parameters.slot[i] != k)
            continue;
        fsci_json_set_number(a, item, end, natural(r, k, side->end));
        if (reason)
            fsci_json_set_string(a, item, fsci_format(a, "%s_open", end), reason);
    }
    if (reason && side->stop != FSCI_PROFILE_NONE)
        fsci_record_warn(a, record, "W-OPEN", "the interval of %s has no %s end: %s.",
                         label_of(a, r, k), end[0] == 'l' ? "lower" : "upper", reason);
}

/* Points of both sides in ascending order, the minimum once. */
static void put_curve(fsci_arena *a, const fsci_refit *r, size_t k, const fsci_profile_side *below,
                      const fsci_profile_side *above, fsci_json *list)
{
    size_t p = r->parameters.n_free;
    double *theta = FSCI_NEW(a, double, r->parameters.n);
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "parameter", label_of(a, r, k));
    fsci_json *values = fsci_json_set_array(a, item, "value");
    fsci_json *roots = fsci_json_set_array(a, item, "root");
    fsci_json *all = fsci_json_set_array(a, item, "parameters");
    for (size_t i = 0; theta && i + 1 < below->n + above->n; i++) {
        bool under = i < below->n;
        const fsci_profile_side *side = under ? below : above;
        size_t at = under ? below->n - 1 - i : i + 1 - below->n;
        fsci_parameters_expand(&r->parameters, side->u + at * p, theta);
        fsci_json_push(values, fsci_json_number(a, natural(r, k, side->x[at])));
        fsci_json_push(roots, fsci_json_number(a, under ? -side->root[at] : side->root[at]));
        fsci_json_push(all, fsci_json_numbers(a, theta, r->parameters.n));
    }
}

/* A profile that goes below the minimum has found what the starts missed. */
static void warn_lower(fsci_arena *a, const fsci_refit *r, double lowest, fsci_json *record)
{
    if (lowest < r->value * (1 - 1e-6))
        fsci_record_warn(a, record, "W-STARTS",
                         "while profiling a lower objective was met (%s, the fit has %s): the "
                         "starts missed the best minimum. Fit again with more of them, --starts "
                         "1000.",
                         fsci_briefly(lowest, 7).text, fsci_briefly(r->value, 7).text);
}

/* A coordinate; of a linked parameter, whose coordinate is another quantity, its own value. */
static fsci_profile_target target_of(fsci_arena *a, const fsci_fitted *f, const fsci_refit *r,
                                     size_t k)
{
    size_t p = r->parameters.n_free, i = r->parameters.free[k];
    double se = f->covariance ? sqrt(f->covariance[k + k * p]) : NAN;
    if (!r->parameters.all[i].link)
        return (fsci_profile_target){.coordinate = k, .at = r->u[k], .se = se};
    bool log = r->parameters.all[i].log;
    double *slope = FSCI_NEW(a, double, p), value = f->parameters[i].value;
    if (slope)
        slope[k] = 1;
    return (fsci_profile_target){.coordinate = SIZE_MAX,
                                 .parameter = i,
                                 .space = log ? FSCI_SPACE_LOG : FSCI_SPACE_IDENTITY,
                                 .at = log ? fsci_residual_map(FSCI_SPACE_LOG, value) : value,
                                 .se = se,
                                 .slope = slope};
}

fsc_status fsci_profile_parameters(fsci_arena *a, const fsci_fitted *f, int threads,
                                   fsci_json *record, fsc_error *err)
{
    fsci_refit r;
    FSCI_TRY(fsci_refit_open(a, f, &r, err));
    size_t p = r.parameters.n_free, bytes = fsci_profile_bytes(&r);
    fsci_profile_target *targets = FSCI_NEW(a, fsci_profile_target, p);
    void *sides = FSCI_NEW(a, unsigned char, 2 * p * bytes);
    if (!targets || !sides)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < p; k++)
        targets[k] = target_of(a, f, &r, k);
    FSCI_TRY(fsci_profile_run(f, &r, targets, p, true, threads, sides, err));
    fsci_json *intervals = (fsci_json *)fsci_json_get(record, "intervals");
    fsci_json_set_number(a, intervals, "scale", r.by_sandwich ? NAN : r.scale);
    fsci_json *list = fsci_json_set_array(a, record, "profiles");
    double lowest = r.value;
    for (size_t k = 0; k < p; k++) {
        const fsci_profile_side *below = fsci_profile_at(sides, bytes, 2 * k);
        const fsci_profile_side *above = fsci_profile_at(sides, bytes, 2 * k + 1);
        put_end(a, &r, k, "lo", below, record);
        put_end(a, &r, k, "hi", above, record);
        put_curve(a, &r, k, below, above, list);
        lowest = fmin(lowest, fmin(below->lowest, above->lowest));
    }
    warn_lower(a, &r, lowest, record);
    return fsci_arena_failed(a) ? fsci_fail_memory(err) : FSC_OK;
}
