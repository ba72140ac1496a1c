#include "metric/count_cells.h"

#include "num/special.h"

#include <math.h>
#include <stdlib.h>

static int by_counts(const void *left, const void *right)
{
    const fsci_count_cell *l = left, *r = right;
    if (l->n != r->n)
        return l->n < r->n ? -1 : 1;
    return (l->c > r->c) - (l->c < r->c);
}

fsci_count_cell *fsci_count_cells(const double *n, const double *c, size_t items, size_t *n_cells)
{
    fsci_count_cell *cells = malloc((items ? items : 1) * sizeof *cells);
    if (!cells)
        return NULL;
    for (size_t i = 0; i < items; i++)
        cells[i] = (fsci_count_cell){n[i], c[i], 1};
    qsort(cells, items, sizeof *cells, by_counts);
    *n_cells = 0;
    for (size_t i = 0; i < items; i++)
        if (*n_cells && by_counts(&cells[*n_cells - 1], &cells[i]) == 0)
            cells[*n_cells - 1].weight++;
        else
            cells[(*n_cells)++] = cells[i];
    return cells;
}

double fsci_count_log_constant(const fsci_count_cell *cells, size_t n_cells)
{
    double sum = 0;
    for (size_t i = 0; i < n_cells; i++) {
        double small = fmin(cells[i].c, cells[i].n - cells[i].c);
        sum += cells[i].weight *
               (fsci_log_gamma_ratio(cells[i].n - small + 1, small) - fsci_log_gamma(small + 1));
    }
    return sum;
}
