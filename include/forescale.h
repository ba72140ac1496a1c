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

/* ---- commands and options: one table for parsing, checking, help, man pages and JSON ------ */

typedef enum fsc_option_kind {
    FSC_OPTION_FLAG,   /* no value */
    FSC_OPTION_TEXT,   /* any text */
    FSC_OPTION_FILE,   /* a path, or - */
    FSC_OPTION_EXPR,   /* an expression of the formula language */
    FSC_OPTION_ASSIGN, /* NAME=VALUE, several joined by commas (a comma in a name: \\,) */
    FSC_OPTION_LIST,   /* names joined by commas */
    FSC_OPTION_NUMBER, /* a number, with suffix k M B T if wanted */
    FSC_OPTION_COUNT,  /* an integer >= 0 */
    FSC_OPTION_CHOICE  /* one of the words in `value`, which reads a|b|c */
} fsc_option_kind;

typedef struct fsc_option {
    const char *name; /* without dashes */
    char letter;      /* 0 when there is no short form */
    fsc_option_kind kind;
    bool repeats;        /* may be given more than once */
    bool output;         /* for the program that shows the record, not for the record itself */
    const char *value;   /* what to write after it in help: "N", "EXPR"; NULL for a flag */
    const char *initial; /* the default, as text; NULL when absent means off or automatic */
    const char *help;
} fsc_option;

typedef struct fsc_command {
    const char *name;
    const char *synopsis;       /* "fit LAW|'FORMULA' TABLE [options]" */
    const char *summary;        /* one line */
    const char *text;           /* paragraphs for help and the man page */
    const char *examples;       /* one a line */
    int least, most;            /* positional arguments; most < 0 is any number */
    const char *const *options; /* names, NULL-ended */
    const char *html;           /* where the report goes when --html is not given; NULL: nowhere */
} fsc_command;

/* A code of `warnings` in records. */
typedef struct fsc_warning {
    const char *code;   /* "W-SENS" */
    const char *when;   /* it is given */
    const char *advice; /* what to do */
} fsc_warning;

FSC_API size_t fsc_commands(const fsc_command **list);
FSC_API size_t fsc_warnings(const fsc_warning **list);
FSC_API const fsc_command *fsc_command_find(const char *name); /* NULL when there is none */
FSC_API const fsc_option *fsc_option_find(const char *name);   /* the same */

/* ---- one run of one command --------------------------------------------------------------- */

typedef struct fsc_args fsc_args;
/* FSC_EUSAGE for an unknown command or option (the nearest is suggested), a value of the wrong
 * kind, or an option given twice that does not repeat. */
FSC_API fsc_status fsc_args_new(const char *command, fsc_args **args, fsc_error *err);
FSC_API fsc_status fsc_args_set(fsc_args *args, const char *option, const char *value,
                                fsc_error *err);
FSC_API fsc_status fsc_args_add(fsc_args *args, const char *positional, fsc_error *err);
/* An object of option names to numbers, strings, booleans or arrays of those. */
FSC_API fsc_status fsc_args_json(fsc_args *args, const char *json, fsc_error *err);
/* The i-th value of an option, NULL past the last; a flag that is on gives "". */
FSC_API const char *fsc_args_get(const fsc_args *args, const char *option, size_t i);
FSC_API void fsc_args_free(fsc_args *args);

typedef struct fsc_ctx fsc_ctx;
/* NULL when out of memory. `laws` is a list of folders searched before the built-in catalogue,
 * joined by ':'; may be NULL. */
FSC_API fsc_ctx *fsc_ctx_new(const char *laws);
FSC_API void fsc_ctx_free(fsc_ctx *ctx);

typedef struct fsc_record fsc_record;
FSC_API fsc_status fsc_run(fsc_ctx *ctx, const fsc_args *args, fsc_record **record, fsc_error *err);

/* ---- ranks: several processes as one ------------------------------------------------------- */

/* With libforescale-mpi, under mpirun, every rank runs the same commands on the same input; they
 * share the work of a run and all get the same record. A program that started MPI itself leaves out
 * fsc_ranks_begin and fsc_ranks_end. FSC_EENV with libforescale when mpirun started more than one
 * process. */
FSC_API fsc_status fsc_ranks_begin(fsc_error *err);
FSC_API void fsc_ranks_end(void);

typedef enum fsc_rank_role {
    FSC_RANK_SPEAKS, /* writes the record, or says the error, for all */
    FSC_RANK_SILENT, /* another one does */
    FSC_RANK_ALONE /* failed where the others did not: says so, and ends the job by leaving without
                      fsc_ranks_end */
} fsc_rank_role;
/* Called by every rank with the status of a run; all of them get the worst. Waits for the others,
 * five seconds at most after a failure. */
FSC_API fsc_status fsc_ranks_agree(fsc_status status, fsc_rank_role *role, fsc_error *err);

/* ---- records ------------------------------------------------------------------------------- */

FSC_API void fsc_record_free(fsc_record *record);
FSC_API const char *fsc_record_json(fsc_record *record); /* indented; NULL when out of memory */
/* The i-th warning; false past the last. The texts live as long as the record. */
FSC_API bool fsc_record_warning(const fsc_record *record, size_t i, const char **code,
                                const char **message);
FSC_API bool fsc_record_is_yes(const fsc_record *record); /* false: a check that was asked failed */

typedef enum fsc_view {
    FSC_VIEW_JSON,
    FSC_VIEW_TEXT,
    FSC_VIEW_HTML,
    FSC_VIEW_SVG,
    FSC_VIEW_CSV,
    FSC_VIEW_CHECKLIST_MARKDOWN, /* of a fit that was asked for its checklist */
    FSC_VIEW_CHECKLIST_LATEX
} fsc_view;
typedef struct fsc_view_options {
    int width;          /* columns of text; 0 is 80 */
    bool color;         /* terminal colours in text */
    const char *figure; /* SVG: which figure by id; NULL is the first */
} fsc_view_options;
/* *text is malloc'd and the caller's. FSC_EUSAGE when the record has no such view. */
FSC_API fsc_status fsc_record_view(const fsc_record *record, fsc_view view,
                                   const fsc_view_options *options, char **text, size_t *length,
                                   fsc_error *err);
/* Writes through a temporary file and a rename; "-" is standard output. */
FSC_API fsc_status fsc_write_file(const char *path, const char *text, size_t length,
                                  fsc_error *err);

/* ---- the same, step by step, for programs that hold tables and laws ----------------------- */

typedef struct fsc_table fsc_table;
typedef struct fsc_law fsc_law;
FSC_API fsc_status fsc_table_read(fsc_ctx *ctx, const char *path, fsc_table **table,
                                  fsc_error *err);
FSC_API void fsc_table_free(fsc_table *table);
/* By id in the catalogue, or the path of a law file. */
FSC_API fsc_status fsc_law_find(fsc_ctx *ctx, const char *id, fsc_law **law, fsc_error *err);
FSC_API void fsc_law_free(fsc_law *law);
/* `options` is JSON of the options of `forescale fit`, or NULL. The inputs stay the caller's. */
FSC_API fsc_status fsc_fit_run(fsc_ctx *ctx, const fsc_law *law, const fsc_table *table,
                               const char *options, fsc_record **fit, fsc_error *err);

#ifdef __cplusplus
}
#endif
#endif
