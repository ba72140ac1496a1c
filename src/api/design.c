#include "fit/check/identify.h"

#include "api/ctx.h"
#include "api/provenance.h"
#include "api/published.h"
#include "api/rows.h"
#include "base/number.h"
#include "fit/points.h"
#include "law/sets.h"
#include "record/warning.h"
#include "table/words.h"

#include <math.h>
#include <string.h>

/* Tables are kept until the record is made: points borrow their columns. */
typedef struct sources {
    fsci_rows runs, candidates;
} sources;

static const fsci_input_values *find_input(const fsci_points *points, const char *name)
{
    for (size_t i = 0; i < points->n_inputs; i++)
        if (!strcmp(points->inputs[i].name, name))
            return &points->inputs[i];
    return NULL;
}

static fsc_status check_inputs(const fsc_law *law, const char *option, const fsci_points *points,
                               fsc_error *err)
{
    for (size_t i = 0; i < points->n_inputs; i++) {
        size_t c = fsci_law_column_index(law, points->inputs[i].name);
        if (c == SIZE_MAX || c == law->response)
            return fsci_fail(err, FSC_EUSAGE, "--%s: '%s' is no input of law %s", option,
                             points->inputs[i].name, law->id);
    }
    for (size_t c = 0; c < law->columns.n; c++) {
        const fsci_law_column *about = &law->columns.items[c];
        const fsci_input_values *v = find_input(points, about->name);
        if (c == law->response)
            continue;
        if (!v)
            return fsci_fail(err, FSC_EUSAGE, "--%s lacks %s (%s)", option, about->name,
                             about->meaning);
        for (size_t i = 0; i < points->n; i++)
            if (!fsci_domain_holds(&about->domain, v->numbers[i]))
                return fsci_fail(err, FSC_EINPUT, "--%s: %s = %s lies outside the law's domain",
                                 option, about->name, fsci_briefly(v->numbers[i], 6).text);
    }
    return FSC_OK;
}

/* All points of a repeated ASSIGN option, one grid below the other. */
static fsc_status points_of_option(const fsc_args *args, const fsc_law *law, const char *option,
                                   fsci_arena *a, fsci_points *out, fsc_error *err)
{
    const fsci_fitted nothing = {0};
    *out = (fsci_points){0};
    for (size_t i = 0; fsc_args_get(args, option, i); i++) {
        fsci_settings_list list;
        fsci_points more;
        FSCI_TRY(fsci_args_pairs_of(args, option, i, a, &list, err));
        const fsci_at at = {list.items, list.n};
        FSCI_TRY(fsci_points_at(a, &nothing, &at, &more, err));
        FSCI_TRY(check_inputs(law, option, &more, err));
        if (!out->inputs) {
            *out = more;
            continue;
        }
        fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, out->n_inputs);
        if (!inputs)
            return fsci_fail_memory(err);
        for (size_t k = 0; k < out->n_inputs; k++) {
            double *x = FSCI_NEW(a, double, out->n + more.n);
            if (!x)
                return fsci_fail_memory(err);
            inputs[k].name = out->inputs[k].name;
            memcpy(x, out->inputs[k].numbers, out->n * sizeof *x);
            memcpy(x + out->n, find_input(&more, inputs[k].name)->numbers, more.n * sizeof *x);
            inputs[k].numbers = x;
        }
        out->inputs = inputs;
        out->n += more.n;
    }
    return FSC_OK;
}

/* The column of a symbol: --map, its name, an alias. */
static fsc_status find_column(const fsc_table *table, const fsci_settings_list *map,
                              const fsci_law_column *about, const fsci_column **column,
                              fsc_error *err)
{
    const char *name = about->name;
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->items[i].name, about->name))
            name = map->items[i].value;
    *column = fsci_table_find(table, name);
    for (size_t i = 0; name == about->name && !*column && i < about->aliases.n; i++)
        *column = fsci_table_find(table, about->aliases.items[i]);
    for (size_t i = 0; name == about->name && !*column && i < about->aliases.n; i++)
        *column = fsci_table_find_words(table, about->aliases.items[i]);
    if (!*column)
        return fsci_table_no_column(table, name, err);
    return (*column)->kind == FSCI_COLUMN_NUMBERS ? FSC_OK
                                                  : fsci_table_not_numbers(table, *column, err);
}

