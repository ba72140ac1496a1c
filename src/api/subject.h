/* subject: what a command is about: a law of the catalogue or a formula typed by the user. */
#ifndef FSCI_API_SUBJECT_H
#define FSCI_API_SUBJECT_H

#include "api/ctx.h"
#include "fit/model.h"

/* LAW or 'FORMULA'. *law is the caller's to free, NULL for a formula. */
fsc_status fsci_subject_find(fsc_ctx *ctx, const fsc_args *args, const char *text,
                             fsci_arena *arena, fsci_subject *subject, fsc_law **law,
                             fsc_error *err);

/* The same by group as --by and --share say. */
fsc_status fsci_args_grouped(const fsc_args *args, fsci_arena *arena, const fsci_subject *plain,
                             const fsc_table *table, const fsci_fit_settings *settings,
                             fsci_subject *out, fsc_error *err);

#endif
