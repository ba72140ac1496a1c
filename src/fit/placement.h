/* placement: points of a law from which some of its parts are missing (see fit/stages.h), and the
 * points that putting these parts in leads to. */
#ifndef FSCI_FIT_PLACEMENT_H
#define FSCI_FIT_PLACEMENT_H

#include "fit/insertion.h"

/* What a search in stages works with. */
typedef struct fsci_placement {
    fsci_arena *arena;
    const fsci_objective *objective;
    const fsci_stages *stages;
    fsci_starts starts;
    int threads;
    size_t tried, iterations; /* points so far, and the solver's iterations from them */
} fsci_placement;

/* A point without the parts marked, and the objective there. */
typedef struct fsci_gap {
    double *theta;
    bool out[FSCI_STAGES];
    double value;
} fsci_gap;

/* Points in full: theta[n * n parameters] one after the other. */
typedef struct fsci_places {
    size_t n;
    double *theta, *value;
} fsci_places;

/* Takes subsets of up to FSCI_INSERTION_PARTS of the first n_parts parts out of theta and fits the
 * rest again, its idle parameters held: gaps[*n_gaps]. */
fsc_status fsci_placement_gaps(fsci_placement *placement, size_t n_parts, const double *theta,
                               fsci_gap **gaps, size_t *n_gaps, fsc_error *err);

/* Fills gaps of the first n_parts parts where the parts promise most, and moves all else to where
 * the objective is least. Draws begin at first_draw. */
fsc_status fsci_placement_fill(fsci_placement *placement, size_t n_parts, const fsci_gap *gaps,
                               size_t n_gaps, size_t first_draw, fsci_places *places,
                               fsc_error *err);

#endif
