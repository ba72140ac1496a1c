/* table: a file of rows to typed columns. Knows no formula and no statistics: other rooms hand it
 * masks and arrays.
 *
 * A column is numbers (NaN where missing) when every cell is a decimal number or missing, and
 * categories otherwise (codes into levels in order of appearance, FSCI_MISSING_CODE where missing).
 * That depends on the cells of the column and nothing else, before and after rows are taken or
 * joined. Missing cells: empty, NA, N/A, NaN, nan, null. Spaces around a number or a missing cell
 * are ignored; the text of a category is kept as it is. A number is the double nearest to its
 * decimal; what no double holds, as 1e400, is text. */
#ifndef FSCI_TABLE_TABLE_H
#define FSCI_TABLE_TABLE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"

#define FSCI_MISSING_CODE UINT32_MAX

typedef enum fsci_column_kind { FSCI_COLUMN_NUMBERS, FSCI_COLUMN_CATEGORIES } fsci_column_kind;

typedef struct fsci_column {
    const char *name;
    const char *origin; /* the file it came from: the other one's name after a join */
    fsci_column_kind kind;
    const double *numbers;     /* [n_rows] for NUMBERS, else NULL */
    const uint32_t *codes;     /* [n_rows] for CATEGORIES, else NULL */
    const char *const *levels; /* [n_levels] */
    size_t n_levels;
    size_t n_missing;
    size_t n_numeric; /* cells that are numbers */
    /* Why the column is categories: the first cell that is no number, and its line in `origin`.
     * NULL and 0 in a column of numbers. */
    const char *odd_text;
    int64_t odd_line;
    bool stays; /* of categories in whatever is taken from it, also where all of that is numbers */
    bool made;  /* of numbers, by fsci_table_make_categories: what is taken from it stays so */
} fsci_column;

typedef struct fsc_table fsc_table;

typedef struct fsci_table_options {
    char separator;     /* 0: tab if the header has one, else , or ; as splits it more */
    bool hash_comments; /* skip lines that start with # (default off) */
    const char *table;  /* which one of an SQLite database; NULL: the only one */
} fsci_table_options;

/* Reads CSV (RFC 4180), TSV, ;-separated and JSONL (.jsonl, .ndjson), each also packed by gzip, and
 * a table or view of an SQLite database; "-" is standard input, named so in messages. Without one
 * of these extensions, text that begins with { is JSONL. `options` may be NULL.
 *
 * Separated text: a header and at least one row; lines end in LF, CRLF or CR; blank lines are
 * skipped, in a table of one column too, where a missing cell is written as "" or NA. JSONL: one
 * flat object a line; a member not seen before adds a column, an absent one is missing; strings
 * count as cells of text, so "7" is a number; true and false are text.
 *
 * FSC_EINPUT, naming the file and the line, for whatever is malformed: a row with more or fewer
 * cells than the header, a quote that is not closed, a name given twice or empty, text that is not
 * UTF-8, a nested value in JSONL; and for Parquet, Arrow, spreadsheets and other known formats,
 * with what to do instead. The file is not held in memory: beside the columns there is less than a
 * quarter of slack while reading, none after. */
fsc_status fsci_table_read(const char *path, const fsci_table_options *options, fsc_table **table,
                           fsc_error *err);
/* The same from memory; `name` is used in messages and decides the format. */
fsc_status fsci_table_parse(const char *name, const char *data, size_t length,
                            const fsci_table_options *options, fsc_table **table, fsc_error *err);
void fsci_table_free(fsc_table *table);

/* A table as it passes by: rows too many to keep are handed over batch by batch. A column is of the
 * kind that `choose` gives its name, whatever its cells are: in a column of numbers other text is
 * FSC_EINPUT. */
typedef enum fsci_want {
    FSCI_WANT_NOTHING,
    FSCI_WANT_NUMBERS,
    FSCI_WANT_KEYS,
    FSCI_WANT_EITHER /* keys when the first cell that is not missing is no number, else numbers */
} fsci_want;

typedef struct fsci_batch_column {
    const char *name;
    const double *numbers; /* [n_rows], NaN where missing; NULL for keys */
    const uint32_t *codes; /* [n_rows], FSCI_MISSING_CODE where missing; they stay the same from one
                            * batch to the next */
    size_t n_levels;       /* so far */
    const struct fsci_level *levels; /* texts of the codes, table/levels.h; live until the end */
} fsci_batch_column;

typedef struct fsci_batch {
    size_t n_rows, n_columns; /* columns that were wanted, in order of the file */
    const fsci_batch_column *columns;
    const int64_t *lines; /* [n_rows] of the file */
} fsci_batch;

