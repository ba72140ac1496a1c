/* predictor: what a target is predicted from, fitted to some rows and applied to all.
 *
 * With space.h this is the whole estimator, on any list of rows, so that whoever resamples or holds
 * out refits all of it:
 *
 *   fsci_space_fit(training rows) ── fsci_space_apply(rows) ── fsci_sample ── fsci_predictor_fit
 */
#ifndef FSCI_OBSERVE_PREDICTOR_H
#define FSCI_OBSERVE_PREDICTOR_H

#include "observe/link.h"
#include "observe/space.h"

typedef enum fsci_predictor_kind {
    /* A curve through */
    FSCI_PREDICTOR_PCS,        /* the first k component scores */
    FSCI_PREDICTOR_MEAN,       /* the plain mean of the completed benchmarks */
    FSCI_PREDICTOR_FLOPS,      /* the natural logarithm of FLOPs */
    FSCI_PREDICTOR_SIZE,       /* the natural logarithm of the number of parameters */
    FSCI_PREDICTOR_BENCHMARKS, /* every completed benchmark, with a penalty (ridge.h) */
    FSCI_PREDICTOR_GIVEN,      /* every completed benchmark, its weights known (given.h) */
    /* No curve (analog.h) */
    FSCI_PREDICTOR_NEIGHBOURS, /* the mean of the k training models nearest in all benchmarks */
    FSCI_PREDICTOR_PERSISTENCE /* the last of the family, or the best so far */
} fsci_predictor_kind;

typedef struct fsci_predictor {
    fsci_predictor_kind kind;
    size_t k; /* components or neighbours */
} fsci_predictor;

/* "pc3", "mean", "flops", "size", "benchmarks", "neighbours" (3 of them), "neighbours5",
 * "persistence". FSC_EINPUT for anything else. */
fsc_status fsci_predictor_read(const char *text, fsci_predictor *predictor, fsc_error *err);
const char *fsci_predictor_text(fsci_arena *arena, fsci_predictor predictor);
/* What the features are, for a reader. */
const char *fsci_predictor_meaning(fsci_predictor predictor);
bool fsci_predictor_has_curve(fsci_predictor predictor);
bool fsci_predictor_is_capability(fsci_predictor predictor); /* a curve of scores, not of scale */

/* What is known of some rows: by position, column-major. Borrowed. */
typedef struct fsci_sample {
    const fsci_frame *frame;
    const size_t *rows; /* [n] of the frame; may repeat */
    size_t n;
    const fsci_latent_space *space;
    const double *complete, *scores; /* [n*p], [n*k] of fsci_space_apply */
    const double *t;                 /* [n] normalised target, NaN where unknown */
} fsci_sample;

typedef struct fsci_fitted {
    fsci_predictor predictor;
    size_t k;        /* features of the curve, x_ij = x[j * n + i], NaN where unknown */
    const double *x; /* NULL without a curve */
    fsci_link link;
    double *z;        /* [n] linear form; NaN where a feature is unknown or without a curve */
    double *value;    /* [n] prediction on the normalised target */
    double *spread;   /* [n] standard deviation of a new observation; NaN where not determined */
    double df;        /* of Student's t that goes with it */
    double *distance; /* [n] from the training models: root mean square over features of their
                         deviation from the training mean in training standard deviations, about
                         1 among the training models; NaN without a curve */
} fsci_fitted;

/* Fits to the positions train[m] (which may repeat) and predicts all rows of the sample; passes
 * over training rows whose features are unknown. `options` are the link's; a penalty in it is kept,
 * else `benchmarks` chooses one. Errors as fsci_link_fit. */
fsc_status fsci_predictor_fit(fsci_arena *arena, fsci_predictor predictor,
                              const fsci_sample *sample, const size_t *train, size_t m,
                              const fsci_link_options *options, fsci_fitted *fitted,
                              fsc_error *err);

/* Adds the spread and distance of every prediction, which the refits of a sweep or a bootstrap do
 * without. Errors: FSC_ENOMEM. */
fsc_status fsci_fitted_spread(fsci_arena *arena, const fsci_sample *sample, const size_t *train,
                              size_t m, fsci_fitted *fitted, fsc_error *err);

/* z and value of all rows under another link with the same features. */
void fsci_fitted_predict(const fsci_sample *sample, const fsci_fitted *fitted,
                         const fsci_link *link, double *z, double *value);

/* The link's weights on the (scaled) benchmarks, weights[p], and as result the intercept that goes
 * with them. Only where fsci_predictor_is_capability. */
double fsci_benchmark_weights(fsci_predictor predictor, const fsci_link *link, const fsci_pca *pca,
                              double *weights);

/* The way back: the link in another space that is closest to these weights, as a start for its own
 * fit. start->weights[] are the caller's. */
void fsci_benchmark_start(fsci_predictor predictor, double intercept, const double *weights,
                          const fsci_pca *pca, fsci_link_optimum *start);

#endif
