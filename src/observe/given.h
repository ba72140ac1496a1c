/* given: a law whose weights are known beforehand, scored like those that are fitted.
 *
 * What was printed or registered before the results were known is evaluated as it stands:
 *
 *   z = intercept + sum_j weight_j benchmark_j,   prediction = floor + (1 - floor) sigmoid(z), or z
 *
 * on the completed benchmarks in their own units (Ruan, Maddison, Hashimoto 2024, table C.1). */
#ifndef FSCI_OBSERVE_GIVEN_H
#define FSCI_OBSERVE_GIVEN_H

#include "observe/forecast.h"

/* Adds to the array `list` an element of `targets` whose predictors are "given", from input->given.
 * Errors: FSC_EINPUT for a name that is no benchmark, and for a floor outside [0, 1); FSC_ENOMEM.
 */
fsc_status fsci_given_write(fsci_arena *arena, const fsci_frame *frame,
                            const fsci_observe_input *input, const fsci_capability *capability,
                            const fsci_target *target, fsci_json *list, fsc_error *err);

#endif
