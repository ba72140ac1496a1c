/* demo: a study (studies/demo.yaml) whose records are shown in full, one after the other. */
#include "api/study.h"

fsc_status fsci_command_demo(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    return fsci_study_run(ctx, args, "demo", "demo", record, err);
}