typedef struct fsci_stream_reader {
    void *context;
    fsci_want (*choose)(void *context, const char *name);
    fsc_status (*take)(void *context, const fsci_batch *batch, fsc_error *err);
    void (*done)(void *context); /* before the texts are freed, on failure too; may be NULL */
} fsci_stream_reader;

/* Memory: one batch, the distinct keys, and of a mapped input no more than a few megabytes at a
 * time. `name` as in fsci_table_parse; *n_rows (may be NULL) counts them. */
fsc_status fsci_table_stream(const char *name, const fsci_input *input,
                             const fsci_table_options *options, const fsci_stream_reader *reader,
                             size_t *n_rows, fsc_error *err);

const char *fsci_table_name(const fsc_table *table);
size_t fsci_table_rows(const fsc_table *table);
size_t fsci_table_columns(const fsc_table *table);
const fsci_column *fsci_table_column(const fsc_table *table, size_t index);
const fsci_column *fsci_table_find(const fsc_table *table, const char *name); /* NULL when absent */
/* Line of the file that row came from (rows keep their origin through take and join). */
int64_t fsci_table_line(const fsc_table *table, size_t row);

/* "runs.csv has no column 'parms'; did you mean 'params'? (columns: …)" */
fsc_status fsci_table_no_column(const fsc_table *table, const char *name, fsc_error *err);
/* "runs.csv, line 17, column loss: 'abc' is not a number (239 other cells are numbers); …": why a
 * column of categories is no column of numbers, and what to do. */
fsc_status fsci_table_not_numbers(const fsc_table *table, const fsci_column *column,
                                  fsc_error *err);

/* A column of categories that was meant as numbers: some cell is one, or it begins like one, as
 * "50%" does. */
bool fsci_table_nearly_numbers(const fsci_column *column);

/* The rows where keep[row], in order, perhaps none: what reading a file of just those rows would
 * give. A new table; the old one stays valid and unchanged. */
fsc_status fsci_table_take(const fsc_table *table, const bool *keep, fsc_table **out,
                           fsc_error *err);
/* The rows listed, each of them as often as it is. */
fsc_status fsci_table_take_listed(const fsc_table *table, const size_t *rows, size_t n,
                                  fsc_table **out, fsc_error *err);
/* Adds a column of numbers [n_rows], copied, in place. FSC_EINPUT when the name exists. */
fsc_status fsci_table_add_numbers(fsc_table *table, const char *name, const double *numbers,
                                  fsc_error *err);
/* New values [n_rows], copied, for a column of numbers; adds one when there is none of that name.
 * FSC_EINPUT when it is a column of categories. */
fsc_status fsci_table_set_numbers(fsc_table *table, const char *name, const double *numbers,
                                  fsc_error *err);
/* Makes categories of a column of numbers: a level for each number that occurs, in rising order,
 * written as short as it reads back. A column of categories is left as it is. FSC_EINPUT when there
 * is no such column, or it has more than `most` different numbers. */
fsc_status fsci_table_make_categories(fsc_table *table, const char *name, size_t most,
                                      fsc_error *err);
/* The column as categories for who groups rows by it, any number of them: itself, or made in the
 * arena of its numbers, which the table keeps. FSC_EINPUT when there is no such column. */
fsc_status fsci_table_as_categories(fsci_arena *arena, const fsc_table *table, const char *name,
                                    const fsci_column **categories, fsc_error *err);
/* Columns of categories stay so in whatever rows are taken, also where those are numbers. */
void fsci_table_keep_kinds(fsc_table *table);
/* Rows of `left`, in order, with the columns of the row of `right` that has the same `key`; a row
 * without one is dropped, or kept with missing cells (keep_unmatched). Missing keys match nothing.
 * A column that both have is kept once when it says the same in every matched row. A new table.
 * FSC_EINPUT when a key occurs twice in `right`, when a shared column differs, when no row matches,
 * when the keys are numbers in one and text in the other. */
fsc_status fsci_table_join(const fsc_table *left, const fsc_table *right, const char *key,
                           bool keep_unmatched, fsc_table **out, fsc_error *err);
/* The rows of `top`, then those of `bottom`: columns of both by name, a column of one alone missing
 * in the rows of the other. Lines are those of each row's own file. A new table. FSC_EINPUT when a
 * column is numbers in one and text in the other. */
fsc_status fsci_table_stack(const fsc_table *top, const fsc_table *bottom, fsc_table **out,
                            fsc_error *err);

#endif
