/* coverage: how often intervals of each kind hold the truth, in a world where it is known. */
#ifndef FSCI_API_COVERAGE_H
#define FSCI_API_COVERAGE_H

#include "api/world_args.h"

/* Fills a record of kind `coverage`: replicates of a world are simulated and fitted, with every
 * kind of interval at 50, 80 and 95 %, for every parameter and, with --point, for the curve and a
 * new run there. */
fsc_status fsci_coverage(const fsc_args *args, const fsci_subject *subject, fsci_arena *arena,
                         fsci_json *inputs, fsci_json *root, fsc_error *err);

/* Adds `law`, `parameters`, `noise` and `seed`: what was assumed. */
void fsci_world_describe(fsci_arena *arena, const fsci_world_input *in, const fsci_world *world,
                         uint64_t seed, fsci_json *root);

#endif
