/* provenance: how a record came about. Everything here may differ between machines and thread
 * counts; everything outside it may not. No user, host or folder is named. */
#ifndef FSCI_API_PROVENANCE_H
#define FSCI_API_PROVENANCE_H

#include "api/args.h"
#include "record/json.h"

void fsci_provenance_add(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                         fsci_json *record);

/* --level, checked. */
fsc_status fsci_args_level(const fsc_args *args, double *level, fsc_error *err);
/* --level, --seed and --threads (0: one per processor), checked. */
fsc_status fsci_args_common(const fsc_args *args, double *level, uint64_t *seed, int *threads,
                            fsc_error *err);

#endif
