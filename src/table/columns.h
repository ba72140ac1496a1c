/* columns: typed columns that grow row by row while a file is read.
 *
 * A column is numbers until a cell is neither a number nor missing. When nothing but missing cells
 * came before, it is categories from there on; otherwise the spelling of earlier numbers is gone,
 * and the column waits (FSCI_CELLS_SKIPPED) for a second pass over the same text. */
#ifndef FSCI_TABLE_COLUMNS_H
#define FSCI_TABLE_COLUMNS_H

#include "table/levels.h"
#include "table/parts.h"

typedef enum fsci_cells {
    FSCI_CELLS_NUMBERS,
    FSCI_CELLS_CATEGORIES,
    FSCI_CELLS_SKIPPED
} fsci_cells;

typedef struct fsci_growing {
    fsci_cells cells;
    bool either; /* in a stream: categories when its first cell is no number */
    union {
        void *block; /* room for `room` doubles */
        double *numbers;
        uint32_t *codes;
    };
    fsci_levels levels;
    size_t n_missing;
    const char *odd_text; /* NULL while all cells were numbers */
    int64_t odd_line;
    size_t last_set; /* for readers of named cells: 1 + the last row it was given a cell in */
} fsci_growing;

/* Rows that are handed over in batches and forgotten (stream.c). */
typedef struct fsci_stream {
    size_t batch;   /* rows of one */
    int64_t *lines; /* [batch] */
    size_t n_rows;  /* handed over so far */
    /* What a new column holds; may set *either. */
    fsci_cells (*choose)(struct fsci_stream *stream, const char *name, bool *either);
    fsc_status (*flush)(struct fsci_stream *stream, fsc_error *err); /* the rows there are */
} fsci_stream;

typedef struct fsci_columns {
    fsc_table *table;    /* to be; gives the name, the arena and the lines */
    fsci_stream *stream; /* NULL when a whole table is read */
    fsci_levels names;
    fsci_growing *items; /* [names.n] */
    size_t items_room;
    size_t n_rows, room; /* the row being read is number n_rows */
    bool again;          /* the second pass */
} fsci_columns;

fsc_status fsci_columns_open(fsci_columns *columns, const char *file, fsc_error *err);
void fsci_columns_close(fsci_columns *columns);

/* A further column of a new name without flaw, missing in all rows so far; false when out of
 * memory. */
bool fsci_columns_add(fsci_columns *columns, const char *name, size_t length);

bool fsci_columns_grow(fsci_columns *columns);
/* Room for the row about to be read; false when out of memory. */
static inline bool fsci_columns_reserve(fsci_columns *columns)
{
    return columns->n_rows < columns->room || fsci_columns_grow(columns);
}

/* The cell of column i in the present row. */
fsc_status fsci_columns_cell(fsci_columns *columns, size_t i, const char *text, size_t length,
                             int64_t line, fsc_error *err);
/* Forgets the first n cells of the present row, which is then read anew. */
void fsci_columns_forget(fsci_columns *columns, size_t n);
fsc_status fsci_columns_end_batch(fsci_columns *columns, fsc_error *err);
/* Ends the present row, which began on `line`. */
static inline fsc_status fsci_columns_end_row(fsci_columns *columns, int64_t line, fsc_error *err)
{
    if (columns->stream) {
        columns->stream->lines[columns->n_rows++] = line;
        return columns->n_rows < columns->stream->batch ? FSC_OK
                                                        : fsci_columns_end_batch(columns, err);
    }
    columns->n_rows++;
    if (columns->again || fsci_lines_add(&columns->table->lines, line))
        return FSC_OK;
    return fsci_fail_memory(err);
}

/* True when some column waits: it is set up to take categories, all others to take nothing. */
bool fsci_columns_again(fsci_columns *columns);
/* Hands the table over; the columns are then to be closed. */
fsc_status fsci_columns_finish(fsci_columns *columns, fsc_table **table, fsc_error *err);

#endif
