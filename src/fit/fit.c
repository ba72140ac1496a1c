#include "fit/fit.h"

static fsc_status residuals_at_best(fsci_arena *arena, fsci_fit *fit, fsc_error *err)
{
    const fsci_parameters *p = &fit->model.parameters;
    size_t n = fit->model.n;
    fsci_evaluator *evaluator = fsci_evaluator_new(&fit->model.objective);
    fit->theta = FSCI_NEW(arena, double, p->n);
    fit->r = FSCI_NEW(arena, double, n);
    fit->J = FSCI_NEW(arena, double, n * p->n_free);
    fit->at_bound = FSCI_NEW(arena, bool, p->n_free);
    bool ready = evaluator && fit->theta && fit->r && fit->J && fit->at_bound;
    if (ready) {
        fsci_parameters_expand(p, fit->u, fit->theta);
        fsci_objective_residuals(evaluator, fit->u, fit->r, fit->J);
        for (size_t k = 0; k < p->n_free; k++)
            fit->at_bound[k] = fsci_parameters_at_bound(p, fit->u, k);
    }
    fsci_evaluator_free(evaluator);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_fit_run(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                        const fsci_fit_settings *settings, fsci_fit *fit, fsc_error *err)
{
    *fit = (fsci_fit){0};
    FSCI_TRY(fsci_model_new(arena, subject, table, settings, &fit->model, err));
    FSCI_TRY(fsci_search_run(arena, &fit->model.objective, fit->model.separable, &settings->search,
                             &fit->search, err));
    fit->u = fit->search.optima[0].u;
    FSCI_TRY(residuals_at_best(arena, fit, err));
    FSCI_TRY(fsci_curvature_find(arena, fit, err));
    if (settings->bootstrap)
        FSCI_TRY(fsci_resamples_run(arena, settings->bootstrap, settings->seed,
                                    settings->search.threads, fit, err));
    return FSC_OK;
}
