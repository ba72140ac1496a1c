/* study: a named list of runs in a YAML file (docs/studies.md), run one after the other as if each
 * had been typed, their records side by side, published numbers beside ours. */
#ifndef FSCI_API_STUDY_H
#define FSCI_API_STUDY_H

#include "api/ctx.h"

/* Fills `record->root` with a record of this `kind` from the study `name` (one of the library's, or
 * the path of a file). What `outer` was given goes on to every run that takes it, before what the
 * study says; a table among its positionals takes the place of those of the study. Errors: those of
 * fsci_document_read and of the runs, which name their place in the file. */
fsc_status fsci_study_run(fsc_ctx *ctx, const fsc_args *outer, const char *name, const char *kind,
                          fsc_record *record, fsc_error *err);

#endif