static void warn_of_rows(fsci_arena *a, const fsc_table *table, size_t missing, size_t outside,
                         fsci_json *record)
{
    if (missing)
        fsci_record_warn(a, record, "W-NAN",
                         "%zu row%s of %s with a missing input left out: no run can be trained "
                         "there.",
                         missing, missing == 1 ? "" : "s", fsci_table_name(table));
    if (outside)
        fsci_record_warn(
            a, record, "W-FAILED",
            "%zu row%s of %s outside the law's domain left out. If they stand for runs "
            "to be trained, correct them; the law says nothing of them.",
            outside, outside == 1 ? "" : "s", fsci_table_name(table));
}

/* The rows of a table that have every input inside its domain. */
static fsc_status points_of_table(const fsc_args *args, const fsc_law *law, fsci_arena *a,
                                  const fsc_table *table, fsci_json *record, fsci_points *out,
                                  fsc_error *err)
{
    fsci_settings_list map;
    size_t n = fsci_table_rows(table), n_inputs = 0, missing = 0, outside = 0;
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, law->columns.n);
    bool *bad = FSCI_NEW(a, bool, n), *absent = FSCI_NEW(a, bool, n);
    FSCI_TRY(fsci_args_map(args, a, &map, err));
    if (!inputs || !bad || !absent)
        return fsci_fail_memory(err);
    for (size_t c = 0; c < law->columns.n; c++) {
        const fsci_column *column;
        if (c == law->response)
            continue;
        FSCI_TRY(find_column(table, &map, &law->columns.items[c], &column, err));
        inputs[n_inputs++] =
            (fsci_input_values){.name = law->columns.items[c].name, .numbers = column->numbers};
        for (size_t i = 0; i < n; i++) {
            double x = column->numbers[i];
            absent[i] = absent[i] || isnan(x);
            bad[i] = bad[i] || !fsci_domain_holds(&law->columns.items[c].domain, x);
        }
    }
    for (size_t i = 0; i < n; i++) {
        missing += absent[i];
        outside += bad[i] && !absent[i];
    }
    warn_of_rows(a, table, missing, outside, record);
    *out = (fsci_points){.inputs = inputs, .n_inputs = n_inputs};
    for (size_t k = 0; k < n_inputs; k++) {
        double *x = FSCI_NEW(a, double, n);
        out->n = 0;
        if (!x)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < n; i++)
            if (!bad[i] && !absent[i])
                x[out->n++] = inputs[k].numbers[i];
        inputs[k].numbers = x;
    }
    if (!out->n)
        return fsci_fail(err, FSC_EINPUT,
                         "%s has no row with every input of law %s inside its "
                         "domain",
                         fsci_table_name(table), law->id);
    return FSC_OK;
}

enum { STEPS = 9 }; /* of the grid of candidates by each input */

/* A grid from the smallest to ten times the largest value of every input: below the runs nobody
 * knows that the law holds. */
static fsc_status grid_around(fsci_arena *a, const fsci_points *runs, fsci_points *out,
                              fsc_error *err)
{
    size_t n = 1, period = 1;
    for (size_t k = 0; k < runs->n_inputs && n < 10000; k++)
        n *= STEPS;
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, runs->n_inputs);
    if (!inputs)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < runs->n_inputs; k++) {
        double lo = INFINITY, hi = 0, *x = FSCI_NEW(a, double, n);
        if (!x)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < runs->n; i++) {
            lo = fmin(lo, runs->inputs[k].numbers[i]);
            hi = fmax(hi, runs->inputs[k].numbers[i]);
        }
        for (size_t i = 0; i < n; i++) {
            double t = (double)(i / period % STEPS) / (STEPS - 1);
            x[i] = lo > 0 ? lo * pow(10 * hi / lo, t) : lo + t * (hi - lo);
        }
        inputs[k] = (fsci_input_values){.name = runs->inputs[k].name, .numbers = x};
        period *= STEPS;
    }
    *out = (fsci_points){.inputs = inputs, .n_inputs = runs->n_inputs, .n = n};
    return FSC_OK;
}

static fsc_status read_points(const fsc_args *args, const fsc_law *law, fsci_arena *a,
                              sources *from, fsci_json *inputs, fsci_json *record,
                              fsci_identify_input *in, fsc_error *err)
{
    const char *path = fsci_args_positional(args, 1);
    const char *candidates = fsci_args_text(args, "candidates");
    FSCI_TRY(points_of_option(args, law, "at", a, &in->runs, err));
    if (path && in->runs.n)
        return fsci_fail(err, FSC_EUSAGE, "give the runs as a table or with --at, not both");
    if (!path && !in->runs.n)
        return fsci_fail(err, FSC_EUSAGE,
                         "design needs runs: a TABLE, or --at with every input, as "
                         "--at N=1e8..1e10,D=2e9..2e11");
    if (path) {
        FSCI_TRY(fsci_rows_read(a, args, path, inputs, &from->runs, err));
        FSCI_TRY(points_of_table(args, law, a, from->runs.table, record, &in->runs, err));
    }
    if (candidates) {
        FSCI_TRY(fsci_rows_read(a, args, candidates, inputs, &from->candidates, err));
        return points_of_table(args, law, a, from->candidates.table, record, &in->candidates, err);
    }
    FSCI_TRY(points_of_option(args, law, "add", a, &in->candidates, err));
    return in->candidates.n ? FSC_OK : grid_around(a, &in->runs, &in->candidates, err);
}

