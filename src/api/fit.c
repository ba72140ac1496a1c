#include "api/checks.h"
#include "api/ctx.h"
#include "api/provenance.h"
#include "api/rows.h"
#include "api/source.h"
#include "api/settings.h"
#include "api/subject.h"
#include "fit/asked.h"
#include "fit/check/expectations.h"
#include "fit/figures.h"
#include "fit/check/flat.h"
#include "fit/predict.h"
#include "fit/interval/profile.h"
#include "fit/record.h"

#include <math.h>
#include <string.h>

/* The points asked for by every --at. */
fsc_status fsci_args_at(const fsc_args *args, fsci_arena *arena, fsci_at **at, size_t *n,
                        fsc_error *err)
{
    *n = 0;
    while (fsc_args_get(args, "at", *n))
        ++*n;
    *at = FSCI_NEW(arena, fsci_at, *n);
    if (!*at)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n; i++) {
        fsci_settings_list list;
        FSCI_TRY(fsci_args_pairs_of(args, "at", i, arena, &list, err));
        (*at)[i] = (fsci_at){list.items, list.n};
    }
    return FSC_OK;
}

static fsc_status predict_file(const fsc_args *args, fsci_arena *arena, const fsci_fitted *fitted,
                               const char *path, fsci_json *inputs, fsci_json *rows, fsc_error *err)
{
    fsc_table *table;
    fsci_settings_list map;
    FSCI_TRY(fsci_args_map(args, arena, &map, err));
    const fsci_table_options options = {.hash_comments = fsci_args_flag(args, "comments")};
    FSCI_TRY(fsci_source_table(path, &options, &table, err));
    fsci_source_provenance(arena, path, fsci_table_rows(table), inputs);
    fsc_status status = fsci_predict_table(arena, fitted, &map, table, rows, err);
    fsci_table_free(table);
    return status;
}

/* --interval profile, from the rows that the record keeps. */
static fsc_status profile(const fsc_args *args, fsci_arena *arena, fsci_fitted *fitted,
                          fsci_json *root, fsc_error *err)
{
    double level;
    uint64_t seed;
    if (fitted->method != FSCI_INTERVAL_PROFILE)
        return FSC_OK;
    FSCI_TRY(fsci_args_common(args, &level, &seed, &fitted->threads, err));
    return fsci_profile_parameters(arena, fitted, fitted->threads, root, err);
}

/* --at and --predict, from the record itself: a saved fit answers the same. */
static fsc_status add_answers(const fsc_args *args, fsci_arena *arena, const fsci_fit *fit,
                              fsci_fitted *fitted, fsci_json *root, fsci_json *inputs,
                              fsc_error *err)
{
    fsci_at *at;
    size_t n;
    FSCI_TRY(fsci_args_at(args, arena, &at, &n, err));
    FSCI_TRY(fsci_fitted_read(arena, root, fitted, err));
    FSCI_TRY(profile(args, arena, fitted, root, err));
    fsci_json *derived = fsci_json_set_array(arena, root, "derived");
    fsci_json *rows = fsci_json_set_array(arena, root, "predictions");
    FSCI_TRY(fsci_asked_check(arena, fitted, at, n, root, err));
    FSCI_TRY(fsci_predict_at(arena, fitted, at, n, rows, derived, err));
    FSCI_TRY(fsci_flat_regions(arena, fitted, derived, root, err));
    const char *path = fsci_args_text(args, "predict");
    if (path)
        FSCI_TRY(predict_file(args, arena, fitted, path, inputs, rows, err));
    fsci_predict_warn(arena, fitted, rows, derived, root);
    return fsci_fit_figures(arena, fit, fitted, root, err);
}

/* A law may know that it needs more starts than most. */
static void use_starts_of_law(const fsc_args *args, const fsc_law *law,
                              fsci_search_options *options)
{
    if (!law || law->objective.starts <= 0 || fsci_args_text(args, "starts"))
        return;
    options->scheme = FSCI_STARTS_COUNT;
    options->count = (size_t)law->objective.starts;
}

/* The record of a fit of `subject` to rows that are ready; `work` holds what is needed on the way.
 */
