/* predictor: what a target is predicted from, and the curve fitted to it.
 *
 * With space.h this is the whole estimator, on any list of rows, so that whoever resamples or holds
 * out refits all of it:
 *
 *   fsci_space_fit(training rows)
 *   fsci_space_apply(rows) ── fsci_features_make ──┬─ fsci_features_fit (training rows)
 *                                                  └─ fsci_features_predict (any rows) */
#ifndef FSCI_OBSERVE_PREDICTOR_H
#define FSCI_OBSERVE_PREDICTOR_H

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
const char *fsci_predictor_text(fsci_arena *arena, fsci_predictor predictor);
bool fsci_predictor_is_capability(fsci_predictor predictor); /* of scores, not of scale */

/* Features of some rows, x_ij = x[j * n + i]; NaN where unknown. */
typedef struct fsci_features {
    size_t n, k;
    const double *x;
} fsci_features;

/* Of rows[n], whose completed benchmarks and scores are those of fsci_space_apply (and are
 * borrowed). Errors: FSC_ENOMEM. */
fsc_status fsci_features_make(fsci_arena *arena, fsci_predictor predictor, const fsci_frame *frame,
                              const size_t *rows, size_t n, const double *complete,
                              const double *scores, fsci_features *features, fsc_error *err);

/* Fits a curve to the first `n_train` rows and their target t[n_train], passing over rows whose
 * features are unknown. Errors as fsci_link_fit. */
fsc_status fsci_features_fit(fsci_arena *arena, const fsci_features *features, const double *t,
                             size_t n_train, const fsci_link_options *options, fsci_link *link,
                             fsc_error *err);

typedef struct fsci_predictions {
    double *z;          /* [n] linear form; NaN where a feature is unknown */
    double *value;      /* [n] on the normalised target */
    double *half_width; /* [n] of the prediction interval; NaN where not determined */
} fsci_predictions;

/* Of all rows; arrays in `arena`. Errors: FSC_ENOMEM. */
fsc_status fsci_features_predict(fsci_arena *arena, const fsci_features *features,
                                 const fsci_link *link, double level, fsci_predictions *predictions,
                                 fsc_error *err);

/* The link's weights on the (scaled) benchmarks, weights[p], and as result the intercept that goes
 * with them. Only where fsci_predictor_is_capability. */
double fsci_benchmark_weights(fsci_predictor predictor, const fsci_link *link, const fsci_pca *pca,
                              double *weights);

#endif
