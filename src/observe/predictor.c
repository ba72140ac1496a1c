#include "observe/predictor.h"

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

static double row_mean(const double *complete, size_t n, size_t p, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < p; j++)
        sum += complete[j * n + i];
    return sum / (double)p;
}

fsc_status fsci_features_make(fsci_arena *arena, fsci_predictor predictor, const fsci_frame *frame,
                              const size_t *rows, size_t n, const double *complete,
                              const double *scores, fsci_features *features, fsc_error *err)
{
    *features = (fsci_features){n, predictor.k, scores};
    if (predictor.kind == FSCI_PREDICTOR_PCS)
        return FSC_OK; /* the first k columns of the scores */
    double *x = FSCI_NEW(arena, double, n);
    if (!x)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        if (predictor.kind == FSCI_PREDICTOR_MEAN)
            x[i] = row_mean(complete, n, frame->p, i);
        else
            x[i] = log(predictor.kind == FSCI_PREDICTOR_FLOPS ? frame->flops[rows[i]]
                                                              : frame->size[rows[i]]);
    features->x = x;
    return FSC_OK;
}

static bool is_known(const fsci_features *f, size_t i)
{
    for (size_t j = 0; j < f->k; j++)
        if (isnan(f->x[j * f->n + i]))
            return false;
    return true;
}

/* ---- fit and predict ---- */

fsc_status fsci_features_fit(fsci_arena *arena, const fsci_features *features, const double *t,
                             size_t n_train, const fsci_link_options *options, fsci_link *link,
                             fsc_error *err)
{
    size_t k = features->k, known = 0, at = 0;
    for (size_t i = 0; i < n_train; i++)
        known += is_known(features, i);
    double *X = FSCI_NEW(arena, double, known *k), *y = FSCI_NEW(arena, double, known);
    if (!X || !y)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n_train; i++) {
        if (!is_known(features, i))
            continue;
        for (size_t j = 0; j < k; j++)
            X[j * known + at] = features->x[j * features->n + i];
        y[at++] = t[i];
    }
    return fsci_link_fit(arena, known, k, X, y, options, link, err);
}

fsc_status fsci_features_predict(fsci_arena *arena, const fsci_features *features,
                                 const fsci_link *link, double level, fsci_predictions *predictions,
                                 fsc_error *err)
{
    size_t n = features->n;
    *predictions = (fsci_predictions){FSCI_NEW(arena, double, n), FSCI_NEW(arena, double, n),
                                      FSCI_NEW(arena, double, n)};
    if (!predictions->z || !predictions->value || !predictions->half_width)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const double *x = features->x + i;
        predictions->z[i] = fsci_link_z(link, x, n);
        predictions->value[i] = fsci_link_at(link, predictions->z[i]);
        predictions->half_width[i] = fsci_link_half_width(link, x, n, level);
    }
    return FSC_OK;
}

double fsci_benchmark_weights(fsci_predictor predictor, const fsci_link *link, const fsci_pca *pca,
                              double *weights)
{
    double intercept = link->intercept;
    for (size_t j = 0; j < pca->p; j++) {
        weights[j] = 0;
        if (predictor.kind == FSCI_PREDICTOR_MEAN) {
            weights[j] = link->weights[0] / (double)pca->p;
            continue;
        }
        for (size_t c = 0; c < link->k; c++)
            weights[j] += link->weights[c] * pca->loadings[c * pca->p + j] / pca->unit[j];
        intercept -= weights[j] * pca->mean[j];
    }
    return intercept;
}
