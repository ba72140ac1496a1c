/* paper: the settings of a published analysis (--as), from a file in studies/as/. */
#ifndef FSCI_API_PAPER_H
#define FSCI_API_PAPER_H

#include "api/args.h"
#include "record/json.h"
#include "table/table.h"

/* The options of a run on `table`: those given and, with --as NAME, what that file says for the
 * targets of the run and was not given. A new fsc_args, to be freed by the caller. What was applied
 * is added to `record` as `settings: {as, applied}`. Errors: FSC_EINPUT for a file that is wrong,
 * for a column that it needs and the table lacks, and for targets that need different settings. */
fsc_status fsci_paper_args(fsci_arena *arena, const fsc_args *given, const fsc_table *table,
                           fsci_json *record, fsc_args **args, fsc_error *err);

#endif
