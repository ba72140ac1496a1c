#include "api/ctx.h"

#include <string.h>
#include <sys/stat.h>

/* `help` is the client's own: it shows the tables, not a record. */
static const struct {
    const char *name;
    fsci_command_fn *run;
} runners[] = {
    {"metric", fsci_command_metric},     {"demo", fsci_command_demo},
    {"fit", fsci_command_fit},           {"predict", fsci_command_predict},
    {"observe", fsci_command_observe},   {"select", fsci_command_select},
    {"laws", fsci_command_laws},         {"sim", fsci_command_sim},
    {"expr", fsci_command_expr},         {"data", fsci_command_data},
    {"backtest", fsci_command_backtest}, {"table", fsci_command_table},
    {"design", fsci_command_design},     {"compare", fsci_command_compare},
    {"mix", fsci_command_mix},
};

static fsc_status check_positionals(const fsc_args *args, fsc_error *err)
{
    const fsc_command *command = fsci_args_command(args);
    if (fsci_args_positionals(args) < (size_t)command->least)
        return fsci_fail(err, FSC_EUSAGE, "too few arguments; usage: forescale %s",
                         command->synopsis);
    return FSC_OK;
}

fsc_status fsc_run(fsc_ctx *ctx, const fsc_args *args, fsc_record **record, fsc_error *err)
{
    *record = NULL;
    FSCI_TRY(check_positionals(args, err));
    const char *name = fsci_args_command(args)->name;
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
        if (strcmp(runners[i].name, name))
            continue;
        FSCI_TRY(fsci_record_new(record, err));
        fsc_status status = runners[i].run(ctx, args, *record, err);
        if (status == FSC_OK && fsci_arena_failed((*record)->arena))
            status = fsci_fail_memory(err);
        if (status != FSC_OK) {
            fsc_record_free(*record);
            *record = NULL;
        }
        return status;
    }
    return fsci_fail(err, FSC_EUSAGE, "'%s' makes no record", name);
}

fsc_status fsci_ctx_catalogue(const fsc_ctx *ctx, const fsc_args *args, fsci_arena *arena,
                              fsci_catalogue *catalogue, fsc_error *err)
{
    size_t n = 1, used = 0;
    for (const char *c = ctx->laws; c && *c; c++)
        n += *c == ':';
    while (args && fsc_args_get(args, "law-path", used))
        used++;
    const char **folders = FSCI_NEW(arena, const char *, n + used);
    if (!folders)
        return fsci_fail_memory(err);
    *catalogue = (fsci_catalogue){.directories = folders};
    for (size_t i = 0; i < used; i++) {
        const char *folder = fsc_args_get(args, "law-path", i);
        struct stat about;
        if (stat(folder, &about) != 0 || !S_ISDIR(about.st_mode))
            return fsci_fail(err, FSC_EINPUT, "--law-path %s: there is no such folder", folder);
        folders[catalogue->n_directories++] = folder;
    }
    for (const char *c = ctx->laws; c && *c;) {
        size_t length = strcspn(c, ":");
        if (length && !(folders[catalogue->n_directories++] = fsci_copy_text(arena, c, length)))
            return fsci_fail_memory(err);
        c += length + (c[length] == ':');
    }
    return FSC_OK;
}
