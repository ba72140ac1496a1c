/* world_args: a simulated world from the options of `sim`. */
#ifndef FSCI_API_WORLD_ARGS_H
#define FSCI_API_WORLD_ARGS_H

#include "api/subject.h"
#include "record/json.h"
#include "sim/design.h"

/* Design, parameters, noise and space of a world about `subject`; tables read are named in
 * `inputs`. */
fsc_status fsci_world_args(const fsc_args *args, const fsci_subject *subject, fsci_arena *arena,
                           uint64_t seed, fsci_json *inputs, fsci_world_input *in, fsc_error *err);

#endif
