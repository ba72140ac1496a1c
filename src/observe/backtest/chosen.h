/* chosen: a target of an observation forecast by one method of the table: what `observe` does when
 * nothing is named. */
#ifndef FSCI_OBSERVE_BACKTEST_CHOSEN_H
#define FSCI_OBSERVE_BACKTEST_CHOSEN_H

#include "observe/forecast.h"
#include "observe/method.h"

/* Forecasts the rows of the setting's split that are not training, and pushes an element onto
 * `targets`: that of other predictors with null for what belongs to a curve, and `method: {id,
 * title, source, why}`, `inner: [{from, to, n, rmse, coverage, widened}]`, `past: [{from, to, n,
 * rmse, coverage}]`. Intervals are the method's; where inner splits of the training rows held fewer
 * than they should at this distance, and more of them than chance, they are widened to what would
 * have held. Notes (W-FEW-TRAIN, W-FLOOR, W-WIDE, W-METHOD) what makes the forecast doubtful.
 * Errors: FSC_ENOMEM. */
fsc_status fsci_chosen_forecast(fsci_arena *arena, const fsci_setting *setting,
                                const fsci_method *method, fsci_json *targets, fsc_error *err);

#endif
