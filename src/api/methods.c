#include "api/methods.h"

fsc_status fsci_method_named(fsci_arena *arena, const char *option, const char *id,
                             const fsci_method **method, fsc_error *err)
{
    size_t n;
    const fsci_method *all = fsci_methods(&n);
    const char *list, **known = FSCI_NEW(arena, const char *, n);
    *method = fsci_method_find(id);
    if (*method)
        return FSC_OK;
    for (size_t i = 0; known && i < n; i++)
        known[i] = all[i].id;
    if (!known || !(list = fsci_join(arena, known, n, ", ")))
        return fsci_fail_memory(err);
    const char *near = fsci_nearest(id, known, n);
    if (near)
        return fsci_fail(err, FSC_EUSAGE, "--%s: there is no method '%s'; did you mean '%s'?",
                         option, id, near);
    return fsci_fail(err, FSC_EUSAGE, "--%s: there is no method '%s'; there are %s", option, id,
                     list);
}
