/* subject: what a command is about: a law of the catalogue or a formula typed by the user. */
#ifndef FSCI_API_SUBJECT_H
#define FSCI_API_SUBJECT_H

#include "api/ctx.h"
#include "fit/model.h"

/* LAW or 'FORMULA'. *law is the caller's to free, NULL for a formula. */
fsc_status fsci_subject_find(fsc_ctx *ctx, const fsc_args *args, const char *text,
                             fsci_arena *arena, fsci_subject *subject, fsc_law **law,
                             fsc_error *err);

#endif
