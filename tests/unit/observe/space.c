/* The capability space against the reference: imputed cells, components, scores, family lines. */
#include "observed.h"

static const char *const eight[] = {"mmlu",       "arc_c", "hellaswag", "winogrande",
                                    "truthfulqa", "gsm8k", "xwinograd", "humaneval"};

/* Scores and loadings are compared up to the sign of the component: the reference has another rule.
 */
static double sign_between(const fsci_json *ours, const fsci_json *theirs)
{
    double sum = 0;
    FSCI_JSON_EACH (loading, ours)
        sum += loading->number * fsci_json_get_number(theirs, loading->key);
    return sum < 0 ? -1 : 1;
}

static void check_imputed(const fsci_json *ours, const fsci_json *theirs)
{
    assert_int_equal(fsci_json_count(ours), fsci_json_count(theirs));
    FSCI_JSON_EACH (want, theirs) {
        const char *model = fsci_json_at(want, "0")->string;
        const char *benchmark = fsci_json_at(want, "1")->string;
        size_t found = 0;
        FSCI_JSON_EACH (got, ours) {
            if (strcmp(fsci_json_get_string(got, "model"), model) ||
                strcmp(fsci_json_get_string(got, "benchmark"), benchmark))
                continue;
            assert_near(fsci_json_get_number(got, "value"), fsci_json_at(want, "2")->number, 1e-9);
            found++;
        }
        assert_int_equal(found, 1);
    }
}

static void check_pca(const fsci_json *ours, const fsci_json *theirs)
{
    const fsci_json *ratio = fsci_json_get(ours, "explained_variance_ratio")->first;
    FSCI_JSON_EACH (want, fsci_json_get(theirs, "ratio")) {
        assert_near(ratio->number, want->number, 1e-9);
        ratio = ratio->next;
    }
    FSCI_JSON_EACH (want, fsci_json_get(theirs, "mean"))
        assert_near(fsci_json_get_number(fsci_json_get(ours, "mean"), want->key), want->number,
                    1e-9);
    const fsci_json *loadings = fsci_json_get(ours, "loadings")->first;
    FSCI_JSON_EACH (component, fsci_json_get(theirs, "loadings")) {
        double sign = sign_between(loadings, component), largest = 0;
        FSCI_JSON_EACH (want, component) {
            double got = fsci_json_get_number(loadings, want->key);
            assert_near(got, sign * want->number, 1e-9);
            largest = fabs(got) > fabs(largest) ? got : largest;
        }
        assert_true(largest > 0);
        loadings = loadings->next;
    }
}

static void check_scores(const fsci_json *pca, const fsci_json *theirs, const char *key)
{
    FSCI_JSON_EACH (want, fsci_json_get(theirs, key)) {
        const fsci_json *row = where(fsci_json_get(pca, "scores"), "model", want->key);
        assert_non_null(row);
        for (size_t c = 0; c < 3; c++) {
            char path[16];
            snprintf(path, sizeof path, "%zu", c);
            const fsci_json *loadings = fsci_json_at(fsci_json_get(pca, "loadings"), path);
            double sign =
                sign_between(loadings, fsci_json_at(fsci_json_get(theirs, "loadings"), path));
            assert_near(fsci_json_at(fsci_json_get(row, "pc"), path)->number,
                        sign * fsci_json_at(want, path)->number, 1e-9);
        }
    }
}

static void check_space(const fsci_json *record, const char *name, fsci_arena *arena)
{
    const fsci_json *want = fsci_json_get(gold(arena, "spaces"), name);
    assert_true(fsci_json_get_bool(fsci_json_get(record, "imputation"), "converged", false));
    check_imputed(fsci_json_get(record, "imputed"), fsci_json_get(want, "imputed"));
    check_pca(fsci_json_get(record, "pca"), want);
    check_scores(fsci_json_get(record, "pca"), want, "scores");
    check_scores(fsci_json_get(record, "pca"), want, "scores_test");
}

