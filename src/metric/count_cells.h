/* count_cells: items as cells of equal counts, so that likelihoods sum each pair (n, c) once. */
#ifndef FSCI_METRIC_COUNT_CELLS_H
#define FSCI_METRIC_COUNT_CELLS_H

#include <stddef.h>

typedef struct fsci_count_cell {
    double n, c, weight; /* weight: items that have them */
} fsci_count_cell;

/* Ascending by n, then c; the caller frees them. NULL when out of memory. */
fsci_count_cell *fsci_count_cells(const double *n, const double *c, size_t items, size_t *n_cells);
/* Sum over items of ln C(n, c). */
double fsci_count_log_constant(const fsci_count_cell *cells, size_t n_cells);

#endif
