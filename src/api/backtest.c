#include "observe/backtest/backtest.h"

#include "api/compare.h"
#include "api/ctx.h"
#include "api/chances.h"
#include "api/methods.h"
#include "api/models.h"
#include "api/provenance.h"
#include "api/study.h"
#include "observe/backtest/overall.h"

#include <string.h>

static fsc_status read_methods(fsci_arena *arena, const fsc_args *args, fsci_backtest_input *in,
                               fsc_error *err)
{
    const char **ids;
    FSCI_TRY(fsci_args_list(args, "methods", arena, &ids, &in->n_methods, err));
    const fsci_method **chosen = FSCI_NEW(arena, const fsci_method *, in->n_methods);
    if (!chosen)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n_methods; i++)
        FSCI_TRY(fsci_method_named(arena, "methods", ids[i], &chosen[i], err));
    in->methods = chosen;
    return FSC_OK;
}

static fsc_status backtest_models(fsci_arena *arena, const fsci_models *models, fsci_json *record,
                                  fsc_error *err)
{
    fsci_observe_input observe;
    fsci_backtest_input input = {.models = &observe};
    const char **splits;
    FSCI_TRY(fsci_models_input(arena, models, &observe, err));
    FSCI_TRY(read_methods(arena, models->args, &input, err));
    FSCI_TRY(fsci_args_list(models->args, "splits", arena, &splits, &input.n_splits, err));
    FSCI_TRY(fsci_chances_read(arena, &observe.chances, &observe.n_chances, err));
    input.splits = splits;
    FSCI_TRY(fsci_backtest_run(arena, &input, record, err));
    fsci_rows_describe(arena, &models->rows, record);
    return FSC_OK;
}

/* ---- studies ---- */

/* "base" of "base/gsm8k_cot". */
static const char *group_of(fsci_arena *arena, const fsci_json *part)
{
    const char *run = fsci_json_get_string(part, "run");
    return fsci_copy_text(arena, run, strcspn(run, "/"));
}

/* The parts of one group (NULL: all). */
static size_t parts_of(fsci_arena *arena, const fsci_json *records, const char *group,
                       const fsci_json **parts)
{
    size_t n = 0;
    FSCI_JSON_EACH (part, records)
        if (!group || !strcmp(group_of(arena, part), group))
            parts[n++] = part;
    return n;
}

/* What all tables say together, and each on its own. */
static fsc_status compare_parts(fsci_arena *arena, const fsc_args *args, fsci_json *root,
                                fsc_error *err)
{
    const fsci_json *records = fsci_json_get(root, "records");
    const fsci_json **parts = FSCI_NEW(arena, const fsci_json *, fsci_json_count(records));
    uint64_t seed = fsci_args_count(args, "seed");
    if (!parts)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (part, records)
        if (strcmp(fsci_json_get_string(part, "kind"), "backtest"))
            return fsci_fail(err, FSC_EINPUT, "run '%s' is no backtest",
                             fsci_json_get_string(part, "run"));
    size_t n = parts_of(arena, records, NULL, parts);
    FSCI_TRY(fsci_backtest_overall(arena, parts, n, seed, root, err));
    fsci_json *groups = fsci_json_set_array(arena, root, "groups");
    const char *last = "";
    FSCI_JSON_EACH (part, records) {
        const char *group = group_of(arena, part);
        if (!group || !strcmp(group, last))
            continue;
        last = group;
        fsci_json *object = fsci_json_push(groups, fsci_json_object(arena));
        fsci_json_set_string(arena, object, "name", group);
        n = parts_of(arena, records, group, parts);
        FSCI_TRY(fsci_backtest_overall(arena, parts, n, seed, object, err));
    }
    return FSC_OK;
}

static fsc_status backtest_study(fsc_ctx *ctx, const fsc_args *args, const char *study,
                                 fsc_record *record, fsc_error *err)
{
    FSCI_TRY(fsci_study_run(ctx, args, study, "arena", record, err));
    return compare_parts(record->arena, args, record->root, err);
}

/* ---- the command ---- */

/* Options that only one of the two kinds of backtest knows what to do with. */
static const char *const of_models[] = {"as",     "append",      "with",   "target", "benchmarks",
                                        "model",  "methods",     "splits", "cutoff", "rank",
                                        "until",  "later",       "scale",  "link",   "loss",
                                        "chance", "hold-family", "items",  "given",  "ceiling"};
static const char *const of_laws[] = {"map",    "holdout", "drop-bad", "residual", "objective",
                                      "trials", "weight",  "prior",    "by",       "share",
                                      "starts", "level",   "law-path", "cluster"};

static fsc_status refuse(const fsc_args *args, const char *const *options, size_t n,
                         const char *why, fsc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (fsc_args_get(args, options[i], 0))
            return fsci_fail(err, FSC_EUSAGE, "--%s %s", options[i], why);
    return FSC_OK;
}

static fsc_status check_options(const fsc_args *args, bool laws, fsc_error *err)
{
    if (laws)
        return refuse(args, of_models, sizeof of_models / sizeof *of_models,
                      "is for the backtest of a table of models; with laws give --holdout EXPR",
                      err);
    return refuse(args, of_laws, sizeof of_laws / sizeof *of_laws,
                  "is for the backtest of laws: backtest LAW... TABLE", err);
}

fsc_status fsci_command_backtest(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                 fsc_error *err)
{
    fsci_arena *arena = record->arena;
    fsci_json *inputs = fsci_json_array(arena);
    const char *study = fsci_args_text(args, "study");
    fsci_models models;
    if (study)
        return backtest_study(ctx, args, study, record, err);
    if (!fsci_args_positional(args, 0))
        return fsci_fail(err, FSC_EUSAGE,
                         "backtest needs a table of models and a --target, or --study NAME");
    FSCI_TRY(check_options(args, fsci_args_positionals(args) > 1, err));
    if (fsci_args_positionals(args) > 1)
        return fsci_compare_laws(ctx, args, "backtest", fsci_law_backtest_run, record, err);
    record->root = fsci_record_begin(arena, "backtest");
    fsci_json_set_array(arena, record->root, "warnings");
    FSCI_TRY(fsci_models_open(arena, args, inputs, record->root, &models, err));
    fsc_status status = backtest_models(arena, &models, record->root, err);
    fsci_models_close(&models);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
