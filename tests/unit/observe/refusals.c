/* What is wrong with a table is said in one sentence: an error when no answer would mean anything,
 * a warning with a code when one does. */
#include "observed.h"

#define HEAD "model,family,flops,a,b,c,y\n"
#define ROWS                                                                                       \
    "m1,F,1e20,.10,.20,.15,.05\n"                                                                  \
    "m2,F,2e20,.20,.22,.31,.11\n"                                                                  \
    "m3,F,4e20,.35,.30,.29,.18\n"                                                                  \
    "m4,F,8e20,.41,.33,.52,.34\n"                                                                  \
    "m5,G,2e21,.55,.48,.44,.52\n"                                                                  \
    "m6,G,4e21,.63,.49,.70,.61\n"                                                                  \
    "m7,G,8e21,.78,.66,.68,.80\n"

static const char *const y[] = {"y"};

static void expect_error(const char *table_text, fsci_observe_input input, const char *part)
{
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_from(table_text);
    fsc_error err = {0};
    input.table = table;
    if (input.ceiling == 0)
        input.ceiling = 1;
    input.level = 0.95;
    fsc_status status = fsci_observe_run(arena, &input, fsci_json_object(arena), &err);
    if (status != FSC_EINPUT || !strstr(err.message, part))
        fail_msg("status %d, message '%s', expected '%s'", (int)status, err.message, part);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void expect_warning(const char *table_text, fsci_observe_input input, const char *code,
                           const char *part)
{
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_from(table_text);
    input.table = table;
    input.ceiling = 1;
    input.level = 0.95;
    const fsci_json *record = observed(arena, &input);
    if (!warns(record, code, part)) {
        fsci_buffer text = {0};
        fsci_json_write(fsci_json_get(record, "warnings"), 0, &text);
        fail_msg("no %s '%s' in %s", code, part, text.data ? text.data : "no warnings");
    }
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static const bool first_five[7] = {true, true, true, true, true, false, false};

static void the_table_must_name_models(void **state)
{
    (void)state;
    expect_error("name,a,b\nx,1,2\n", (fsci_observe_input){0}, "no column named model");
    expect_error("model,a,b\nx,.1,.2\n,.2,.3\n", (fsci_observe_input){0}, "a row has no model");
    expect_error(HEAD ROWS, (fsci_observe_input){.model = "modle"}, "'modle'");
}

static void columns_must_be_there_and_be_numbers(void **state)
{
    (void)state;
    static const char *const unknown[] = {"a", "bb"}, *const text[] = {"a", "b"},
                             *const twice[] = {"a", "a"}, *const one[] = {"a"};
    expect_error(HEAD ROWS, (fsci_observe_input){.benchmarks = unknown, .n_benchmarks = 2}, "'bb'");
    expect_error("model,a,b\nx,.1,.2\ny,.2,high\n",
                 (fsci_observe_input){.benchmarks = text, .n_benchmarks = 2}, "'high'");
    expect_error(HEAD ROWS, (fsci_observe_input){.benchmarks = twice, .n_benchmarks = 2},
                 "benchmark a is named twice");
    expect_error(HEAD ROWS, (fsci_observe_input){.benchmarks = one, .n_benchmarks = 1},
                 "needs at least two");
    expect_error(HEAD ROWS, (fsci_observe_input){.targets = unknown + 1, .n_targets = 1}, "'bb'");
    expect_error("model,flops,a,b\nx,-1,.1,.2\ny,1e20,.2,.3\n", (fsci_observe_input){0},
                 "flops of x is -1; it must be positive");
    expect_warning("model,a,b,c\nx,.1,.2,.3\ny,.2,.4,high\nz,.5,.4,.2\n", (fsci_observe_input){0},
                   "W-TEXT", "column c is left out: 'high' (line 3) is not a number, 2 other");
    expect_warning("model,a,b,c\nx,.1,.2,\ny,.2,.4,\nz,.5,.4,\n", (fsci_observe_input){0},
                   "W-EMPTY-COLUMN", "column c is left out");
}

static void a_target_cannot_predict_itself(void **state)
{
    (void)state;
    static const char *const named[] = {"a", "y"};
    expect_error(
        HEAD ROWS,
        (fsci_observe_input){.targets = y, .n_targets = 1, .benchmarks = named, .n_benchmarks = 2},
        "y is the target and also a benchmark");
    expect_error("model,a,b,y\nx,.1,.2,.9\ny,.2,.4,.8\nz,.5,.4,.5\nu,.3,.1,.7\n",
                 (fsci_observe_input){.targets = y, .n_targets = 1, .pcs = 1},
                 "benchmark 'a' is target 'y' under another name");
}

static void fractions_among_percentages_are_told(void **state)
{
    (void)state;
    expect_warning("model,a,b\nx,10,20\ny,.2,.4\nz,50,30\nu,1,0.5\n", (fsci_observe_input){0},
                   "W-SCALE", "percentages: 2, the first is y;");
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_from("model,a,b\nx,10,20\ny,.2,4\nz,50,30\nu,1,0\n");
    fsci_observe_input input = {.table = table, .ceiling = 1, .level = 0.95};
    assert_false(warns(observed(arena, &input), "W-SCALE", ""));
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void scales_must_be_alike(void **state)
{
    (void)state;
    static const char mixed[] = "model,a,b\nx,10,.2\ny,20,.4\nz,50,.3\n";
    expect_error(mixed, (fsci_observe_input){0}, "'b' stays within 1, 'a' goes up to 50");
    expect_error("model,a,b\nx,-10,20\ny,20,40\nz,50,30\n",
                 (fsci_observe_input){.scale = FSCI_PCA_LOGIT}, "'a' has -10");
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_from(mixed);
    fsci_observe_input input = {
        .table = table, .scale = FSCI_PCA_ZSCORE, .ceiling = 1, .level = 0.95};
    observed(arena, &input);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void components_need_benchmarks_and_rows(void **state)
{
    (void)state;
    static const bool two[7] = {true, true};
    expect_error(HEAD ROWS, (fsci_observe_input){.pcs = 5, .targets = y, .n_targets = 1},
                 "5 components cannot be taken from 3 benchmarks");
    expect_error(HEAD ROWS, (fsci_observe_input){.pcs = 2, .train = two},
                 "2 components cannot be taken from 2 training rows");
    expect_warning(HEAD ROWS, (fsci_observe_input){.pcs = 4}, "W-COMPONENTS", "nothing is");
    expect_error(
        HEAD ROWS,
        (fsci_observe_input){
            .targets = y, .n_targets = 1, .train = two, .pcs = 1, .link = FSCI_LINK_SIGMOID_FLOOR},
        "2 training rows cannot fit 3 parameters");
    static const bool none[7] = {false};
    expect_error(HEAD ROWS, (fsci_observe_input){.train = none}, "0 rows are left to train on");
}

static void benchmarks_need_training_values(void **state)
{
    (void)state;
    static const bool last_two[3] = {false, true, true};
    expect_error("model,a,b\nx,.1,.2\ny,.2,\nz,.3,\n", (fsci_observe_input){.train = last_two},
                 "benchmark 'b' has no value in the training rows");
    expect_warning("model,a,b,c\nx,.1,.2,.1\ny,.2,.2,.4\nz,.3,.2,.2\n", (fsci_observe_input){0},
                   "W-CONSTANT", "benchmark 'b' is 0.2 in every training row");
    expect_warning("model,a,b\nx,.1,.2\ny,.2,.5\nz,.3,.2\nw,,\n", (fsci_observe_input){0},
                   "W-EMPTY-ROW", "1, the first is w");
    expect_warning("model,a,b\nx,.1,.2\ny,.2,.5\nx,.3,.2\n", (fsci_observe_input){0}, "W-DUPLICATE",
                   "x stands in more than one row");
}

static void targets_stay_below_their_ceiling(void **state)
{
    (void)state;
    static const char percent[] = "model,a,b,y\nx,.1,.2,10\ny,.2,.4,30\nz,.5,.4,35\nu,.3,.1,9\n";
    expect_error(percent, (fsci_observe_input){.targets = y, .n_targets = 1, .pcs = 1},
                 "target 'y' goes up to 35, above its ceiling 1; give --ceiling");
    expect_error(HEAD ROWS,
                 (fsci_observe_input){.targets = y, .n_targets = 1, .chance = 1, .ceiling = 0.5},
                 "ceiling 0.5 is not above chance 1");
}

static void predictors_must_be_known(void **state)
{
    (void)state;
    static const char *const odd[] = {"pc0"}, *const flops[] = {"flops"}, *const size[] = {"size"};
    expect_error(HEAD ROWS, (fsci_observe_input){.predictors = odd, .n_predictors = 1},
                 "'pc0' is no predictor");
    expect_error("model,a,b\nx,.1,.2\ny,.2,.4\nz,.5,.4\n",
                 (fsci_observe_input){.predictors = flops, .n_predictors = 1},
                 "FLOPs are no predictor here");
    expect_error(HEAD ROWS, (fsci_observe_input){.predictors = size, .n_predictors = 1},
                 "size is no predictor here");
    expect_error(
        HEAD ROWS,
        (fsci_observe_input){.targets = y, .n_targets = 1, .pcs = 1, .reference_family = "H"},
        "no model is of the family 'H'");
}

static void forecasts_say_what_they_lack(void **state)
{
    (void)state;
    fsci_observe_input input = {.targets = y, .n_targets = 1, .pcs = 1};
    expect_warning(HEAD ROWS, input, "W-NO-TEST", "hold models out with --cutoff");
    input.train = first_five;
    expect_warning(HEAD ROWS, input, "W-FEW-TEST", "y from pc1: 2 test models are too few");
    expect_warning(HEAD ROWS "m8,G,,.8,.7,.6,.9\n",
                   (fsci_observe_input){.targets = y,
                                        .n_targets = 1,
                                        .pcs = 1,
                                        .train = (bool[8]){true, true, true, true, true}},
                   "W-UNKNOWN", "y from flops: 1 of 3 test models have no known FLOPs");
    expect_warning("model,a,b\nx,.1,.2\ny,.2,.4\nz,.5,.4\n", (fsci_observe_input){0}, "W-NO-FAMILY",
                   "no equivalent FLOPs");
    expect_warning("model,params,tokens,a,b\nx,1e9,2e10,.1,.2\ny,2e9,4e10,.2,.4\nz,4e9,,.5,.4\n",
                   (fsci_observe_input){0}, "W-6ND", "FLOPs of 2 models are 6 x");
}

static void a_separable_target_is_called_so(void **state)
{
    (void)state;
    static const char step[] = "model,a,b,y\nm1,.1,.2,0\nm2,.15,.1,0\nm3,.2,.3,0\nm4,.3,.2,0\n"
                               "m5,.6,.5,1\nm6,.7,.8,1\nm7,.8,.7,1\nm8,.9,.9,1\n";
    expect_warning(step, (fsci_observe_input){.targets = y, .n_targets = 1, .pcs = 1},
                   "W-SEPARATION", "the curve is nearly a step");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_must_name_models),
        cmocka_unit_test(columns_must_be_there_and_be_numbers),
        cmocka_unit_test(a_target_cannot_predict_itself),
        cmocka_unit_test(fractions_among_percentages_are_told),
        cmocka_unit_test(scales_must_be_alike),
        cmocka_unit_test(components_need_benchmarks_and_rows),
        cmocka_unit_test(benchmarks_need_training_values),
        cmocka_unit_test(targets_stay_below_their_ceiling),
        cmocka_unit_test(predictors_must_be_known),
        cmocka_unit_test(forecasts_say_what_they_lack),
        cmocka_unit_test(a_separable_target_is_called_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