static fsc_status fit_within(const fsc_ctx *ctx, const fsc_args *args, const fsci_subject *subject,
                             const fsci_rows *rows, fsci_arena *work, fsci_json *inputs,
                             fsc_record *record, fsc_error *err)
{
    fsci_arena *arena = record->arena;
    fsci_fit_settings settings;
    fsci_fit fit;
    fsci_fitted fitted;
    fsci_subject grouped;
    fsci_check_inputs named;
    FSCI_TRY(fsci_args_settings(args, work, &settings, err));
    FSCI_TRY(fsci_check_inputs_read(work, args, rows->table, &named, err));
    use_starts_of_law(args, subject->law, &settings.search);
    FSCI_TRY(fsci_args_grouped(args, work, subject, rows->table, &settings, &grouped, err));
    FSCI_TRY(fsci_fit_run(work, &grouped, rows->table, &settings, &fit, err));
    FSCI_TRY(fsci_expectations_refuse(work, &fit, err));
    const fsci_fit_context context = {.rows_read = rows->n_read,
                                      .dropped = rows->dropped,
                                      .n_dropped = rows->n_dropped,
                                      .settings = &settings};
    FSCI_TRY(fsci_fit_record(arena, &fit, &context, record->root, err));
    FSCI_TRY(add_answers(args, arena, &fit, &fitted, record->root, inputs, err));
    FSCI_TRY(fsci_fit_checks(ctx, arena, args, &fit, &fitted, &settings, rows, named.family,
                             record->root, err));
    fsci_rows_prepared(arena, rows, record->root);
    fsci_provenance_add(arena, args, inputs, record->root);
    return fsci_fit_checklist(arena, args, named.answers, record->root, err);
}

static fsc_status fit_rows(const fsc_ctx *ctx, const fsc_args *args, const fsci_subject *subject,
                           const fsci_rows *rows, fsci_json *inputs, fsc_record *record,
                           fsc_error *err)
{
    fsci_arena *work = fsci_arena_new();
    fsc_status status = work ? fit_within(ctx, args, subject, rows, work, inputs, record, err)
                             : fsci_fail_memory(err);
    fsci_arena_free(work);
    return status;
}

fsc_status fsci_command_fit(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    fsci_arena *arena = record->arena;
    fsci_subject subject;
    fsc_law *law;
    fsci_rows rows;
    record->root = fsci_record_begin(arena, "fit");
    fsci_json *inputs = fsci_json_array(arena);
    FSCI_TRY(
        fsci_subject_find(ctx, args, fsci_args_positional(args, 0), arena, &subject, &law, err));
    fsc_status status =
        fsci_rows_read(arena, args, fsci_args_positional(args, 1), inputs, &rows, err);
    if (status == FSC_OK) {
        status = fsci_rows_prepare(arena, args, law, &rows, err);
        if (status == FSC_OK)
            status = fit_rows(ctx, args, &subject, &rows, inputs, record, err);
        fsci_rows_free(&rows);
    }
    fsci_law_free(law);
    return status;
}

fsc_status fsc_fit_run(fsc_ctx *ctx, const fsc_law *law, const fsc_table *table,
                       const char *options, fsc_record **fit, fsc_error *err)
{
    *fit = NULL;
    fsc_args *args;
    fsci_rows rows;
    FSCI_TRY(fsc_args_new("fit", &args, err));
    fsc_status status = options ? fsc_args_json(args, options, err) : FSC_OK;
    if (status == FSC_OK)
        status = fsci_record_new(fit, err);
    if (status == FSC_OK)
        status = fsci_rows_from((*fit)->arena, args, table, &rows, err);
    if (status == FSC_OK) {
        fsci_subject subject = {.law = law, .formula = law->formula};
        fsci_arena *arena = (*fit)->arena;
        (*fit)->root = fsci_record_begin(arena, "fit");
        status = fsci_rows_prepare(arena, args, law, &rows, err);
        if (status == FSC_OK)
            status = fit_rows(ctx, args, &subject, &rows, fsci_json_array(arena), *fit, err);
        fsci_rows_free(&rows);
    }
    fsc_args_free(args);
    if (status != FSC_OK) {
        fsc_record_free(*fit);
        *fit = NULL;
    }
    return status;
}
