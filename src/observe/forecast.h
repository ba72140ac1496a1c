/* forecast: one target predicted in one way, and how that went on the models held out. */
#ifndef FSCI_OBSERVE_FORECAST_H
#define FSCI_OBSERVE_FORECAST_H

#include "observe/capability.h"
#include "observe/predictor.h"

/* By position in the split. */
typedef struct fsci_target {
    const char *name;
    double *observed;   /* [split.n] in the column's own units, NaN where unknown */
    double *normalised; /* [split.n] (observed - chance)/(ceiling - chance) */
    double lowest;      /* least possible value in own units: 0, or what training rows go to */
} fsci_target;

/* Errors as fsci_check_target; FSC_ENOMEM. */
fsc_status fsci_target_read(fsci_arena *arena, const fsci_frame *frame,
                            const fsci_observe_input *input, const fsci_split *split, size_t index,
                            fsci_target *target, fsc_error *err);

/* Errors are predicted minus observed, both normalised. NaN when n is 0. */
typedef struct fsci_score {
    size_t n;
    double mse, mae, mean_signed_error;
    double coverage; /* share of rows inside their interval; NaN without intervals */
} fsci_score;

typedef struct fsci_forecast {
    const fsci_target *target;
    fsci_predictor predictor;
    fsci_features features; /* by position in the split, like all that follows */
    fsci_link link;
    fsci_predictions predictions;
    double *lo, *hi; /* prediction interval in own units; NaN where there is none */
    fsci_score score[FSCI_SETS];
    const char *reference; /* family of the equivalents; NULL when there are none */
    fsci_line equivalent;  /* z on log10 FLOPs of that family */
    double *optimum_mse;   /* [link.n_optima] test error of each optimum */
} fsci_forecast;

/* Fits on the training rows, predicts all, scores the others, and notes what deserves a warning.
 * Arrays live in `arena`. Errors: FSC_EINPUT (fewer training rows than parameters, no such
 * reference family); FSC_ENOMEM. */
fsc_status fsci_forecast_make(fsci_arena *arena, const fsci_frame *frame,
                              const fsci_observe_input *input, const fsci_capability *capability,
                              const fsci_target *target, fsci_predictor predictor,
                              fsci_notes *notes, fsci_forecast *forecast, fsc_error *err);

#endif
