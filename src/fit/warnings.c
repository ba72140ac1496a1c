#include "fit/record.h"
#include "record/warning.h"

#include <math.h>

static const char *label(fsci_arena *arena, const fsci_fit *fit, size_t coordinate)
{
    const fsci_model *m = &fit->model;
    return fsci_parameter_label(arena, &m->all[m->parameters.free[coordinate]]);
}

static void warn_bounds(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    for (size_t k = 0; k < fit->model.parameters.n_free; k++)
        if (fit->at_bound[k])
            fsci_record_warn(a, record, "W-BOUND",
                             "%s ended on its bound, %.4g: the data push it further; its interval "
                             "is not given. Question the bound, or drop the term.",
                             label(a, fit, k), fit->theta[fit->model.parameters.free[k]]);
}

static void warn_identification(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_curvature *c = &fit->curvature;
    size_t p = fit->model.parameters.n_free, m = p;
    for (size_t k = 0; k < p; k++)
        m -= fit->at_bound[k];
    if (fit->model.n == p)
        fsci_record_warn(a, record, "W-FEW",
                         "as many rows as free parameters (%zu): the curve passes through every "
                         "row and nothing is left to judge it by. Add rows.",
                         p);
    else if (c->rank < m)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the data determine only %zu of %zu free parameters; the values of the "
                         "others are one choice of many. Hold some with --fix or --tie.",
                         c->rank, m);
    else if (!c->covariance)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the objective is flat at the minimum (too few residuals within delta), "
                         "so local standard errors do not exist. Use --bootstrap.");
    for (size_t k = 0; k < p && c->covariance; k++) {
        size_t other = c->correlated[k];
        bool mutual_later = c->correlated[other] == k && other < k;
        if (fabs(c->correlation_with[k]) > 0.95 && !mutual_later)
            fsci_record_warn(a, record, "W-COND",
                             "%s and %s trade off (correlation %.4f): neither means much alone; "
                             "quote what they predict together.",
                             label(a, fit, k), label(a, fit, other), c->correlation_with[k]);
    }
}

static void warn_search(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_search *s = &fit->search;
    if (s->best.stop == FSCI_STOP_LIMIT)
        fsci_record_warn(a, record, "W-STOP",
                         "the solver used up its iterations before its stop test held (scaled "
                         "gradient %.1g): the minimum may lie lower.",
                         s->best.gradient_norm);
    if (s->n_solved >= 8 && s->reached_best * 20 < s->n_solved)
        fsci_record_warn(a, record, "W-STARTS",
                         "only %zu of %zu starts reached the best minimum; a lower one may exist. "
                         "Try --starts %zu.",
                         s->reached_best, s->n_solved, 10 * s->n_solved);
    if (s->n_optima > 1 && s->optima[1].value <= 1.01 * s->optima[0].value)
        fsci_record_warn(a, record, "W-STARTS",
                         "another minimum lies within %.2g %% of the best (objective %.6g): see "
                         "starts.distinct_optima before trusting single parameters.",
                         100 * (s->optima[1].value / s->optima[0].value - 1), s->optima[1].value);
}

void fsci_fit_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    warn_bounds(arena, fit, record);
    warn_identification(arena, fit, record);
    warn_search(arena, fit, record);
}
