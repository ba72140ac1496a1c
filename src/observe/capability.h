/* capability: the capability space of a set of models: which rows it was fitted on, what it says of
 * every row, and how families move in it. */
#ifndef FSCI_OBSERVE_CAPABILITY_H
#define FSCI_OBSERVE_CAPABILITY_H

#include "observe/families.h"
#include "observe/space.h"
#include "observe/split.h"

typedef struct fsci_capability {
    fsci_split split;
    fsci_latent_space space; /* fitted on the training rows of the split */
    double *complete;        /* [split.n * p] benchmarks by position, empty cells filled */
    double *scores;          /* [split.n * k] components by position */
    fsci_families families;  /* over the rows that are not open */
    /* What fsci_capability_describe adds. */
    double level;       /* of intervals of the lines; 0 without a description */
    double *cell_error; /* [p] how far imputed cells are off, root mean square */
    double *noise;      /* [p] variance that a component of unrelated benchmarks stays below */
} fsci_capability;

enum { FSCI_NOISE_SHUFFLES = 200 };
#define FSCI_NOISE_LEVEL 0.95

/* Checks the split's training rows, fits k components to them and applies them to all its rows.
 * Errors as fsci_check_space and fsci_space_fit. */
fsc_status fsci_capability_fit(fsci_arena *arena, const fsci_frame *frame, fsci_split split,
                               fsci_pca_scale scale, size_t k, fsci_notes *notes,
                               fsci_capability *capability, fsc_error *err);

/* Applies a fitted space to the rows of another split with the same training rows. */
fsc_status fsci_capability_apply(fsci_arena *arena, const fsci_frame *frame, fsci_split split,
                                 const fsci_latent_space *space, fsci_capability *capability,
                                 fsc_error *err);

/* Adds what no forecast needs but a reader does. Errors: FSC_ENOMEM. */
fsc_status fsci_capability_describe(fsci_arena *arena, const fsci_frame *frame,
                                    const fsci_observe_input *input, fsci_capability *capability,
                                    fsc_error *err);

/* Moves an imputed cell (position i, benchmark j) up by its error: what the components change by,
 * shift[k], and as result what the benchmark changes by on the scale of the components. */
double fsci_capability_shift(const fsci_capability *capability, size_t i, size_t j, double *shift);

#endif
