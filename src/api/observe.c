#include "observe/observe.h"

#include "api/ctx.h"
#include "api/models.h"
#include "api/provenance.h"

fsc_status fsci_command_observe(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                fsc_error *err)
{
    (void)ctx;
    fsci_arena *arena = record->arena;
    fsci_json *inputs = fsci_json_array(arena);
    fsci_observe_input input;
    fsci_models models;
    record->root = fsci_record_begin(arena, "observation");
    fsci_json_set_array(arena, record->root, "warnings");
    FSCI_TRY(fsci_models_describe_split(arena, args, record->root, err));
    FSCI_TRY(fsci_models_open(arena, args, inputs, &models, err));
    fsc_status status = fsci_models_input(arena, args, &models, &input, err);
    if (status == FSC_OK)
        status = fsci_observe_run(arena, &input, record->root, err);
    if (status == FSC_OK)
        fsci_rows_describe(arena, &models.rows, record->root);
    fsci_models_close(&models);
    if (status == FSC_OK)
        fsci_provenance_add(arena, args, inputs, record->root);
    return status;
}
