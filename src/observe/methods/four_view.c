/* Four views of capability: raw components and components of chance-corrected log-odds, each fitted
 * by least squares and with logit noise, three components, a weak prior, no weights. */
#include "observe/methods/ensemble.h"
#include "observe/methods/methods.h"

static const fsci_spread LS = FSCI_SPREAD_CONSTANT, NOISE = FSCI_SPREAD_LOGIT;
static const double FAMILY_SD = 0.15;

static fsc_status predict(fsci_arena *arena, const fsci_task *task, double family_sd,
                          fsci_predictive *predictive, fsc_error *err)
{
    const fsci_member members[] = {
        {FSCI_VIEW_RAW, 3, {.spread = LS, .family_sd = family_sd}},
        {FSCI_VIEW_RAW, 3, {.spread = NOISE, .family_sd = family_sd}},
        {FSCI_VIEW_CHANCE_LOGIT, 3, {.spread = LS, .family_sd = family_sd}},
        {FSCI_VIEW_CHANCE_LOGIT, 3, {.spread = NOISE, .family_sd = family_sd}}};
    return fsci_ensemble_predict(arena, task, members, sizeof members / sizeof *members, predictive,
                                 err);
}

fsc_status fsci_predict_four_view(fsci_arena *arena, const fsci_task *task,
                                  fsci_predictive *predictive, fsc_error *err)
{
    return predict(arena, task, 0, predictive, err);
}

fsc_status fsci_predict_four_view_families(fsci_arena *arena, const fsci_task *task,
                                           fsci_predictive *predictive, fsc_error *err)
{
    return predict(arena, task, FAMILY_SD, predictive, err);
}
