/* ctx: what a run needs from its surroundings, and the record it gives. */
#ifndef FSCI_API_CTX_H
#define FSCI_API_CTX_H

#include "api/args.h"
#include "base/arena.h"
#include "law/catalogue.h"
#include "record/json.h"

struct fsc_ctx {
    char *laws; /* folders searched before the catalogue, joined by ':'; may be NULL */
};

struct fsc_record {
    fsci_arena *arena; /* owns everything below */
    fsci_json *root;
    char *json; /* made on first use; malloc'd */
    bool no;    /* a check that the user asked for failed */
};

/* An empty record: no root yet. */
fsc_status fsci_record_new(fsc_record **record, fsc_error *err);
/* The members every record starts with: kind, schema, program. */
fsci_json *fsci_record_begin(fsci_arena *arena, const char *kind);

/* Where laws are looked for: --law-path (args may be NULL), then the context's folders, then the
 * built-in ones. */
fsc_status fsci_ctx_catalogue(const fsc_ctx *ctx, const fsc_args *args, fsci_arena *arena,
                              fsci_catalogue *catalogue, fsc_error *err);

/* A run of one command fills `record->root` in `record->arena`. */
typedef fsc_status fsci_command_fn(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                   fsc_error *err);
fsci_command_fn fsci_command_demo, fsci_command_fit, fsci_command_predict, fsci_command_observe,
    fsci_command_select, fsci_command_design, fsci_command_compare, fsci_command_laws,
    fsci_command_data, fsci_command_table, fsci_command_sim, fsci_command_expr, fsci_command_metric,
    fsci_command_backtest, fsci_command_mix;

/* `laws eval`: a published set at given inputs. */
fsc_status fsci_laws_evaluate(const fsc_args *args, const fsci_catalogue *catalogue, const char *id,
                              fsc_record *record, fsc_error *err);

#endif
