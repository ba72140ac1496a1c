#include "fit/predict.h"

#include "base/number.h"
#include "fit/factor.h"
#include "fit/inverse.h"
#include "fit/settled.h"
#include "fit/points.h"
#include "fit/set.h"
#include "fit/record.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* ---- how far beyond the data ---- */

/* log10 of how far x lies outside [min, max] of its column; 0 inside, NaN when it has no range. */
static double beyond(const fsci_fitted *f, const char *name, double x)
{
    const fsci_json *range = fsci_json_get(fsci_json_at(f->record, "data.columns"), name);
    if (!range)
        range = fsci_json_get(fsci_json_at(f->record, "data.arguments"), name);
    double min = fsci_json_get_number(range, "min"), max = fsci_json_get_number(range, "max");
    if (!(min > 0) || !(x > 0))
        return NAN;
    return x > max ? log10(x / max) : x < min ? log10(min / x) : 0;
}

/* The column that a derived quantity is an amount of: N of N_needed and N_eff, else its own name.
 */
static const char *amount_of(fsci_arena *arena, const char *name)
{
    const char *end = strrchr(name, '_');
    bool amount = end && (!strcmp(end, "_needed") || !strcmp(end, "_eff"));
    const char *stem = amount ? fsci_copy_text(arena, name, (size_t)(end - name)) : NULL;
    return stem ? stem : name;
}

/* More trials are no extrapolation. */
static bool is_trials(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n_trial_inputs; i++)
        if (!strcmp(f->trial_inputs[i], name))
            return true;
    return false;
}

static double farthest(const fsci_fitted *f, const fsci_points *points, size_t k)
{
    double most = NAN;
    for (size_t i = 0; i < points->n_inputs; i++)
        if (points->inputs[i].numbers && !is_trials(f, points->inputs[i].name))
            most = fmax(most, beyond(f, points->inputs[i].name, points->inputs[i].numbers[k]));
    return most;
}

/* A mixture is told share by share; a schedule of hundreds of steps is not. */
enum { MEMBERS_SHOWN = 16 };

static void add_inputs(fsci_arena *a, const fsci_points *points, size_t k, const char *key,
                       fsci_json *row)
{
    fsci_json *inputs = fsci_json_set_object(a, row, key);
    for (size_t i = 0; i < points->n_inputs; i++) {
        const fsci_input_values *v = &points->inputs[i];
        if (v->numbers)
            fsci_json_set_number(a, inputs, v->name, v->numbers[k]);
        else if (v->members)
            for (size_t m = 0; m < v->n_levels && v->n_levels <= MEMBERS_SHOWN; m++)
                fsci_json_set_number(a, inputs, v->levels[m], v->members[m * points->n + k]);
        else
            fsci_json_set_string(a, inputs, v->name, v->levels[v->codes[k]]);
    }
}

/* ---- predictions ---- */

double fsci_residual_spread(const fsci_fitted *f, double level)
{
    const fsci_json *list = fsci_json_get(f->record, "residual_percentiles");
    double place = 100 * level, value = NAN, before = NAN;
    size_t i = 0;
    FSCI_JSON_EACH (item, list) {
        value = item->kind == FSCI_JSON_NUMBER ? item->number : NAN;
        if ((double)i >= place)
            return i ? before + (value - before) * (place - (double)(i - 1)) : value;
        before = value;
        i++;
    }
    return value;
}

/* Why an end of a profile is open. */
static void add_reasons(fsci_arena *a, const fsci_curve *c, size_t k, const char *prefix,
                        fsci_json *row)
{
    if (c->lo_open && c->lo_open[k])
        fsci_json_set_string(a, row, fsci_format(a, "%slo_open", prefix), c->lo_open[k]);
    if (c->hi_open && c->hi_open[k])
        fsci_json_set_string(a, row, fsci_format(a, "%shi_open", prefix), c->hi_open[k]);
}

/* The spread of residuals and the interval of the mean are independent: their widths add in
 * squares. */
