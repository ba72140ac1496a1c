#include "api/subject.h"

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
