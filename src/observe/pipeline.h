/* pipeline: the whole estimator. Fitted on some rows of a frame it predicts any others: what is
 * learnt (means, components, link) comes from the fitted rows alone, so that whoever resamples or
 * holds out refits all of it.
 *
 *   fsci_space_fit(rows) ── fsci_pipeline_fit(rows, same space) ── fsci_pipeline_predict(others)
 */
#ifndef FSCI_OBSERVE_PIPELINE_H
#define FSCI_OBSERVE_PIPELINE_H

#include "observe/link.h"
#include "observe/space.h"

typedef enum fsci_predictor_kind {
    FSCI_PREDICTOR_PCS,   /* the first k component scores */
    FSCI_PREDICTOR_MEAN,  /* plain mean of the completed benchmarks */
    FSCI_PREDICTOR_FLOPS, /* natural logarithm of FLOPs */
    FSCI_PREDICTOR_SIZE   /* natural logarithm of the number of parameters */
} fsci_predictor_kind;

typedef struct fsci_predictor {
    fsci_predictor_kind kind;
    size_t k; /* features; 1 but for PCS */
} fsci_predictor;

/* "pc3", "mean", "flops", "size". FSC_EINPUT for anything else. */
fsc_status fsci_predictor_read(const char *text, fsci_predictor *predictor, fsc_error *err);
bool fsci_predictor_is_capability(fsci_predictor predictor); /* of scores, not of scale */
const char *fsci_predictor_text(fsci_arena *arena, fsci_predictor predictor);

typedef struct fsci_pipeline {
    fsci_predictor predictor;
    const fsci_latent_space *space; /* borrowed */
    fsci_link link;
} fsci_pipeline;

/* Fits predictor and link to target[frame.n], normalised, over rows[n]; rows whose features are
 * unknown are passed over. `space` was fitted on the same rows. Errors as fsci_link_fit. */
fsc_status fsci_pipeline_fit(fsci_arena *arena, const fsci_frame *frame,
                             const fsci_latent_space *space, fsci_predictor predictor,
                             const double *target, const size_t *rows, size_t n,
                             const fsci_link_options *options, fsci_pipeline *pipeline,
                             fsc_error *err);

typedef struct fsci_predictions {
    double *z;          /* [n] linear form; NaN where a feature is unknown */
    double *value;      /* [n] on the normalised target */
    double *half_width; /* [n] of the prediction interval; NaN where not determined */
} fsci_predictions;

/* Of rows[n]; arrays in `arena`. Errors: FSC_ENOMEM. */
fsc_status fsci_pipeline_predict(fsci_arena *arena, const fsci_pipeline *pipeline,
                                 const fsci_frame *frame, const size_t *rows, size_t n,
                                 double level, fsci_predictions *predictions, fsc_error *err);

/* The link's weights on the (scaled) benchmarks: weights[p], and the intercept that goes with
 * them. Only for PCS and MEAN. */
double fsci_pipeline_benchmark_weights(const fsci_pipeline *pipeline, double *weights);

#endif
