/* items: how many items a score is the mean of, from the bundled table and --items. */
#ifndef FSCI_API_ITEMS_H
#define FSCI_API_ITEMS_H

#include "api/args.h"
#include "observe/observe.h"

/* What --items says comes first. Errors: FSC_EUSAGE for a count that is not one or more; FSC_EINPUT
 * when a table of that path is not like ours; FSC_ENOMEM. */
fsc_status fsci_items_read(fsci_arena *arena, const fsc_args *args, fsci_items *items,
                           fsc_error *err);

#endif
