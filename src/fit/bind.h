/* bind: from the names of a formula to columns of a table and parameters. */
#ifndef FSCI_FIT_BIND_H
#define FSCI_FIT_BIND_H

#include "fit/model.h"

/* Fills model->bindings: which column each symbol stands for; then the rows. */
fsc_status fsci_bind_columns(fsci_arena *arena, const fsci_fit_settings *settings,
                             fsci_model *model, fsc_error *err);
/* Fills model->row, dropped and the values of bindings: the rows that are whole and inside every
 * domain. */
fsc_status fsci_bind_rows(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *model,
                          fsc_error *err);
/* Says that a cell is outside the domain of the law's column, and what to do. FSC_EINPUT. */
fsc_status fsci_bind_refuse(const fsc_table *table, const fsci_law_column *about,
                            const fsci_column *column, size_t row, fsc_error *err);
/* Takes the marked rows [n] out of the bound columns and counts them as outside the domain. */
fsc_status fsci_bind_drop(fsci_arena *arena, const bool *outside, fsci_model *model,
                          fsc_error *err);
/* Fills model->all: every parameter of the formula, in the law's order or of first appearance. */
fsc_status fsci_bind_parameters(fsci_arena *arena, fsci_model *model, fsc_error *err);
/* The symbols of the bound formula, for compiling. */
fsc_status fsci_bind_scope(fsci_arena *arena, const fsci_model *model, fsci_scope *scope,
                           fsc_error *err);

#endif
