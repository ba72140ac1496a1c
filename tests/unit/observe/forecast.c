/* One forecast in full: GSM8K with chain of thought from weaker models, against the reference. */
#include "observed.h"

static const char *const seven[] = {SEVEN_BENCHMARKS};
static const char *const target[] = {"gsm8k_cot"};

static struct shared {
    fsci_arena *arena;
    const fsci_json *gsm8k;
} shared;

static fsci_observe_input gsm8k_input(fsci_arena *arena, const fsc_table *table)
{
    return (fsci_observe_input){.table = table,
                                .targets = target,
                                .n_targets = 1,
                                .benchmarks = seven,
                                .n_benchmarks = 7,
                                .train = at_most(arena, table, "flops", 8.4e22),
                                .link = FSCI_LINK_SIGMOID_FLOOR,
                                .ceiling = 1,
                                .level = 0.95};
}

/* The forecast that several tests look at. */
static int forecast_gsm8k(void **state)
{
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = joined("models", "post_training");
    fsci_observe_input input = gsm8k_input(arena, table);
    shared = (struct shared){arena, observed(arena, &input)};
    fsci_table_free(table);
    (void)state;
    return 0;
}

static int free_shared(void **state)
{
    fsci_arena_free(shared.arena);
    (void)state;
    return 0;
}

static void agrees_with_the_reference(void **state)
{
    (void)state;
    fsci_arena *arena = shared.arena;
    const fsci_json *record = shared.gsm8k, *want = gold(arena, "gsm8k_cot");
    const fsci_json *pc3 = fsci_json_at(record, "targets.0");
    assert_string_equal(fsci_json_get_string(pc3, "predictors"), "pc3");
    assert_string_equal(fsci_json_get_string(fsci_json_at(record, "targets.1"), "predictors"),
                        "flops");
    assert_true(fsci_json_at(pc3, "objective.value")->number <= 0.14569441177099962 * (1 + 1e-6));

    /* The reference's own fit stopped 2e-11 above its optimum: its weights to some 1e-5. */
    FSCI_JSON_EACH (weight, fsci_json_get(want, "metric_weights"))
        assert_near(fsci_json_get_number(fsci_json_get(pc3, "benchmark_weights"), weight->key),
                    weight->number, 2e-5);
    const fsci_json *line = fsci_json_get(pc3, "equivalent");
    double slope = fsci_json_get_number(line, "slope");
    assert_string_equal(fsci_json_get_string(line, "family"), "Llama-2");
    assert_rel(slope, fsci_json_at(want, "equiv.w")->number, 1e-5);
    assert_rel(fsci_json_get_number(line, "intercept") + 21 * slope,
               fsci_json_at(want, "equiv.b")->number, 1e-5);

    size_t n_test = 0;
    FSCI_JSON_EACH (p, fsci_json_get(pc3, "predictions")) {
        if (strcmp(fsci_json_get_string(p, "split"), "test"))
            continue;
        const fsci_json *theirs =
            fsci_json_get(fsci_json_get(want, "test"), fsci_json_get_string(p, "model"));
        assert_non_null(theirs);
        assert_near(fsci_json_get_number(p, "observed"), fsci_json_at(theirs, "0")->number, 1e-15);
        assert_near(fsci_json_get_number(p, "predicted"), fsci_json_at(theirs, "1")->number, 2e-6);
        assert_near(log10(fsci_json_get_number(p, "equivalent_flops")) - 21,
                    fsci_json_at(theirs, "2")->number, 1e-5);
        n_test++;
    }
    assert_int_equal(n_test, 28);
}

/* The pieces of the record are one model: redo the forecast from what it says. */
static void the_record_is_enough_to_predict(void **state)
{
    (void)state;
    const fsci_json *record = shared.gsm8k;
    const fsci_json *pc3 = fsci_json_at(record, "targets.0");
    const fsci_json *family = fsci_json_get(pc3, "equivalent");
    double squares = 0, floor = fsci_json_at(pc3, "link.floor")->number;
    size_t n = 0;
    FSCI_JSON_EACH (p, fsci_json_get(pc3, "predictions")) {
        const fsci_json *scores =
            where(fsci_json_at(record, "pca.scores"), "model", fsci_json_get_string(p, "model"));
        const fsci_json *score = fsci_json_get(scores, "pc")->first;
        double z = fsci_json_get_number(pc3, "intercept");
        FSCI_JSON_EACH (weight, fsci_json_get(pc3, "weights")) {
            z += weight->number * score->number;
            score = score->next;
        }
        double predicted = floor + (1 - floor) / (1 + exp(-z));
        assert_near(fsci_json_get_number(p, "predicted"), predicted, 1e-12);
        assert_rel(z,
                   fsci_json_get_number(family, "intercept") +
                       fsci_json_get_number(family, "slope") *
                           log10(fsci_json_get_number(p, "equivalent_flops")),
                   1e-10);
        assert_true(fsci_json_get_number(p, "lo") < predicted);
        assert_true(fsci_json_get_number(p, "hi") > predicted);
        if (strcmp(fsci_json_get_string(p, "split"), "train"))
            continue;
        squares += pow(predicted - fsci_json_get_number(p, "observed"), 2);
        n++;
    }
    assert_int_equal(n, 47);
    assert_rel(squares, fsci_json_at(pc3, "objective.sum_of_squares")->number, 1e-10);
    assert_rel(squares / 47, fsci_json_at(pc3, "train.mse")->number, 1e-10);
}

