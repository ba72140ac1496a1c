/* readers: one function for each way of writing rows as text. Each moves along the source to its
 * end and puts what it finds into the columns; on a second pass over the same source it finds the
 * names again where they are. */
#ifndef FSCI_TABLE_READERS_H
#define FSCI_TABLE_READERS_H

#include "table/columns.h"
#include "table/source.h"

fsc_status fsci_csv_read(fsci_source *source, const fsci_table_options *options,
                         fsci_columns *columns, fsc_error *err);
fsc_status fsci_jsonl_read(fsci_source *source, fsci_columns *columns, fsc_error *err);
/* The rows of a table or view of an SQLite database in memory; `which` NULL: the only one. Rows
 * count as lines. */
bool fsci_is_sqlite(const char *data, size_t length);
fsc_status fsci_sqlite_read(const char *name, const char *which, const char *data, size_t length,
                            fsci_columns *columns, fsc_error *err);
/* Opens `name` with `data` and reads it into columns that are open. */
fsc_status fsci_read_text(const char *name, const char *data, size_t length,
                          const fsci_table_options *options, fsci_source *source,
                          fsci_columns *columns, fsc_error *err);

#endif
