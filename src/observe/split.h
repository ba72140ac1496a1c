/* split: which rows of a frame a fit may see, and which it is judged on. */
#ifndef FSCI_OBSERVE_SPLIT_H
#define FSCI_OBSERVE_SPLIT_H

#include "observe/frame.h"

typedef enum fsci_set {
    FSCI_SET_TRAIN,
    FSCI_SET_TEST,
    FSCI_SET_LATER, /* held apart by --later: neither fitted nor in the test error */
    FSCI_SET_OPEN,  /* the target is not known: predicted, never scored */
    FSCI_SETS
} fsci_set;

/* Rows of one set after the other, each in the frame's order. */
typedef struct fsci_split {
    size_t *rows; /* [n] */
    size_t n, count[FSCI_SETS];
} fsci_split;

/* The rows that have some benchmark, divided as `input` says. `target` is [frame.n], or NULL when
 * there is none: then no row is open. Errors: FSC_EINPUT (no such family, no dates, a date that is
 * none); FSC_ENOMEM. */
fsc_status fsci_split_make(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_observe_input *input, const double *target, fsci_split *split,
                           fsc_error *err);

/* How many rows have a benchmark, the target and key[frame.n], and are not held apart as later. */
size_t fsci_split_ranked(const fsci_frame *frame, const fsci_observe_input *input,
                         const double *target, const double *key);

/* Another split of those rows: the n_test of largest key (the first of equals first) are test, the
 * others training. Rows without a key take no part. Errors: FSC_ENOMEM. */
fsc_status fsci_split_rank(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_observe_input *input, const double *target, const double *key,
                           size_t n_test, fsci_split *split, fsc_error *err);

fsci_set fsci_split_set(const fsci_split *split, size_t i); /* of rows[i] */
/* The same rows in the same places, sets aside from OPEN. */
bool fsci_split_same(const fsci_split *a, const fsci_split *b);

const char *fsci_set_name(fsci_set set); /* "train", "test", "later", "open" */

#endif