/* Two models have benchmarks but were never run on the target: a forecast nobody can score yet. */
static void models_without_the_target_are_forecast(void **state)
{
    (void)state;
    const fsci_json *open = fsci_json_get(fsci_json_at(shared.gsm8k, "targets.0"), "open");
    assert_int_equal(fsci_json_count(open), 2);
    const fsci_json *falcon = where(open, "model", "tiiuae/falcon-180B");
    assert_non_null(falcon);
    assert_true(isnan(fsci_json_get_number(falcon, "observed")));
    assert_true(fsci_json_get_number(falcon, "predicted") > 0.5);
}

/* Percent instead of shares, with a chance level: the same curve, in other units. */
static void units_of_the_target_do_not_matter(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = joined("models", "emergent");
    size_t n = fsci_table_rows(table);
    const double *share = numbers_of(table, "persian_qa");
    double *percent = FSCI_NEW(arena, double, n);
    for (size_t i = 0; i < n; i++)
        percent[i] = 100 * share[i];
    fsc_error err;
    assert_int_equal(fsci_table_add_numbers(table, "percent", percent, &err), FSC_OK);
    static const char *const targets[] = {"persian_qa", "percent"}, *const pc3[] = {"pc3"};
    fsci_observe_input input = gsm8k_input(arena, table);
    input.predictors = pc3;
    input.n_predictors = 1;
    input.targets = targets;
    input.chance = 0.25;
    const fsci_json *one = fsci_json_at(observed(arena, &input), "targets.0");
    input.targets = targets + 1;
    input.chance = 25;
    input.ceiling = 100;
    const fsci_json *other = fsci_json_at(observed(arena, &input), "targets.0");
    assert_rel(fsci_json_at(other, "test.mse")->number, fsci_json_at(one, "test.mse")->number,
               1e-6);
    const fsci_json *p = fsci_json_at(other, "predictions.50");
    const fsci_json *q = fsci_json_at(one, "predictions.50");
    assert_near(fsci_json_get_number(p, "predicted"), 100 * fsci_json_get_number(q, "predicted"),
                1e-5);
    assert_near(fsci_json_get_number(p, "hi"), 100 * fsci_json_get_number(q, "hi"), 1e-4);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void two_targets_have_their_own_rows(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = joined("models", "post_training");
    static const char *const both[] = {"gsm8k_cot", "gsm8k_naive", "gsm8k_cot_sample"};
    static const char *const pc3[] = {"pc3"};
    fsci_observe_input input = gsm8k_input(arena, table);
    input.targets = both;
    input.n_targets = 3;
    input.predictors = pc3;
    input.n_predictors = 1;
    const fsci_json *record = observed(arena, &input);
    assert_int_equal(fsci_json_count(fsci_json_get(record, "targets")), 3);
    assert_true(fsci_json_at(record, "targets.1.train.n")->number == 45);
    assert_true(fsci_json_at(record, "targets.1.objective.value")->number <=
                0.0020838616880009967 * (1 + 1e-6));
    assert_int_equal(fsci_json_count(fsci_json_get(record, "spaces")), 1);
    assert_string_equal(fsci_json_at(record, "spaces.0.target")->string, "gsm8k_naive");
    assert_true(fsci_json_at(record, "spaces.0.models.n_train")->number == 45);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = joined("models", "post_training");
    fsci_observe_input input = gsm8k_input(arena, table);
    fsci_buffer one = {0}, two = {0};
    fsci_json_write(shared.gsm8k, 0, &one);
    fsci_json_write(observed(arena, &input), 0, &two);
    assert_string_equal(one.data, two.data);
    fsci_buffer_free(&one);
    fsci_buffer_free(&two);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void another_reference_family(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = joined("models", "post_training");
    fsci_observe_input input = gsm8k_input(arena, table);
    input.reference_family = "Pythia";
    const fsci_json *line =
        fsci_json_get(fsci_json_at(observed(arena, &input), "targets.0"), "equivalent");
    assert_string_equal(fsci_json_get_string(line, "family"), "Pythia");
    assert_true(fsci_json_get_number(line, "n") == 8);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(the_record_is_enough_to_predict),
        cmocka_unit_test(models_without_the_target_are_forecast),
        cmocka_unit_test(units_of_the_target_do_not_matter),
        cmocka_unit_test(two_targets_have_their_own_rows),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(another_reference_family),
    };
    return cmocka_run_group_tests(tests, forecast_gsm8k, free_shared);
}
