/* The plain mean of the curves in 1, 2, 3 and 4 raw components, least squares under a weak prior.
 */
#include "observe/methods/ensemble.h"
#include "observe/methods/methods.h"

fsc_status fsci_predict_component_average(fsci_arena *arena, const fsci_task *task,
                                          fsci_predictive *predictive, fsc_error *err)
{
    const fsci_posterior_options least_squares = {.spread = FSCI_SPREAD_CONSTANT};
    const fsci_member members[] = {{FSCI_VIEW_RAW, 1, least_squares, NULL},
                                   {FSCI_VIEW_RAW, 2, least_squares, NULL},
                                   {FSCI_VIEW_RAW, 3, least_squares, NULL},
                                   {FSCI_VIEW_RAW, 4, least_squares, NULL}};
    return fsci_ensemble_predict(arena, task, members, sizeof members / sizeof *members, predictive,
                                 err);
}
