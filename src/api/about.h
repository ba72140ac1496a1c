/* about: what the README.md of a bundled dataset says: its title, its first paragraph (what the
 * tables are, their source and its licence), and the rows of its tables of columns. */
#ifndef FSCI_API_ABOUT_H
#define FSCI_API_ABOUT_H

#include "base/arena.h"
#include "base/embedded.h"

typedef struct fsci_about {
    const char *title, *summary; /* one line each; NULL when there is none */
    const char *text;            /* the whole, NUL-terminated */
} fsci_about;

/* README.md of data/NAME. Lives in `arena`. */
fsci_about fsci_about_read(fsci_arena *arena, const char *name);
/* What the README says of a column; both NULL when it says nothing. */
void fsci_about_column(fsci_arena *arena, const fsci_about *about, const char *column,
                       const char **meaning, const char **unit);

#endif
