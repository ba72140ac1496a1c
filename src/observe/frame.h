/* frame: a table of models as plain arrays in plain units, ready for the pipeline.
 *
 * Row i is one model. */
#ifndef FSCI_OBSERVE_FRAME_H
#define FSCI_OBSERVE_FRAME_H

#include "observe/note.h"
#include "observe/observe.h"
#include "observe/roles.h"

typedef struct fsci_frame {
    size_t n, p;
    const char **model;          /* [n] */
    const uint32_t *family;      /* [n] codes into families, FSCI_MISSING_CODE where unknown */
    const char *const *families; /* [n_families] in order of appearance */
    size_t n_families;
    double *size;            /* [n] parameters, NaN where unknown */
    double *tokens;          /* [n] training tokens */
    double *flops;           /* [n] training FLOPs; 6 N D where the table has none */
    const char **benchmarks; /* [p] */
    const double **scores;   /* [p][n] borrowed columns, NaN where missing */
    size_t n_targets;
    const char *const *targets; /* [n_targets] */
    const double **target;      /* [n_targets][n] */
    double *items,
        *target_items; /* [p], [n_targets] how many a score is the mean of; NaN: unknown */
    const fsci_column *column[FSCI_ROLES]; /* NULL when the table has none */
    double unit[FSCI_ROLES];
    size_t n_from_6nd; /* models whose FLOPs are 6 N D */
} fsci_frame;

/* Arrays live in `arena`; names and targets are borrowed from the table. Columns that were not
 * named are found by name; what had to be left out is noted. Errors: FSC_EINPUT (unknown column,
 * text among numbers, a target among the benchmarks, no model column, fewer than two benchmarks);
 * FSC_ENOMEM. */
fsc_status fsci_frame_read(fsci_arena *arena, const fsci_observe_input *input, fsci_notes *notes,
                           fsci_frame *frame, fsc_error *err);

/* Name of the family of row i; NULL where unknown. */
const char *fsci_frame_family(const fsci_frame *frame, size_t i);

/* Texts of the column of a role by row, NULL where missing; NULL when out of memory. Without such a
 * column all are missing. */
const char **fsci_frame_texts(fsci_arena *arena, const fsci_frame *frame, fsci_role role);

/* Whether the model has a score in any benchmark; those that have none take no part. */
bool fsci_frame_has_score(const fsci_frame *frame, size_t i);

#endif
