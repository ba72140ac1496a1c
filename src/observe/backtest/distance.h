/* distance: errors by how far a forecast goes beyond what it was fitted on. */
#ifndef FSCI_OBSERVE_BACKTEST_DISTANCE_H
#define FSCI_OBSERVE_BACKTEST_DISTANCE_H

#include "observe/backtest/write.h"

/* Adds `by_distance` to the object of a method: [{by, from, to, n, mae, rmse, coverage}] for
 * capability (training deviations of the first component above the best training model), decades
 * (of compute above the largest) and months (after the newest). Bins without a row are left out. */
void fsci_distance_write(fsci_arena *arena, const fsci_contest *contest, size_t method,
                         fsci_json *object);

#endif
