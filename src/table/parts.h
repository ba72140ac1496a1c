/* parts: what a table is made of, for the files of this room. */
#ifndef FSCI_TABLE_PARTS_H
#define FSCI_TABLE_PARTS_H

#include "base/arena.h"
#include "table/lines.h"
#include "table/table.h"

/* Names and level texts live in the arena; `numbers`, `codes` and `levels` of a column are malloc'd
 * and owned by the table. */
struct fsc_table {
    fsci_arena *arena;
    const char *name;
    fsci_column *columns;
    size_t n_columns, room;
    size_t n_rows;
    fsci_lines lines;
};

fsc_table *fsci_table_new(const char *name); /* without rows or columns; NULL: out of memory */
/* Takes the column's blocks, also on failure; its texts are copied. FSC_ENOMEM. */
fsc_status fsci_table_append(fsc_table *table, fsci_column column, fsc_error *err);

/* Appends to `to` the column `from` of `source` at rows[0..to->n_rows) (SIZE_MAX: missing), as if a
 * file of just those rows had been read: the levels left are in order of appearance, and when all
 * of them are numbers so is the column. */
fsc_status fsci_table_gather(const fsc_table *source, const fsci_column *from, const size_t *rows,
                             fsc_table *to, fsc_error *err);

#endif
