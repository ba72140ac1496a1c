#include "observe/observe.h"

#include "api/chances.h"
#include "api/ctx.h"
#include "api/methods.h"
#include "api/models.h"
#include "api/past.h"
#include "api/provenance.h"
#include "api/study.h"
#include "observe/backtest/overall.h"
#include "observe/method.h"

/* Adds `split`: how rows were divided, by which option, in its own words. */
static fsc_status describe_split(fsci_arena *arena, const fsc_args *args, fsci_json *record,
                                 fsc_error *err)
{
    static const char *const ways[] = {"cutoff", "rank", "hold-family", "until"};
    const char *by = NULL, *rule = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *text;
        if (by && fsc_args_get(args, ways[i], 0))
            return fsci_fail(err, FSC_EUSAGE,
                             "--%s and --%s are two ways to choose the training models; keep one",
                             by, ways[i]);
        for (size_t v = 0; (text = fsc_args_get(args, ways[i], v)); v++) {
            by = ways[i];
            rule = rule ? fsci_format(arena, "%s, %s", rule, text) : text;
        }
    }
    fsci_json *split = fsci_json_set_object(arena, record, "split");
    fsci_json_set_string(arena, split, "by", by ? by : "none");
    fsci_json_set_string(arena, split, "rule", rule);
    fsci_json_set_string(arena, split, "later", fsci_args_text(args, "later"));
    return FSC_OK;
}

/* The method asked for; the default where neither predictors nor a published analysis are. */
static fsc_status choose_method(fsci_arena *arena, const fsc_args *args, fsci_observe_input *input,
                                fsc_error *err)
{
    static const char *const others[] = {"predictors", "as", "given", "aue"};
    input->method = fsci_args_text(args, "method");
    const fsci_method *named;
    if (input->method)
        FSCI_TRY(fsci_method_named(arena, "method", input->method, &named, err));
    bool other = input->method != NULL;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        other = other || fsc_args_get(args, others[i], 0);
    if (!other)
        input->method = fsci_default_method();
    return FSC_OK;
}

static fsc_status observe_models(fsci_arena *arena, const fsci_models *models, fsci_json *record,
                                 fsc_error *err)
{
    fsci_observe_input input;
    FSCI_TRY(describe_split(arena, models->args, record, err));
    FSCI_TRY(fsci_models_input(arena, models, &input, err));
    FSCI_TRY(fsci_chances_read(arena, &input.chances, &input.n_chances, err));
    FSCI_TRY(choose_method(arena, models->args, &input, err));
    FSCI_TRY(fsci_past_read(arena, input.method, &input.past, &input.n_past, err));
    FSCI_TRY(fsci_observe_run(arena, &input, record, err));
    fsci_rows_describe(arena, &models->rows, record);
    return FSC_OK;
}

fsc_status fsci_command_observe(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                fsc_error *err)
{
    fsci_arena *arena = record->arena;
    fsci_json *inputs = fsci_json_array(arena);
    const char *study = fsci_args_text(args, "study");
    fsci_models models;
    if (study)
        return fsci_study_run(ctx, args, study, "study", record, err);
    if (!fsci_args_positional(args, 0))
        return fsci_fail(err, FSC_EUSAGE, "observe needs a table of models, or --study NAME");
    record->root = fsci_record_begin(arena, "observation");
    fsci_json_set_array(arena, record->root, "warnings");
    FSCI_TRY(fsci_models_open(arena, args, inputs, record->root, &models, err));
    fsc_status status = observe_models(arena, &models, record->root, err);
    fsci_models_close(&models);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
