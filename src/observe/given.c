#include "observe/given.h"

#include <math.h>
#include <string.h>

typedef struct law {
    fsci_arena *arena;
    const fsci_frame *frame;
    const fsci_observe_input *input;
    const fsci_capability *capability;
    const fsci_target *target;
    double intercept, floor;
    double *weights;   /* [p] */
    double *z, *value; /* [split.n] linear form; prediction on the normalised target */
    const char *reference;
    fsci_line equivalent;
} law;

/* ---- the law ---- */

static fsc_status read_weight(law *l, const char *name, double value, fsc_error *err)
{
    size_t j = 0;
    if (!strcmp(name, "intercept"))
        l->intercept = value;
    else if (!strcmp(name, "floor"))
        l->floor = value;
    else {
        while (j < l->frame->p && strcmp(l->frame->benchmarks[j], name))
            j++;
        if (j < l->frame->p) {
            l->weights[j] = value;
            return FSC_OK;
        }
        const char *near = fsci_nearest(name, l->frame->benchmarks, l->frame->p);
        return fsci_fail(err, FSC_EINPUT,
                         "'%.60s' of --given is neither a benchmark nor intercept or floor%s%s%s",
                         name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return FSC_OK;
}

static fsc_status read_law(law *l, fsc_error *err)
{
    const fsci_given *given = l->input->given;
    for (size_t i = 0; i < given->n; i++)
        FSCI_TRY(read_weight(l, given->names[i], given->values[i], err));
    if (!(l->floor >= 0 && l->floor < 1))
        return fsci_fail(err, FSC_EINPUT, "floor %g of --given is not in [0, 1)", l->floor);
    return FSC_OK;
}

static void predict(law *l)
{
    size_t n = l->capability->split.n;
    bool linear = l->input->link == FSCI_LINK_LINEAR;
    for (size_t i = 0; i < n; i++) {
        double z = l->intercept;
        for (size_t j = 0; j < l->frame->p; j++)
            if (l->weights[j] != 0)
                z += l->weights[j] * l->capability->complete[j * n + i];
        l->z[i] = z;
        l->value[i] = linear ? z : l->floor + (1 - l->floor) / (1 + exp(-z));
    }
}

static fsc_status find_equivalent(law *l, fsc_error *err)
{
    const fsci_families *families = &l->capability->families;
    size_t family;
    FSCI_TRY(fsci_reference_family(families, l->input->reference_family, &family, err));
    if (family == l->frame->n_families)
        return FSC_OK;
    l->reference = l->frame->families[family];
    l->equivalent = fsci_family_line(families, family, l->z);
    return FSC_OK;
}

/* ---- its record ---- */

static void write_score(const law *l, const char *key, fsci_set set, fsci_json *out)
{
    const fsci_split *split = &l->capability->split;
    double squares = 0, sizes = 0, sum = 0, n = 0;
    for (size_t i = 0; i < split->n; i++) {
        double error = l->value[i] - l->target->normalised[i];
        if (fsci_split_set(split, i) != set || isnan(error))
            continue;
        n++;
        squares += error * error, sizes += fabs(error), sum += error;
    }
    fsci_json *object = fsci_json_set_object(l->arena, out, key);
    fsci_json_set_number(l->arena, object, "n", n);
    fsci_json_set_number(l->arena, object, "mse", squares / n);
    fsci_json_set_number(l->arena, object, "mae", sizes / n);
    fsci_json_set_number(l->arena, object, "mean_signed_error", sum / n);
}

static void write_curve(const law *l, fsci_json *out)
{
    fsci_arena *a = l->arena;
    fsci_json *curve = fsci_json_set_object(a, out, "link");
    fsci_json_set_string(a, curve, "kind", fsci_link_name(l->input->link));
    fsci_json_set_number(a, curve, "chance", l->input->chance);
    fsci_json_set_number(a, curve, "floor", l->floor);
    fsci_json_set_number(a, curve, "ceiling", l->input->ceiling);
    fsci_json *weights = fsci_json_set_object(a, out, "benchmark_weights");
    for (size_t j = 0; j < l->frame->p; j++)
        fsci_json_set_number(a, weights, l->frame->benchmarks[j], l->weights[j]);
    fsci_json_set_number(a, out, "benchmark_intercept", l->intercept);
    if (!l->reference) {
        fsci_json_set(a, out, "equivalent", fsci_json_null(a));
        return;
    }
    fsci_json *equivalent = fsci_json_set_object(a, out, "equivalent");
    fsci_json_set_string(a, equivalent, "family", l->reference);
    fsci_json_set_number(a, equivalent, "n", (double)l->equivalent.n);
    fsci_json_set_number(a, equivalent, "slope", l->equivalent.slope);
    fsci_json_set_number(a, equivalent, "intercept", l->equivalent.intercept);
    fsci_json_set_number(a, equivalent, "r2", l->equivalent.r2);
}

static void write_predictions(const law *l, fsci_json *out)
{
    fsci_arena *a = l->arena;
    const fsci_split *split = &l->capability->split;
    double chance = l->input->chance, span = l->input->ceiling - chance;
    fsci_json *scored = fsci_json_set_array(a, out, "predictions");
    fsci_json *open = fsci_json_set_array(a, out, "open");
    for (size_t i = 0; i < split->n; i++) {
        fsci_set set = fsci_split_set(split, i);
        fsci_json *p = fsci_json_push(set == FSCI_SET_OPEN ? open : scored, fsci_json_object(a));
        fsci_json_set_string(a, p, "model", l->frame->model[split->rows[i]]);
        fsci_json_set_string(a, p, "family", fsci_frame_family(l->frame, split->rows[i]));
        fsci_json_set_string(a, p, "split", fsci_set_name(set));
        fsci_json_set_number(a, p, "flops", l->frame->flops[split->rows[i]]);
        fsci_json_set_number(a, p, "equivalent_flops",
                             l->reference ? fsci_equivalent_flops(&l->equivalent, l->z[i]) : NAN);
        fsci_json_set_number(a, p, "observed", l->target->observed[i]);
        fsci_json_set_number(a, p, "predicted", chance + span * l->value[i]);
        fsci_json_set_number(a, p, "lo", NAN);
        fsci_json_set_number(a, p, "hi", NAN);
    }
}

fsc_status fsci_given_write(fsci_arena *arena, const fsci_frame *frame,
                            const fsci_observe_input *input, const fsci_capability *capability,
                            const fsci_target *target, fsci_json *list, fsc_error *err)
{
    size_t n = capability->split.n;
    law l = {.arena = arena,
             .frame = frame,
             .input = input,
             .capability = capability,
             .target = target,
             .weights = FSCI_NEW(arena, double, frame->p),
             .z = FSCI_NEW(arena, double, n),
             .value = FSCI_NEW(arena, double, n)};
    if (!l.weights || !l.z || !l.value)
        return fsci_fail_memory(err);
    FSCI_TRY(read_law(&l, err));
    predict(&l);
    FSCI_TRY(find_equivalent(&l, err));
    fsci_json *out = fsci_json_push(list, fsci_json_object(arena));
    fsci_json_set_string(arena, out, "target", target->name);
    fsci_json_set_string(arena, out, "predictors", "given");
    fsci_json_set_string(arena, out, "feature", "benchmark");
    write_curve(&l, out);
    write_score(&l, "train", FSCI_SET_TRAIN, out);
    write_score(&l, "test", FSCI_SET_TEST, out);
    if (capability->split.count[FSCI_SET_LATER] > 0)
        write_score(&l, "later", FSCI_SET_LATER, out);
    write_predictions(&l, out);
    return FSC_OK;
}
