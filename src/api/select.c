#include "plan/select.h"

#include "api/ctx.h"
#include "api/models.h"
#include "api/provenance.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_PCS = 3, DEFAULT_FAMILIES = 10 };

static int choice(const char *text, const char *const *words)
{
    int i = 0;
    while (words[i] && strcmp(words[i], text))
        i++;
    return i;
}

/* All values of an option that repeats. */
static fsc_status read_names(fsci_arena *arena, const fsc_args *args, const char *option,
                             const char *const **names, size_t *n, fsc_error *err)
{
    *n = 0;
    while (fsc_args_get(args, option, *n))
        ++*n;
    const char **list = FSCI_NEW(arena, const char *, *n);
    if (!list)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n; i++)
        list[i] = fsc_args_get(args, option, i);
    *names = list;
    return FSC_OK;
}

static fsc_status check_target(const fsci_select_input *in, fsc_error *err)
{
    bool glm = in->criterion == FSCI_SELECT_GLM;
    if (glm && in->observe.n_targets != 1)
        return fsci_fail(err, FSC_EUSAGE,
                         "--criterion glm needs one --target: the column whose curve the models "
                         "are to determine");
    if (!glm && in->observe.n_targets)
        return fsci_fail(err, FSC_EUSAGE, "--target only guides --criterion glm");
    return FSC_OK;
}

static fsc_status read_by(const fsc_args *args, bool *by_model, fsc_error *err)
{
    const char *by = fsci_args_text(args, "by");
    *by_model = by && !strcmp(by, "model");
    if (by && !*by_model && strcmp(by, "family"))
        return fsci_fail(err, FSC_EUSAGE, "--by is one of family|model, not '%s'", by);
    return FSC_OK;
}

static fsc_status read_options(fsci_arena *arena, const fsc_args *args, fsci_select_input *in,
                               fsc_error *err)
{
    static const char *const criteria[] = {"V", "D", "A", "E", "glm", NULL};
    static const char *const missing[] = {"impute", "drop", "stop", NULL};
    bool limited = fsc_args_get(args, "max-families", 0) != NULL;
    in->criterion = (fsci_select_criterion)choice(fsci_args_text(args, "criterion"), criteria);
    in->missing = (fsci_missing)choice(fsci_args_text(args, "missing"), missing);
    FSCI_TRY(read_by(args, &in->by_model, err));
    in->cost = fsci_args_text(args, "cost");
    in->budget = fsci_args_number(args, "budget");
    in->most_families = limited ? fsci_args_count(args, "max-families") : DEFAULT_FAMILIES;
    if (!in->observe.pcs)
        in->observe.pcs = DEFAULT_PCS;
    if (!(in->budget >= 0))
        return fsci_fail(err, FSC_EUSAGE,
                         "select needs --budget N: how many models to evaluate, or what they may "
                         "cost");
    if (limited && in->by_model)
        return fsci_fail(err, FSC_EUSAGE, "--max-families limits families; choose --by family");
    FSCI_TRY(read_names(arena, args, "include", &in->include, &in->n_include, err));
    FSCI_TRY(read_names(arena, args, "exclude", &in->exclude, &in->n_exclude, err));
    return check_target(in, err);
}

fsc_status fsci_command_select(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                               fsc_error *err)
{
    (void)ctx;
    fsci_arena *arena = record->arena;
    fsci_json *inputs = fsci_json_array(arena);
    fsci_select_input input = {0};
    fsci_models models;
    record->root = fsci_record_begin(arena, "selection");
    fsci_json_set_array(arena, record->root, "warnings");
    FSCI_TRY(fsci_models_open(arena, args, inputs, record->root, &models, err));
    fsc_status status = fsci_models_input(arena, &models, &input.observe, err);
    if (status == FSC_OK)
        status = read_options(arena, models.args, &input, err);
    if (status == FSC_OK)
        status = fsci_select_run(arena, &input, record->root, err);
    if (status == FSC_OK)
        fsci_rows_describe(arena, &models.rows, record->root);
    fsci_models_close(&models);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
