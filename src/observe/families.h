/* families: how models of one family move with compute, and compute in units of one family. */
#ifndef FSCI_OBSERVE_FAMILIES_H
#define FSCI_OBSERVE_FAMILIES_H

#include "observe/frame.h"
#include "observe/line.h"

enum { FSCI_FAMILY_LEAST = 3 }; /* models of known FLOPs for a line worth reporting */

/* Some rows of a frame, those of known FLOPs grouped by family. Positions count within the rows. */
typedef struct fsci_families {
    const fsci_frame *frame;
    double *log10_flops; /* [n] by position */
    size_t *members;     /* positions, one family after the other */
    size_t *start;       /* [n_families + 1] family f is members[start[f] .. start[f + 1]) */
} fsci_families;

/* Of rows[n]. Errors: FSC_ENOMEM. */
fsc_status fsci_families_group(fsci_arena *arena, const fsci_frame *frame, const size_t *rows,
                               size_t n, fsci_families *families, fsc_error *err);

size_t fsci_family_size(const fsci_families *families, size_t family);

/* The line of y (by position) on log10 FLOPs. */
fsci_line fsci_family_line(const fsci_families *families, size_t family, const double *y);

/* The family whose compute is the scale of equivalents: `wanted`, or Llama-2 if it has two models
 * of known FLOPs, or the family with most of them (the first of equals). n_families when none has
 * two. FSC_EINPUT when `wanted` is no family. */
fsc_status fsci_reference_family(const fsci_families *families, const char *wanted, size_t *family,
                                 fsc_error *err);

/* FLOPs at which the line reaches z (Ruan, Maddison, Hashimoto 2024, equation 8): what the
 * reference family would have needed. NaN unless the line rises. */
double fsci_equivalent_flops(const fsci_line *line, double z);

#endif