static void base_models_without_a_target(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = bundled("models");
    fsci_observe_input input = {.table = table, .ceiling = 1, .level = 0.95};
    const fsci_json *record = observed(arena, &input);
    check_space(record, "base_main", arena);
    const fsci_json *models = fsci_json_get(record, "models");
    assert_true(fsci_json_get_number(models, "n") == 77);
    assert_true(fsci_json_get_number(models, "n_train") == 77);
    assert_true(fsci_json_get_number(models, "n_test") == 0);
    assert_int_equal(fsci_json_count(fsci_json_get(record, "targets")), 0);
    assert_int_equal(fsci_json_count(fsci_json_get(record, "warnings")), 0);
    for (size_t j = 0; j < 8; j++) {
        char path[32];
        snprintf(path, sizeof path, "benchmarks.%zu", j);
        assert_string_equal(fsci_json_at(record, path)->string, eight[j]);
    }
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void benchmarks_that_are_named(void **state)
{
    (void)state;
    static const char *const seven[] = {SEVEN_BENCHMARKS};
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = bundled("models");
    fsci_observe_input input = {
        .table = table, .benchmarks = seven, .n_benchmarks = 7, .ceiling = 1, .level = 0.95};
    check_space(observed(arena, &input), "base_main_nongsm", arena);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void instruct_models_with_many_gaps(void **state)
{
    (void)state;
    static const char *const seven[] = {"mmlu",       "arc_c", "hellaswag", "winogrande",
                                        "truthfulqa", "gsm8k", "humaneval"};
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = bundled("instruct_models");
    fsci_observe_input input = {
        .table = table, .benchmarks = seven, .n_benchmarks = 7, .ceiling = 1, .level = 0.95};
    check_space(observed(arena, &input), "instruct_all27", arena);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void later_models_take_no_part_in_the_fit(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = all_models();
    bool later[97];
    for (size_t i = 0; i < 97; i++)
        later[i] = i >= 77;
    fsci_observe_input input = {.table = table, .later = later, .ceiling = 1, .level = 0.95};
    const fsci_json *record = observed(arena, &input);
    check_space(record, "base_main_train_prereg_test", arena);
    assert_true(fsci_json_get_number(fsci_json_get(record, "models"), "n_later") == 20);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

static void the_source_table_with_its_own_names(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_of(TEST_DATA "/obs/raw.csv");
    fsci_observe_input input = {.table = table, .ceiling = 1, .level = 0.95};
    const fsci_json *record = observed(arena, &input), *columns = fsci_json_get(record, "columns");
    assert_string_equal(fsci_json_at(columns, "model.column")->string, "Model");
    assert_string_equal(fsci_json_at(columns, "family.column")->string, "Model Family");
    assert_string_equal(fsci_json_at(columns, "flops.column")->string, "FLOPs (1E21)");
    assert_true(fsci_json_at(columns, "flops.unit")->number == 1e21);
    assert_true(fsci_json_at(columns, "params.unit")->number == 1e9);
    assert_true(fsci_json_at(columns, "tokens.unit")->number == 1e12);
    const fsci_json *want = fsci_json_get(gold(arena, "spaces"), "base_all148");
    assert_int_equal(fsci_json_count(fsci_json_get(record, "benchmarks")), 8);
    assert_int_equal(fsci_json_count(fsci_json_get(record, "imputed")), 40);
    const fsci_json *ratio = fsci_json_at(record, "pca.explained_variance_ratio")->first;
    FSCI_JSON_EACH (r, fsci_json_get(want, "ratio")) {
        assert_near(ratio->number, r->number, 1e-9);
        ratio = ratio->next;
    }
    FSCI_JSON_EACH (cell, fsci_json_get(want, "imputed")) {
        double value = fsci_json_at(cell, "2")->number, nearest = INFINITY;
        FSCI_JSON_EACH (got, fsci_json_get(record, "imputed"))
            if (!strcmp(fsci_json_get_string(got, "model"), fsci_json_at(cell, "0")->string))
                nearest = fmin(nearest, fabs(fsci_json_get_number(got, "value") - value));
        assert_near(nearest, 0, 1e-9);
    }
    fsci_table_free(table);
    fsci_arena_free(arena);
}

/* The reference regresses on log10 of FLOPs in units of 1e21, and says nothing where y is flat. */
static void families_move_with_compute_as_in_the_reference(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = bundled("models");
    fsci_observe_input input = {.table = table, .ceiling = 1, .level = 0.95};
    const fsci_json *record = observed(arena, &input);
    const fsci_json *loadings = fsci_json_at(record, "pca.loadings");
    const fsci_json *theirs = fsci_json_at(gold(arena, "spaces"), "base_main.loadings");
    size_t compared = 0;
    FSCI_JSON_EACH (want, gold(arena, "families")) {
        const char *of = fsci_json_get_string(want, "of");
        const char *family = fsci_json_get_string(want, "family");
        bool component = !strncmp(of, "PC-", 3);
        double sign = 1;
        if (component) {
            char path[2] = {(char)(of[3] - 1), '\0'};
            sign = sign_between(fsci_json_at(loadings, path), fsci_json_at(theirs, path));
        }
        FSCI_JSON_EACH (got, fsci_json_get(record, component ? "families" : "benchmark_families")) {
            const char *benchmark = fsci_json_get_string(got, "benchmark");
            bool same = component ? fsci_json_get_number(got, "component") == of[3] - '0'
                                  : !strcmp(benchmark, of);
            if (!same || strcmp(fsci_json_get_string(got, "name"), family))
                continue;
            double slope = fsci_json_get_number(got, "slope");
            double r2 = fsci_json_get_number(want, "r2");
            assert_true(fsci_json_get_number(got, "n") == fsci_json_get_number(want, "n"));
            assert_near(slope, sign * fsci_json_get_number(want, "slope"), 1e-9);
            assert_near(fsci_json_get_number(got, "intercept") + 21 * slope,
                        sign * fsci_json_get_number(want, "intercept"), 2e-9);
            if (isnan(r2))
                assert_true(isnan(fsci_json_get_number(got, "r2")));
            else
                assert_near(fsci_json_get_number(got, "r2"), r2, 1e-8);
            compared++;
        }
    }
    assert_int_equal(compared, 14 * 11);
    assert_int_equal(fsci_json_count(fsci_json_get(record, "families")), 14 * 3);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_models_without_a_target),
        cmocka_unit_test(benchmarks_that_are_named),
        cmocka_unit_test(instruct_models_with_many_gaps),
        cmocka_unit_test(later_models_take_no_part_in_the_fit),
        cmocka_unit_test(the_source_table_with_its_own_names),
        cmocka_unit_test(families_move_with_compute_as_in_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
