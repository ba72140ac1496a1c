/* clusters: rows that belong together (one run, one family, one base model) and are not independent
 * of each other. */
#ifndef FSCI_FIT_CLUSTERS_H
#define FSCI_FIT_CLUSTERS_H

#include "fit/model.h"

typedef struct fsci_clusters {
    const char *column;  /* NULL when every row stands for itself */
    uint32_t *of;        /* [rows of the model] */
    size_t n;            /* clusters */
    size_t *first, *row; /* rows of cluster c: row[first[c]] to row[first[c + 1] - 1] */
} fsci_clusters;

/* The values of a column as clusters; `column` NULL gives none. FSC_EINPUT: no such column, a row
 * without a value, one cluster only, or no more clusters than free parameters. */
fsc_status fsci_clusters_find(fsci_arena *arena, const fsci_model *model, const char *column,
                              fsci_clusters *clusters, fsc_error *err);

/* A column that by its name says which rows belong together, with at least two rows a value on
 * average among the rows of the model; NULL when there is none. *n is how many values it has. */
const char *fsci_clusters_obvious(fsci_arena *arena, const fsci_model *model, size_t *n);

#endif
