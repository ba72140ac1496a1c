/* prepare: operators that make one table of another before a law is fitted: choosing rows (best of
 * each group, Pareto front, hull), condensing them (IsoFLOP minima, bins), adding columns (schedule
 * features). They know columns, not laws; `prepare` of a law file and --prepare name the same.
 *
 * Every operator keeps some rows, in order, or lists rows, and sets some columns of numbers;
 * columns it does not set are those of the row. */
#ifndef FSCI_PREPARE_PREPARE_H
#define FSCI_PREPARE_PREPARE_H

#include "prepare/call.h"
#include "table/table.h"

typedef struct fsci_operator fsci_operator;

/* What help and lists say of an operator. */
typedef struct fsci_operator_help {
    const char *name, *synopsis, *meaning;
} fsci_operator_help;
/* Operator i, NULL beyond the last. */
const fsci_operator_help *fsci_operator_help_at(size_t i);

/* The operator of a call, its columns and options checked by number and name. FSC_EINPUT suggests
 * the nearest name. */
fsc_status fsci_operator_find(const fsci_call *call, const fsci_operator **op, fsc_error *err);

typedef struct fsci_remark {
    const char *code, *text;
} fsci_remark;
enum { FSCI_REMARKS = 8 };

typedef struct fsci_prepared {
    fsc_table *table; /* the caller's */
    fsci_remark remarks[FSCI_REMARKS];
    size_t n_remarks;
} fsci_prepared;

/* Reads a table that an option names. */
typedef fsc_status fsci_table_loader(const char *path, fsc_table **table, fsc_error *err);

/* Remarks live in `arena`. FSC_EINPUT: a column that is not there or not of numbers, values an
 * operator cannot take, no row left. */
fsc_status fsci_prepare_run(fsci_arena *arena, const fsci_call *call, const fsc_table *table,
                            fsci_table_loader *load, fsci_prepared *out, fsc_error *err);

/* Whether the operator combines values of several rows into one, as a mean does: a rate of 0 at one
 * item and of 1 at another. */
bool fsci_prepare_combines(const fsci_call *call);

/* Whether all columns that the operator would add are in the table already. */
bool fsci_prepare_done(const fsci_call *call, const fsc_table *table);

#endif
