/* checks: what a table must be like for the answer to mean anything. */
#ifndef FSCI_OBSERVE_CHECKS_H
#define FSCI_OBSERVE_CHECKS_H

#include "observe/split.h"

/* Refuses (FSC_EINPUT): no training row; a benchmark without a value in training; benchmarks on
 * unlike scales under FSCI_PCA_CENTER, or not shares under FSCI_PCA_LOGIT; more components than
 * benchmarks or training rows can carry. Notes: constant benchmarks (W-CONSTANT), as many
 * components as benchmarks (W-COMPONENTS), fractions among percentages (W-SCALE). */
fsc_status fsci_check_space(const fsci_frame *frame, const fsci_split *split, fsci_pca_scale scale,
                            size_t k, fsci_notes *notes, fsc_error *err);

/* Refuses a target that has no value in training, goes beyond `ceiling` under a sigmoid, or is a
 * benchmark under another name (|correlation| 1 over the training rows). */
fsc_status fsci_check_target(const fsci_frame *frame, const fsci_split *split, size_t target,
                             const fsci_observe_input *input, fsc_error *err);

#endif
