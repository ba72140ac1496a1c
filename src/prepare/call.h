/* call: one operator on tables as written, "isoflop(C, N, L, by=budget)": its name, the columns it
 * works on, in order, and its options by name. A value with several parts stands in brackets:
 * by=[params, tokens]. Names that hold more than letters, digits and _ go between backquotes. */
#ifndef FSCI_PREPARE_CALL_H
#define FSCI_PREPARE_CALL_H

#include "base/arena.h"
#include "base/error.h"

typedef struct fsci_call_option {
    const char *name;
    const char **values;
    size_t n_values;
} fsci_call_option;

enum { FSCI_CALL_PARTS = 16 }; /* of columns, options, and values of an option */

typedef struct fsci_call {
    const char *text, *name;
    const char *columns[FSCI_CALL_PARTS];
    size_t n_columns;
    fsci_call_option options[FSCI_CALL_PARTS];
    size_t n_options;
} fsci_call;

/* FSC_EINPUT, with the place in the text, for what is not of this form. */
fsc_status fsci_call_parse(fsci_arena *arena, const char *text, fsci_call *call, fsc_error *err);

/* The condition of "where(EXPR)", which is no operator of this room: a formula on the columns. NULL
 * for any other text. */
const char *fsci_call_condition(fsci_arena *arena, const char *text);

const fsci_call_option *fsci_call_option_find(const fsci_call *call, const char *name);
/* The number of an option, `absent` when it is not given; FSC_EINPUT when it is no number. */
fsc_status fsci_call_number(const fsci_call *call, const char *name, double absent, double *value,
                            fsc_error *err);
/* Its text, NULL when it is not given. */
const char *fsci_call_text(const fsci_call *call, const char *name);

#endif
