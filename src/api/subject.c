#include "api/subject.h"

#include "fit/grouped.h"

#include <string.h>

/* What holds an equals sign or an operator that no id or path has is a formula. */
static bool is_formula(const char *text)
{
    size_t length = strlen(text);
    bool is_file = length > 5 && !strcmp(text + length - 5, ".yaml");
    return !is_file && strpbrk(text, "=+*^()`") != NULL;
}

fsc_status fsci_subject_find(fsc_ctx *ctx, const fsc_args *args, const char *text,
                             fsci_arena *arena, fsci_subject *subject, fsc_law **law,
                             fsc_error *err)
{
    *subject = (fsci_subject){0};
    *law = NULL;
    if (is_formula(text)) {
        fsci_formula *formula;
        FSCI_TRY(fsci_formula_parse(arena, "formula", 1, 1, text, &formula, err));
        subject->formula = formula;
        return FSC_OK;
    }
    fsci_catalogue catalogue;
    FSCI_TRY(fsci_ctx_catalogue(ctx, args, arena, &catalogue, err));
    FSCI_TRY(fsci_catalogue_find(&catalogue, text, law, err));
    *subject = (fsci_subject){.law = *law, .formula = (*law)->formula};
    return FSC_OK;
}

fsc_status fsci_args_grouped(const fsc_args *args, fsci_arena *arena, const fsci_subject *plain,
                             const fsc_table *table, const fsci_fit_settings *settings,
                             fsci_subject *out, fsc_error *err)
{
    fsci_grouping grouping = {.column = fsci_args_text(args, "by")};
    const char **shared;
    *out = *plain;
    FSCI_TRY(fsci_args_list(args, "share", arena, &shared, &grouping.n_shared, err));
    grouping.shared = shared;
    if (!grouping.column && grouping.n_shared)
        return fsci_fail(err, FSC_EUSAGE, "--share needs --by COLUMN: the same at which levels?");
    return grouping.column
               ? fsci_grouped_subject(arena, plain, table, settings, &grouping, out, err)
               : FSC_OK;
}
