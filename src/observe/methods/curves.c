/* A curve through features of the models, by least squares from many starts (predictor.h, link.h),
 * with delta-method intervals. */
#include "observe/methods/methods.h"
#include "observe/predictor.h"

#include <math.h>

/* Where the covariance is not determined, the residuals alone say how far off it may be. */
static void spread(const fsci_link *link, double value, double deviation, size_t i,
                   fsci_predictive *out)
{
    if (!isfinite(deviation))
        deviation = link->df > 0 ? sqrt(link->sse / link->df) : NAN;
    fsci_predictive_spread(out, i, value, deviation, link->df);
}

static fsc_status predict_with(fsci_arena *arena, fsci_predictor predictor,
                               const fsci_link_options *options, const fsci_task *task,
                               fsci_predictive *out, fsc_error *err)
{
    size_t m = task->n_train, *train = FSCI_NEW(arena, size_t, m);
    fsci_fitted fitted;
    if (!train)
        return fsci_fail_memory(err);
    if (predictor.kind == FSCI_PREDICTOR_PCS && predictor.k > task->k)
        return fsci_fail(err, FSC_EINPUT, "there are %zu components", task->k);
    for (size_t i = 0; i < m; i++)
        train[i] = i;
    FSCI_TRY(fsci_predictor_fit(arena, predictor, task->sample, train, m, options, &fitted, err));
    FSCI_TRY(fsci_fitted_spread(arena, task->sample, train, m, &fitted, err));
    for (size_t i = m; i < task->n; i++)
        spread(&fitted.link, fitted.value[i], fitted.spread[i], i - m, out);
    return FSC_OK;
}

static fsc_status predict_from(fsci_arena *arena, fsci_predictor predictor, const fsci_task *task,
                               fsci_predictive *out, fsc_error *err)
{
    return predict_with(arena, predictor, task->options, task, out, err);
}

/* The optimum next to the start of the paper's notebooks (intercept 0, weights 0.03, floor 0),
 * which on nearly separable data is not the best one. */
static fsc_status predict_published(fsci_arena *arena, size_t k, const fsci_task *task,
                                    fsci_predictive *out, fsc_error *err)
{
    double weights[] = {0.03, 0.03, 0.03, 0.03};
    fsci_link_optimum start = {.weights = weights};
    fsci_link_options options = *task->options;
    options.start = &start;
    options.starts = 1;
    return predict_with(arena, (fsci_predictor){FSCI_PREDICTOR_PCS, k}, &options, task, out, err);
}

/* One function per predictor: fsci_predict_NAME. */
#define PREDICT_FROM(name, kind, k)                                                                \
    fsc_status fsci_predict_##name(fsci_arena *arena, const fsci_task *task, fsci_predictive *out, \
                                   fsc_error *err)                                                 \
    {                                                                                              \
        return predict_from(arena, (fsci_predictor){kind, k}, task, out, err);                     \
    }

PREDICT_FROM(pc1, FSCI_PREDICTOR_PCS, 1)
PREDICT_FROM(pc2, FSCI_PREDICTOR_PCS, 2)
PREDICT_FROM(pc3, FSCI_PREDICTOR_PCS, 3)
PREDICT_FROM(pc4, FSCI_PREDICTOR_PCS, 4)
PREDICT_FROM(average, FSCI_PREDICTOR_MEAN, 1)
PREDICT_FROM(flops, FSCI_PREDICTOR_FLOPS, 1)
PREDICT_FROM(size, FSCI_PREDICTOR_SIZE, 1)
PREDICT_FROM(ridge, FSCI_PREDICTOR_BENCHMARKS, 1)

#define PREDICT_PUBLISHED(k)                                                                       \
    fsc_status fsci_predict_published_##k(fsci_arena *arena, const fsci_task *task,                \
                                          fsci_predictive *out, fsc_error *err)                    \
    {                                                                                              \
        return predict_published(arena, k, task, out, err);                                        \
    }

PREDICT_PUBLISHED(1)
PREDICT_PUBLISHED(2)
PREDICT_PUBLISHED(3)
PREDICT_PUBLISHED(4)

/* The curve over release dates of the training models whose date is known. */
fsc_status fsci_predict_date(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                             fsc_error *err)
{
    size_t n = 0;
    fsci_link link;
    double *x = FSCI_NEW(arena, double, task->n_train), *t = FSCI_NEW(arena, double, task->n_train);
    if (!x || !t)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < task->n_train; i++)
        if (!isnan(task->date[i]))
            x[n] = task->date[i], t[n++] = task->t[i];
    FSCI_TRY(fsci_link_fit(arena, n, 1, x, t, task->options, &link, err));
    for (size_t i = task->n_train; i < task->n; i++) {
        const double *date = &task->date[i];
        spread(&link, fsci_link_at(&link, fsci_link_z(&link, date, 1)),
               fsci_link_spread(&link, date, 1), i - task->n_train, out);
    }
    return FSC_OK;
}
