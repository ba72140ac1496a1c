/* set: the columns that a sum over a set takes one after the other: x_j of sum_j(t_j*x_j). */
#ifndef FSCI_FIT_SET_H
#define FSCI_FIT_SET_H

#include "fit/curve.h"
#include "fit/settings.h"
#include "table/table.h"

typedef struct fsci_set {
    const fsci_column **columns;
    const char **names; /* of the columns */
    size_t n;           /* 0: the table has none */
    bool numbered;      /* x_1, x_2, ...: found by number, not by name */
} fsci_set;

/* Those that --map gives to the symbol, in its order (a * in a name stands for any text, and the
 * columns are then in the order of the table), else x_1, x_2, … as far as they go. FSC_EINPUT: a
 * name that is no column, text. */
fsc_status fsci_set_find(fsci_arena *arena, const fsc_table *table, const fsci_settings_list *map,
                         const char *symbol, fsci_set *set, fsc_error *err);

/* The same for an input of a fit: the columns it was fitted to, or as many numbered ones as the
 * table has. */
fsc_status fsci_set_of_fit(fsci_arena *arena, const fsci_fitted *fitted, const fsc_table *table,
                           const fsci_settings_list *map, const char *input, fsci_set *set,
                           fsc_error *err);

/* Whether the input of a fit is a set. */
bool fsci_set_is(const fsci_fitted *fitted, const char *input);
/* Which member of an input a name means: SIZE_MAX for none. */
size_t fsci_set_member(const fsci_fitted *fitted, const char *input, const char *name);

/* "x_1..x_12", or the names joined. NULL when out of memory. */
const char *fsci_set_text(fsci_arena *arena, const fsci_set *set);
/* [n columns * n] the values at rows [n], NULL for all, column by column. */
double *fsci_set_values(fsci_arena *arena, const fsci_set *set, const size_t *row, size_t n);

#endif
