/* view: what a page says, before it is decided whether it is a terminal's or a browser's. A kind of
 * record builds one view; text.c and html.c draw any view. All strings are UTF-8 and need not be
 * safe: whoever draws makes them so. Builders never fail; the arena says at the end if memory did.
 */
#ifndef FSCI_REPORT_VIEW_H
#define FSCI_REPORT_VIEW_H

#include "base/arena.h"

#include <stddef.h>

typedef enum fsci_align {
    FSCI_LEFT,
    FSCI_RIGHT,
    FSCI_POINT, /* on the decimal point */
    FSCI_WRAP,  /* left, and wrapped when the terminal is narrow */
    FSCI_ASIDE, /* the same, but left out where little room is left for it; at most one of a grid */
    FSCI_PAGE   /* the same, for pages and wide terminals only */
} fsci_align;

typedef struct fsci_column {
    const char *title;
    fsci_align align;
} fsci_column;

typedef struct fsci_grid_row {
    const char **cells; /* n_columns; NULL is an empty cell */
    struct fsci_grid_row *next;
} fsci_grid_row;

typedef struct fsci_grid {
    const char *caption; /* shown where the first column's title does not say it already */
    const fsci_column *columns;
    size_t n_columns, n_rows;
    fsci_grid_row *first, *last;
} fsci_grid;

typedef enum fsci_block_kind {
    FSCI_TITLE,    /* lead: name, text: formula or subject, aside: how much data */
    FSCI_HEADING,  /* of the blocks that follow */
    FSCI_ANSWER,   /* the sentence the reader came for */
    FSCI_SENTENCE, /* anything else */
    FSCI_ITEM,     /* lead: what, text: about it; neighbours share one column of leads */
    FSCI_WARNING,  /* lead: code */
    FSCI_LISTING,  /* text as it is, line by line */
    FSCI_LINE,     /* lead and text as compilers write them: "file:line:column: text" */
    FSCI_FOOT,     /* as an item, but for terminals only: a page has its provenance in full */
    FSCI_GRID,
    FSCI_FIGURES /* where the figures go in a page that has them */
} fsci_block_kind;

typedef struct fsci_block {
    fsci_block_kind kind;
    const char *lead, *text, *aside;
    fsci_grid *grid;
    struct fsci_block *next;
} fsci_block;

typedef struct fsci_view {
    fsci_arena *arena;
    fsci_block *first, *last;
} fsci_view;

/* Strings are borrowed for the life of the view; `text` NULL adds nothing. */
fsci_block *fsci_view_add(fsci_view *view, fsci_block_kind kind, const char *lead,
                          const char *text);
/* columns[n] are copied. */
fsci_grid *fsci_view_grid(fsci_view *view, const char *caption, const fsci_column *columns,
                          size_t n);
#define FSCI_VIEW_GRID(view, caption, columns)                                                     \
    fsci_view_grid((view), (caption), (columns), sizeof(columns) / sizeof *(columns))
/* cells[n_columns], copied as pointers. */
void fsci_grid_add(fsci_view *view, fsci_grid *grid, const char *const *cells);
/* The grid without the columns in which every cell is empty; NULL when out of memory. */
const fsci_grid *fsci_grid_pruned(fsci_arena *arena, const fsci_grid *grid);
/* The same without column `leave_out` too. */
const fsci_grid *fsci_grid_without(fsci_arena *arena, const fsci_grid *grid, size_t leave_out);

/* Joins a list in a sentence: appends `separator` and `piece` to `list` (NULL for none yet). */
const char *fsci_joined(fsci_arena *arena, const char *list, const char *separator,
                        const char *piece);

#endif
