/* forescale.h: the one public header.
 *
 * forescale fits, checks and extrapolates neural scaling laws. A program makes a context, reads
 * tables, finds laws, and asks for a record: an immutable result that prints itself as JSON, text,
 * HTML, SVG or CSV. The command line is built on this header alone.
 *
 *   Ownership.   _new/_read/_find/_run give; the matching _free takes, and accepts NULL.
 *                Strings returned as `const char *` belong to the object and live as long as it.
 *   Errors.      Every fallible function returns an fsc_status and fills an optional fsc_error.
 *                A numerical outcome (a parameter that is not identified) is never an error: it is
 *                part of the record.
 *   Threads.     One context serves one thread at a time; there is no global state.
 *   Determinism. The same build, data, options and seed give the same bits at any thread count.
 */
#ifndef FORESCALE_H
#define FORESCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSC_VERSION_MAJOR  0
#define FSC_VERSION_MINOR  1
#define FSC_VERSION_PATCH  0
#define FSC_VERSION_STRING "0.1.0"

#if defined(__GNUC__)
#define FSC_API __attribute__((visibility("default")))
#else
#define FSC_API
#endif

/* ---- status and errors ------------------------------------------------------------------- */

/* X(name, number, text). Numbers never change. The command line turns each into an exit status. */
#define FSC_STATUS_LIST(X)                                                                         \
    X(FSC_OK, 0, "done")                                                                           \
    X(FSC_NO, 1, "the answer is no")                                                               \
    X(FSC_EUSAGE, 2, "wrong use of a command or option")                                           \
    X(FSC_EINPUT, 3, "bad input")                                                                  \
    X(FSC_EENV, 4, "the environment refused")                                                      \
    X(FSC_ENOMEM, 5, "out of memory")                                                              \
    X(FSC_EPIPE, 6, "the reader closed the pipe")

typedef enum fsc_status {
#define FSC_STATUS_ENUM(name, number, text) name = number,
    FSC_STATUS_LIST(FSC_STATUS_ENUM)
#undef FSC_STATUS_ENUM
} fsc_status;

/* One sentence saying what was found, where, and what to try. `excerpt` is the line of input at
 * fault (empty when there is none); line and col count from 1, 0 when unknown; col and len count
 * bytes of that line, for a caret. `row` is a 0-based table row, -1 when none. */
typedef struct fsc_error {
    fsc_status status;
    int32_t line, col, len;
    int64_t row;
    char message[768];
    char source[256];
    char excerpt[256];
} fsc_error;

FSC_API const char *fsc_status_text(fsc_status status);
FSC_API const char *fsc_version(void);

#ifdef __cplusplus
}
#endif
#endif
