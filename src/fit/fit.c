#include "fit/fit.h"

#include "fit/grouped.h"
#include "fit/priors.h"
#include "fit/staged.h"

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

/* On a table of many parts the search for the right minimum is done on one, and finished on all.
 * The part is the smaller, the more operations a row takes beyond those of most laws. */
enum { SEARCHED_ROWS = 10000, PARTS = 5, USUAL_STEPS = 20, ROWS_PER_PARAMETER = 10 };

static size_t searched_rows(const fsci_fit_settings *settings, const fsci_model *model)
{
    size_t rows = settings->search.rows ? settings->search.rows : SEARCHED_ROWS;
    size_t least = ROWS_PER_PARAMETER * model->parameters.n_free;
    size_t steps = fsci_program_steps(model->objective.residual);
    if (steps > USUAL_STEPS)
        rows = rows * USUAL_STEPS / steps;
    return rows > least ? rows : least;
}

static fsc_status search_part(fsci_arena *arena, const fsci_fit_settings *settings, fsci_fit *fit,
                              fsc_error *err)
{
    fsci_fit_settings thinned = *settings;
    fsci_model *part = FSCI_NEW(arena, fsci_model, 1);
    fsci_search found;
    if (!part)
        return fsci_fail_memory(err);
    thinned.every = fit->model.n / searched_rows(settings, &fit->model);
    FSCI_TRY(fsci_model_new(arena, &fit->model.subject, fit->model.table, &thinned, part, err));
    FSCI_TRY(fsci_staged_run(arena, &part->objective, part->separable, part->stages,
                             &settings->search, &found, err));
    return fsci_search_continue(arena, &fit->model.objective, &found, settings->search.threads,
                                &fit->search, err);
}

static fsc_status search(fsci_arena *arena, const fsci_fit_settings *settings, fsci_fit *fit,
                         fsc_error *err)
{
    bool large = fit->model.n >= PARTS * searched_rows(settings, &fit->model);
    if (fit->model.subject.grouped)
        return fsci_grouped_search(arena, settings, fit, err);
    for (size_t i = 0; i < fit->model.n_all; i++) /* a rare level might be missing from a part */
        large = large && !fit->model.all[i].group;
    if (large && settings->search.scheme == FSCI_STARTS_SCREENED)
        return search_part(arena, settings, fit, err);
    return fsci_staged_run(arena, &fit->model.objective, fit->model.separable, fit->model.stages,
                           &settings->search, &fit->search, err);
}

/* Deviations of priors that are fitted, and the minimum that belongs to them. */
static fsc_status settle_priors(fsci_arena *arena, fsci_fit *fit, fsc_error *err)
{
    double *u = (double *)fit->u;
    fsci_solver *solver = fsci_solver_new(&fit->model.objective);
    fsc_status status =
        solver ? fsci_priors_settle(arena, &fit->model, solver, u, err) : fsci_fail_memory(err);
    if (status == FSC_OK) {
        fit->search.best = fsci_solver_run(solver, NULL, u);
        fit->search.optima[0].value = fit->search.best.value;
    }
    fsci_solver_free(solver);
    return status;
}

fsc_status fsci_fit_minimum(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                            const fsci_fit_settings *settings, fsci_fit *fit, fsc_error *err)
{
    *fit = (fsci_fit){0};
    FSCI_TRY(fsci_model_new(arena, subject, table, settings, &fit->model, err));
    FSCI_TRY(fsci_clusters_find(arena, &fit->model, settings->cluster, &fit->clusters, err));
    if (settings->bootstrap)
        FSCI_TRY(fsci_resamples_room(settings, &fit->model, err));
    FSCI_TRY(search(arena, settings, fit, err));
    fit->u = fit->search.optima[0].u;
    if (fsci_priors_any(&fit->model.parameters))
        FSCI_TRY(settle_priors(arena, fit, err));
    return FSC_OK;
}

fsc_status fsci_fit_run(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                        const fsci_fit_settings *settings, fsci_fit *fit, fsc_error *err)
{
    FSCI_TRY(fsci_fit_minimum(arena, subject, table, settings, fit, err));
    FSCI_TRY(residuals_at_best(arena, fit, err));
    FSCI_TRY(fsci_curvature_find(arena, fit, err));
    if (settings->bootstrap)
        FSCI_TRY(fsci_resamples_run(arena, settings, fit, &fit->resamples, err));
    return FSC_OK;
}
