/* Four views of capability: raw components and components of chance-corrected log-odds, each fitted
 * by least squares and with logit noise, three components, a weak prior, no weights. */
#include "observe/methods/ensemble.h"
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

static const fsci_spread LS = FSCI_SPREAD_CONSTANT, NOISE = FSCI_SPREAD_LOGIT;
static const double FAMILY_SD = 0.15;

static fsc_status predict(fsci_arena *arena, const fsci_task *task, double family_sd,
                          const double *beside, fsci_predictive *predictive, fsc_error *err)
{
    const fsci_posterior_options squares = {.spread = LS, .family_sd = family_sd};
    const fsci_posterior_options noise = {.spread = NOISE, .family_sd = family_sd};
    const fsci_member members[] = {{FSCI_VIEW_RAW, 3, squares, beside},
                                   {FSCI_VIEW_RAW, 3, noise, beside},
                                   {FSCI_VIEW_CHANCE_LOGIT, 3, squares, beside},
                                   {FSCI_VIEW_CHANCE_LOGIT, 3, noise, beside}};
    return fsci_ensemble_predict(arena, task, members, sizeof members / sizeof *members, predictive,
                                 err);
}

fsc_status fsci_predict_four_view(fsci_arena *arena, const fsci_task *task,
                                  fsci_predictive *predictive, fsc_error *err)
{
    return predict(arena, task, 0, NULL, predictive, err);
}

fsc_status fsci_predict_four_view_families(fsci_arena *arena, const fsci_task *task,
                                           fsci_predictive *predictive, fsc_error *err)
{
    return predict(arena, task, FAMILY_SD, NULL, predictive, err);
}

/* Where it is not known what stands beside the components, four-view alone. */
static fsc_status predict_beside(fsci_arena *arena, const fsci_task *task, const double *beside,
                                 fsci_predictive *predictive, fsc_error *err)
{
    size_t n = task->n - task->n_train;
    fsci_predictive more = {FSCI_NEW(arena, double, n), FSCI_NEW(arena, double, n *FSCI_QUANTILES)};
    if (!more.point || !more.quantile)
        return fsci_fail_memory(err);
    FSCI_TRY(predict(arena, task, 0, NULL, predictive, err));
    FSCI_TRY(predict(arena, task, 0, beside, &more, err));
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(beside[task->n_train + i]))
            continue;
        predictive->point[i] = more.point[i];
        memcpy(predictive->quantile + i * FSCI_QUANTILES, more.quantile + i * FSCI_QUANTILES,
               FSCI_QUANTILES * sizeof *more.quantile);
    }
    return FSC_OK;
}

fsc_status fsci_predict_four_view_flops(fsci_arena *arena, const fsci_task *task,
                                        fsci_predictive *predictive, fsc_error *err)
{
    return predict_beside(arena, task, task->log_flops, predictive, err);
}

fsc_status fsci_predict_four_view_date(fsci_arena *arena, const fsci_task *task,
                                       fsci_predictive *predictive, fsc_error *err)
{
    return predict_beside(arena, task, task->date, predictive, err);
}
