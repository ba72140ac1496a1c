#include "api/subject.h"

#include "base/buffer.h"

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

fsc_status fsci_subject_set(const fsc_args *args, const fsc_law *law,
                            const fsci_law_published **set, fsc_error *err)
{
    const char *names[32], *name = fsci_args_text(args, "set");
    size_t n = law->published.n < 32 ? law->published.n : 32;
    if (!law->published.n)
        return fsci_fail(err, FSC_EINPUT,
                         "law %s has no published set of parameters to evaluate; fit it first",
                         law->id);
    *set = law->published.items;
    if (!name || (*set = fsci_law_published_find(law, name)))
        return FSC_OK;
    fsci_buffer list = {0};
    for (size_t i = 0; i < n; i++) {
        names[i] = law->published.items[i].name;
        fsci_buffer_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = fsci_nearest(name, names, n);
    fsc_status status = fsci_fail(err, FSC_EINPUT, "law %s has no published set '%s'%s%s%s (%s)",
                                  law->id, name, near ? "; did you mean '" : "", near ? near : "",
                                  near ? "'?" : "", list.data ? list.data : "");
    fsci_buffer_free(&list);
    return status;
}
