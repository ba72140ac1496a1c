/* cell: what the text of one cell says. */
#ifndef FSCI_TABLE_CELL_H
#define FSCI_TABLE_CELL_H

#include <stdbool.h>
#include <stddef.h>

/* Empty, NA, N/A, NaN, nan or null, spaces around it ignored. */
bool fsci_cell_missing(const char *text, size_t length);
/* A decimal number that a double can hold, spaces around it ignored. */
bool fsci_cell_number(const char *text, size_t length, double *value);
/* UTF-8 without NUL: what names and levels may be made of, since they end up in JSON. */
bool fsci_cell_is_text(const char *text, size_t length);
/* Why a text cannot name a column, to follow "line N: "; NULL when it can. */
const char *fsci_cell_name_flaw(const char *text, size_t length);
/* How many bytes of a text a message should quote: all, or about 40, ending at a character. */
int fsci_cell_quote(const char *text);
/* Whether what should name a column reads as a formula: "6*N*D", "tokens/params". */
bool fsci_cell_computed(const char *text);
/* What a list of names puts before and after one: a backtick where it has a comma, else nothing. */
const char *fsci_cell_mark(const char *name);

#endif