static void spread_observation(const fsci_fitted *f, const fsci_curve *c, size_t k,
                               double spread_below, double spread_above, double *lo, double *hi)
{
    double centre = fsci_residual_map(f->space, c->value[k]);
    double below = centre - fsci_residual_map(f->space, c->lo[k]);
    double above = fsci_residual_map(f->space, c->hi[k]) - centre;
    *lo = fsci_residual_unmap(f->space, centre - hypot(below, spread_below));
    *hi = fsci_residual_unmap(f->space, centre + hypot(above, spread_above));
}

/* Where an equation leaves residuals of that size to either side of its own response, which then
 * spread as residuals in the response's own units do. */
static fsc_status implicit_spread(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                                  const fsci_curve *c, double spread, double *below, double *above,
                                  fsc_error *err)
{
    FSCI_TRY(fsci_curve_offset(a, f, points, spread, below, err));
    FSCI_TRY(fsci_curve_offset(a, f, points, -spread, above, err));
    for (size_t k = 0; k < points->n; k++) {
        double lo = fmin(below[k], above[k]), hi = fmax(below[k], above[k]);
        bool known = !isnan(below[k]) && !isnan(above[k]);
        below[k] = known ? c->value[k] - lo : NAN;
        above[k] = known ? hi - c->value[k] : NAN;
    }
    return FSC_OK;
}

fsc_status fsci_predict_spread(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                               const fsci_curve *c, double level, double *below, double *above,
                               fsc_error *err)
{
    double spread = fsci_residual_spread(f, level);
    if (f->sides)
        return implicit_spread(a, f, points, c, spread, below, above, err);
    for (size_t k = 0; k < points->n; k++)
        below[k] = above[k] = spread;
    return FSC_OK;
}

static void density_observation(const fsci_fitted *f, const fsci_curve *c, size_t k, double trials,
                                double *lo, double *hi)
{
    fsci_known_mean mean = fsci_density_mean(f->density, c->value[k], c->lo[k], c->hi[k], f->level);
    double tail = (1 - f->level) / 2;
    *lo = fsci_density_quantile(f->density, tail, mean, f->dispersion, trials);
    *hi = fsci_density_quantile(f->density, 1 - tail, mean, f->dispersion, trials);
}

static bool has_input(const fsci_points *points, const char *name)
{
    for (size_t i = 0; i < points->n_inputs; i++)
        if (!strcmp(points->inputs[i].name, name) && points->inputs[i].numbers)
            return true;
    return false;
}

fsc_status fsci_predict_trials(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                               double **trials, fsc_error *err)
{
    fsci_curve curve;
    *trials = NULL;
    if (!f->trials)
        return FSC_OK;
    bool known = true;
    for (size_t i = 0; i < f->n_trial_inputs; i++)
        known = known && has_input(points, f->trial_inputs[i]);
    if (known) {
        FSCI_TRY(fsci_curve_find(a, f, f->trials, f->trials->right, points, FSCI_SPACE_IDENTITY,
                                 &curve, err));
        *trials = curve.value;
        return FSC_OK;
    }
    *trials = FSCI_NEW(a, double, points->n);
    if (!*trials)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < points->n; k++)
        (*trials)[k] = NAN;
    return FSC_OK;
}

static void add_prediction(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                           const fsci_curve *c, size_t k, double lo, double hi, fsci_json *rows)
{
    fsci_json *row = fsci_json_push(rows, fsci_json_object(a));
    add_inputs(a, points, k, "inputs", row);
    fsci_json_set_number(a, row, "mean", c->value[k]);
    fsci_json_set_number(a, row, "mean_lo", c->lo[k]);
    fsci_json_set_number(a, row, "mean_hi", c->hi[k]);
    fsci_json_set_number(a, row, "obs_lo", lo);
    fsci_json_set_number(a, row, "obs_hi", hi);
    double beyond = farthest(f, points, k);
    fsci_json_set_number(a, row, "log10_beyond", beyond);
    fsci_json_set_string(a, row, "status",
                         fsci_prediction_is_settled(f, c->lo[k], c->hi[k], beyond) ? "ok"
                                                                                   : "ambiguous");
    add_reasons(a, c, k, "mean_", row);
}

