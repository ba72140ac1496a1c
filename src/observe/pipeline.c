#include "observe/pipeline.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* ---- predictors ---- */

static const struct {
    const char *text;
    fsci_predictor_kind kind;
} named[] = {
    {"mean", FSCI_PREDICTOR_MEAN}, {"flops", FSCI_PREDICTOR_FLOPS}, {"size", FSCI_PREDICTOR_SIZE}};

fsc_status fsci_predictor_read(const char *text, fsci_predictor *predictor, fsc_error *err)
{
    double k;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (!strcmp(named[i].text, text)) {
            *predictor = (fsci_predictor){named[i].kind, 1};
            return FSC_OK;
        }
    if (!strncmp(text, "pc", 2) && fsci_number_read(text + 2, strlen(text + 2), &k) && k >= 1 &&
        k <= 1000 && k == floor(k)) {
        *predictor = (fsci_predictor){FSCI_PREDICTOR_PCS, (size_t)k};
        return FSC_OK;
    }
    return fsci_fail(err, FSC_EINPUT,
                     "'%s' is no predictor; there are pc1, pc2, ..., mean, flops and size", text);
}

bool fsci_predictor_is_capability(fsci_predictor predictor)
{
    return predictor.kind == FSCI_PREDICTOR_PCS || predictor.kind == FSCI_PREDICTOR_MEAN;
}

const char *fsci_predictor_text(fsci_arena *arena, fsci_predictor predictor)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (named[i].kind == predictor.kind)
            return named[i].text;
    return fsci_format(arena, "pc%zu", predictor.k);
}

/* ---- features ---- */

static void row_means(size_t n, size_t p, const double *complete, double *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = 0;
        for (size_t j = 0; j < p; j++)
            x[i] += complete[j * n + i] / (double)p;
    }
}

/* x[n*k] of rows[n], NaN where unknown; NULL when out of memory. */
static double *features(fsci_arena *arena, const fsci_frame *frame, const fsci_latent_space *space,
                        fsci_predictor predictor, const size_t *rows, size_t n)
{
    const double *scale = predictor.kind == FSCI_PREDICTOR_FLOPS ? frame->flops : frame->size;
    if (!fsci_predictor_is_capability(predictor)) {
        double *x = FSCI_NEW(arena, double, n);
        for (size_t i = 0; x && i < n; i++)
            x[i] = log(scale[rows[i]]);
        return x;
    }
    double *complete = FSCI_NEW(arena, double, n * frame->p);
    double *x = FSCI_NEW(arena, double, n * space->pca.k);
    if (!complete || !x)
        return NULL;
    fsci_space_apply(space, frame, rows, n, complete, x);
    if (predictor.kind == FSCI_PREDICTOR_MEAN)
        row_means(n, frame->p, complete, x);
    return x; /* of the scores, the first predictor.k columns are used */
}

static bool is_known(const double *x, size_t n, size_t k, size_t i)
{
    for (size_t j = 0; j < k; j++)
        if (isnan(x[j * n + i]))
            return false;
    return true;
}

/* ---- fit and predict ---- */

fsc_status fsci_pipeline_fit(fsci_arena *arena, const fsci_frame *frame,
                             const fsci_latent_space *space, fsci_predictor predictor,
                             const double *target, const size_t *rows, size_t n,
                             const fsci_link_options *options, fsci_pipeline *pipeline,
                             fsc_error *err)
{
    size_t k = predictor.k, known = 0, at = 0;
    const double *x = features(arena, frame, space, predictor, rows, n);
    double *X = FSCI_NEW(arena, double, n *k), *t = FSCI_NEW(arena, double, n);
    if (!x || !X || !t)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        known += is_known(x, n, k, i);
    for (size_t i = 0; i < n; i++) {
        if (!is_known(x, n, k, i))
            continue;
        for (size_t j = 0; j < k; j++)
            X[j * known + at] = x[j * n + i];
        t[at++] = target[rows[i]];
    }
    pipeline->predictor = predictor;
    pipeline->space = space;
    return fsci_link_fit(arena, known, k, X, t, options, &pipeline->link, err);
}

fsc_status fsci_pipeline_predict(fsci_arena *arena, const fsci_pipeline *pipeline,
                                 const fsci_frame *frame, const size_t *rows, size_t n,
                                 double level, fsci_predictions *predictions, fsc_error *err)
{
    const fsci_link *link = &pipeline->link;
    const double *x = features(arena, frame, pipeline->space, pipeline->predictor, rows, n);
    *predictions = (fsci_predictions){FSCI_NEW(arena, double, n), FSCI_NEW(arena, double, n),
                                      FSCI_NEW(arena, double, n)};
    if (!x || fsci_arena_failed(arena))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        predictions->z[i] = fsci_link_z(link, x + i, n);
        predictions->value[i] = fsci_link_at(link, predictions->z[i]);
        predictions->half_width[i] = fsci_link_half_width(link, x + i, n, level);
    }
    return FSC_OK;
}

double fsci_pipeline_benchmark_weights(const fsci_pipeline *pipeline, double *weights)
{
    const fsci_pca *pca = &pipeline->space->pca;
    const fsci_link *link = &pipeline->link;
    double intercept = link->intercept;
    for (size_t j = 0; j < pca->p; j++) {
        weights[j] = 0;
        if (pipeline->predictor.kind == FSCI_PREDICTOR_MEAN) {
            weights[j] = link->weights[0] / (double)pca->p;
            continue;
        }
        for (size_t c = 0; c < link->k; c++)
            weights[j] += link->weights[c] * pca->loadings[c * pca->p + j] / pca->unit[j];
        intercept -= weights[j] * pca->mean[j];
    }
    return intercept;
}
