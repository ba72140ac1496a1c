/* Methods borrowed from others (skills, completion, stitched index), each on a world of its own
 * making, where it must come out ahead of the training mean by far, and on what it cannot know. */
#include "num/random.h"
#include "observe/methods/methods.h"
#include "task.h"

enum { MODELS = 60, TRAIN = 40, BENCHMARKS = 6, FAMILIES = 10 };

typedef struct world {
    fsci_task task;
    double *scores, *t, *log_size, *log_tokens, *observed;
    uint32_t *family;
} world;

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

/* eta of every model, benchmark (the target last) from `make`; scores without noise. */
typedef double eta_fn(const world *w, size_t i, size_t j);

static world world_of(fsci_arena *arena, eta_fn *make)
{
    static const char *const names[] = {"a", "b", "winogrande", "d", "e", "f"};
    static const double chance[BENCHMARKS] = {0}, items[BENCHMARKS] = {0};
    fsci_latent_space *space = FSCI_NEW(arena, fsci_latent_space, 1);
    world w = {.scores = FSCI_NEW(arena, double, MODELS *BENCHMARKS),
               .t = FSCI_NEW(arena, double, MODELS),
               .log_size = FSCI_NEW(arena, double, MODELS),
               .log_tokens = FSCI_NEW(arena, double, MODELS),
               .family = FSCI_NEW(arena, uint32_t, MODELS)};
    double *pcs = FSCI_NEW(arena, double, 3 * MODELS);
    fsci_pca pca;
    fsci_stream stream = fsci_stream_new(5, 0);
    space->top = 1;
    for (size_t i = 0; i < MODELS; i++) {
        w.family[i] = (uint32_t)(i % FAMILIES);
        w.log_size[i] = 20 + 5 * fsci_random_uniform(&stream);
        w.log_tokens[i] = 26 + 4 * fsci_random_uniform(&stream);
    }
    for (size_t i = 0; i < MODELS; i++)
        for (size_t j = 0; j <= BENCHMARKS; j++)
            *(j < BENCHMARKS ? &w.scores[j * MODELS + i] : &w.t[i]) = sigmoid(make(&w, i, j));
    assert_int_equal(
        fsci_pca_fit(arena, MODELS, BENCHMARKS, w.scores, FSCI_PCA_CENTER, 1, 3, &pca, NULL),
        FSC_OK);
    fsci_pca_scores(&pca, MODELS, w.scores, pcs);
    w.observed = w.t + TRAIN;
    w.task = (fsci_task){.n = MODELS,
                         .n_train = TRAIN,
                         .p = BENCHMARKS,
                         .k = 3,
                         .scores = w.scores,
                         .t = w.t,
                         .log_size = w.log_size,
                         .log_tokens = w.log_tokens,
                         .family = w.family,
                         .n_families = FAMILIES + 1,
                         .benchmarks = names,
                         .chance = chance,
                         .items = items,
                         .space = space,
                         .pcs = pcs};
    return w;
}

static double rmse_of(const world *w, const fsci_predictive *out)
{
    double squares = 0;
    for (size_t i = 0; i < MODELS - TRAIN; i++)
        squares += pow(out->point[i] - w->observed[i], 2) / (MODELS - TRAIN);
    return sqrt(squares);
}

/* ---- skills: two skills, translog in size and tokens, an intercept for each family ---- */

static double skill(const world *w, size_t i, size_t k)
{
    double s = w->log_size[i] - 22.5, t = w->log_tokens[i] - 28, f = w->family[i];
    return k == 0 ? 0.5 * s + 0.3 * t + 0.1 * s * t + 0.2 * sin(f)
                  : 0.2 * s + 0.6 * t - 0.05 * s * t + 0.2 * cos(2 * f);
}

static double eta_of_skills(const world *w, size_t i, size_t j)
{
    return -0.3 + 0.1 * (double)j + (1 - 0.1 * (double)j) * skill(w, i, 0) +
           0.15 * (double)j * skill(w, i, 1);
}

static void test_skills(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    world w = world_of(arena, eta_of_skills);
    fsci_predictive out = predicted(arena, &w.task, fsci_predict_skills);
    assert_true(rmse_of(&w, &out) < 0.01);
    double before = out.point[3];
    w.family[TRAIN + 3] = FAMILIES; /* never seen: the mean intercept */
    out = predicted(arena, &w.task, fsci_predict_skills);
    assert_true(isfinite(out.point[3]) && fabs(out.point[3] - before) < 0.2);
    w.log_tokens[TRAIN + 3] = NAN; /* no answer: the engine's fallback */
    out = predicted(arena, &w.task, fsci_predict_skills);
    assert_near(out.point[3], 0, 0);
    for (size_t i = 0; i < MODELS; i++)
        w.log_size[i] = NAN;
    assert_int_equal(fsci_predict_skills(arena, &w.task, &out, NULL), FSC_EINPUT);
    fsci_arena_free(arena);
}

/* ---- one index, and rank 2 on log-odds ---- */

static double eta_of_index(const world *w, size_t i, size_t j)
{
    return (0.4 + 0.1 * (double)j) * (skill(w, i, 0) - 0.2 * ((double)j - 3));
}

static void test_stitched(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    world w = world_of(arena, eta_of_index);
    fsci_predictive out = predicted(arena, &w.task, fsci_predict_stitched);
    double whole = rmse_of(&w, &out);
    assert_true(whole < 0.01);
    for (size_t i = 0; i < MODELS; i++) /* sparse: four of six scores are missing */
        for (size_t j = 0; j < BENCHMARKS; j++)
            if ((i + j) % 3)
                w.scores[j * MODELS + i] = NAN;
    out = predicted(arena, &w.task, fsci_predict_stitched);
    assert_true(rmse_of(&w, &out) < 0.02);
    fsci_arena_free(arena);
}

static void test_completion(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    world w = world_of(arena, eta_of_skills); /* rank 2 on log-odds: single lines are half wrong */
    fsci_predictive out = predicted(arena, &w.task, fsci_predict_completion);
    double error = rmse_of(&w, &out);
    out = predicted(arena, &w.task, fsci_predict_training_mean);
    assert_true(error < rmse_of(&w, &out) / 4);
    for (size_t j = 0; j < BENCHMARKS; j++) /* a model without scores gets what is usual */
        w.scores[j * MODELS + TRAIN] = NAN;
    out = predicted(arena, &w.task, fsci_predict_completion);
    assert_true(out.point[0] > 0.2 && out.point[0] < 0.8);
    fsci_arena_free(arena);
}

static void test_scores_that_are_no_shares(void **state)
{
    (void)state;
    fsci_method_fn *methods[] = {fsci_predict_skills, fsci_predict_stitched,
                                 fsci_predict_completion};
    fsci_arena *arena = fsci_arena_new();
    world w = world_of(arena, eta_of_skills);
    fsci_latent_space space = {.top = NAN};
    fsci_predictive out = predicted(arena, &w.task, fsci_predict_completion);
    w.task.space = &space;
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(methods[k](arena, &w.task, &out, NULL), FSC_EINPUT);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skills), cmocka_unit_test(test_stitched),
        cmocka_unit_test(test_completion), cmocka_unit_test(test_scores_that_are_no_shares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
