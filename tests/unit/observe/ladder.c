/* The model ladder on its authors' runs: step 1 to the reference's digits, and its chain of two. */
#include "observe/ladder.h"
#include "observe/methods/methods.h"
#include "task.h"

/* ---- step 1 ---- */

static const char *text_of(const fsc_table *table, const char *column, size_t i)
{
    const fsci_column *c = fsci_table_find(table, column);
    return c->levels[c->codes[i]];
}

/* The released code's own fit of the final losses, and an independent one that agrees with it. */
static const struct {
    const char *metric;
    double log_a, log_b, alpha, beta, e, value, at_7b, at_13b;
} published[] = {{"c4", 2.524088221, 3.510892442, 0.1035780063, 0.161970475, 0.9340166764,
                  3.299897481e-05, 2.433719461, 2.344374151},
                 {"hellaswag_val", 2.418742883, 4.100509461, 0.1955419526, 0.2565002181,
                  0.5019149145, 3.453131174e-05, 0.6712638722, 0.653177361},
                 {"arc_challenge_test", 13.46181743, 3.650625636, 0.7876484678, 0.1970486981,
                  0.6547604084, 7.038521372e-05, 0.7941611638, 0.7833531465},
                 {"arc_easy_test", 11.28209845, 8.283604726, 0.6610280109, 0.4194635839,
                  0.5582429142, 0.0001816567105, 0.6037644022, 0.5931041989},
                 {"piqa_val", 6.00534044, 2.318523276, 0.3978282959, 0.1532861248, 0.7217135342,
                  4.268345348e-05, 0.8903277604, 0.8747972932},
                 {"openbookqa_test", 11.36673025, 4.922761147, 0.6865697575, 0.2607055434,
                  1.198107172, 8.840029834e-05, 1.284772904, 1.275013155}};

static void test_step_1(void **state)
{
    (void)state;
    fsc_table *table = table_of(PROJECT_DATA "/olmo-ladder/points.csv");
    const double *params = numbers_of(table, "params"), *tokens = numbers_of(table, "tokens");
    for (size_t k = 0; k < sizeof published / sizeof *published; k++) {
        double log_n[16], log_d[16], loss[16];
        size_t n = 0;
        fsci_ladder_loss fit;
        for (size_t i = 0; i < fsci_table_rows(table); i++)
            if (!strcmp(text_of(table, "metric", i), published[k].metric) &&
                !strcmp(text_of(table, "role", i), "fit")) {
                assert_true(n < 16);
                log_n[n] = log(params[i]), log_d[n] = log(tokens[i]);
                loss[n++] = numbers_of(table, "value")[i];
            }
        assert_int_equal(fsci_ladder_fit_loss(n, log_n, log_d, loss, &fit, NULL), FSC_OK);
        assert_rel(fit.value, published[k].value, 1e-7);
        assert_rel(fit.log_a, published[k].log_a, 1e-5);
        assert_rel(fit.log_b, published[k].log_b, 1e-5);
        assert_rel(fit.alpha, published[k].alpha, 1e-5);
        assert_rel(fit.beta, published[k].beta, 1e-5);
        assert_rel(fit.e, published[k].e, 1e-5);
        assert_rel(fsci_ladder_loss_at(&fit, log(6887575552.0), log(3945065873408.0)),
                   published[k].at_7b, 1e-6);
        assert_rel(fsci_ladder_loss_at(&fit, log(13202396160.0), log(5000088518656.0)),
                   published[k].at_13b, 1e-6);
    }
    fsci_table_free(table);
}

/* ---- both steps ---- */

static void test_chain(void **state)
{
    (void)state;
    /* What the released scripts predict for the 7B and the 13B model, in percent. */
    static const struct {
        const char *name;
        double at_7b, at_13b;
    } tasks[] = {{"mmlu", 48.4, 51.3},          {"hellaswag", 82.5, 85.3},
                 {"arc_challenge", 51.5, 52.7}, {"arc_easy", 76.6, 77.2},
                 {"piqa", 81.2, 82.1},          {"csqa", 75.7, 77.6},
                 {"socialiqa", 58.7, 59.9},     {"openbookqa", 44.2, 44.9}};
    fsc_table *table = table_of(PROJECT_DATA "/olmo-ladder/checkpoints.csv");
    size_t n = fsci_table_rows(table);
    const fsci_column *family = fsci_table_find(table, "family");
    for (size_t k = 0; k < 8; k++) {
        fsci_arena *arena = fsci_arena_new();
        const char *benchmarks[] = {fsci_format(arena, "bpb_%s", tasks[k].name)};
        size_t *rows = FSCI_NEW(arena, size_t, n);
        for (size_t i = 0; i < n; i++)
            rows[i] = i;
        const double *t = numbers_of(table, fsci_format(arena, "accuracy_%s", tasks[k].name));
        fsci_task task = {.n = n,
                          .n_train = n - 2, /* the two large runs stand last */
                          .p = 1,
                          .scores = numbers_of(table, benchmarks[0]),
                          .t = t,
                          .log_size = logs_of(arena, numbers_of(table, "params"), rows, n),
                          .log_tokens = logs_of(arena, numbers_of(table, "tokens"), rows, n),
                          .family = family->codes,
                          .n_families = family->n_levels,
                          .benchmarks = benchmarks};
        fsci_predictive out = predicted(arena, &task, fsci_predict_ladder);
        assert_near(100 * out.point[0], tasks[k].at_7b, 0.2);
        assert_near(100 * out.point[1], tasks[k].at_13b, 0.2);
        fsci_arena_free(arena);
    }
    fsci_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_step_1), cmocka_unit_test(test_chain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
