/* variant: the same law fitted again with something changed: other rows, another objective, other
 * columns, parameters tied. Every variant is searched for from starts of its own. */
#ifndef FSCI_FIT_VARIANT_H
#define FSCI_FIT_VARIANT_H

#include "fit/fit.h"

typedef struct fsci_variant {
    const char *change; /* what differs, in words */
    const fsc_table *table;
    fsci_fit_settings settings;
    /* Filled by fsci_variants_fit. */
    double *theta; /* [n_all of the fit] in the fit's order, NaN for a parameter it lacks; NULL when
                      it could not be fitted */
    double value;  /* of its own objective */
    size_t rows;   /* used */
} fsci_variant;

/* Fits v[n], spread over threads and ranks; the same bits at any number of them. A variant that
 * cannot be fitted is no error. */
fsc_status fsci_variants_fit(fsci_arena *arena, const fsci_fit *fit, fsci_variant *v, size_t n,
                             int threads, fsc_error *err);

#endif
