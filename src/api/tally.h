/* tally: samples and successes per group and item while rows go by. A row costs no search when the
 * rows come in the order of items and groups that they came in before, as they mostly do. When they
 * do not, memory is what they wait for, so that of rows to come is asked for ahead. */
#ifndef FSCI_API_TALLY_H
#define FSCI_API_TALLY_H

#include "metric/draws.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fsci_tally_cell {
    double n, c;
    uint32_t group, item, cluster;
    uint32_t next; /* the cell that followed this one the last time */
    fsci_stop_rule stop;
} fsci_tally_cell;

typedef struct fsci_tally {
    fsci_tally_cell *cells; /* [n], in order of appearance */
    size_t n, room;
    uint32_t *slots; /* 1 + cell number; open addressing, at most half full */
    size_t n_slots;
    uint32_t last;
    unsigned luck, asked; /* guesses worth making before the order counts as lost; finds so far */
} fsci_tally;

/* The cell of group and item, made with n = c = 0 when there is none; valid until the next call.
 * NULL when out of memory. */
fsci_tally_cell *fsci_tally_find(fsci_tally *tally, uint32_t group, uint32_t item);
/* Says that a cell will be looked for in some sixteen finds, and in some eight. */
void fsci_tally_far(const fsci_tally *tally, uint32_t group, uint32_t item);
void fsci_tally_near(const fsci_tally *tally, uint32_t group, uint32_t item);
/* Whether that is worth saying. */
static inline bool fsci_tally_lost(const fsci_tally *tally)
{
    return tally->luck == 0 && tally->n_slots;
}
void fsci_tally_free(fsci_tally *tally);

#endif
