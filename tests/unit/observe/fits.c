/* Every curve of the reference: our least squares are not above the best that its own starts found,
 * and where most of them ended there, parameters and test errors agree. */
#include "observed.h"

static const char *const eight[] = {EIGHT_BENCHMARKS}; /* the first seven are without GSM8K */
static const char *const instruct[] = {"mmlu",       "arc_c", "hellaswag", "winogrande",
                                       "truthfulqa", "gsm8k", "humaneval"};

/* How the reference analysed one target; see tests/data/obs/README.md. */
typedef struct analysis {
    const char *name, *target; /* target NULL: any of the analysis */
    const char *left, *right;  /* tables, joined */
    const char *without[4];    /* families left out */
    const char *const *benchmarks;
    size_t n_benchmarks;
    fsci_link_kind link;
    fsci_loss loss;
    double cutoff; /* FLOPs; 0: the best tenth of the target is the test set */
    double chance, ceiling;
} analysis;

static const analysis analyses[] = {
    {"post_training/parametric_ols",
     NULL,
     "models",
     "post_training",
     {NULL},
     eight,
     7,
     FSCI_LINK_SIGMOID_FLOOR,
     FSCI_LOSS_SQUARED,
     8.4e22,
     0,
     1},
    {"post_training/parametric_huber",
     NULL,
     "models",
     "post_training",
     {NULL},
     eight,
     7,
     FSCI_LINK_SIGMOID_FLOOR,
     FSCI_LOSS_HUBER,
     8.4e22,
     0,
     1},
    {"emergent/parametric_ols",
     "persian_qa",
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     8,
     FSCI_LINK_SIGMOID_FLOOR,
     FSCI_LOSS_SQUARED,
     8.4e22,
     0.25,
     1},
    {"emergent/parametric_ols",
     NULL,
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     8,
     FSCI_LINK_SIGMOID_FLOOR,
     FSCI_LOSS_SQUARED,
     8.4e22,
     0,
     1},
    {"emergent/sigmoid_huber",
     "persian_qa",
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     8,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     8.4e22,
     0.25,
     1},
    {"emergent/sigmoid_huber",
     "subtract_3_digits",
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     7,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     2.2e22,
     0,
     1},
    {"emergent/sigmoid_huber",
     "add_2_digits",
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     7,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     2.2e22,
     0,
     1},
    {"emergent/sigmoid_huber",
     NULL,
     "models",
     "emergent",
     {"Mistral", "Mixtral"},
     eight,
     8,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     8.4e22,
     0,
     1},
    {"agentic",
     NULL,
     "instruct_models",
     "agents",
     {NULL},
     instruct,
     7,
     FSCI_LINK_SIGMOID_FLOOR,
     FSCI_LOSS_SQUARED,
     0,
     0,
     10},
    {"leaderboard_v2",
     "gpqa",
     "all_models",
     "leaderboard_v2",
     {"Mistral", "Mixtral", "Qwen2"},
     eight,
     7,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     1.68e23,
     0.25,
     1},
    {"leaderboard_v2",
     "bbh",
     "all_models",
     "leaderboard_v2",
     {"Mistral", "Mixtral", "Qwen2"},
     eight,
     7,
     FSCI_LINK_SIGMOID,
     FSCI_LOSS_HUBER,
     8.4e22,
     7.0857143 / 27,
     1},
};

static const analysis *analysis_of(const fsci_json *fit)
{
    const char *name = fsci_json_get_string(fit, "analysis");
    const char *target = fsci_json_get_string(fit, "target");
    for (size_t i = 0; i < sizeof analyses / sizeof *analyses; i++)
        if (!strcmp(analyses[i].name, name) &&
            (!analyses[i].target || !strcmp(analyses[i].target, target)))
            return &analyses[i];
    return NULL;
}

static fsc_table *table_for(fsci_arena *arena, const analysis *a)
{
    fsc_table *all = joined(a->left, a->right), *kept;
    const fsci_column *family = fsci_table_find(all, "family");
    bool *keep = FSCI_NEW(arena, bool, fsci_table_rows(all));
    fsc_error err = {0};
    for (size_t i = 0; i < fsci_table_rows(all); i++) {
        keep[i] = true;
        for (size_t w = 0; a->without[w]; w++)
            keep[i] = keep[i] && strcmp(family->levels[family->codes[i]], a->without[w]) != 0;
    }
    if (fsci_table_take(all, keep, &kept, &err) != FSC_OK)
        fail_msg("%s", err.message);
    fsci_table_free(all);
    return kept;
}

/* False for the best tenth, rounded down, of those that have the target. */
static bool *not_the_best(fsci_arena *arena, const fsc_table *table, const char *target)
{
    size_t n = fsci_table_rows(table), known = 0;
    const double *y = numbers_of(table, target);
    bool *mask = FSCI_NEW(arena, bool, n);
    for (size_t i = 0; i < n; i++)
        known += !isnan(y[i]);
    for (size_t i = 0; i < n; i++) {
        size_t above = 0;
        for (size_t j = 0; j < n; j++)
            above += y[j] > y[i];
        mask[i] = above >= known / 10;
    }
    return mask;
}

