#include "fit/points.h"

#include "base/number.h"
#include "fit/set.h"

#include <math.h>
#include <string.h>

/* ---- the values of one --at ---- */

typedef struct axis {
    const char *name;
    double *values;
    size_t n;
    const char *text; /* a category's level */
} axis;

enum { RANGE_STEPS_PER_DECADE = 2, RANGE_LEAST = 5, LISTED = 120 };

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
        return fsci_fail(
            err, FSC_EUSAGE, "--at %s=%s: '%s' %s; write 7B, 1.4T, 3e21, or a range 1e20..1e25",
            s->name, s->value, s->value, fsci_quantity_flaw(s->value, strlen(s->value)));
    return FSC_OK;
}

/* ---- points: every combination of the axes ---- */

/* The levels the fit knows, in the order of its parameters. */
static fsc_status known_levels(fsci_arena *a, const fsci_fitted *f, fsci_input_values *v,
                               fsc_error *err)
{
    const fsci_json *levels =
        fsci_json_get(fsci_json_get(fsci_json_at(f->record, "data.columns"), v->name), "levels");
    const char **names = FSCI_NEW(a, const char *, fsci_json_count(levels) + 1);
    if (!names)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (level, levels)
        names[v->n_levels++] = level->string;
    v->levels = names;
    return FSC_OK;
}

static fsc_status level_code(const fsci_input_values *v, const char *text, uint32_t *code,
                             fsc_error *err)
{
    for (size_t i = 0; i < v->n_levels; i++)
        if (!strcmp(v->levels[i], text)) {
            *code = (uint32_t)i;
            return FSC_OK;
        }
    const char *near = fsci_nearest(text, v->levels, v->n_levels);
    fsci_buffer list = {0};
    for (size_t i = 0; i < v->n_levels && list.length < LISTED; i++)
        fsci_buffer_printf(&list, "%s%s", i ? ", " : "", v->levels[i]);
    fsc_status status = fsci_fail(err, FSC_EINPUT, "the fit knows no %s '%s'%s%s%s (it has %.150s)",
                                  v->name, text, near ? "; did you mean '" : "", near ? near : "",
                                  near ? "'?" : "", list.data ? list.data : "");
    fsci_buffer_free(&list);
    return status;
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
        if (axes[i].text) {
            FSCI_TRY(known_levels(a, f, &inputs[i], err));
            FSCI_TRY(level_code(&inputs[i], axes[i].text, &code, err));
        }
        for (size_t k = 0; k < n; k++) {
            codes[k] = code;
            numbers[k] = axes[i].values ? axes[i].values[k / period % axes[i].n] : NAN;
        }
        inputs[i].numbers = axes[i].text ? NULL : numbers;
        inputs[i].codes = axes[i].text ? codes : NULL;
        period *= axes[i].n;
    }
    *points = (fsci_points){.inputs = inputs, .n_inputs = n_axes, .n = n};
    return FSC_OK;
}

/* In place of the members of a set, the set. */
static fsc_status gather(fsci_arena *a, const fsci_fitted *f, const char *input,
                         fsci_points *points, fsc_error *err)
{
    size_t n = (size_t)fsci_json_get_number(
        fsci_json_get(fsci_json_at(f->record, "data.columns"), input), "members");
    double *members = FSCI_NEW(a, double, n * points->n + 1);
    const char **names = FSCI_NEW(a, const char *, n + 1);
    fsci_input_values *kept = FSCI_NEW(a, fsci_input_values, points->n_inputs + 1);
    size_t n_kept = 0;
    if (!members || !names || !kept)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < points->n_inputs; i++) {
        const fsci_input_values *v = &points->inputs[i];
        size_t member = v->numbers ? fsci_set_member(f, input, v->name) : SIZE_MAX;
        if (member == SIZE_MAX) {
            kept[n_kept++] = *v;
            continue;
        }
        names[member] = v->name;
        memcpy(members + member * points->n, v->numbers, points->n * sizeof *members);
    }
    for (size_t m = 0; m < n && n_kept < points->n_inputs; m++)
        if (!names[m])
            return fsci_fail(err, FSC_EUSAGE, "--at gives %zu of the %zu members of %s",
                             points->n_inputs - n_kept, n, input);
    if (n_kept == points->n_inputs)
        return FSC_OK;
    kept[n_kept++] =
        (fsci_input_values){.name = input, .levels = names, .n_levels = n, .members = members};
    points->inputs = kept;
    points->n_inputs = n_kept;
    return FSC_OK;
}

fsc_status fsci_points_gather(fsci_arena *a, const fsci_fitted *f, fsci_points *points,
                              fsc_error *err)
{
    for (size_t i = 0; i < f->n_inputs; i++)
        if (fsci_set_is(f, f->inputs[i]))
            FSCI_TRY(gather(a, f, f->inputs[i], points, err));
    return FSC_OK;
}

