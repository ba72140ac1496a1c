#include "observe/split.h"

#include "observe/date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *fsci_set_name(fsci_set set)
{
    static const char *const names[FSCI_SETS] = {"train", "test", "later", "open"};
    return names[set];
}

static fsci_set set_of(const fsci_observe_input *input, const double *target, const bool *train,
                       size_t row)
{
    if (target && isnan(target[row]))
        return FSCI_SET_OPEN;
    if (input->later && input->later[row])
        return FSCI_SET_LATER;
    return train[row] ? FSCI_SET_TRAIN : FSCI_SET_TEST;
}

/* ---- rules: train[frame.n] ---- */

static fsc_status hold_families(const fsci_frame *frame, const fsci_observe_input *input,
                                bool *train, fsc_error *err)
{
    for (size_t h = 0; h < input->n_hold_families; h++) {
        const char *held = input->hold_families[h];
        size_t members = 0;
        for (size_t i = 0; i < frame->n; i++) {
            const char *family = fsci_frame_family(frame, i);
            if (family && !strcmp(family, held))
                train[i] = false, members++;
        }
        if (members > 0)
            continue;
        const char *near = fsci_nearest(held, frame->families, frame->n_families);
        return fsci_fail(err, FSC_EINPUT, "no model is of the family '%s' to hold out%s%s%s", held,
                         near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return FSC_OK;
}

/* A model of unknown date is not known to be released by then. */
static fsc_status by_date(fsci_arena *arena, const fsci_frame *frame, const char *until,
                          bool *train, fsc_error *err)
{
    int limit, day;
    if (!frame->column[FSCI_ROLE_DATE])
        return fsci_fail(err, FSC_EINPUT,
                         "there is no column of release dates to split by; name one date or "
                         "released, or join a table that has it by model or family (--with)");
    if (!fsci_date_read(until, &limit))
        return fsci_fail(err, FSC_EINPUT, "'%s' is not a date; write 2023-07-18, 2023-07 or 2023",
                         until);
    const char **texts = fsci_frame_texts(arena, frame, FSCI_ROLE_DATE);
    if (!texts)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < frame->n; i++) {
        if (texts[i] && !fsci_date_read(texts[i], &day))
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)i,
                                 "%s of %s is '%s', not a date such as 2023-07-18, 2023-07 or 2023",
                                 frame->column[FSCI_ROLE_DATE]->name, frame->model[i], texts[i]);
        train[i] = texts[i] && day <= limit;
    }
    return FSC_OK;
}

/* Whether row i has a place in a ranking by key. */
static bool is_ranked(const fsci_frame *frame, const fsci_observe_input *input,
                      const double *target, const double *key, size_t i)
{
    return !isnan(key[i]) && !isnan(target[i]) && !(input->later && input->later[i]) &&
           fsci_frame_has_score(frame, i);
}

size_t fsci_split_ranked(const fsci_frame *frame, const fsci_observe_input *input,
                         const double *target, const double *key)
{
    size_t n = 0;
    for (size_t i = 0; i < frame->n; i++)
        n += is_ranked(frame, input, target, key, i);
    return n;
}

typedef struct ranked {
    double key;
    size_t row;
} ranked;

static int downwards(const void *a, const void *b)
{
    const ranked *r = a, *s = b;
    return r->key != s->key ? (r->key < s->key) - (r->key > s->key)
                            : (r->row > s->row) - (r->row < s->row);
}

/* True but for the n_test ranked rows of largest key. */
static fsc_status by_rank(fsci_arena *arena, const fsci_frame *frame,
                          const fsci_observe_input *input, const double *target, const double *key,
                          size_t n_test, bool *train, fsc_error *err)
{
    size_t n = 0;
    ranked *rows = FSCI_NEW(arena, ranked, frame->n);
    if (!rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < frame->n; i++)
        if (is_ranked(frame, input, target, key, i))
            rows[n++] = (ranked){key[i], i};
    qsort(rows, n, sizeof *rows, downwards);
    for (size_t i = 0; i < n_test && i < n; i++)
        train[rows[i].row] = false;
    return FSC_OK;
}

static fsc_status apply_rule(fsci_arena *arena, const fsci_frame *frame,
                             const fsci_observe_input *input, const double *target, bool *train,
                             fsc_error *err)
{
    if (input->train)
        memcpy(train, input->train, frame->n * sizeof *train);
    if (input->until)
        return by_date(arena, frame, input->until, train, err);
    if (input->rank > 0 && target) {
        size_t n = fsci_split_ranked(frame, input, target, target);
        return by_rank(arena, frame, input, target, target, (size_t)(input->rank * (double)n),
                       train, err);
    }
    return hold_families(frame, input, train, err);
}

/* ---- the sets ---- */

/* The rows that have a score, and a place by `key` unless it is NULL. */
static fsc_status divide(fsci_arena *arena, const fsci_frame *frame,
                         const fsci_observe_input *input, const double *target, const bool *train,
                         const double *key, fsci_split *split, fsc_error *err)
{
    *split = (fsci_split){.rows = FSCI_NEW(arena, size_t, frame->n)};
    if (!split->rows)
        return fsci_fail_memory(err);
    for (fsci_set set = 0; set < FSCI_SETS; set++)
        for (size_t i = 0; i < frame->n; i++)
            if (set_of(input, target, train, i) == set && fsci_frame_has_score(frame, i) &&
                !(key && !is_ranked(frame, input, target, key, i))) {
                split->rows[split->n++] = i;
                split->count[set]++;
            }
    return FSC_OK;
}

static bool *all_true(fsci_arena *arena, size_t n)
{
    bool *train = FSCI_NEW(arena, bool, n);
    for (size_t i = 0; train && i < n; i++)
        train[i] = true;
    return train;
}

fsc_status fsci_split_make(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_observe_input *input, const double *target, fsci_split *split,
                           fsc_error *err)
{
    bool *train = all_true(arena, frame->n);
    if (!train)
        return fsci_fail_memory(err);
    FSCI_TRY(apply_rule(arena, frame, input, target, train, err));
    return divide(arena, frame, input, target, train, NULL, split, err);
}

fsc_status fsci_split_rank(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_observe_input *input, const double *target, const double *key,
                           size_t n_test, fsci_split *split, fsc_error *err)
{
    bool *train = all_true(arena, frame->n);
    if (!train)
        return fsci_fail_memory(err);
    FSCI_TRY(by_rank(arena, frame, input, target, key, n_test, train, err));
    return divide(arena, frame, input, target, train, key, split, err);
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
