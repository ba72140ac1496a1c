#include "observe/write.h"

#include <math.h>
#include <string.h>

static void write_score(fsci_arena *a, const char *key, fsci_score score, fsci_json *out)
{
    fsci_json *object = fsci_json_set_object(a, out, key);
    fsci_json_set_number(a, object, "n", (double)score.n);
    fsci_json_set_number(a, object, "mse", score.mse);
    fsci_json_set_number(a, object, "mae", score.mae);
    fsci_json_set_number(a, object, "mean_signed_error", score.mean_signed_error);
    fsci_json_set_number(a, object, "coverage", score.coverage);
}

static void write_weights(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f,
                          fsci_json *out)
{
    const fsci_frame *frame = s->frame;
    if (!fsci_predictor_is_capability(f->fitted.predictor)) {
        fsci_json_set(a, out, "benchmark_weights", fsci_json_null(a));
        return;
    }
    fsci_json *object = fsci_json_set_object(a, out, "benchmark_weights");
    double *weights = FSCI_NEW(a, double, frame->p);
    if (!weights)
        return;
    double intercept = fsci_benchmark_weights(f->fitted.predictor, &f->fitted.link,
                                              &s->capability->space.pca, weights);
    for (size_t j = 0; j < frame->p; j++)
        fsci_json_set_number(a, object, frame->benchmarks[j], weights[j]);
    fsci_json_set_number(a, out, "benchmark_intercept", intercept);
}

static void write_nulls(fsci_arena *a, const char *const *keys, size_t n, fsci_json *out)
{
    for (size_t i = 0; i < n; i++)
        fsci_json_set(a, out, keys[i], fsci_json_null(a));
}

static void write_curve(fsci_arena *a, const fsci_observe_input *input, const fsci_link *link,
                        fsci_json *out)
{
    fsci_json *curve = fsci_json_set_object(a, out, "link");
    fsci_json_set_string(a, curve, "kind", fsci_link_name(link->kind));
    fsci_json_set_number(a, curve, "chance", input->chance);
    fsci_json_set_number(a, curve, "floor", link->floor);
    fsci_json_set_number(a, curve, "ceiling", input->ceiling);
    fsci_json_set_number(a, out, "intercept", link->intercept);
    fsci_json_set(a, out, "weights", fsci_json_numbers(a, link->weights, link->k));
}

static void write_objective(fsci_arena *a, const fsci_observe_input *input, const fsci_link *link,
                            fsci_json *out)
{
    static const char *const losses[] = {"squared", "huber", "l1"};
    fsci_json *objective = fsci_json_set_object(a, out, "objective");
    fsci_json_set_string(a, objective, "loss", losses[input->loss]);
    if (input->loss == FSCI_LOSS_HUBER)
        fsci_json_set_number(a, objective, "delta", input->delta);
    fsci_json_set_number(a, objective, "value", link->value);
    fsci_json_set_number(a, objective, "sum_of_squares", link->sse);
    if (link->penalty > 0)
        fsci_json_set_number(a, objective, "penalty", link->penalty);
    fsci_json_set_number(a, objective, "leave_one_out_mse", link->press / (double)link->n);
}

static void write_search(fsci_arena *a, const fsci_forecast *forecast, fsci_json *out)
{
    const fsci_link *link = &forecast->fitted.link;
    fsci_json *solver = fsci_json_set_object(a, out, "solver");
    fsci_json_set_string(a, solver, "stop", fsci_stop_name(link->solver.stop));
    fsci_json_set_number(a, solver, "gradient_norm", link->solver.gradient_norm);
    fsci_json_set_number(a, solver, "starts", (double)link->n_starts);
    fsci_json_set_number(a, solver, "reached_best", (double)link->reached_best);
    fsci_json *optima = fsci_json_set_array(a, out, "optima");
    for (size_t i = 0; i < link->n_optima; i++) {
        const fsci_link_optimum *o = &link->optima[i];
        fsci_json *optimum = fsci_json_push(optima, fsci_json_object(a));
        fsci_json_set_number(a, optimum, "value", o->value);
        fsci_json_set_number(a, optimum, "count", (double)o->count);
        fsci_json_set_number(a, optimum, "intercept", o->intercept);
        fsci_json_set(a, optimum, "weights", fsci_json_numbers(a, o->weights, link->k));
        fsci_json_set_number(a, optimum, "floor", o->floor);
        fsci_json_set_number(a, optimum, "standard_weight", o->standard_weight);
        fsci_json_set_number(a, optimum, "test_mse", forecast->optimum_mse[i]);
    }
    fsci_json_set_number(a, out, "condition", link->condition);
    fsci_json_set_bool(a, out, "separation",
                       link->optima[0].standard_weight > FSCI_LINK_SEPARATION);
}

