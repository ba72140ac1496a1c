/* Slice and sandwich on the questions of its authors, cut at their thresholds. */
#include "observe/methods/methods.h"
#include "task.h"

static const char *const dropped[] = {"microsoft/phi-1_5", "microsoft/phi-2",
                                      "Qwen/Qwen1.5-0.5B", "Qwen/Qwen1.5-1.8B",
                                      "Qwen/Qwen1.5-4B",   "stabilityai/stablelm-2-1_6b"};

static bool is_dropped(const char *model)
{
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (!strcmp(dropped[i], model))
            return true;
    return false;
}

typedef struct groups {
    fsci_task task;
    double *observed;
} groups;

static const char *text_of(const fsc_table *table, const char *column, size_t i)
{
    const fsci_column *c = fsci_table_find(table, column);
    return c->levels[c->codes[i]];
}

static groups groups_of(fsci_arena *arena, const fsc_table *table, const char *name)
{
    static const char *const columns[] = {"easy_brier", "middle_brier", "hard_brier", "brier"};
    size_t rows = fsci_table_rows(table), *row = FSCI_NEW(arena, size_t, rows), n = 0, m = 0;
    const double *flops = numbers_of(table, "flops"), *cut = numbers_of(table, "threshold_flops");
    for (int test = 0; test < 2; test++) {
        for (size_t i = 0; i < rows; i++)
            if (!strcmp(text_of(table, "task", i), name) &&
                !is_dropped(text_of(table, "model", i)) && (flops[i] > cut[i]) == test)
                row[n++] = i;
        m = test ? m : n;
    }
    double *scores = FSCI_NEW(arena, double, 4 * n), *t = FSCI_NEW(arena, double, n);
    for (size_t i = 0; i < n; i++) {
        t[i] = numbers_of(table, "accuracy")[row[i]];
        for (size_t j = 0; j < 4; j++)
            scores[j * n + i] = numbers_of(table, columns[j])[row[i]];
    }
    return (groups){.task = {.n = n,
                             .n_train = m,
                             .p = 4,
                             .scores = scores,
                             .t = t,
                             .log_flops = logs_of(arena, flops, row, n),
                             .benchmarks = columns,
                             .target_lowest = 0},
                    .observed = t + m};
}

static void test_published_rows(void **state)
{
    (void)state;
    /* Mean squared errors of the recipe within 0..1, re-run on the released tables. */
    static const struct {
        const char *task;
        double mse;
    } rows[] = {{"mmlu", 9.3e-2},       {"parsinlu_qa_mc", 4.7e-3},
                {"arithmetic", 1.0e-2}, {"arc", 1.4e-3},
                {"hellaswag", 2.2e-2},  {"abstract_narrative_understanding", 3.8e-3}};
    fsc_table *table = table_of(PROJECT_DATA "/emergence-groups/groups.csv");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        fsci_arena *arena = fsci_arena_new();
        groups g = groups_of(arena, table, rows[k].task);
        fsci_predictive out = predicted(arena, &g.task, fsci_predict_sandwich);
        double squares = 0, n = (double)(g.task.n - g.task.n_train);
        for (size_t i = 0; i < g.task.n - g.task.n_train; i++)
            squares += pow(out.point[i] - g.observed[i], 2) / n;
        assert_rel(squares, rows[k].mse, 0.05); /* two printed digits */
        fsci_arena_free(arena);
    }
    fsci_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