static fsc_status predict_points(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                                 fsci_json *rows, fsc_error *err)
{
    fsci_curve curve;
    double *trials;
    FSCI_TRY(fsci_curve_predict(a, f, points, &curve, err));
    FSCI_TRY(fsci_predict_trials(a, f, points, &trials, err));
    double *below = FSCI_NEW(a, double, points->n), *above = FSCI_NEW(a, double, points->n);
    double lo, hi;
    if (!below || !above)
        return fsci_fail_memory(err);
    if (!f->density)
        FSCI_TRY(fsci_predict_spread(a, f, points, &curve, f->level, below, above, err));
    for (size_t k = 0; k < points->n; k++) {
        if (f->density)
            density_observation(f, &curve, k, trials ? trials[k] : NAN, &lo, &hi);
        else
            spread_observation(f, &curve, k, below[k], above[k], &lo, &hi);
        add_prediction(a, f, points, &curve, k, lo, hi, rows);
    }
    return FSC_OK;
}

static fsc_status derive_points(fsci_arena *a, const fsci_fitted *f, const fsci_fitted_derived *d,
                                const fsci_points *points, fsci_json *list, fsc_error *err)
{
    fsci_curve curve;
    fsci_space space = fsci_spreads_by_factors(f, d) ? FSCI_SPACE_LOG : FSCI_SPACE_IDENTITY;
    FSCI_TRY(fsci_curve_derived(a, f, d, points, space, &curve, err));
    for (size_t k = 0; k < (points->n ? points->n : 1); k++) {
        fsci_json *row = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, row, "name", d->name);
        add_inputs(a, points, k, "arguments", row);
        /* what rests on fixed parameters alone has no interval */
        bool fixed = curve.lo[k] == curve.value[k] && curve.hi[k] == curve.value[k];
        bool settled = fixed || fsci_derived_is_settled(a, f, d, curve.lo[k], curve.hi[k]);
        fsci_json_set_number(a, row, "value", curve.value[k]);
        fsci_json_set_number(a, row, "lo", fixed ? NAN : curve.lo[k]);
        fsci_json_set_number(a, row, "hi", fixed ? NAN : curve.hi[k]);
        fsci_json_set_string(a, row, "status", fixed ? "fixed" : settled ? "ok" : "ambiguous");
        add_reasons(a, &curve, k, "", row);
        fsci_json_set_string(a, row, "unit", d->unit);
        bool solved = !d->solve || isfinite(curve.value[k]);
        fsci_json_set_string(a, row, "meaning",
                             solved ? d->meaning : "nothing solves its equation");
        if (points->n)
            fsci_json_set_number(
                a, row, "log10_beyond",
                fmax(farthest(f, points, k), beyond(f, amount_of(a, d->name), curve.value[k])));
    }
    return FSC_OK;
}

/* ---- which question an --at asks ---- */

static bool same_names(const fsci_at *at, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t j = 0; j < at->n; j++)
            found = found || !strcmp(at->items[j].name, names[i]);
        if (!found)
            return false;
    }
    return n == at->n;
}

/* The inputs of the law, and perhaps the columns of its trials. */
static bool names_inputs(const fsci_fitted *f, const fsci_at *at)
{
    size_t n = at->n;
    for (size_t j = 0; j < at->n; j++)
        n -= is_trials(f, at->items[j].name);
    for (size_t i = 0; i < f->n_inputs; i++) {
        bool found = false, set = fsci_set_is(f, f->inputs[i]);
        for (size_t j = 0; j < at->n; j++) {
            bool member = set && fsci_set_member(f, f->inputs[i], at->items[j].name) != SIZE_MAX;
            n -= member && found; /* all members are one input */
            found = found || member || !strcmp(at->items[j].name, f->inputs[i]);
        }
        if (!found)
            return false;
    }
    return n == f->n_inputs;
}

static void list_names(const char *const *names, size_t n, fsci_buffer *out)
{
    for (size_t i = 0; i < n; i++)
        fsci_buffer_printf(out, "%s%s=…", i ? "," : "", names[i]);
}

