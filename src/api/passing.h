/* passing: the rows of a table too long to keep, as a command sees them: they go by in batches with
 * --let columns added and --where applied. What one batch cannot decide, say a column that is
 * numbers only in the rows that are left, is left to the whole table, which is then read. */
#ifndef FSCI_API_PASSING_H
#define FSCI_API_PASSING_H

#include "api/args.h"
#include "record/json.h"
#include "table/table.h"

typedef struct fsci_passing {
    fsci_stream_reader reader;      /* of the rows that are left */
    void (*restart)(void *context); /* what was taken does not count; all comes again */
} fsci_passing;

/* Adds {name, sha256, rows} to `inputs` and `data` to the record; *n_read counts rows before
 * --where. */
fsc_status fsci_passing_read(fsci_arena *arena, const fsc_args *args, const char *path,
                             const fsci_passing *to, fsci_json *inputs, fsci_json *record,
                             size_t *n_read, fsc_error *err);

#endif
