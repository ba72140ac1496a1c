/* The plain mean of four-view and of the hierarchical model: of their points, and of their
 * quantiles level by level (Vincent 1912), which keeps the width of intervals between the two. One
 * bends with the view of the scores, the other with families and compute; little in weak models
 * tells which is right. Where there is no hierarchical model (scores that are no shares), four-view
 * alone. */
#include "observe/methods/methods.h"

fsc_status fsci_predict_blend(fsci_arena *arena, const fsci_task *task, fsci_predictive *predictive,
                              fsc_error *err)
{
    size_t n = task->n - task->n_train;
    fsci_predictive pooled = {FSCI_NEW(arena, double, n),
                              FSCI_NEW(arena, double, n *FSCI_QUANTILES)};
    if (!pooled.point || !pooled.quantile)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_predict_four_view(arena, task, predictive, err));
    fsc_status status = fsci_predict_hierarchical(arena, task, &pooled, err);
    if (status != FSC_OK)
        return status == FSC_EINPUT ? FSC_OK : status;
    for (size_t i = 0; i < n; i++)
        predictive->point[i] = (predictive->point[i] + pooled.point[i]) / 2;
    for (size_t q = 0; q < n * FSCI_QUANTILES; q++)
        predictive->quantile[q] = (predictive->quantile[q] + pooled.quantile[q]) / 2;
    return FSC_OK;
}
