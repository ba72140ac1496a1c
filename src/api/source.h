/* source: where tables come from: files, standard input, and the tables bundled in the library,
 * which are found by their path "data/..." wherever no such file exists. */
#ifndef FSCI_API_SOURCE_H
#define FSCI_API_SOURCE_H

#include "base/file.h"
#include "record/json.h"
#include "table/table.h"

fsc_status fsci_source_table(const char *path, const fsci_table_options *options, fsc_table **table,
                             fsc_error *err);

/* The bytes of a table, for who reads them more than once. */
typedef struct fsci_source_bytes {
    const char *name; /* for messages; decides the format */
    fsci_input input;
    bool inside; /* bundled: not to be closed */
} fsci_source_bytes;
fsc_status fsci_source_bytes_open(const char *path, fsci_source_bytes *source, fsc_error *err);
void fsci_source_bytes_close(fsci_source_bytes *source);

/* Adds {name, sha256, rows} of an input to the array `inputs`; standard input has no hash. */
void fsci_source_provenance(fsci_arena *arena, const char *path, size_t rows, fsci_json *inputs);

/* Sets `sha256` of a text. */
void fsci_source_text_hash(fsci_arena *arena, const char *text, size_t length, fsci_json *object);

/* The one other CSV table in the folder of `path` with columns `key` and `column`: its path, or
 * NULL when there is none. Public scores come as several files with one key; a target that the
 * named files lack is looked for beside the first. FSC_EINPUT when several have it. */
fsc_status fsci_source_beside(fsci_arena *arena, const char *path, const char *key,
                              const char *column, const char **found, fsc_error *err);

#endif
