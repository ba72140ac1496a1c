/* table: a file of rows to typed columns. Knows no formula and no statistics: other rooms hand it
 * masks and arrays.
 *
 * A column is numbers (NaN where missing) or categories (codes into levels in order of appearance,
 * FSCI_MISSING_CODE where missing). Missing cells: empty, NA, NaN, null, N/A. */
#ifndef FSCI_TABLE_TABLE_H
#define FSCI_TABLE_TABLE_H

#include "base/error.h"

#define FSCI_MISSING_CODE UINT32_MAX

typedef enum fsci_column_kind { FSCI_COLUMN_NUMBERS, FSCI_COLUMN_CATEGORIES } fsci_column_kind;

typedef struct fsci_column {
    const char *name;
    fsci_column_kind kind;
    const double *numbers;     /* [n_rows] for NUMBERS, else NULL */
    const uint32_t *codes;     /* [n_rows] for CATEGORIES, else NULL */
    const char *const *levels; /* [n_levels] */
    size_t n_levels;
    size_t n_missing;
    /* Why the column is categories: the first cell that is no number, its file line and its text,
     * and how many cells were numbers. odd_text is NULL in a column of numbers. */
    const char *odd_text;
    int64_t odd_line;
    size_t n_numeric;
} fsci_column;

typedef struct fsc_table fsc_table;

typedef struct fsci_table_options {
    char separator;     /* 0: decided from the name and the header line (, ; tab) */
    bool hash_comments; /* skip lines that start with # (default off) */
} fsci_table_options;

/* Reads CSV, TSV, ;-separated, JSONL (.jsonl, .ndjson), each also .gz; "-" is standard input (CSV
 * or JSONL, by its first byte). Parquet, Arrow, spreadsheets are refused with what to do instead.
 * FSC_EINPUT with file, line (and column of text) for every malformed input. */
fsc_status fsci_table_read(const char *path, const fsci_table_options *options, fsc_table **table,
                           fsc_error *err);
/* The same from memory; `name` is used in messages and decides the format. */
fsc_status fsci_table_parse(const char *name, const char *data, size_t length,
                            const fsci_table_options *options, fsc_table **table, fsc_error *err);
void fsci_table_free(fsc_table *table);

const char *fsci_table_name(const fsc_table *table);
size_t fsci_table_rows(const fsc_table *table);
size_t fsci_table_columns(const fsc_table *table);
const fsci_column *fsci_table_column(const fsc_table *table, size_t index);
const fsci_column *fsci_table_find(const fsc_table *table, const char *name); /* NULL when absent */
/* Line of the file that row came from (rows keep their origin through take and join). */
int64_t fsci_table_line(const fsc_table *table, size_t row);

/* "runs.csv has no column 'parms'; did you mean 'params'? (columns: …)" */
fsc_status fsci_table_no_column(const fsc_table *table, const char *name, fsc_error *err);
/* "runs.csv, line 17, column loss: 'abc' is not a number (239 other cells are); …" */
fsc_status fsci_table_not_numbers(const fsc_table *table, const fsci_column *column,
                                  fsc_error *err);

/* New tables; the old one stays valid and unchanged. Names that exist already: FSC_EINPUT. */
fsc_status fsci_table_take(const fsc_table *table, const bool *keep, fsc_table **out,
                           fsc_error *err);
fsc_status fsci_table_add_numbers(fsc_table *table, const char *name, const double *numbers,
                                  fsc_error *err); /* copies; in place */
fsc_status fsci_table_join(const fsc_table *left, const fsc_table *right, const char *key,
                           bool keep_unmatched, fsc_table **out, fsc_error *err);

#endif
