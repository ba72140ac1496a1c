/* space: the capability space, fitted on some rows of a frame and applied to any. */
#ifndef FSCI_OBSERVE_SPACE_H
#define FSCI_OBSERVE_SPACE_H

#include "latent/impute.h"
#include "observe/frame.h"

typedef struct fsci_latent_space {
    fsci_imputer imputer;
    fsci_pca pca;
    double top; /* the scores' largest possible value, 1 or 100; NaN when they are neither */
} fsci_latent_space;

/* Fits imputation and k components to rows[n] (which may repeat) of the frame's benchmarks. Every
 * benchmark has a value and every row has a score among them (fsci_check_space sees to it).
 * Errors: FSC_EINPUT, FSC_ENOMEM. */
fsc_status fsci_space_fit(fsci_arena *arena, const fsci_frame *frame, const size_t *rows, size_t n,
                          fsci_pca_scale scale, size_t k, fsci_latent_space *space, fsc_error *err);

/* The benchmarks of rows[n], completed, into complete[n*p], and their components into
 * scores[n*k]. */
void fsci_space_apply(const fsci_latent_space *space, const fsci_frame *frame, const size_t *rows,
                      size_t n, double *complete, double *scores);

/* Largest value that the observed scores of the rows can have: 1 when all lie in [0, 1], 100 when
 * all lie in [0, 100], NaN otherwise. */
double fsci_space_top(const fsci_frame *frame, const size_t *rows, size_t n);

#endif
