/* law_estimator: a law on a table as an estimator: search, covariance, forecast with the interval
 * of an observation. */
#ifndef FSCI_FIT_LAW_ESTIMATOR_H
#define FSCI_FIT_LAW_ESTIMATOR_H

#include "fit/contest/estimator.h"
#include "fit/model.h"

typedef struct fsci_law_estimator {
    fsci_subject subject;
    const fsc_table *table;
    fsci_fit_settings settings;
} fsci_law_estimator;

/* `context` is borrowed; `observed` is what `model`, the same law on all rows, predicts: a column,
 * or of a likelihood its left side. False when it cannot be solved for one. */
bool fsci_law_estimator_make(fsci_arena *arena, const fsci_law_estimator *context,
                             const fsci_model *model, const char *id, fsci_estimator *out);

#endif
