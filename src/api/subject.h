/* subject: what is to be fitted and how, from arguments: a law or formula, by group or not, and the
 * settings of a fit. */
#ifndef FSCI_API_SUBJECT_H
#define FSCI_API_SUBJECT_H

#include "api/ctx.h"
#include "fit/model.h"

/* LAW or FORMULA; *law is NULL for a formula, else the caller's to free. */
fsc_status fsci_args_subject(const fsc_ctx *ctx, const fsc_args *args, const char *text,
                             fsci_arena *arena, fsci_subject *subject, fsc_law **law,
                             fsc_error *err);
/* The same by group as --by and --share say. */
fsc_status fsci_args_grouped(const fsc_args *args, fsci_arena *arena, const fsci_subject *plain,
                             const fsc_table *table, const fsci_fit_settings *settings,
                             fsci_subject *out, fsc_error *err);
/* Everything a fit may be asked, from the options. */
fsc_status fsci_args_settings(const fsc_args *args, fsci_arena *arena, fsci_fit_settings *settings,
                              fsc_error *err);

#endif
