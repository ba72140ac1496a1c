#include "api/ctx.h"
#include "api/provenance.h"
#include "api/rows.h"
#include "api/settings.h"
#include "api/subject.h"
#include "base/number.h"
#include "fit/check/expectations.h"
#include "fit/record.h"
#include "fit/scale.h"
#include "plan/mixture.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

enum { USUAL_REFITS = 400 };

/* One run of the command. Tables and law are kept until the record is made. */
typedef struct mixing {
    fsci_arena *arena;
    const fsc_args *args;
    fsci_subject subject;
    fsc_law *law;
    fsci_rows rows;
    fsci_fit_settings settings;
    const fsci_column *by; /* NULL: one law for all rows */
    fsci_mixture_part *parts;
    uint32_t *level; /* [n] of `by`, of each part */
    size_t n;
} mixing;

/* ---- limits ---- */

/* NAME=SHARE, or NAME=TOKENS of `total`. */
static fsc_status read_limits(const mixing *m, const char *option, double total,
                              fsci_mixture_limit *out, size_t *n, fsc_error *err)
{
    fsci_settings_list list;
    FSCI_TRY(fsci_args_pairs(m->args, option, m->arena, &list, err));
    for (size_t i = 0; i < list.n; i++) {
        const char *text = list.items[i].value;
        double value;
        if (!fsci_quantity_read(text, strlen(text), &value) || !(value >= 0) || !isfinite(value))
            return fsci_fail(err, FSC_EUSAGE, "--%s %s=%s: give a number from 0 on, as %s", option,
                             list.items[i].name, text, total == 1 ? "0.2" : "50B");
        if (total == 1 && value > 1)
            return fsci_fail(err, FSC_EUSAGE,
                             "--%s %s=%s: a share is at most 1; percent, or tokens (--available)?",
                             option, list.items[i].name, text);
        out[(*n)++] = (fsci_mixture_limit){list.items[i].name, fmin(value / total, 1)};
    }
    return FSC_OK;
}

static size_t count_pairs(const mixing *m, const char *option)
{
    size_t n = 0;
    for (size_t i = 0; fsc_args_get(m->args, option, i); i++)
        for (const char *c = fsc_args_get(m->args, option, i); c; c = strchr(c + 1, ','))
            n++;
    return n;
}

static fsc_status read_all_limits(const mixing *m, fsci_mixture_input *in, fsc_error *err)
{
    const char *text = fsci_args_text(m->args, "tokens");
    double tokens = NAN;
    if (text &&
        (!fsci_quantity_read(text, strlen(text), &tokens) || !(tokens > 0) || !isfinite(tokens)))
        return fsci_fail(err, FSC_EUSAGE, "--tokens %s: give the tokens to train on, as 1T", text);
    bool available = fsc_args_get(m->args, "available", 0) != NULL;
    if (available != (text != NULL))
        return fsci_fail(err, FSC_EUSAGE,
                         "--available and --tokens go together: a domain's share is at most its "
                         "available tokens over all tokens trained on");
    fsci_mixture_limit *floors = FSCI_NEW(m->arena, fsci_mixture_limit, count_pairs(m, "floor"));
    fsci_mixture_limit *caps =
        FSCI_NEW(m->arena, fsci_mixture_limit, count_pairs(m, "cap") + count_pairs(m, "available"));
    if (!floors || !caps)
        return fsci_fail_memory(err);
    FSCI_TRY(read_limits(m, "floor", 1, floors, &in->n_floors, err));
    FSCI_TRY(read_limits(m, "cap", 1, caps, &in->n_caps, err));
    if (available)
        FSCI_TRY(read_limits(m, "available", tokens, caps, &in->n_caps, err));
    in->floors = floors;
    in->caps = caps;
    return FSC_OK;
}

/* ---- the laws ---- */

static fsc_status read_settings(mixing *m, fsc_error *err)
{
    FSCI_TRY(fsci_args_settings(m->args, m->arena, &m->settings, err));
    m->settings.interval = FSCI_INTERVAL_PERCENTILE;
    if (!m->settings.bootstrap)
        m->settings.bootstrap = USUAL_REFITS;
    return FSC_OK;
}