static void write_equivalent(fsci_arena *a, const fsci_forecast *forecast, fsci_json *out)
{
    if (!forecast->reference) {
        fsci_json_set(a, out, "equivalent", fsci_json_null(a));
        return;
    }
    fsci_json *equivalent = fsci_json_set_object(a, out, "equivalent");
    fsci_json_set_string(a, equivalent, "family", forecast->reference);
    fsci_json_set_number(a, equivalent, "n", (double)forecast->equivalent.n);
    fsci_json_set_number(a, equivalent, "slope", forecast->equivalent.slope);
    fsci_json_set_number(a, equivalent, "intercept", forecast->equivalent.intercept);
    fsci_json_set_number(a, equivalent, "r2", forecast->equivalent.r2);
}

/* Capability for this target on compute, in every family of enough models. */
static void write_families(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f,
                           fsci_json *out)
{
    const fsci_families *families = &s->capability->families;
    if (!fsci_predictor_is_capability(f->fitted.predictor))
        return;
    fsci_json *list = fsci_json_set_array(a, out, "families");
    for (size_t i = 0; i < s->frame->n_families; i++) {
        if (fsci_family_size(families, i) < FSCI_FAMILY_LEAST)
            continue;
        fsci_line line = fsci_family_line(families, i, f->fitted.z);
        fsci_write_line(a, s->frame->families[i], &line, s->input->level,
                        fsci_json_push(list, fsci_json_object(a)));
    }
}

/* What the prediction of position i changes by when each imputed cell of the model is off by its
 * usual error, root of the sum of squares; NaN when none is imputed. */
static double imputation_error(const fsci_setting *s, const fsci_forecast *f, size_t i,
                               const double *weights, double *shift)
{
    const fsci_capability *c = s->capability;
    const fsci_link *link = &f->fitted.link;
    double z = f->fitted.z[i], squares = 0;
    bool imputed = false;
    for (size_t j = 0; j < s->frame->p; j++) {
        if (!isnan(s->frame->scores[j][c->split.rows[i]]))
            continue;
        double scaled = fsci_capability_shift(c, i, j, shift);
        double moved = f->fitted.predictor.kind == FSCI_PREDICTOR_PCS ? scaled : c->cell_error[j];
        double change = fsci_link_at(link, z + weights[j] * moved) - fsci_link_at(link, z);
        squares += change * change;
        imputed = true;
    }
    return imputed ? (s->input->ceiling - s->input->chance) * sqrt(squares) : NAN;
}

static fsci_json *write_prediction(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f,
                                   size_t i, fsci_json *list)
{
    size_t row = s->capability->split.rows[i];
    double range = s->input->ceiling - s->input->chance;
    fsci_json *p = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, p, "model", s->frame->model[row]);
    fsci_json_set_string(a, p, "family", fsci_frame_family(s->frame, row));
    fsci_json_set_string(a, p, "split", fsci_set_name(fsci_split_set(&s->capability->split, i)));
    fsci_json_set_number(a, p, "flops", s->frame->flops[row]);
    fsci_json_set_number(a, p, "equivalent_flops",
                         f->reference ? fsci_equivalent_flops(&f->equivalent, f->fitted.z[i])
                                      : NAN);
    fsci_json_set_number(a, p, "observed", f->target->observed[i]);
    fsci_json_set_number(a, p, "predicted", s->input->chance + range * f->fitted.value[i]);
    fsci_json_set_number(a, p, "lo", f->band[0].lo[i]);
    fsci_json_set_number(a, p, "hi", f->band[0].hi[i]);
    if (f->fitted.distance)
        fsci_json_set_number(a, p, "distance", f->fitted.distance[i]);
    return p;
}

static void write_predictions(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f,
                              fsci_json *out)
{
    const fsci_capability *c = s->capability;
    fsci_json *scored = fsci_json_set_array(a, out, "predictions");
    fsci_json *open = fsci_json_set_array(a, out, "open");
    double *weights = FSCI_NEW(a, double, s->frame->p);
    double *shift = FSCI_NEW(a, double, c->space.pca.k);
    bool capability = fsci_predictor_is_capability(f->fitted.predictor);
    if (!weights || !shift)
        return;
    if (capability)
        fsci_benchmark_weights(f->fitted.predictor, &f->fitted.link, &c->space.pca, weights);
    for (size_t i = 0; i < c->split.n; i++) {
        if (isnan(f->fitted.value[i]))
            continue;
        bool is_open = fsci_split_set(&c->split, i) == FSCI_SET_OPEN;
        fsci_json *p = write_prediction(a, s, f, i, is_open ? open : scored);
        double error = capability ? imputation_error(s, f, i, weights, shift) : NAN;
        if (!isnan(error))
            fsci_json_set_number(a, p, "imputation_error", error);
    }
}

