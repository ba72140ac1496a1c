/* rows: tables as a command sees them: read, with --let columns added and --where applied. */
#ifndef FSCI_API_ROWS_H
#define FSCI_API_ROWS_H

#include "api/args.h"
#include "expr/expr.h"
#include "fit/model.h"
#include "prepare/prepare.h"
#include "record/json.h"

typedef struct fsci_rows {
    fsc_table *table;      /* owned; free with fsci_rows_free */
    fsc_table *whole;      /* before --where, owned; NULL when nothing was dropped */
    size_t n_read;         /* rows before --where */
    fsci_dropped *dropped; /* one entry per --where that dropped something */
    size_t n_dropped;
    const char **steps; /* operators applied by fsci_rows_prepare */
    size_t n_steps;
    fsci_remark *remarks; /* what they had to say */
    size_t n_remarks;
} fsci_rows;

/* Reads `path` and applies the options; adds {name, sha256, rows} to `inputs` (may be NULL). */
fsc_status fsci_rows_read(fsci_arena *arena, const fsc_args *args, const char *path,
                          fsci_json *inputs, fsci_rows *rows, fsc_error *err);
/* The same from a table that stays the caller's. */
fsc_status fsci_rows_from(fsci_arena *arena, const fsc_args *args, const fsc_table *table,
                          fsci_rows *rows, fsc_error *err);

/* The same from a table that becomes the rows' own; it is freed when this fails. */
fsc_status fsci_rows_own(fsci_arena *arena, const fsc_args *args, fsc_table *table, fsci_rows *rows,
                         fsc_error *err);

/* Makes groups of the numbers in the column of --by, where it is given and has numbers. */
fsc_status fsci_rows_group(const fsc_args *args, fsci_rows *rows, fsc_error *err);
/* Applies --prepare or, without it, the operators of `law` (NULL: none), whose columns are symbols
 * bound by --map, name or alias, and then fsci_rows_group. With --by an operator works on the rows
 * of each level by themselves. An operator is passed over when the table has what it adds. */
fsc_status fsci_rows_prepare(fsci_arena *arena, const fsc_args *args, const fsc_law *law,
                             fsci_rows *rows, fsc_error *err);
/* Adds `prepared` (the operators applied) and their remarks as warnings. */
void fsci_rows_prepared(fsci_arena *arena, const fsci_rows *rows, fsci_json *record);

void fsci_rows_free(fsci_rows *rows);

/* The expression, or condition, that an option gives. */
fsc_status fsci_rows_formula(fsci_arena *arena, const char *option, const char *text,
                             bool condition, fsci_formula **formula, fsc_error *err);
/* The right side of a formula for every row of the scope: values[scope->n_rows]. */
fsc_status fsci_rows_values(fsci_arena *arena, const fsci_formula *formula, const fsci_scope *scope,
                            double *values, fsc_error *err);

/* For every row whether `text` is true: keep[rows]. Missing is not true. `option` names it in
 * messages. */
fsc_status fsci_rows_mask(fsci_arena *arena, const fsc_table *table, const char *option,
                          const char *text, bool *keep, fsc_error *err);
/* The same where columns have other names besides their own: `bound` (names of columns by the names
 * of symbols; NULL: none). A column of the symbol's own name comes first. */
fsc_status fsci_rows_mask_bound(fsci_arena *arena, const fsc_table *table,
                                const fsci_settings_list *bound, const char *option,
                                const char *text, bool *keep, fsc_error *err);

/* Adds `data`: rows read and used, and what each rule dropped. */
void fsci_rows_describe(fsci_arena *arena, const fsci_rows *rows, fsci_json *record);

#endif