/* The weight of a level: the one value of the column in its rows. */
static fsc_status weight_of(const mixing *m, const char *name, const bool *keep, double *weight,
                            fsc_error *err)
{
    const char *option = fsci_args_text(m->args, "weights");
    const fsc_table *table = m->rows.table;
    const fsci_column *column = option ? fsci_table_find(table, option) : NULL;
    *weight = option ? NAN : 1;
    if (!option)
        return FSC_OK;
    if (!column)
        return fsci_table_no_column(table, option, err);
    if (column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(table, column, err);
    for (size_t i = 0; i < fsci_table_rows(table); i++) {
        double own = column->numbers[i];
        if (!keep[i])
            continue;
        if (!(own >= 0) || (!isnan(*weight) && own != *weight))
            return fsci_fail_row(
                err, FSC_EINPUT, (int64_t)i,
                "%s, line %lld: column %s must hold one weight from 0 on for each %s, found "
                "%s%s",
                fsci_table_name(table), (long long)fsci_table_line(table, i), option, m->by->name,
                isnan(own) ? "none" : fsci_brief(m->arena, own, 4),
                isnan(*weight) ? ""
                               : fsci_format(m->arena, " where %s had %s", name,
                                             fsci_brief(m->arena, *weight, 4)));
        *weight = own;
    }
    return FSC_OK;
}

static void keep_level(const mixing *m, uint32_t level, bool *keep)
{
    for (size_t i = 0; i < fsci_table_rows(m->rows.table); i++)
        keep[i] = m->by->codes[i] == level;
}

/* A failure of one level is told with its name. */
static fsc_status blame(const char *by, const char *level, fsc_status status, fsc_error *err)
{
    if (status != FSC_EINPUT || !err)
        return status;
    fsc_error inner = *err;
    return fsci_fail(err, status, "%s %s: %.800s", by, level, inner.message);
}

/* A law per level of --by whose weight is not 0, else one: names and weights. */
static fsc_status list_levels(mixing *m, fsc_error *err)
{
    const fsc_table *table = m->rows.table;
    bool *keep = FSCI_NEW(m->arena, bool, fsci_table_rows(table));
    double sum = 0, weight;
    if (!keep)
        return fsci_fail_memory(err);
    for (uint32_t level = 0; level < m->by->n_levels; level++) {
        const char *name = m->by->levels[level];
        keep_level(m, level, keep);
        FSCI_TRY(weight_of(m, name, keep, &weight, err));
        sum += weight;
        if (!(weight > 0))
            continue;
        m->level[m->n] = level;
        m->parts[m->n++] = (fsci_mixture_part){.name = name, .weight = weight};
    }
    if (!(sum > 0))
        return fsci_fail(err, FSC_EINPUT, "%s: all weights are 0", fsci_table_name(table));
    for (size_t k = 0; k < m->n; k++)
        m->parts[k].weight /= sum;
    return FSC_OK;
}

static fsc_status list_parts(mixing *m, fsc_error *err)
{
    const char *by = fsci_args_text(m->args, "by");
    if (!by && fsci_args_text(m->args, "weights"))
        return fsci_fail(err, FSC_EUSAGE, "--weights needs --by COLUMN: the weights of what?");
    m->by = by ? fsci_table_find(m->rows.table, by) : NULL;
    if (by && !m->by)
        return fsci_table_no_column(m->rows.table, by, err);
    m->parts = FSCI_NEW(m->arena, fsci_mixture_part, by ? m->by->n_levels : 1);
    m->level = FSCI_NEW(m->arena, uint32_t, by ? m->by->n_levels : 1);
    if (!m->parts || !m->level)
        return fsci_fail_memory(err);
    if (by)
        return list_levels(m, err);
    m->parts[m->n++] = (fsci_mixture_part){.weight = 1};
    return FSC_OK;
}

/* A step for each law, with the settings of its rows; failures name their level. */
typedef fsc_status part_step(mixing *m, const fsci_fit_settings *settings, fsci_mixture_part *part,
                             fsc_error *err);

static fsc_status for_each_part(mixing *m, part_step *step, fsc_error *err)
{
    for (size_t k = 0; k < m->n; k++) {
        fsci_fit_settings *settings = FSCI_NEW(m->arena, fsci_fit_settings, 1);
        bool *keep = m->by ? FSCI_NEW(m->arena, bool, fsci_table_rows(m->rows.table)) : NULL;
        if (!settings || (m->by && !keep))
            return fsci_fail_memory(err);
        if (m->by)
            keep_level(m, m->level[k], keep);
        *settings = m->settings;
        settings->keep = keep;
        fsc_status status = step(m, settings, &m->parts[k], err);
        FSCI_TRY(m->by ? blame(m->by->name, m->parts[k].name, status, err) : status);
    }
    return FSC_OK;
}

static fsc_status bind_part(mixing *m, const fsci_fit_settings *settings, fsci_mixture_part *part,
                            fsc_error *err)
{
    fsci_fit *fit = FSCI_NEW(m->arena, fsci_fit, 1);
    if (!fit)
        return fsci_fail_memory(err);
    part->fit = fit;
    return fsci_model_new(m->arena, &m->subject, m->rows.table, settings, &fit->model, err);
}

/* What cannot be mixed is refused before the laws are fitted, and refitted hundreds of times. */
static fsc_status check_parts(const mixing *m, const fsci_mixture_input *in, fsc_error *err)
{
    mixing trial = *m;
    fsci_mixture_input input = *in;
    trial.arena = fsci_arena_new();
    trial.parts =
        trial.arena ? fsci_copy_array(trial.arena, m->parts, m->n, sizeof *m->parts) : NULL;
    fsc_status status = trial.parts ? for_each_part(&trial, bind_part, err) : fsci_fail_memory(err);
    input.parts = trial.parts;
    if (status == FSC_OK)
        status = fsci_mixture_check(trial.arena, &input, err);
    fsci_arena_free(trial.arena);
    return status;
}

static fsc_status fit_part(mixing *m, const fsci_fit_settings *settings, fsci_mixture_part *part,
                           fsc_error *err)
{
    fsci_arena *a = m->arena;
    fsci_fit *fit = FSCI_NEW(a, fsci_fit, 1);
    fsci_fitted *fitted = FSCI_NEW(a, fsci_fitted, 1);
    fsci_json *record = fsci_record_begin(a, "fit");
    if (!fit || !fitted)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_fit_run(a, &m->subject, m->rows.table, settings, fit, err));
    FSCI_TRY(fsci_expectations_refuse(a, fit, err));
    const fsci_fit_context context = {.rows_read = fit->model.n, .settings = settings};
    FSCI_TRY(fsci_fit_record(a, fit, &context, record, err));
    fsci_expectations_warn(a, fit, record);
    part->fit = fit;
    part->fitted = fitted;
    return fsci_fitted_read(a, record, fitted, err);
}

