/* scale: how large each run is, by which the largest are held out and the smallest left out. */
#ifndef FSCI_FIT_SCALE_H
#define FSCI_FIT_SCALE_H

#include "fit/model.h"

typedef struct fsci_scale {
    const char *name;     /* "C", "6·N·D", "params"; NULL when the runs have no scale */
    bool is_compute;      /* in FLOP, or what stands for it */
    bool is_made;         /* no column: of the law's parameters and tokens */
    const double *values; /* [rows of the table] NaN where it is not known */
} fsci_scale;

/* Compute when the table has a column of it (C, flops, training_compute, ...), else 6·N·D when the
 * law has parameters and tokens, else the positive input that spans the widest range. */
fsc_status fsci_scale_find(fsci_arena *arena, const fsci_model *model, fsci_scale *scale,
                           fsc_error *err);

/* The column of families: `name` when given (FSC_EINPUT when it is not there or is no column of
 * categories), else family, model_family, ...; NULL when there is none. */
fsc_status fsci_family_find(const fsc_table *table, const char *name, const fsci_column **family,
                            fsc_error *err);

#endif
