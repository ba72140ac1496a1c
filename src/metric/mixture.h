/* mixture: spreading k samples over conditions such as temperatures (arXiv:2510.02611). Samples of
 * different conditions are drawn independently. */
#ifndef FSCI_METRIC_MIXTURE_H
#define FSCI_METRIC_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_mixture {
    size_t items, conditions;
    const double *n, *c; /* [items * conditions], item by item */
} fsci_mixture;

/* Mean over items of 1 - prod_t C(n-c, k_t)/C(n, k_t); NaN when some k_t > n. */
double fsci_mixture_pass(const fsci_mixture *m, const size_t *k);
/* The same from success probabilities p[items * conditions]. */
double fsci_mixture_pass_of(const double *p, size_t items, size_t conditions, const double *k);

/* Spreads `total` samples to the largest pass: every composition when there are at most
 * `most_tried`, else greedily by marginal gain, two at a time when one gains nothing. *exhaustive
 * says which. k[conditions] out. False: out of memory, or fewer samples than total. */
bool fsci_mixture_best(const fsci_mixture *m, size_t total, double most_tried, size_t *k,
                       bool *exhaustive);

#endif