static fsc_status asks_nothing(const fsci_fitted *f, const fsci_at *at, fsc_error *err)
{
    fsci_buffer given = {0}, wanted = {0};
    for (size_t j = 0; j < at->n; j++)
        fsci_buffer_printf(&given, "%s%s", j ? "," : "", at->items[j].name);
    if (fsci_curve_predicts(f))
        list_names(f->inputs, f->n_inputs, &wanted);
    if (fsci_curve_predicts(f) && f->n_inputs > 1)
        fsci_buffer_printf(&wanted, ", or %s=… and all inputs but one", f->response);
    for (size_t i = 0; i < f->n_derived; i++) {
        const fsci_fitted_derived *d = &f->derived[i];
        bool listed = !d->n_arguments;
        for (size_t j = 0; j < i && !listed; j++)
            listed = f->derived[j].n_arguments == d->n_arguments &&
                     !strcmp(f->derived[j].arguments[0], d->arguments[0]);
        if (listed)
            continue;
        fsci_buffer_puts(&wanted, wanted.length ? " or " : "");
        list_names(d->arguments, d->n_arguments, &wanted);
    }
    const char *names = given.data ? given.data : "";
    fsc_status status =
        wanted.data ? fsci_fail(err, FSC_EUSAGE,
                                "--at %s is neither every input of the law nor the arguments of a "
                                "derived quantity; give %s",
                                names, wanted.data)
                    : fsci_fail(err, FSC_EUSAGE,
                                "--at %s: nothing can be predicted, because the law is not solved "
                                "for one column and has no derived quantities",
                                names);
    fsci_buffer_free(&given);
    fsci_buffer_free(&wanted);
    return status;
}

/* What the formula says of a point of its own is a fault of the --at that gave it. */
static fsc_status blame(const fsci_at *at, fsc_status status, fsc_error *err)
{
    if (status != FSC_EINPUT || !err)
        return status;
    fsci_buffer given = {0};
    for (size_t i = 0; i < at->n; i++)
        fsci_buffer_printf(&given, "%s%s=%s", i ? "," : "", at->items[i].name, at->items[i].value);
    fsc_error inner = *err;
    status = fsci_fail(err, FSC_EUSAGE, "--at %s: %s", given.data ? given.data : "", inner.message);
    fsci_buffer_free(&given);
    return status;
}

static fsc_status answer(fsci_arena *a, const fsci_fitted *f, const fsci_at *at,
                         fsci_json *predictions, fsci_json *derived, fsc_error *err)
{
    fsci_points points;
    fsci_fitted_derived inverse;
    bool asked = false, inverts = false;
    bool predicts = fsci_curve_predicts(f) && names_inputs(f, at);
    for (size_t i = 0; i < f->n_derived && !asked; i++)
        asked = f->derived[i].n_arguments &&
                same_names(at, f->derived[i].arguments, f->derived[i].n_arguments);
    if (!predicts)
        FSCI_TRY(fsci_inverse_of(a, f, at, &inverts, &inverse, err));
    if (!predicts && !asked && !inverts)
        return asks_nothing(f, at, err);
    FSCI_TRY(fsci_points_at(a, f, at, &points, err));
    if (inverts)
        FSCI_TRY(blame(at, derive_points(a, f, &inverse, &points, derived, err), err));
    if (predicts)
        FSCI_TRY(blame(at, predict_points(a, f, &points, predictions, err), err));
    for (size_t i = 0; i < f->n_derived; i++)
        if (f->derived[i].n_arguments &&
            same_names(at, f->derived[i].arguments, f->derived[i].n_arguments))
            FSCI_TRY(blame(at, derive_points(a, f, &f->derived[i], &points, derived, err), err));
    return FSC_OK;
}

fsc_status fsci_predict_at(fsci_arena *a, const fsci_fitted *f, const fsci_at *at, size_t n_at,
                           fsci_json *predictions, fsci_json *derived, fsc_error *err)
{
    const fsci_points nowhere = {0};
    for (size_t i = 0; i < f->n_derived; i++)
        if (!f->derived[i].n_arguments)
            FSCI_TRY(derive_points(a, f, &f->derived[i], &nowhere, derived, err));
    for (size_t i = 0; i < n_at; i++)
        FSCI_TRY(answer(a, f, &at[i], predictions, derived, err));
    return fsci_arena_failed(a) ? fsci_fail_memory(err) : FSC_OK;
}