fsc_status fsci_points_at(fsci_arena *a, const fsci_fitted *f, const fsci_at *at,
                          fsci_points *points, fsc_error *err)
{
    axis *axes = FSCI_NEW(a, axis, at->n);
    if (!axes)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < at->n; i++)
        FSCI_TRY(read_axis(a, f, &at->items[i], &axes[i], err));
    FSCI_TRY(cross(a, f, axes, at->n, points, err));
    return fsci_points_gather(a, f, points, err);
}

/* ---- points from a table ---- */

static const char *fitted_column(const fsci_fitted *f, const char *input)
{
    return fsci_json_get_string(fsci_json_get(fsci_json_at(f->record, "data.columns"), input),
                                "column");
}

static fsc_status find_column(const fsci_fitted *f, const fsci_settings_list *map,
                              const fsc_table *table, const char *input, const fsci_column **column,
                              fsc_error *err)
{
    const char *name = input;
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->items[i].name, input))
            name = map->items[i].value;
    *column = fsci_table_find(table, name);
    if (!*column && name == input && fitted_column(f, input))
        *column = fsci_table_find(table, name = fitted_column(f, input));
    return *column ? FSC_OK : fsci_table_no_column(table, name, err);
}

/* The table's categories as the codes of the fit. */
static fsc_status recode(fsci_arena *a, const fsci_fitted *f, const fsc_table *table,
                         const fsci_column *column, fsci_input_values *v, fsc_error *err)
{
    size_t n = fsci_table_rows(table);
    uint32_t *codes = FSCI_NEW(a, uint32_t, n);
    if (!codes)
        return fsci_fail_memory(err);
    if (column->kind != FSCI_COLUMN_CATEGORIES)
        return fsci_fail(err, FSC_EINPUT, "%s: column %s has numbers; the fit has levels there",
                         fsci_table_name(table), column->name);
    FSCI_TRY(known_levels(a, f, v, err));
    for (size_t i = 0; i < n; i++) {
        codes[i] = FSCI_NO_CODE;
        if (column->codes[i] != FSCI_MISSING_CODE)
            FSCI_TRY(level_code(v, column->levels[column->codes[i]], &codes[i], err));
    }
    v->codes = codes;
    return FSC_OK;
}

static fsc_status read_set(fsci_arena *a, const fsci_fitted *f, const fsci_settings_list *map,
                           const fsc_table *table, fsci_input_values *v, fsc_error *err)
{
    fsci_set set;
    FSCI_TRY(fsci_set_of_fit(a, f, table, map, v->name, &set, err));
    v->levels = set.names;
    v->n_levels = set.n;
    v->members = fsci_set_values(a, &set, NULL, fsci_table_rows(table));
    return v->members ? FSC_OK : fsci_fail_memory(err);
}

/* Columns of the trials, where the table has them; the interval of an observation needs them. */
static void add_trials(const fsci_fitted *f, const fsci_settings_list *map, const fsc_table *table,
                       fsci_input_values *inputs, size_t *n)
{
    for (size_t i = 0; i < f->n_trial_inputs; i++) {
        const fsci_column *column;
        const char *name = f->trial_inputs[i];
        if (find_column(f, map, table, name, &column, NULL) == FSC_OK &&
            column->kind == FSCI_COLUMN_NUMBERS)
            inputs[(*n)++] = (fsci_input_values){.name = name, .numbers = column->numbers};
    }
}

fsc_status fsci_points_table(fsci_arena *a, const fsci_fitted *f, const fsci_settings_list *map,
                             const fsc_table *table, fsci_points *points, fsc_error *err)
{
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, f->n_inputs + f->n_trial_inputs);
    size_t n = f->n_inputs;
    if (!inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n_inputs; i++) {
        const fsci_column *column;
        inputs[i].name = f->inputs[i];
        if (fsci_set_is(f, f->inputs[i])) {
            FSCI_TRY(read_set(a, f, map, table, &inputs[i], err));
            continue;
        }
        FSCI_TRY(find_column(f, map, table, f->inputs[i], &column, err));
        const fsci_json *about =
            fsci_json_get(fsci_json_at(f->record, "data.columns"), f->inputs[i]);
        if (fsci_json_get(about, "levels"))
            FSCI_TRY(recode(a, f, table, column, &inputs[i], err));
        else if (column->kind == FSCI_COLUMN_NUMBERS)
            inputs[i].numbers = column->numbers;
        else
            return fsci_table_not_numbers(table, column, err);
    }
    add_trials(f, map, table, inputs, &n);
    *points = (fsci_points){.inputs = inputs, .n_inputs = n, .n = fsci_table_rows(table)};
    return FSC_OK;
}
