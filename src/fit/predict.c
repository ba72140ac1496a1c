#include "fit/predict.h"

#include "base/number.h"
#include "fit/curve.h"
#include "fit/record.h"

#include <math.h>
#include <string.h>

/* ---- the values of one --at ---- */

typedef struct axis {
    const char *name;
    double *values;
    size_t n;
    const char *text; /* a category's level */
} axis;

enum { RANGE_STEPS_PER_DECADE = 2, RANGE_LEAST = 5 };

static fsc_status read_range(fsci_arena *a, const fsci_setting *s, const char *dots, axis *out,
                             fsc_error *err)
{
    double lo, hi;
    if (!fsci_quantity_read(s->value, (size_t)(dots - s->value), &lo) ||
        !fsci_quantity_read(dots + 2, strlen(dots + 2), &hi) || !(lo > 0) || !(hi > lo))
        return fsci_fail(err, FSC_EUSAGE,
                         "--at %s=%s: a range is LO..HI with 0 < LO < HI, as 1e20..1e25", s->name,
                         s->value);
    double steps = ceil(RANGE_STEPS_PER_DECADE * log10(hi / lo) - 1e-9);
    out->n = (size_t)fmax(steps, RANGE_LEAST - 1) + 1;
    out->values = FSCI_NEW(a, double, out->n);
    if (!out->values)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < out->n; i++) {
        double t = (double)i / (double)(out->n - 1);
        out->values[i] = i + 1 == out->n ? hi : lo * pow(hi / lo, t);
    }
    return FSC_OK;
}

static fsc_status read_axis(fsci_arena *a, const fsci_fitted *f, const fsci_setting *s, axis *out,
                            fsc_error *err)
{
    const fsci_json *column = fsci_json_get(fsci_json_at(f->record, "data.columns"), s->name);
    *out = (axis){.name = s->name, .n = 1};
    if (fsci_json_get(column, "levels")) {
        out->text = s->value;
        return FSC_OK;
    }
    const char *dots = strstr(s->value, "..");
    if (dots)
        return read_range(a, s, dots, out, err);
    out->values = FSCI_NEW(a, double, 1);
    if (!out->values)
        return fsci_fail_memory(err);
    if (!fsci_quantity_read(s->value, strlen(s->value), out->values))
        return fsci_fail(err, FSC_EUSAGE,
                         "--at %s=%s: '%s' is not a number (7B, 1.4T, 3e21 and ranges 1e20..1e25 "
                         "are)",
                         s->name, s->value, s->value);
    return FSC_OK;
}

/* ---- points: every combination of the axes ---- */

