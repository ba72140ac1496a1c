#include "observe/split.h"

#include <math.h>
#include <string.h>

const char *fsci_set_name(fsci_set set)
{
    static const char *const names[FSCI_SETS] = {"train", "test", "later", "open"};
    return names[set];
}

static fsci_set set_of(const fsci_observe_input *input, const double *target, size_t row)
{
    if (target && isnan(target[row]))
        return FSCI_SET_OPEN;
    if (input->later && input->later[row])
        return FSCI_SET_LATER;
    return !input->train || input->train[row] ? FSCI_SET_TRAIN : FSCI_SET_TEST;
}

fsc_status fsci_split_make(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_observe_input *input, const double *target, fsci_split *split,
                           fsc_error *err)
{
    *split = (fsci_split){.rows = FSCI_NEW(arena, size_t, frame->n)};
    if (!split->rows)
        return fsci_fail_memory(err);
    for (fsci_set set = 0; set < FSCI_SETS; set++)
        for (size_t i = 0; i < frame->n; i++)
            if (set_of(input, target, i) == set && fsci_frame_has_score(frame, i)) {
                split->rows[split->n++] = i;
                split->count[set]++;
            }
    return FSC_OK;
}

fsci_set fsci_split_set(const fsci_split *split, size_t i)
{
    fsci_set set = FSCI_SET_TRAIN;
    for (size_t end = split->count[set]; i >= end && set + 1 < FSCI_SETS; end += split->count[set])
        set++;
    return set;
}

bool fsci_split_same(const fsci_split *a, const fsci_split *b)
{
    size_t n = a->n - a->count[FSCI_SET_OPEN];
    return !memcmp(a->count, b->count, FSCI_SET_OPEN * sizeof *a->count) &&
           !memcmp(a->rows, b->rows, n * sizeof *a->rows);
}
