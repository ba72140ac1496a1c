#include "fit/contest/held_out.h"

#include "fit/curve.h"
#include "fit/contest/law_estimator.h"
#include "record/warning.h"

#include <math.h>

const double fsci_held_share = 0.1;

fsci_pool fsci_pool_of(const fsci_model *model, const double *scale)
{
    return (fsci_pool){.rows = model->row,
                       .n = model->n,
                       .n_table = fsci_table_rows(model->table),
                       .scale = scale,
                       .least = model->parameters.n_free + 1};
}

void fsci_held_out_missing(fsci_arena *arena, const char *why, fsci_json *record)
{
    fsci_record_warn(arena, record, "W-NOHOLD",
                     "no run was held out: %s. How well the law predicts what it has not seen is "
                     "not known.",
                     why);
}

void fsci_score_record(fsci_arena *a, const fsci_forecast_score *s, fsci_json *object)
{
    static const char *const levels[] = {"50", "80", "95"};
    fsci_json_set_number(a, object, "mse", s->mse);
    fsci_json_set_number(a, object, "rmse", s->rmse);
    fsci_json_set_number(a, object, "mae", s->mae);
    fsci_json_set_number(a, object, "median_ae", s->median_ae);
    fsci_json_set_number(a, object, "mean_signed_error", s->mean_signed_error);
    fsci_json_set_number(a, object, "are", s->are);
    fsci_json_set_number(a, object, "crps", s->crps);
    fsci_json *coverage = fsci_json_set_object(a, object, "coverage");
    for (size_t i = 0; i < 3; i++)
        fsci_json_set_number(a, coverage, levels[i], s->coverage[i]);
    fsci_json *width = fsci_json_set_object(a, object, "width");
    for (size_t i = 0; i < 3; i++)
        fsci_json_set_number(a, width, levels[i], s->width[i]);
    fsci_json_set_number(a, object, "unanswered", (double)s->n_unanswered);
}

/* Root mean square of fitted less observed, in the response's own units. */
static double rmse_within(const fsci_fit *fit, const double *observed)
{
    const fsci_objective *o = &fit->model.objective;
    double squares = 0;
    if (!fit->model.prediction) /* residuals of an equation that is not solved for the response */
        return NAN;
    for (size_t i = 0; i < o->n; i++) {
        double y = observed[fit->model.row[i]];
        double fitted = fsci_residual_unmap(o->space, fsci_residual_map(o->space, y) + fit->r[i]);
        squares += (fitted - y) * (fitted - y);
    }
    return sqrt(squares / (double)o->n);
}

static fsc_status add_score(fsci_arena *a, const fsci_fit *fit, const fsci_scale *scale,
                            const fsci_estimator *estimator, const fsci_partitions *parts,
                            int threads, fsci_json *record, fsc_error *err)
{
    fsci_row_forecast **forecasts;
    fsci_forecast_score score;
    FSCI_TRY(fsci_holdout_run(a, estimator, 1, parts, threads, &forecasts, err));
    FSCI_TRY(fsci_holdout_score(estimator, parts, 0, 1, forecasts, &score, err));
    if (!score.n) {
        fsci_held_out_missing(a, "the law could not be fitted without the largest", record);
        return FSC_OK;
    }
    const fsci_partition *part = parts->items;
    fsci_json *object = fsci_json_set_object(a, record, "holdout");
    fsci_json_set_string(a, object, "name", part->name);
    fsci_json_set_string(a, object, "scale", scale->name);
    fsci_json_set_number(a, object, "n_train", (double)part->n_train);
    fsci_json_set_number(a, object, "n_test", (double)part->n_test);
    fsci_json_set_number(a, object, "cutoff", part->cutoff);
    fsci_json_set_number(a, object, "log10_beyond", part->log10_beyond);
    fsci_score_record(a, &score, object);
    fsci_json_set_number(a, object, "rmse_within", rmse_within(fit, estimator->observed));
    return FSC_OK;
}

fsc_status fsci_held_out_add(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                             fsci_json *record, fsc_error *err)
{
    const fsci_model *m = &fit->model;
    const fsci_law_estimator context = {
        .subject = m->subject, .table = m->table, .settings = *settings};
    fsci_estimator estimator;
    fsci_scale scale;
    fsci_partitions parts = {0};
    if (!fsci_law_estimator_make(a, &context, m, "law", &estimator)) {
        fsci_held_out_missing(a, "the law is not solved for one column", record);
        return FSC_OK;
    }
    FSCI_TRY(fsci_scale_find(a, m, &scale, err));
    if (!scale.values) {
        fsci_held_out_missing(a, "no column says which runs are the largest", record);
        return FSC_OK;
    }
    const fsci_pool pool = fsci_pool_of(m, scale.values);
    FSCI_TRY(fsci_holdout_largest(a, &pool, fsci_held_share, &parts, err));
    if (!parts.n) {
        fsci_held_out_missing(a, "too few would be left to fit the law to", record);
        return FSC_OK;
    }
    return add_score(a, fit, &scale, &estimator, &parts, settings->search.threads, record, err);
}
