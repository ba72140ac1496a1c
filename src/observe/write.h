/* write: parts of an observation as members of its record. */
#ifndef FSCI_OBSERVE_WRITE_H
#define FSCI_OBSERVE_WRITE_H

#include "observe/aue.h"
#include "observe/forecast.h"

/* Adds benchmarks, models, columns, imputed, imputation, pca, families, benchmark_families, and
 * what fsci_capability_describe found. */
void fsci_write_capability(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_capability *capability, fsci_json *record);

/* {name, n, slope, slope_lo, slope_hi, intercept, ..., r2} of a line within a family. */
void fsci_write_line(fsci_arena *arena, const char *family, const fsci_line *line, double level,
                     fsci_json *out);

/* An element of `targets`. */
fsci_json *fsci_write_forecast(fsci_arena *arena, const fsci_setting *setting,
                               const fsci_forecast *forecast);

/* An element of `sensitivity`: what the test error is when `other` is used in place of `forecast`.
 */
fsci_json *fsci_write_sensitivity(fsci_arena *arena, const fsci_forecast *forecast,
                                  const fsci_forecast *other);

/* An element of `aue`. */
fsci_json *fsci_write_sweep(fsci_arena *arena, const fsci_sweep *sweep);

#endif