/* The reference takes logarithms of values in units of 1e21 FLOPs and 1e9 parameters. */
static double intercept_in_its_units(const fsci_json *ours, const char *predictors)
{
    double weight = fsci_json_at(ours, "weights.0")->number;
    double intercept = fsci_json_get_number(ours, "intercept");
    if (!strcmp(predictors, "flops"))
        return intercept + weight * log(1e21);
    if (!strcmp(predictors, "size"))
        return intercept + weight * log(1e9);
    return intercept;
}

static void compare_parameters(const fsci_json *ours, const fsci_json *theirs)
{
    const fsci_json *weight = fsci_json_get(ours, "weights")->first;
    const char *predictors = fsci_json_get_string(theirs, "predictors");
    assert_rel(intercept_in_its_units(ours, predictors), fsci_json_get_number(theirs, "intercept"),
               1e-5);
    FSCI_JSON_EACH (want, fsci_json_get(theirs, "weights")) {
        assert_near(fabs(weight->number), fabs(want->number), 1e-5 * (1 + fabs(want->number)));
        weight = weight->next;
    }
    assert_near(fsci_json_at(ours, "link.floor")->number, fsci_json_get_number(theirs, "floor"),
                1e-6);
    assert_rel(fsci_json_at(ours, "test.mse")->number, fsci_json_get_number(theirs, "mse_test"),
               1e-4);
}

static void compare(const analysis *a, const fsci_json *ours, const fsci_json *theirs)
{
    double sse = fsci_json_at(ours, "objective.sum_of_squares")->number;
    double best = fsci_json_get_number(theirs, "sse");
    assert_true(fsci_json_at(ours, "train.n")->number == fsci_json_get_number(theirs, "n_train"));
    assert_true(fsci_json_at(ours, "test.n")->number == fsci_json_get_number(theirs, "n_test"));
    if (!(sse <= best * (1 + 1e-6)))
        fail_msg("%s, %s from %s: sum of squares %.12g, reference %.12g", a->name,
                 fsci_json_get_string(theirs, "target"), fsci_json_get_string(theirs, "predictors"),
                 sse, best);
    if (a->loss == FSCI_LOSS_HUBER) /* all residuals are below 1 */
        assert_rel(fsci_json_at(ours, "objective.value")->number, sse / 2, 1e-12);
    double steep = fsci_json_get_number(theirs, "standard_weight");
    if (fsci_json_get_number(theirs, "n_hit") > 0.5 * fsci_json_get_number(theirs, "n_starts") &&
        steep < 5)
        compare_parameters(ours, theirs);
    assert_int_equal(fsci_json_get_bool(ours, "separation", false), steep > 10);
}

/* Every fit of one target, or none for `skipped`; gives the first of the next. */
static const fsci_json *check_target(const fsci_json *fit, bool skipped)
{
    const analysis *a = analysis_of(fit);
    const char *target = fsci_json_get_string(fit, "target"), *predictors[8];
    const fsci_json *next = fit, *entry;
    fsci_arena *arena = fsci_arena_new();
    size_t n = 0;
    for (; next && analysis_of(next) == a && !strcmp(fsci_json_get_string(next, "target"), target);
         next = next->next)
        predictors[n++] = fsci_json_get_string(next, "predictors");
    if (skipped) {
        fsci_arena_free(arena);
        return next;
    }
    fsc_table *table = table_for(arena, a);
    fsci_observe_input input = {.table = table,
                                .targets = &target,
                                .n_targets = 1,
                                .predictors = predictors,
                                .n_predictors = n,
                                .benchmarks = a->benchmarks,
                                .n_benchmarks = a->n_benchmarks,
                                .link = a->link,
                                .loss = a->loss,
                                .delta = 1,
                                .chance = a->chance,
                                .ceiling = a->ceiling,
                                .level = 0.95};
    input.train = a->cutoff > 0 ? at_most(arena, table, "flops", a->cutoff)
                                : not_the_best(arena, table, target);
    entry = fsci_json_get(observed(arena, &input), "targets")->first;
    for (; fit != next; fit = fit->next, entry = entry->next)
        compare(a, entry, fit);
    fsci_table_free(table);
    fsci_arena_free(arena);
    return next;
}

static void reaches_every_reference_optimum(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *fit = gold(arena, "fits")->first;
    size_t targets = 0;
    for (; fit; targets++)
        fit = check_target(fit, is_quick() && targets % 10 != 0);
    assert_int_equal(targets, 3 + 4 + 5 + 5 + 1 + 2);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_every_reference_optimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
