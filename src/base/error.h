/* error: filling an fsc_error. `err` may be NULL everywhere; the status is returned either way, so
 * that `return fsci_fail(err, FSC_EINPUT, …)` is the usual way out. */
#ifndef FSCI_BASE_ERROR_H
#define FSCI_BASE_ERROR_H

#include "forescale.h"

#define FSCI_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Leaves early with the status of a call that did not return FSC_OK. */
#define FSCI_TRY(call)                                                                             \
    do {                                                                                           \
        fsc_status fsci_try_ = (call);                                                             \
        if (fsci_try_ != FSC_OK)                                                                   \
            return fsci_try_;                                                                      \
    } while (0)

/* Where in an input a message points. `text` is the line at fault (may be NULL). */
typedef struct fsci_place {
    const char *source; /* file name or "formula" */
    const char *text;   /* the whole line, not NUL-bound: text_len bytes */
    size_t text_len;
    int32_t line, col, len; /* from 1; 0 when unknown */
} fsci_place;

fsc_status fsci_fail(fsc_error *err, fsc_status status, const char *format, ...) FSCI_PRINTF(3, 4);
fsc_status fsci_fail_at(fsc_error *err, fsc_status status, const fsci_place *place,
                        const char *format, ...) FSCI_PRINTF(4, 5);
/* A failure that concerns one row of a table (0-based); the caller that knows the file adds it. */
fsc_status fsci_fail_row(fsc_error *err, fsc_status status, int64_t row, const char *format, ...)
    FSCI_PRINTF(4, 5);
fsc_status fsci_fail_memory(fsc_error *err);

/* The static analyzer cannot see from outside that these return their status. */
#if defined(__clang_analyzer__) && !defined(FSCI_ERROR_C)
#define fsci_fail(err, status, ...)     (fsci_fail(err, status, __VA_ARGS__), (status))
#define fsci_fail_at(err, status, ...)  (fsci_fail_at(err, status, __VA_ARGS__), (status))
#define fsci_fail_row(err, status, ...) (fsci_fail_row(err, status, __VA_ARGS__), (status))
#define fsci_fail_memory(err)           (fsci_fail_memory(err), FSC_ENOMEM)
#endif

/* The known name nearest to `name` (edit distance at most a third of its length and one, less of a
 * short one; or one begins with the other and has two letters more), or NULL: what an "unknown …"
 * message should suggest. */
const char *fsci_nearest(const char *name, const char *const *known, size_t n_known);

#endif
