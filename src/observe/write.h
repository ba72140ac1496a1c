/* write: parts of an observation as members of its record. */
#ifndef FSCI_OBSERVE_WRITE_H
#define FSCI_OBSERVE_WRITE_H

#include "observe/forecast.h"

/* Adds benchmarks, models, columns, imputed, imputation, pca, families, benchmark_families. */
void fsci_write_capability(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_capability *capability, fsci_json *record);

/* An element of `targets`. */
fsci_json *fsci_write_forecast(fsci_arena *arena, const fsci_frame *frame,
                               const fsci_observe_input *input, const fsci_capability *capability,
                               const fsci_forecast *forecast);

#endif
