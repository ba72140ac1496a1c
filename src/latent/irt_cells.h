/* irt_cells: the loops of an item-response fit whose cost grows with the cells. */
#ifndef FSCI_LATENT_IRT_CELLS_H
#define FSCI_LATENT_IRT_CELLS_H

#include "latent/irt.h"

enum { FSCI_IRT_MOST_NODES = 31 };

/* Cells of one row (a model) or one column (an item), one behind the other. */
typedef struct fsci_cells_by {
    size_t *first;   /* [n + 1] */
    uint32_t *other; /* [cells] the item, or the model */
    float *right, *trials;
} fsci_cells_by;

/* Sorted by key[cells] into n groups, `other` beside; stable. False: no memory. */
bool fsci_cells_sort(const fsci_responses *r, const uint32_t *key, const uint32_t *other, size_t n,
                     fsci_cells_by *out);
void fsci_cells_free(fsci_cells_by *cells);

/* Of one model at theta: log-likelihood, its slope and (expected) curvature, prior left out. */
typedef struct fsci_ability_sums {
    double log_likelihood, slope, information;
} fsci_ability_sums;
fsci_ability_sums fsci_ability_at(const fsci_cells_by *by_model, size_t model,
                                  const fsci_irt_item *items, double theta, bool guessing);
/* The log-likelihood alone at several abilities. */
void fsci_ability_values(const fsci_cells_by *by_model, size_t model, const fsci_irt_item *items,
                         const double *theta, size_t n, bool guessing, double *out);

/* Score and expected information of (d, ln a, logit c) of one item, summed over its models' nodes:
 * theta[models * nodes], weight[models * nodes]. information is 3 x 3, upper part filled. */
typedef struct fsci_item_sums {
    double score[3], information[9];
} fsci_item_sums;
fsci_item_sums fsci_item_at(const fsci_cells_by *by_item, size_t item, const fsci_irt_item *p,
                            const double *theta, const double *weight, size_t nodes, bool guessing);

#endif
