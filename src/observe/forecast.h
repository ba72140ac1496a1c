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
    double items;       /* how many each value is the mean of; NaN where unknown */
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

/* What intervals were made from. */
typedef enum fsci_interval_kind {
    FSCI_INTERVALS_NONE,
    FSCI_INTERVALS_DELTA,     /* the sandwich covariance of a curve, and its residuals */
    FSCI_INTERVALS_ERRORS,    /* without a curve: errors on training models, each from the others */
    FSCI_INTERVALS_BOOTSTRAP, /* refits on resampled models or families (bootstrap.h) */
    FSCI_INTERVALS_PREDICTIVE /* the same with what scores scatter by (scatter.h) */
} fsci_interval_kind;

/* Intervals at one level, and how they held on the test models. Widths and scores are normalised.
 */
typedef struct fsci_band {
    double level, *lo, *hi; /* lo[n], hi[n] by position in own units; NaN where there is none */
    double coverage, width; /* share of test models inside; mean width */
    double score;           /* mean width plus 2/(1 - level) times what a model lies outside by
                               (Gneiting and Raftery 2007, equation 43); smaller is better */
} fsci_band;

enum { FSCI_BANDS = 4 }; /* at the level asked for, and at 0.5, 0.8 and 0.95 */

/* Arrays by position in the split. */
typedef struct fsci_forecast {
    const fsci_target *target;
    fsci_fitted fitted;
    fsci_band band[FSCI_BANDS];
    fsci_interval_kind intervals;
    bool by_family;           /* whole families are resampled */
    size_t clusters;          /* what is resampled: models or families */
    size_t resamples, failed; /* failed ones are among them */
    fsci_score score[FSCI_SETS];
    const char *reference; /* family of the equivalents; NULL when there are none */
    fsci_line equivalent;  /* z on log10 FLOPs of that family */
    double *optimum_mse;   /* [link.n_optima] test error of each optimum */
} fsci_forecast;

/* What a forecast is made from. */
typedef struct fsci_setting {
    const fsci_frame *frame;
    const fsci_observe_input *input;
    const fsci_capability *capability;
    const fsci_target *target;
    fsci_notes *notes;
} fsci_setting;

/* The rows of the split as a predictor sees them. */
fsci_sample fsci_setting_sample(const fsci_setting *setting);
/* Positions of the training rows, which come first: count[FSCI_SET_TRAIN]; NULL when out of memory.
 */
size_t *fsci_setting_train(fsci_arena *arena, const fsci_setting *setting);

/* Room for the bands, without intervals yet. Errors: FSC_ENOMEM. */
fsc_status fsci_forecast_begin(fsci_arena *arena, const fsci_setting *setting,
                               fsci_forecast *forecast, fsc_error *err);

/* Fits on the training rows and predicts all, with intervals of its own. Arrays live in `arena`.
 * Errors: FSC_EINPUT (fewer training rows than parameters); FSC_ENOMEM. */
fsc_status fsci_forecast_fit(fsci_arena *arena, const fsci_setting *setting,
                             fsci_predictor predictor, fsci_forecast *forecast, fsc_error *err);

/* The ends of an interval of position i in own units, from the normalised target: no further than
 * scores can reach; a straight line knows no such limits. */
void fsci_forecast_bound(const fsci_setting *setting, fsci_band *band, size_t i, double lo,
                         double hi);

/* Scores the forecast, finds its equivalents, and notes what deserves a warning. Errors: FSC_EINPUT
 * (no such reference family); FSC_ENOMEM. */
fsc_status fsci_forecast_judge(fsci_arena *arena, const fsci_setting *setting,
                               fsci_forecast *forecast, fsc_error *err);

#endif