static fsc_status level_code(fsci_arena *a, const fsci_fitted *f, const axis *x,
                             fsci_input_values *v, uint32_t *code, fsc_error *err)
{
    const fsci_json *levels =
        fsci_json_get(fsci_json_get(fsci_json_at(f->record, "data.columns"), x->name), "levels");
    const char **names = FSCI_NEW(a, const char *, fsci_json_count(levels) + 1);
    *code = FSCI_NO_CODE;
    if (!names)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH(level, levels)
    {
        if (!strcmp(level->string, x->text))
            *code = (uint32_t)v->n_levels;
        names[v->n_levels++] = level->string;
    }
    v->levels = names;
    if (*code != FSCI_NO_CODE)
        return FSC_OK;
    const char *near = fsci_nearest(x->text, names, v->n_levels);
    return fsci_fail(err, FSC_EINPUT, "the fit knows no %s '%s'%s%s%s", x->name, x->text,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static fsc_status cross(fsci_arena *a, const fsci_fitted *f, const axis *axes, size_t n_axes,
                        fsci_points *points, fsc_error *err)
{
    size_t n = 1, period = 1;
    for (size_t i = 0; i < n_axes; i++)
        n *= axes[i].n;
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, n_axes);
    if (!inputs || n > 1000000)
        return inputs ? fsci_fail(err, FSC_EUSAGE, "--at: over a million points; narrow the ranges")
                      : fsci_fail_memory(err);
    for (size_t i = n_axes; i-- > 0;) {
        inputs[i].name = axes[i].name;
        double *numbers = FSCI_NEW(a, double, n);
        uint32_t *codes = FSCI_NEW(a, uint32_t, n), code = 0;
        if (!numbers || !codes)
            return fsci_fail_memory(err);
        if (axes[i].text)
            FSCI_TRY(level_code(a, f, &axes[i], &inputs[i], &code, err));
        for (size_t k = 0; k < n; k++) {
            codes[k] = code;
            numbers[k] = axes[i].text ? NAN : axes[i].values[k / period % axes[i].n];
        }
        inputs[i].numbers = axes[i].text ? NULL : numbers;
        inputs[i].codes = axes[i].text ? codes : NULL;
        period *= axes[i].n;
    }
    *points = (fsci_points){.inputs = inputs, .n_inputs = n_axes, .n = n};
    return FSC_OK;
}

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

static double farthest(const fsci_fitted *f, const fsci_points *points, size_t k)
{
    double most = NAN;
    for (size_t i = 0; i < points->n_inputs; i++)
        if (points->inputs[i].numbers)
            most = fmax(most, beyond(f, points->inputs[i].name, points->inputs[i].numbers[k]));
    return most;
}

static void add_inputs(fsci_arena *a, const fsci_points *points, size_t k, const char *key,
                       fsci_json *row)
{
    fsci_json *inputs = fsci_json_set_object(a, row, key);
    for (size_t i = 0; i < points->n_inputs; i++) {
        const fsci_input_values *v = &points->inputs[i];
        if (v->numbers)
            fsci_json_set_number(a, inputs, v->name, v->numbers[k]);
        else
            fsci_json_set_string(a, inputs, v->name, v->levels[v->codes[k]]);
    }
}

/* ---- predictions ---- */

/* The residual at `level`, in the space of the residual. */
static double spread_at(const fsci_fitted *f)
{
    const fsci_json *list = fsci_json_get(f->record, "residual_percentiles");
    double place = 100 * f->level, value = NAN, before = NAN;
    size_t i = 0;
    FSCI_JSON_EACH(item, list)
    {
        value = item->kind == FSCI_JSON_NUMBER ? item->number : NAN;
        if ((double)i >= place)
            return i ? before + (value - before) * (place - (double)(i - 1)) : value;
        before = value;
        i++;
    }
    return value;
}

/* The spread of residuals and the interval of the mean are independent: their widths add in
 * squares. */
static void add_prediction(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                           const fsci_curve *c, size_t k, double spread, fsci_json *rows)
{
    fsci_json *row = fsci_json_push(rows, fsci_json_object(a));
    add_inputs(a, points, k, "inputs", row);
    double centre = fsci_residual_map(f->space, c->value[k]);
    double below = centre - fsci_residual_map(f->space, c->lo[k]);
    double above = fsci_residual_map(f->space, c->hi[k]) - centre;
    fsci_json_set_number(a, row, "mean", c->value[k]);
    fsci_json_set_number(a, row, "mean_lo", c->lo[k]);
    fsci_json_set_number(a, row, "mean_hi", c->hi[k]);
    fsci_json_set_number(a, row, "obs_lo",
                         fsci_residual_unmap(f->space, centre - hypot(below, spread)));
    fsci_json_set_number(a, row, "obs_hi",
                         fsci_residual_unmap(f->space, centre + hypot(above, spread)));
    fsci_json_set_number(a, row, "log10_beyond", farthest(f, points, k));
}

static fsc_status predict_points(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                                 fsci_json *rows, fsc_error *err)
{
    fsci_curve curve;
    FSCI_TRY(
        fsci_curve_find(a, f, f->prediction, f->prediction->right, points, f->space, &curve, err));
    double spread = spread_at(f);
    for (size_t k = 0; k < points->n; k++)
        add_prediction(a, f, points, &curve, k, spread, rows);
    return FSC_OK;
}

static fsc_status derive_points(fsci_arena *a, const fsci_fitted *f, const fsci_fitted_derived *d,
                                const fsci_points *points, fsci_json *list, fsc_error *err)
{
    fsci_curve curve;
    /* Quantities at a scale are positive and spread by factors; exponents are not. */
    fsci_space space = d->n_arguments ? FSCI_SPACE_LOG : FSCI_SPACE_IDENTITY;
    FSCI_TRY(fsci_curve_find(a, f, d->formula, d->formula->right, points, space, &curve, err));
    for (size_t k = 0; k < (points->n ? points->n : 1); k++) {
        fsci_json *row = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, row, "name", d->name);
        add_inputs(a, points, k, "arguments", row);
        fsci_json_set_number(a, row, "value", curve.value[k]);
        fsci_json_set_number(a, row, "lo", curve.lo[k]);
        fsci_json_set_number(a, row, "hi", curve.hi[k]);
        fsci_json_set_string(a, row, "unit", d->unit);
        fsci_json_set_string(a, row, "meaning", d->meaning);
        if (points->n)
            fsci_json_set_number(a, row, "log10_beyond", farthest(f, points, k));
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
    if (f->prediction)
        list_names(f->inputs, f->n_inputs, &wanted);
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
    fsc_status status =
        fsci_fail(err, FSC_EUSAGE,
                  "--at %s is neither every input of the law nor the arguments of a "
                  "derived quantity; give %s",
                  given.data ? given.data : "",
                  wanted.data ? wanted.data : "no --at: this law predicts nothing");
    fsci_buffer_free(&given);
    fsci_buffer_free(&wanted);
    return status;
}

static fsc_status answer(fsci_arena *a, const fsci_fitted *f, const fsci_at *at,
                         fsci_json *predictions, fsci_json *derived, fsc_error *err)
{
    axis *axes = FSCI_NEW(a, axis, at->n);
    fsci_points points;
    bool asked = false;
    if (!axes)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < at->n; i++)
        FSCI_TRY(read_axis(a, f, &at->items[i], &axes[i], err));
    bool predicts = f->prediction && same_names(at, f->inputs, f->n_inputs);
    for (size_t i = 0; i < f->n_derived && !asked; i++)
        asked = f->derived[i].n_arguments &&
                same_names(at, f->derived[i].arguments, f->derived[i].n_arguments);
    if (!predicts && !asked)
        return asks_nothing(f, at, err);
    FSCI_TRY(cross(a, f, axes, at->n, &points, err));
    if (predicts)
        FSCI_TRY(predict_points(a, f, &points, predictions, err));
    for (size_t i = 0; i < f->n_derived; i++)
        if (f->derived[i].n_arguments &&
            same_names(at, f->derived[i].arguments, f->derived[i].n_arguments))
            FSCI_TRY(derive_points(a, f, &f->derived[i], &points, derived, err));
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

/* More than this many decades beyond the data is said aloud: a factor of ten. */
void fsci_predict_warn(fsci_arena *a, const fsci_json *predictions, const fsci_json *derived,
                       fsci_json *record)
{
    double most = 0;
    FSCI_JSON_EACH(row, predictions)
    most = fmax(most, fsci_json_get_number(row, "log10_beyond"));
    FSCI_JSON_EACH(row, derived)
    most = fmax(most, fsci_json_get_number(row, "log10_beyond"));
    if (most > 1)
        fsci_record_warn(a, record, "W-EXTRAP",
                         "the answer lies 10^%.1f (%.3g times) beyond the data: the interval holds "
                         "only if the law does.",
                         most, pow(10, most));
}

/* ---- predictions for a table ---- */

static const fsci_column *input_column(const fsci_fitted *f, const fsci_settings_list *map,
                                       const fsc_table *table, const char *input)
{
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->items[i].name, input))
            return fsci_table_find(table, map->items[i].value);
    const fsci_column *column = fsci_table_find(table, input);
    const char *fitted = fsci_json_get_string(
        fsci_json_get(fsci_json_at(f->record, "data.columns"), input), "column");
    return column || !fitted ? column : fsci_table_find(table, fitted);
}

