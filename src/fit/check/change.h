/* change: the list of changes that the sensitivity table tries. */
#ifndef FSCI_FIT_CHANGE_H
#define FSCI_FIT_CHANGE_H

#include "fit/check/sensitivity.h"

typedef struct fsci_changes {
    fsci_variant *items;
    size_t n;
} fsci_changes;

/* Every change that applies to this fit, not yet fitted. */
fsc_status fsci_changes_find(fsci_arena *arena, const fsci_sensitivity_input *input,
                             fsci_changes *changes, fsc_error *err);

#endif
