/* write: parts of an observation as members of its record. */
#ifndef FSCI_OBSERVE_WRITE_H
#define FSCI_OBSERVE_WRITE_H

#include "observe/families.h"
#include "observe/pipeline.h"
#include "observe/split.h"

/* A capability space and the rows it was fitted on and applied to. */
typedef struct fsci_observed_space {
    fsci_split split;
    fsci_space space;
    fsci_families families; /* positions are those of split.rows */
    double *complete;       /* [split.n * p] benchmarks, empty cells filled */
    double *scores;         /* [split.n * k] */
} fsci_observed_space;

/* benchmarks, models, columns, imputed, imputation, pca and families. */
void fsci_write_space(fsci_arena *arena, const fsci_frame *frame, const fsci_observed_space *space,
                      fsci_json *record);

/* One way of predicting one target. */
typedef struct fsci_forecast {
    const char *target;
    const double *observed;   /* [frame.n] in the column's own units */
    const double *normalised; /* [frame.n] (observed - chance)/(ceiling - chance) */
    fsci_pipeline pipeline;
    fsci_predictions predictions; /* by position in the split */
    const char *reference;        /* family of the equivalents; NULL when there are none */
    fsci_line equivalent;         /* z on log10 FLOPs of that family */
    double *optimum_mse;          /* [link.n_optima] test error of each optimum */
} fsci_forecast;

typedef struct fsci_score {
    size_t n;
    double mse, mae, mean_signed_error; /* NaN when n is 0 */
} fsci_score;

/* Of predictions `value` (by position, normalised) over the rows of one set that have one. */
fsci_score fsci_score_set(const fsci_split *split, fsci_set set, const double *normalised,
                          const double *value);

/* An element of `targets`. */
fsci_json *fsci_write_forecast(fsci_arena *arena, const fsci_frame *frame,
                               const fsci_observe_input *input, const fsci_observed_space *space,
                               const fsci_forecast *forecast);

#endif
