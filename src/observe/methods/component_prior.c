/* The published curve, three raw components by least squares, under a weak prior: its mode. */
#include "observe/methods/ensemble.h"
#include "observe/methods/methods.h"

fsc_status fsci_predict_component_prior(fsci_arena *arena, const fsci_task *task,
                                        fsci_predictive *predictive, fsc_error *err)
{
    const fsci_member member = {FSCI_VIEW_RAW, 3, {.spread = FSCI_SPREAD_CONSTANT}, NULL};
    return fsci_ensemble_predict(arena, task, &member, 1, predictive, err);
}
