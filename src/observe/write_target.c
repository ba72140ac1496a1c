#include "observe/write.h"

#include <math.h>

static void write_score(fsci_arena *a, const char *key, fsci_score score, fsci_json *out)
{
    fsci_json *object = fsci_json_set_object(a, out, key);
    fsci_json_set_number(a, object, "n", (double)score.n);
    fsci_json_set_number(a, object, "mse", score.mse);
    fsci_json_set_number(a, object, "mae", score.mae);
    fsci_json_set_number(a, object, "mean_signed_error", score.mean_signed_error);
    fsci_json_set_number(a, object, "coverage", score.coverage);
}

static void write_weights(fsci_arena *a, const fsci_frame *frame, const fsci_pca *pca,
                          const fsci_forecast *f, fsci_json *out)
{
    if (!fsci_predictor_is_capability(f->predictor)) {
        fsci_json_set(a, out, "benchmark_weights", fsci_json_null(a));
        return;
    }
    fsci_json *object = fsci_json_set_object(a, out, "benchmark_weights");
    double *weights = FSCI_NEW(a, double, frame->p);
    if (!weights)
        return;
    double intercept = fsci_benchmark_weights(f->predictor, &f->link, pca, weights);
    for (size_t j = 0; j < frame->p; j++)
        fsci_json_set_number(a, object, frame->benchmarks[j], weights[j]);
    fsci_json_set_number(a, out, "benchmark_intercept", intercept);
}

static void write_curve(fsci_arena *a, const fsci_observe_input *input, const fsci_forecast *f,
                        fsci_json *out)
{
    static const char *const features[] = {"component score", "mean of the benchmarks", "ln FLOPs",
                                           "ln parameters"};
    const fsci_link *link = &f->link;
    fsci_json *curve = fsci_json_set_object(a, out, "link");
    fsci_json_set_string(a, curve, "kind", fsci_link_name(link->kind));
    fsci_json_set_number(a, curve, "chance", input->chance);
    fsci_json_set_number(a, curve, "floor", link->floor);
    fsci_json_set_number(a, curve, "ceiling", input->ceiling);
    fsci_json_set_string(a, out, "feature", features[f->predictor.kind]);
    fsci_json_set_number(a, out, "intercept", link->intercept);
    fsci_json_set(a, out, "weights", fsci_json_numbers(a, link->weights, link->k));
}

static void write_search(fsci_arena *a, const fsci_observe_input *input,
                         const fsci_forecast *forecast, fsci_json *out)
{
    static const char *const losses[] = {"squared", "huber", "l1"};
    const fsci_link *link = &forecast->link;
    fsci_json *objective = fsci_json_set_object(a, out, "objective");
    fsci_json_set_string(a, objective, "loss", losses[input->loss]);
    if (input->loss == FSCI_LOSS_HUBER)
        fsci_json_set_number(a, objective, "delta", input->delta);
    fsci_json_set_number(a, objective, "value", link->value);
    fsci_json_set_number(a, objective, "sum_of_squares", link->sse);
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

static void write_predictions(fsci_arena *a, const fsci_frame *frame,
                              const fsci_observe_input *input, const fsci_split *split,
                              const fsci_forecast *f, fsci_json *out)
{
    fsci_json *scored = fsci_json_set_array(a, out, "predictions");
    fsci_json *open = fsci_json_set_array(a, out, "open");
    for (size_t i = 0; i < split->n; i++) {
        size_t row = split->rows[i];
        double value = f->predictions.value[i];
        double equivalent =
            f->reference ? fsci_equivalent_flops(&f->equivalent, f->predictions.z[i]) : NAN;
        fsci_set set = fsci_split_set(split, i);
        if (isnan(value))
            continue;
        fsci_json *p = fsci_json_push(set == FSCI_SET_OPEN ? open : scored, fsci_json_object(a));
        fsci_json_set_string(a, p, "model", frame->model[row]);
        fsci_json_set_string(a, p, "family", fsci_frame_family(frame, row));
        fsci_json_set_string(a, p, "split", fsci_set_name(set));
        fsci_json_set_number(a, p, "flops", frame->flops[row]);
        fsci_json_set_number(a, p, "equivalent_flops", equivalent);
        fsci_json_set_number(a, p, "observed", f->target->observed[i]);
        fsci_json_set_number(a, p, "predicted",
                             input->chance + (input->ceiling - input->chance) * value);
        fsci_json_set_number(a, p, "lo", f->lo[i]);
        fsci_json_set_number(a, p, "hi", f->hi[i]);
    }
}

static void write_intervals(fsci_arena *a, const fsci_observe_input *input, fsci_json *out)
{
    fsci_json *intervals = fsci_json_set_object(a, out, "intervals");
    fsci_json_set_string(a, intervals, "method", "delta");
    fsci_json_set_string(a, intervals, "covariance", "sandwich");
    fsci_json_set_string(a, intervals, "includes",
                         "link parameters and residual spread; not imputation, components or "
                         "differences between families");
    fsci_json_set_string(a, intervals, "unit", "model");
    fsci_json_set_number(a, intervals, "level", input->level);
}

fsci_json *fsci_write_forecast(fsci_arena *arena, const fsci_frame *frame,
                               const fsci_observe_input *input, const fsci_capability *capability,
                               const fsci_forecast *f)
{
    const fsci_split *split = &capability->split;
    fsci_json *out = fsci_json_object(arena);
    fsci_json_set_string(arena, out, "target", f->target->name);
    fsci_json_set_string(arena, out, "predictors", fsci_predictor_text(arena, f->predictor));
    write_curve(arena, input, f, out);
    write_weights(arena, frame, &capability->space.pca, f, out);
    write_score(arena, "train", f->score[FSCI_SET_TRAIN], out);
    write_score(arena, "test", f->score[FSCI_SET_TEST], out);
    if (split->count[FSCI_SET_LATER] > 0)
        write_score(arena, "later", f->score[FSCI_SET_LATER], out);
    write_search(arena, input, f, out);
    write_equivalent(arena, f, out);
    write_intervals(arena, input, out);
    write_predictions(arena, frame, input, split, f, out);
    return out;
}
