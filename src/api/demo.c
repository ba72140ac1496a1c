/* demo: the main job on the tables inside the library, so that it runs anywhere. */
#include "api/ctx.h"
#include "api/provenance.h"

#include <string.h>

/* A command as a user would type it; demonstrations are these and nothing cleverer. */
static const struct {
    const char *command, *options;
} jobs[] = {
    {"observe",
     "{\"target\": \"gsm8k_cot\", \"cutoff\": \"flops <= 8.4e22\", \"link\": \"sigmoid_floor\","
     " \"with\": \"data/obs-scaling/post_training.csv\","
     " \"benchmarks\": \"mmlu,arc_c,hellaswag,winogrande,truthfulqa,xwinograd,humaneval\"}"},
    {"fit", "{\"where\": \"kept_240 == 1\", \"bootstrap\": 1000, \"at\": \"C=5.76e23\"}"},
};

static const char *const tables[] = {"data/obs-scaling/models.csv",
                                     "data/chinchilla-epoch/runs.csv"};

/* What the demonstration was asked goes on to each of its jobs. */
static fsc_status pass_on(const fsc_args *from, fsc_args *to, fsc_error *err)
{
    static const char *const shared[] = {"level", "seed", "threads"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        const char *value = fsc_args_get(from, shared[i], 0);
        if (value)
            FSCI_TRY(fsc_args_set(to, shared[i], value, err));
    }
    return FSC_OK;
}

static fsc_status run_job(fsc_ctx *ctx, const fsc_args *outer, size_t job, fsc_record *record,
                          fsc_error *err)
{
    fsc_args *args;
    fsc_record *part = NULL;
    FSCI_TRY(fsc_args_new(jobs[job].command, &args, err));
    fsc_status status =
        !strcmp(jobs[job].command, "fit") ? fsc_args_add(args, "chinchilla", err) : FSC_OK;
    if (status == FSC_OK)
        status = fsc_args_add(args, tables[job], err);
    if (status == FSC_OK)
        status = fsc_args_json(args, jobs[job].options, err);
    if (status == FSC_OK)
        status = pass_on(outer, args, err);
    if (status == FSC_OK)
        status = fsc_run(ctx, args, &part, err);
    if (status == FSC_OK) {
        fsci_json *list = (fsci_json *)fsci_json_get(record->root, "records");
        if (!fsci_json_push(list, fsci_json_copy(record->arena, part->root)))
            status = fsci_fail_memory(err);
    }
    fsc_record_free(part);
    fsc_args_free(args);
    return status;
}

fsc_status fsci_command_demo(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    record->root = fsci_record_begin(record->arena, "demo");
    fsci_json_set_array(record->arena, record->root, "records");
    for (size_t job = 0; job < sizeof jobs / sizeof *jobs; job++)
        FSCI_TRY(run_job(ctx, args, job, record, err));
    fsci_json_set_array(record->arena, record->root, "warnings");
    fsci_provenance_add(record->arena, args, fsci_json_array(record->arena), record->root);
    return FSC_OK;
}
