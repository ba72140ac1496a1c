/* operators: what the operators of this room share, and the table that lists them. */
#ifndef FSCI_PREPARE_OPERATORS_H
#define FSCI_PREPARE_OPERATORS_H

#include "prepare/prepare.h"

/* One run of an operator. Columns are of the table's rows; `keep` and what is set are filled in. */
typedef struct fsci_preparing {
    fsci_arena *arena;
    const fsci_call *call;
    const fsc_table *table;
    size_t n; /* rows */
    const double *column[FSCI_CALL_PARTS];
    fsci_table_loader *load;
    bool *keep;     /* [n] all true at first */
    size_t *listed; /* [n_listed] the rows of the outcome, in place of those kept; NULL: not used */
    size_t n_listed;
    double **set; /* [n_set][n], or [n_set][n_listed]: new values of `set_name` */
    const char **set_name;
    size_t n_set, set_room;
    fsci_prepared *out;
    fsc_error *err;
} fsci_preparing;

typedef fsc_status fsci_operator_fn(fsci_preparing *p);

struct fsci_operator {
    fsci_operator_help help;
    size_t n_columns;       /* columns of numbers it takes */
    const char *options[8]; /* names */
    const char *adds[3];    /* columns it adds, whatever its arguments */
    fsci_operator_fn *run;
};

fsci_operator_fn fsci_prepare_best, fsci_prepare_last, fsci_prepare_mean, fsci_prepare_pareto,
    fsci_prepare_hull, fsci_prepare_bins, fsci_prepare_isoflop, fsci_prepare_envelope,
    fsci_prepare_annealing, fsci_prepare_changes, fsci_prepare_power_region;

/* A column of numbers by name; FSC_EINPUT. */
fsc_status fsci_preparing_column(const fsci_preparing *p, const char *name, const double **values);
/* FSC_EINPUT, with the row, where column i of the call has a value that is not above 0. */
fsc_status fsci_preparing_positive(const fsci_preparing *p, size_t column);
/* Makes the outcome a list of n rows, [n] to fill in, each of them any row of the table and as
 * often as wanted; before columns are set. NULL when out of memory. */
size_t *fsci_preparing_list(fsci_preparing *p, size_t n);
/* A new column, or new values for an old one: [n] by the rows of the table, or by those listed; NaN
 * at first. NULL when out of memory. */
double *fsci_preparing_set(fsci_preparing *p, const char *name);
void fsci_preparing_remark(fsci_preparing *p, const char *code, const char *format, ...)
    FSCI_PRINTF(3, 4);

/* Rows with equal values of every column of option `by`: order[n] lists the rows group by group, in
 * order within one; begin[n_groups + 1] are the places where groups start, in order of their first
 * rows. Without the option all rows are one group. */
typedef struct fsci_groups {
    size_t *order, *begin, n;
} fsci_groups;
fsc_status fsci_groups_by(const fsci_preparing *p, fsci_groups *groups);

#endif
