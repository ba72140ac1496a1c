/* Skills on the second Open LLM leaderboard: families with one small member revealed. */
#include "observe/methods/methods.h"
#include "task.h"

enum { SCORES = 6, MOST = 200, LEAST_MEMBERS = 3 };

static const char *const names[SCORES] = {"ifeval", "bbh", "math_hard", "gpqa", "musr", "mmlu_pro"};
static const double chance[SCORES] = {0, 0.26243, 0, 0.25, 0.3, 0.1};

typedef struct leaderboard {
    fsc_table *table;
    size_t rows[MOST], n;
    uint32_t family[MOST]; /* base and instruct models of a family are two, as theirs are */
    uint32_t n_families;
} leaderboard;

static leaderboard complete_rows(void)
{
    leaderboard b = {.table = table_of(PROJECT_DATA "/open-llm/models.csv")};
    const fsci_column *family = fsci_table_find(b.table, "family");
    const fsci_column *kind = fsci_table_find(b.table, "kind");
    for (size_t i = 0; i < fsci_table_rows(b.table); i++) {
        bool whole = numbers_of(b.table, "tokens")[i] > 0;
        for (size_t j = 0; j < SCORES; j++)
            whole = whole && !isnan(numbers_of(b.table, names[j])[i]);
        if (!whole)
            continue;
        assert_true(b.n < MOST);
        b.family[b.n] = 2 * family->codes[i] + kind->codes[i];
        b.rows[b.n++] = i;
    }
    b.n_families = (uint32_t)(2 * family->n_levels);
    return b;
}

/* All others, then the family by size; gives how many of it there are. */
static size_t order_of(const leaderboard *b, uint32_t family, size_t *order)
{
    const double *params = numbers_of(b->table, "params");
    size_t n = 0, first;
    for (size_t i = 0; i < b->n; i++)
        if (b->family[i] != family)
            order[n++] = i;
    first = n;
    for (size_t i = 0; i < b->n; i++)
        if (b->family[i] == family) {
            size_t at = n++;
            for (; at > first && params[b->rows[order[at - 1]]] > params[b->rows[i]]; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }
    return n - first;
}

/* Mean absolute error on one benchmark, the others beside it. */
static double error_on(const leaderboard *b, const size_t *order, size_t n_train, size_t target)
{
    fsci_arena *arena = fsci_arena_new();
    fsci_latent_space space = {.top = 1};
    size_t n = b->n, p = SCORES - 1, *rows = FSCI_NEW(arena, size_t, n), at = 0;
    double *scores = FSCI_NEW(arena, double, n *p), *t = FSCI_NEW(arena, double, n), others[SCORES];
    double *part = FSCI_NEW(arena, double, n_train *p), *pcs = FSCI_NEW(arena, double, n * 3);
    uint32_t *family = FSCI_NEW(arena, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        rows[i] = b->rows[order[i]];
        family[i] = b->family[order[i]];
        t[i] =
            (numbers_of(b->table, names[target])[rows[i]] - chance[target]) / (1 - chance[target]);
    }
    for (size_t j = 0; j < SCORES; j++) {
        if (j == target)
            continue;
        for (size_t i = 0; i < n; i++)
            scores[at * n + i] = numbers_of(b->table, names[j])[rows[i]];
        memcpy(part + at * n_train, scores + at * n, n_train * sizeof *part);
        others[at++] = chance[j];
    }
    fsci_pca pca;
    assert_int_equal(fsci_pca_fit(arena, n_train, p, part, FSCI_PCA_CENTER, 1, 3, &pca, NULL),
                     FSC_OK);
    fsci_pca_scores(&pca, n, scores, pcs);
    fsci_task task = {.n = n,
                      .n_train = n_train,
                      .p = p,
                      .k = 3,
                      .scores = scores,
                      .t = t,
                      .log_size = logs_of(arena, numbers_of(b->table, "params"), rows, n),
                      .log_tokens = logs_of(arena, numbers_of(b->table, "tokens"), rows, n),
                      .family = family,
                      .n_families = b->n_families,
                      .chance = others,
                      .space = &space,
                      .pcs = pcs};
    fsci_predictive out = predicted(arena, &task, fsci_predict_skills);
    double error = 0;
    for (size_t i = n_train; i < n; i++)
        error += fabs(out.point[i - n_train] - t[i]) * (1 - chance[target]) / (double)(n - n_train);
    fsci_arena_free(arena);
    return error;
}

/* Published for three skills with the logistic link: 3.84 points over 12 families. Which ones is
 * not told; here it is the ten families of base models with three members or more. */
static void test_leaderboard(void **state)
{
    (void)state;
    if (is_quick())
        skip();
    leaderboard b = complete_rows();
    const fsci_column *kind = fsci_table_find(b.table, "kind");
    size_t families = 0, order[MOST];
    double sum = 0;
    for (uint32_t f = 0; f < b.n_families; f++) {
        size_t members = order_of(&b, f, order);
        if (members < LEAST_MEMBERS || strcmp(kind->levels[f % 2], "base"))
            continue;
        families++;
        for (size_t j = 0; j < SCORES; j++)
            sum += error_on(&b, order, b.n - members + 1, j) / SCORES;
    }
    assert_int_equal(families, 10);
    assert_near(100 * sum / (double)families, 3.84, 0.3);
    fsci_table_free(b.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_leaderboard)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
