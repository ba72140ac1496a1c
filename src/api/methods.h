/* methods: forecasting methods as options name them. */
#ifndef FSCI_API_METHODS_H
#define FSCI_API_METHODS_H

#include "base/arena.h"
#include "observe/method.h"

/* The method of this id; FSC_EUSAGE, with the nearest or all of them, when `option` names none. */
fsc_status fsci_method_named(fsci_arena *arena, const char *option, const char *id,
                             const fsci_method **method, fsc_error *err);

#endif
