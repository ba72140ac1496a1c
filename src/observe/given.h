/* given: a law whose weights are known beforehand, as a forecast beside those that are fitted.
 *
 * What was printed or registered before the results were known is evaluated as it stands:
 *
 *   z = intercept + sum_j weight_j benchmark_j,   prediction = floor + (1 - floor) sigmoid(z), or z
 *
 * on the completed benchmarks in their own units (Ruan, Maddison, Hashimoto 2024, table C.1). */
#ifndef FSCI_OBSERVE_GIVEN_H
#define FSCI_OBSERVE_GIVEN_H

#include "observe/forecast.h"

/* The forecast of input->given, without intervals, to be judged like any other. Errors: FSC_EINPUT
 * for a name that is no benchmark, and for a floor outside [0, 1); FSC_ENOMEM. */
fsc_status fsci_given_forecast(fsci_arena *arena, const fsci_setting *setting,
                               fsci_forecast *forecast, fsc_error *err);

#endif
