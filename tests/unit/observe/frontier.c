/* Date, first component, target, on 38 open models in expanding windows: the back-test of Pimpale
 * et al. (2025). */
#include "observe/date.h"
#include "observe/methods/methods.h"
#include "task.h"

enum { TASKS = 6, WINDOW = 9 };

static const char *const names[TASKS] = {"ifeval", "bbh", "math_hard", "gpqa", "musr", "mmlu_pro"};
static const double chance_of[TASKS] = {0, 0.25, 0, 0.25, 0.3, 0.1};

/* Rows with everything, by date; ties as in the table. */
static size_t dated_rows(fsci_arena *arena, const fsc_table *table, size_t *rows, double *date)
{
    const fsci_column *released = fsci_table_find(table, "released");
    const double *tokens = numbers_of(table, "tokens");
    size_t n = 0;
    (void)arena;
    for (size_t i = 0; i < fsci_table_rows(table); i++) {
        bool whole = !isnan(tokens[i]) && !isnan(numbers_of(table, "params")[i]);
        for (size_t j = 0; j < TASKS; j++)
            whole = whole && !isnan(numbers_of(table, names[j])[i]);
        if (!whole)
            continue;
        int day = 0;
        assert_true(fsci_date_read(released->levels[released->codes[i]], &day));
        double year = day / 10000 + (day / 100 % 100 - 1) / 12.0 + (day % 100 - 1) / 365.25;
        size_t at = n++;
        for (; at > 0 && date[at - 1] > year; at--)
            date[at] = date[at - 1], rows[at] = rows[at - 1];
        date[at] = year, rows[at] = i;
    }
    return n;
}

/* Mean squared errors of the method and of the best so far, on the models of the window that were
 * best when they came out. */
static void one_window(fsci_arena *arena, const fsc_table *table, const size_t *rows,
                       const double *date, size_t m, size_t target, double *method, double *best)
{
    size_t n = m + WINDOW, p = 0;
    fsci_frame frame = {.n = n, .p = TASKS - 1};
    fsci_latent_space space;
    size_t *place = FSCI_NEW(arena, size_t, n);
    const double **scores = FSCI_NEW(arena, const double *, TASKS);
    double *t = FSCI_NEW(arena, double, n), *pcs = FSCI_NEW(arena, double, n);
    double *complete = FSCI_NEW(arena, double, n *TASKS), top = 0, now = 0, count = 0;
    const double *own = numbers_of(table, names[target]);
    for (size_t j = 0; j < TASKS; j++) {
        double *x = FSCI_NEW(arena, double, n);
        for (size_t i = 0; i < n; i++)
            x[i] = numbers_of(table, names[j])[rows[i]];
        if (j != target)
            scores[p++] = x;
    }
    for (size_t i = 0; i < n; i++) {
        place[i] = i;
        t[i] = (own[rows[i]] - chance_of[target]) / (1 - chance_of[target]);
        top = i < m ? fmax(top, own[rows[i]]) : top;
    }
    frame.scores = scores;
    assert_int_equal(fsci_space_fit(arena, &frame, place, m, FSCI_PCA_CENTER, 1, &space, NULL),
                     FSC_OK);
    fsci_space_apply(&space, &frame, place, n, complete, pcs);
    fsci_task task = {.n = n, .n_train = m, .p = p, .k = 1, .t = t, .date = date, .pcs = pcs};
    fsci_predictive out = predicted(arena, &task, fsci_predict_frontier);
    *method = *best = 0;
    for (size_t i = m; i < n; i++) {
        double y = own[rows[i]];
        if (y < now)
            continue;
        double forecast = chance_of[target] + (1 - chance_of[target]) * out.point[i - m];
        now = y, count++;
        *method += (forecast - y) * (forecast - y);
        *best += (top - y) * (top - y);
    }
    *method /= count, *best /= count;
}

static void test_expanding_windows(void **state)
{
    (void)state;
    double squares = 0, persistence = 0, date[64];
    size_t rows[64];
    fsci_arena *arena = fsci_arena_new();
    fsc_table *table = table_of(PROJECT_DATA "/agent-forecast/open_models.csv");
    assert_int_equal(dated_rows(arena, table, rows, date), 38);
    for (size_t split = 1; split <= 3; split++)
        for (size_t j = 0; j < TASKS; j++) {
            double method, best;
            one_window(arena, table, rows, date, WINDOW * split, j, &method, &best);
            squares += method / (3 * TASKS);
            persistence += best / (3 * TASKS);
        }
    assert_near(sqrt(persistence), 0.073, 0.003);
    assert_near(sqrt(squares), 0.076, 0.003);
    fsci_table_free(table);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_expanding_windows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