/* {"50": x, "80": ...}: how the intervals at fixed levels held on the test models. */
static void write_held(fsci_arena *a, const fsci_forecast *f, const char *key, fsci_json *out)
{
    fsci_json *object = fsci_json_set_object(a, out, key);
    for (size_t b = 1; b < FSCI_BANDS; b++) {
        const fsci_band *band = &f->band[b];
        double value = !strcmp(key, "coverage") ? band->coverage
                       : !strcmp(key, "width")  ? band->width
                                                : band->score;
        fsci_json_set_number(a, object, fsci_format(a, "%g", 100 * band->level), value);
    }
}

static void write_intervals(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f,
                            fsci_json *out)
{
    static const struct {
        const char *method, *covariance, *includes;
    } kinds[] = {
        [FSCI_INTERVALS_DELTA] = {"delta", "sandwich",
                                  "link parameters and residual spread; not imputation, components "
                                  "or differences between families"},
        [FSCI_INTERVALS_ERRORS] = {"leave-one-out", NULL,
                                   "errors on training models, each predicted from the others"},
        [FSCI_INTERVALS_BOOTSTRAP] = {"bootstrap", NULL,
                                      "imputation, components and link refitted on resampled "
                                      "models, and residual spread"},
        [FSCI_INTERVALS_PREDICTIVE] = {"predictive", NULL,
                                       "imputation, components and link refitted on resampled "
                                       "models; sampling of items where their number is known; "
                                       "errors of imputed scores; scatter between models on the "
                                       "log-odds scale, wider with distance from the training "
                                       "models"},
    };
    if (f->intervals == FSCI_INTERVALS_NONE) {
        fsci_json_set(a, out, "intervals", fsci_json_null(a));
        return;
    }
    fsci_json *intervals = fsci_json_set_object(a, out, "intervals");
    fsci_json_set_string(a, intervals, "method", kinds[f->intervals].method);
    if (kinds[f->intervals].covariance)
        fsci_json_set_string(a, intervals, "covariance", kinds[f->intervals].covariance);
    fsci_json_set_string(a, intervals, "includes", kinds[f->intervals].includes);
    fsci_json_set_string(a, intervals, "unit", f->by_family ? "family" : "model");
    if (f->resamples > 0) {
        fsci_json_set_number(a, intervals, "units", (double)f->clusters);
        fsci_json_set_number(a, intervals, "n", (double)f->resamples);
        fsci_json_set_number(a, intervals, "failed", (double)f->failed);
    }
    fsci_json_set_number(a, intervals, "level", s->input->level);
    if (f->score[FSCI_SET_TEST].n == 0)
        return;
    write_held(a, f, "coverage", intervals);
    write_held(a, f, "width", intervals);
    write_held(a, f, "interval_score", intervals);
}

fsci_json *fsci_write_forecast(fsci_arena *a, const fsci_setting *s, const fsci_forecast *f)
{
    static const char *const of_a_curve[] = {"link", "intercept", "weights"};
    static const char *const of_a_fit[] = {"solver", "condition", "separation"};
    bool curve = fsci_predictor_has_curve(f->fitted.predictor);
    bool fitted = curve && f->fitted.predictor.kind != FSCI_PREDICTOR_GIVEN;
    fsci_json *out = fsci_json_object(a);
    fsci_json_set_string(a, out, "target", f->target->name);
    fsci_json_set_string(a, out, "predictors", fsci_predictor_text(a, f->fitted.predictor));
    fsci_json_set_string(a, out, "feature", fsci_predictor_meaning(f->fitted.predictor));
    if (curve)
        write_curve(a, s->input, &f->fitted.link, out);
    else
        write_nulls(a, of_a_curve, sizeof of_a_curve / sizeof *of_a_curve, out);
    write_weights(a, s, f, out);
    write_score(a, "train", f->score[FSCI_SET_TRAIN], out);
    write_score(a, "test", f->score[FSCI_SET_TEST], out);
    if (s->capability->split.count[FSCI_SET_LATER] > 0)
        write_score(a, "later", f->score[FSCI_SET_LATER], out);
    if (fitted) {
        write_objective(a, s->input, &f->fitted.link, out);
        write_search(a, f, out);
    } else {
        write_nulls(a, of_a_fit, sizeof of_a_fit / sizeof *of_a_fit, out);
    }
    write_equivalent(a, f, out);
    write_families(a, s, f, out);
    write_intervals(a, s, f, out);
    write_predictions(a, s, f, out);
    return out;
}
