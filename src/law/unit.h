/* unit: what amounts of a unit are possible, to find those given in another one. */
#ifndef FSCI_LAW_UNIT_H
#define FSCI_LAW_UNIT_H

typedef struct fsci_unit_bounds {
    const char *unit, *plain; /* "param", "parameters" */
    double least, most;       /* no run in the literature is smaller, none can be larger */
    const char *below;        /* what a smaller amount is likely to be, */
    const char *factor;       /* and what is likely to make it plain */
    const char *above;        /* what a larger one is likely to be */
} fsci_unit_bounds;

/* NULL for a unit without bounds, and for NULL. */
const fsci_unit_bounds *fsci_unit_bounds_of(const char *unit);
/* That of the unit which a text names otherwise, "Tokens" or "parameters"; NULL for none. */
const fsci_unit_bounds *fsci_unit_meant(const char *unit);

#endif
