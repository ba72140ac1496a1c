/* Three raw components under a weak prior, rows weighed by what the sampling noise of their
 * benchmarks does to the curve: the effective variance of errors in variables (Orear 1982). */
#include "observe/methods/ensemble.h"
#include "observe/methods/methods.h"

fsc_status fsci_predict_errors_in_variables(fsci_arena *arena, const fsci_task *task,
                                            fsci_predictive *predictive, fsc_error *err)
{
    const fsci_member member = {FSCI_VIEW_RAW, 3, {.spread = FSCI_SPREAD_INPUTS}, NULL};
    return fsci_ensemble_predict(arena, task, &member, 1, predictive, err);
}
