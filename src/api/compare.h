/* compare: several laws and one table, from arguments. */
#ifndef FSCI_API_COMPARE_H
#define FSCI_API_COMPARE_H

#include "api/ctx.h"
#include "api/rows.h"
#include "fit/contest/comparison.h"

typedef fsc_status fsci_compare_fn(fsci_arena *arena, const fsci_comparison_input *input,
                                   fsci_json *record, fsc_error *err);

/* A record of `kind`: LAW... TABLE read, and what `run` says of them. */
fsc_status fsci_compare_laws(fsc_ctx *ctx, const fsc_args *args, const char *kind,
                             fsci_compare_fn *run, fsc_record *record, fsc_error *err);

#endif
