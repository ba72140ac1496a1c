/* starts: the points from which a search begins. */
#ifndef FSCI_FIT_STARTS_H
#define FSCI_FIT_STARTS_H

#include "fit/search.h"

typedef struct fsci_starts {
    const fsci_parameters *parameters;
    const fsci_separable *separable; /* their coordinates are left for fsci_separable_solve */
    fsci_start_scheme scheme;
    size_t n;
    struct fsci_sequence *sequence; /* box schemes */
    double data_lo, data_hi;        /* range of positive data, for parameters of unknown scale */
} fsci_starts;

fsc_status fsci_starts_new(const fsci_objective *objective, const fsci_separable *separable,
                           const fsci_search_options *options, fsci_starts *starts, fsc_error *err);
void fsci_starts_free(fsci_starts *starts);
/* Draw i of the parameters which[n] alone: the more even, the fewer they are. */
void fsci_starts_some(const fsci_starts *starts, const size_t *which, size_t n, size_t i,
                      double *theta);
/* Start i as theta[n parameters]. */
void fsci_starts_point(const fsci_starts *starts, size_t i, double *theta);

#endif
