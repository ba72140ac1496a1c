#include "observe/write.h"

fsci_json *fsci_write_sweep(fsci_arena *a, const fsci_sweep *sweep)
{
    fsci_json *out = fsci_json_object(a);
    fsci_json_set_string(a, out, "target", sweep->target);
    fsci_json_set_string(a, out, "predictors", fsci_predictor_text(a, sweep->predictor));
    fsci_json_set_string(a, out, "rank_by", sweep->rank_by);
    fsci_json_set_number(a, out, "n", (double)sweep->n);
    fsci_json_set_number(a, out, "value", sweep->value);
    fsci_json *steps = fsci_json_set_array(a, out, "steps");
    for (size_t i = 0; i < FSCI_AUE_STEPS; i++) {
        fsci_json *step = fsci_json_push(steps, fsci_json_object(a));
        fsci_json_set_number(a, step, "fraction", sweep->fraction[i]);
        fsci_json_set_number(a, step, "n_train", (double)sweep->n_train[i]);
        fsci_json_set_number(a, step, "n_test", (double)sweep->n_test[i]);
        fsci_json_set_number(a, step, "train_mse", sweep->train_mse[i]);
        fsci_json_set_number(a, step, "mse", sweep->mse[i]);
    }
    return out;
}

fsci_json *fsci_write_sensitivity(fsci_arena *a, const fsci_forecast *forecast,
                                  const fsci_forecast *other)
{
    const char *from = fsci_predictor_text(a, forecast->fitted.predictor);
    const char *to = fsci_predictor_text(a, other->fitted.predictor);
    fsci_score was = forecast->score[FSCI_SET_TEST], is = other->score[FSCI_SET_TEST];
    fsci_json *out = fsci_json_object(a);
    fsci_json_set_string(a, out, "target", forecast->target->name);
    fsci_json_set_string(a, out, "change", fsci_format(a, "%s instead of %s", to, from));
    fsci_json_set_string(a, out, "predictors", to);
    fsci_json_set_string(a, out, "quantity", "test.mse");
    fsci_json_set_number(a, out, "n", (double)is.n);
    fsci_json_set_number(a, out, "value", is.mse);
    fsci_json_set_number(a, out, "moved", is.mse - was.mse);
    return out;
}