/* The published set, with what --fix gives in place of its own. */
static fsc_status read_parameters(const fsc_args *args, const fsc_law *law, fsci_arena *a,
                                  const double **theta, const char **name, fsc_error *err)
{
    const fsci_law_published *set;
    fsci_settings_list list;
    FSCI_TRY(fsci_args_set(args, law, &set, err));
    FSCI_TRY(fsci_args_pairs(args, "fix", a, &list, err));
    double *own = fsci_copy_array(a, set->theta, law->parameters.n, sizeof *own);
    if (!own)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < list.n; i++) {
        size_t k = fsci_law_parameter_index(law, list.items[i].name);
        const char *text = list.items[i].value;
        if (k == SIZE_MAX)
            return fsci_fail(err, FSC_EUSAGE, "--fix: law %s has no parameter '%s'", law->id,
                             list.items[i].name);
        if (!fsci_quantity_read(text, strlen(text), &own[k]))
            return fsci_fail(err, FSC_EUSAGE, "--fix %s=%s is no number", list.items[i].name, text);
    }
    *theta = own;
    *name = set->name;
    return FSC_OK;
}

/* Runs are planned in columns of numbers that stand for one thing each. */
static fsc_status check_columns(const fsc_law *law, fsc_error *err)
{
    for (size_t i = 0; i < law->columns.n; i++) {
        const fsci_law_column *column = &law->columns.items[i];
        if (column->is_category)
            return fsci_fail(err, FSC_EINPUT,
                             "law %s has parameters by level of %s, and runs are planned for one "
                             "level: plan with a law file that has none",
                             law->id, column->name);
        if (fsci_law_index_of(law, column->name))
            return fsci_fail(err, FSC_EINPUT,
                             "law %s sums over a set of columns, %s, in which runs cannot be "
                             "planned; mix finds the best mixture of measured ones",
                             law->id, column->name);
    }
    return FSC_OK;
}

static fsc_status design(const fsc_args *args, const fsc_law *law, sources *from, fsci_json *inputs,
                         fsc_record *record, fsc_error *err)
{
    fsci_arena *a = record->arena;
    const char *set = NULL;
    fsci_identify_input in = {.law = law,
                              .noise = fsci_args_number(args, "noise"),
                              .target = fsci_args_text(args, "target")};
    FSCI_TRY(fsci_args_level(args, &in.level, err));
    if (!isnan(in.noise) && !(in.noise > 0))
        return fsci_fail(err, FSC_EUSAGE, "--noise is the spread of residuals, above 0");
    FSCI_TRY(read_parameters(args, law, a, &in.theta, &set, err));
    FSCI_TRY(check_columns(law, err));
    FSCI_TRY(read_points(args, law, a, from, inputs, record->root, &in, err));
    fsci_json *about = fsci_json_set_object(a, record->root, "law");
    fsci_json_set_string(a, about, "id", law->id);
    fsci_json_set_string(a, about, "formula", law->formula->text);
    fsci_json_set_string(a, record->root, "set", set);
    return fsci_identify_run(a, &in, record->root, err);
}

fsc_status fsci_command_design(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                               fsc_error *err)
{
    fsci_arena *arena = record->arena;
    fsci_catalogue catalogue;
    fsc_law *law;
    sources from = {0};
    record->root = fsci_record_begin(arena, "design");
    fsci_json_set_array(arena, record->root, "warnings");
    fsci_json *inputs = fsci_json_array(arena);
    FSCI_TRY(fsci_ctx_catalogue(ctx, args, arena, &catalogue, err));
    FSCI_TRY(fsci_catalogue_find(&catalogue, fsci_args_positional(args, 0), &law, err));
    fsc_status status = design(args, law, &from, inputs, record, err);
    fsci_rows_free(&from.runs);
    fsci_rows_free(&from.candidates);
    fsci_law_free(law);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