/* ---- the record ---- */

/* Each code once: how many laws it is about, and what one of them says. */
static void collect_warnings(const mixing *m, fsci_json *record)
{
    fsci_arena *a = m->arena;
    fsci_json *seen = fsci_json_object(a), *first = fsci_json_object(a);
    for (size_t k = 0; k < m->n; k++) {
        fsci_json *own = fsci_json_object(a); /* codes of this law */
        FSCI_JSON_EACH (w, fsci_json_get(m->parts[k].fitted->record, "warnings")) {
            const char *code = fsci_json_get_string(w, "code");
            double before = fsci_json_get_number(seen, code);
            if (fsci_json_get(own, code))
                continue;
            fsci_json_set_bool(a, own, code, true);
            fsci_json_set_number(a, seen, code, isnan(before) ? 1 : before + 1);
            const char *message = fsci_json_get_string(w, "message");
            if (isnan(before))
                fsci_json_set_string(a, first, code,
                                     m->by ? fsci_format(a, "%s: %s", m->parts[k].name, message)
                                           : message);
        }
    }
    FSCI_JSON_EACH (item, first)
        fsci_record_warn(
            a, record, item->key, "%s%s",
            m->by ? fsci_format(a, "in %s of %zu laws; ",
                                fsci_briefly(fsci_json_get_number(seen, item->key), 6).text, m->n)
                  : "",
            item->string);
}

static void describe(const mixing *m, fsci_json *record)
{
    fsci_arena *a = m->arena;
    const fsci_json *fit = m->parts[0].fitted->record, *law = fsci_json_get(fit, "law");
    fsci_json_set(a, record, "law", fsci_json_copy(a, law));
    fsci_json_set(a, record, "objective", fsci_json_copy(a, fsci_json_get(fit, "objective")));
    fsci_json_set_string(a, record, "response", m->parts[0].fitted->response);
    fsci_json_set_string(a, record, "unit", m->parts[0].fitted->response_unit);
    fsci_json_set_string(a, record, "by", m->by ? m->by->name : NULL);
    fsci_json_set_string(a, record, "weights", fsci_args_text(m->args, "weights"));
    fsci_json_set(a, record, "intervals", fsci_json_copy(a, fsci_json_get(fit, "intervals")));
}

static fsc_status find_mixture(mixing *m, fsc_record *record, fsc_error *err)
{
    fsci_mixture_input in = {0};
    fsci_at *at;
    size_t n_at;
    FSCI_TRY(read_all_limits(m, &in, err));
    FSCI_TRY(fsci_args_at(m->args, m->arena, &at, &n_at, err));
    if (n_at > 1)
        return fsci_fail(err, FSC_EUSAGE, "give one --at: a mixture is best at one point");
    FSCI_TRY(read_settings(m, err));
    FSCI_TRY(list_parts(m, err));
    in.parts = m->parts;
    in.n_parts = m->n;
    in.at = n_at ? at : NULL;
    in.rest = fsci_args_text(m->args, "rest");
    in.within = fsci_args_flag(m->args, "within");
    in.level = m->settings.level;
    in.threads = m->settings.search.threads;
    FSCI_TRY(check_parts(m, &in, err));
    FSCI_TRY(for_each_part(m, fit_part, err));
    describe(m, record->root);
    fsci_rows_describe(m->arena, &m->rows, record->root);
    collect_warnings(m, record->root);
    return fsci_mixture_run(m->arena, &in, record->root, err);
}

fsc_status fsci_command_mix(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    fsci_arena *arena = record->arena;
    mixing m = {.arena = arena, .args = args};
    fsci_json *inputs = fsci_json_array(arena);
    record->root = fsci_record_begin(arena, "mixture");
    fsci_json_set_array(arena, record->root, "warnings");
    FSCI_TRY(fsci_subject_find(ctx, args, fsci_args_positional(args, 0), arena, &m.subject, &m.law,
                               err));
    fsc_status status =
        fsci_rows_read(arena, args, fsci_args_positional(args, 1), inputs, &m.rows, err);
    if (status == FSC_OK) {
        status = fsci_rows_prepare(arena, args, m.law, &m.rows, err);
        if (status == FSC_OK)
            status = find_mixture(&m, record, err);
        fsci_rows_prepared(arena, &m.rows, record->root);
        fsci_rows_free(&m.rows);
    }
    fsci_law_free(m.law);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