/* "1.67 decades (47 times)": hundredths of decades, two digits of the ratio. */
static const char *say_decades(fsci_arena *a, double log10_ratio)
{
    char decades[FSCI_NUMBER_TEXT], times[FSCI_NUMBER_TEXT];
    double step = pow(10, floor(log10_ratio) - 1);
    fsci_number_write(round(100 * log10_ratio) / 100, decades);
    fsci_number_write(round(pow(10, log10_ratio) / step) * step, times);
    return fsci_format(a, "%s decades (%s times)", decades, times);
}

/* A question without an answer is said to be one. */
static void warn_of_nothing(fsci_arena *a, const fsci_json *row, fsci_json *record)
{
    const fsci_json *arguments = fsci_json_get(row, "arguments");
    const fsci_json *value = fsci_json_get(row, "value");
    const char *list = NULL;
    if (!value || value->kind == FSCI_JSON_NUMBER || !fsci_json_count(arguments))
        return;
    FSCI_JSON_EACH (given, arguments)
        list = fsci_format(a, "%s%s%s = %s", list ? list : "", list ? ", " : "", given->key,
                           fsci_brief(a, given->number, 4));
    fsci_record_warn(a, record, "W-OUT-OF-REACH",
                     "%s has no value at %s: no amount gives that under this law, as beyond its "
                     "floor or ceiling.",
                     fsci_json_get_string(row, "name"), list ? list : "");
}

/* Predictions that the law itself says cannot be, as a score above 1. */
static void warn_of_impossible(fsci_arena *a, const fsci_fitted *f, const fsci_json *predictions,
                               fsci_json *record)
{
    const fsci_json *column =
        f->response ? fsci_json_get(fsci_json_at(f->record, "data.columns"), f->response) : NULL;
    double least = fsci_json_get_number(column, "least");
    double most = fsci_json_get_number(column, "most");
    size_t n = 0, of = 0;
    double first = NAN;
    FSCI_JSON_EACH (row, predictions) {
        double mean = fsci_json_get_number(row, "mean");
        bool beyond = mean < least || mean > most;
        of++;
        first = beyond && !n ? mean : first;
        n += beyond;
    }
    if (n)
        fsci_record_warn(a, record, "W-OUTSIDE-RANGE",
                         "%s is predicted as %s%s, %s %s, which it cannot be: the law does not "
                         "hold there.",
                         f->response, fsci_briefly(first, 4).text,
                         of > 1 ? fsci_format(a, " and so at %zu of %zu points", n, of) : "",
                         first < least ? "below" : "above",
                         fsci_briefly(first < least ? least : most, 4).text);
}

/* More than this many decades beyond the data is said aloud: a factor of ten. */
void fsci_predict_warn(fsci_arena *a, const fsci_fitted *f, const fsci_json *predictions,
                       const fsci_json *derived, fsci_json *record)
{
    double most = 0;
    warn_of_impossible(a, f, predictions, record);
    FSCI_JSON_EACH (row, predictions)
        most = fmax(most, fsci_json_get_number(row, "log10_beyond"));
    FSCI_JSON_EACH (row, derived)
        most = fmax(most, fsci_json_get_number(row, "log10_beyond"));
    FSCI_JSON_EACH (row, derived)
        warn_of_nothing(a, row, record);
    if (most > 1)
        fsci_record_warn(a, record, "W-EXTRAP",
                         "the answer lies %s beyond the data: the interval holds only if the law "
                         "does.",
                         say_decades(a, most));
}

fsc_status fsci_predict_table(fsci_arena *a, const fsci_fitted *f, const fsci_settings_list *map,
                              const fsc_table *table, fsci_json *rows, fsc_error *err)
{
    fsci_points points;
    if (!fsci_curve_predicts(f))
        return fsci_fail(err, FSC_EINPUT, "this law cannot be solved for its response");
    FSCI_TRY(fsci_points_table(a, f, map, table, &points, err));
    fsc_status status = predict_points(a, f, &points, rows, err);
    if (status != FSC_EINPUT || !err || err->row < 0)
        return status;
    fsc_error inner = *err;
    return fsci_fail_row(err, status, inner.row, "%s, line %lld: %.500s", fsci_table_name(table),
                         (long long)fsci_table_line(table, (size_t)inner.row), inner.message);
}
