/* held_out: the check every fit is put through: forecast the largest runs from the others. */
#ifndef FSCI_FIT_HELD_OUT_H
#define FSCI_FIT_HELD_OUT_H

#include "fit/fit.h"
#include "fit/contest/holdout.h"
#include "record/json.h"

/* Of the runs, by size: what every fit holds out. */
extern const double fsci_held_share;

/* The rows of a model as a pool; `scale` may be NULL. */
fsci_pool fsci_pool_of(const fsci_model *model, const double *scale);

/* Adds `holdout`, or warns (W-NOHOLD) of why there is none. */
fsc_status fsci_held_out_add(fsci_arena *arena, const fsci_fit *fit,
                             const fsci_fit_settings *settings, fsci_json *record, fsc_error *err);
void fsci_held_out_missing(fsci_arena *arena, const char *why, fsci_json *record);

/* Members of a score in a record: rmse, mae, ..., coverage. */
void fsci_score_record(fsci_arena *arena, const fsci_forecast_score *score, fsci_json *object);

#endif
