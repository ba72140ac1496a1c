#include "fit/contest/law_estimator.h"

#include "fit/curve.h"
#include "fit/predict.h"
#include "fit/record.h"
#include "num/distribution.h"

#include <math.h>
#include <string.h>

/* The level at which the mean's interval is asked for, to learn its standard error from. */
static const double one_level = 0.5;

/* The categories of test rows as the codes of the fit; FSCI_NO_CODE for a level it has not seen. */
static void recode(const fsci_binding *b, const size_t *test, size_t n, uint32_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t own = b->source->codes[test[i]];
        codes[i] = FSCI_NO_CODE;
        for (size_t level = 0; own != FSCI_MISSING_CODE && level < b->n_levels; level++)
            if (!strcmp(b->levels[level], b->source->levels[own]))
                codes[i] = (uint32_t)level;
    }
}

/* The inputs of the prediction at the test rows. */
static fsc_status points_at(fsci_arena *a, const fsci_fit *fit, const fsci_fitted *f,
                            const size_t *test, size_t n, fsci_points *points)
{
    size_t n_inputs = f->n_inputs + f->n_trial_inputs;
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, n_inputs);
    for (size_t k = 0; inputs && k < n_inputs; k++) {
        const char *name = k < f->n_inputs ? f->inputs[k] : f->trial_inputs[k - f->n_inputs];
        const fsci_binding *b = fsci_model_binding(&fit->model, name);
        inputs[k] = (fsci_input_values){.name = name, .levels = b->levels, .n_levels = b->n_levels};
        if (b->set) {
            inputs[k].levels = b->set->names;
            inputs[k].n_levels = b->set->n;
            inputs[k].members = fsci_set_values(a, b->set, test, n);
            if (!inputs[k].members)
                return FSC_ENOMEM;
            continue;
        }
        double *numbers = b->values ? FSCI_NEW(a, double, n) : NULL;
        uint32_t *codes = b->values ? NULL : FSCI_NEW(a, uint32_t, n);
        if (!numbers && !codes)
            return FSC_ENOMEM;
        for (size_t i = 0; numbers && i < n; i++)
            numbers[i] = b->source->numbers[test[i]];
        if (codes)
            recode(b, test, n, codes);
        inputs[k].numbers = numbers;
        inputs[k].codes = codes;
    }
    *points = (fsci_points){.inputs = inputs, .n_inputs = n_inputs, .n = n};
    return inputs ? FSC_OK : FSC_ENOMEM;
}

/* Mean and quantiles of an observation: the interval of the mean and the residuals' spread add in
 * squares, as in every prediction. */
static fsc_status fill(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                       const fsci_curve *c, fsci_row_forecast *out)
{
    double t_one = fsci_t_quantile(0.5 + one_level / 2, f->df);
    size_t n = points->n;
    double *below = FSCI_NEW(a, double, n), *above = FSCI_NEW(a, double, n);
    if (!below || !above)
        return FSC_ENOMEM;
    for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++) {
        double p = fsci_forecast_level(k), t = fsci_t_quantile(p, f->df);
        if (p != 0.5)
            FSCI_TRY(fsci_predict_spread(a, f, points, c, fabs(2 * p - 1), below, above, NULL));
        for (size_t i = 0; i < n; i++) {
            double centre = fsci_residual_map(f->space, c->value[i]);
            double se =
                (fsci_residual_map(f->space, c->hi[i]) - fsci_residual_map(f->space, c->lo[i])) /
                (2 * t_one);
            double spread = p == 0.5 ? 0 : p < 0.5 ? below[i] : above[i];
            double away = copysign(hypot(t * se, spread), p - 0.5);
            out[i].mean = c->value[i];
            out[i].quantile[k] = fsci_residual_unmap(f->space, centre + away);
        }
    }
    return FSC_OK;
}

/* The same after a likelihood: quantiles of its density. */
static void fill_density(const fsci_fitted *f, const fsci_curve *c, const double *trials, size_t n,
                         fsci_row_forecast *out)
{
    for (size_t i = 0; i < n; i++) {
        fsci_known_mean mean =
            fsci_density_mean(f->density, c->value[i], c->lo[i], c->hi[i], one_level);
        out[i].mean = c->value[i];
        for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++)
            out[i].quantile[k] = fsci_density_quantile(f->density, fsci_forecast_level(k), mean,
                                                       f->dispersion, trials ? trials[i] : NAN);
    }
}

static fsc_status fit_and_forecast(fsci_arena *a, const fsci_law_estimator *e, const bool *train,
                                   const size_t *test, size_t n_test, fsci_row_forecast *out)
{
    fsci_fit_settings settings = e->settings;
    fsci_fit fit;
    fsci_fitted fitted;
    fsci_points points;
    fsci_curve curve;
    settings.keep = train;
    settings.bootstrap = 0;
    settings.cluster = NULL;
    settings.interval = FSCI_INTERVAL_LOCAL;
    settings.search.threads = 1;
    settings.search.scheme = FSCI_STARTS_SCREENED; /* an exhaustive search is for the fit itself */
    settings.search.brief = true;
    FSCI_TRY(fsci_fit_run(a, &e->subject, e->table, &settings, &fit, NULL));
    fsci_json *record = fsci_json_object(a);
    fsci_json_set_string(a, record, "kind", "fit");
    fsci_json_set_number(a, record, "schema", 1);
    const fsci_fit_context context = {.rows_read = fit.model.n, .settings = &settings};
    FSCI_TRY(fsci_fit_record(a, &fit, &context, record, NULL));
    FSCI_TRY(fsci_fitted_read(a, record, &fitted, NULL));
    if (!fsci_curve_predicts(&fitted))
        return FSC_EINPUT;
    FSCI_TRY(points_at(a, &fit, &fitted, test, n_test, &points));
    fitted.level = one_level;
    FSCI_TRY(fsci_curve_predict(a, &fitted, &points, &curve, NULL));
    double *trials;
    FSCI_TRY(fsci_predict_trials(a, &fitted, &points, &trials, NULL));
    if (fitted.density)
        fill_density(&fitted, &curve, trials, n_test, out);
    else
        FSCI_TRY(fill(a, &fitted, &points, &curve, out));
    return FSC_OK;
}

static fsc_status run(const void *context, const bool *train, const size_t *test, size_t n_test,
                      fsci_row_forecast *out)
{
    fsci_arena *arena = fsci_arena_new();
    if (!arena)
        return FSC_ENOMEM;
    fsc_status status = fit_and_forecast(arena, context, train, test, n_test, out);
    if (fsci_arena_failed(arena))
        status = FSC_ENOMEM;
    fsci_arena_free(arena);
    return status;
}

/* The left side at the rows that the model uses, when a likelihood is of more than a column. */
static const double *observed_shares(fsci_arena *a, const fsci_model *model)
{
    size_t n = fsci_table_rows(model->table);
    double *observed = FSCI_NEW(a, double, n);
    for (size_t i = 0; observed && i < n; i++)
        observed[i] = NAN;
    for (size_t i = 0; observed && i < model->n; i++)
        observed[model->row[i]] = model->objective.y[i];
    return observed;
}

bool fsci_law_estimator_make(fsci_arena *arena, const fsci_law_estimator *context,
                             const fsci_model *model, const char *id, fsci_estimator *out)
{
    const fsci_binding *response =
        model->response ? fsci_model_binding(model, model->response) : NULL;
    *out = (fsci_estimator){.id = id, .run = run, .context = context};
    if (response && response->values)
        out->observed = response->source->numbers;
    else if (model->objective.density && model->prediction)
        out->observed = observed_shares(arena, model);
    return out->observed != NULL;
}