fsc_status fsci_predict_table(fsci_arena *a, const fsci_fitted *f, const fsci_settings_list *map,
                              const fsc_table *table, fsci_json *rows, fsc_error *err)
{
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, f->n_inputs);
    if (!inputs)
        return fsci_fail_memory(err);
    if (!f->prediction)
        return fsci_fail(err, FSC_EINPUT, "this law cannot be solved for its response");
    for (size_t i = 0; i < f->n_inputs; i++) {
        const fsci_column *column = input_column(f, map, table, f->inputs[i]);
        if (!column)
            return fsci_table_no_column(table, f->inputs[i], err);
        bool wants_numbers = !fsci_json_get(
            fsci_json_get(fsci_json_at(f->record, "data.columns"), f->inputs[i]), "levels");
        if (wants_numbers != (column->kind == FSCI_COLUMN_NUMBERS))
            return fsci_table_not_numbers(table, column, err);
        if (!wants_numbers)
            return fsci_fail(err, FSC_EINPUT,
                             "predicting a table for a law with per-group parameters is not "
                             "possible; give --at %s=LEVEL and the other inputs",
                             f->inputs[i]);
        inputs[i] = (fsci_input_values){.name = f->inputs[i], .numbers = column->numbers};
    }
    fsci_points points = {.inputs = inputs, .n_inputs = f->n_inputs, .n = fsci_table_rows(table)};
    return predict_points(a, f, &points, rows, err);
}
