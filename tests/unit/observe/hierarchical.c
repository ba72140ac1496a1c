/* The hierarchical model of capability: on data of its own making, and what must hold of it. */
#include "num/random.h"
#include "observe/hierarchy.h"
#include "observe/methods/methods.h"
#include "task.h"

enum { LOW = 0, HIGH = FSCI_QUANTILES - 1 };

static double width_at(const fsci_predictive *out, size_t i)
{
    return out->quantile[i * FSCI_QUANTILES + HIGH] - out->quantile[i * FSCI_QUANTILES + LOW];
}

static problem_case *chain_of_thought(fsci_arena *arena, models_case *models)
{
    *models = models_of(arena, &nine_targets[5]);
    return main_split(arena, models, &nine_targets[5]);
}

/* ---- its own world ---- */

/* A d-dimensional normal of covariance S (row-major), by its Cholesky factor. */
static void draw_normal(fsci_stream *stream, size_t d, const double *S, double *x)
{
    double L[9] = {0}, z[3];
    for (size_t i = 0; i < d; i++) {
        z[i] = fsci_random_normal(stream);
        for (size_t j = 0; j <= i; j++) {
            double sum = S[i * d + j];
            for (size_t k = 0; k < j; k++)
                sum -= L[i * d + k] * L[j * d + k];
            L[i * d + j] = i == j ? sqrt(sum) : sum / L[j * d + j];
        }
        x[i] = 0;
        for (size_t j = 0; j <= i; j++)
            x[i] += L[i * d + j] * z[j];
    }
}

static double draw_score(fsci_stream *stream, const fsci_hierarchy_column *c, double eta)
{
    double m = fsci_hierarchy_curve(c, eta + c->noise.tau * fsci_random_normal(stream));
    double sd = sqrt(m * (1 - m) / c->noise.items + c->noise.s0 * c->noise.s0);
    return fmin(fmax(m + sd * fsci_random_normal(stream), 0), 1);
}

/* Scores and targets of all rows anew from the fitted model `h`: families, models, noise. */
static void redraw(fsci_stream *stream, const fsci_hierarchy *h, const fsci_task *task,
                   double *scores, double *t)
{
    size_t d = h->d, n = h->n;
    double A[64][3], effect[64];
    assert_true(h->n_families <= 64);
    for (size_t f = 0; f < h->n_families; f++) {
        draw_normal(stream, d, h->phi, A[f]);
        effect[f] = h->family_tau * fsci_random_normal(stream);
    }
    for (size_t i = 0; i < n; i++) {
        double u[3];
        draw_normal(stream, d, h->psi, u);
        for (size_t j = 0; j < h->p; j++) {
            const fsci_hierarchy_column *c = &h->columns[j];
            double eta = c->intercept + (j + 1 == h->p ? effect[h->family[i]] : 0), chance;
            double x = isnan(h->x[i]) ? 0 : h->x[i];
            for (size_t k = 0; k < d; k++)
                eta +=
                    c->loading[k] * (h->gamma[k] + h->gamma[d + k] * x + A[h->family[i]][k] + u[k]);
            double score = draw_score(stream, c, eta);
            chance = j + 1 < h->p ? task->chance[j] : 0;
            *(j + 1 < h->p ? &scores[j * n + i] : &t[i]) = chance + (1 - chance) * score;
        }
    }
}

static bool is_seen(const fsci_task *task, size_t i)
{
    for (size_t k = 0; k < task->n_train; k++)
        if (task->family[k] == task->family[i])
            return true;
    return false;
}

static void test_own_world(void **state)
{
    (void)state;
    enum { DRAWS = 30 };
    double inside[2] = {0}, n[2] = {0};
    if (is_quick())
        skip();
    fsci_arena *arena = fsci_arena_new();
    models_case models;
    problem_case *c = chain_of_thought(arena, &models);
    fsci_hierarchy truth;
    assert_int_equal(fsci_hierarchy_fit(arena, &c->task, FSCI_VIEW_CHANCE_LOGIT, &truth, NULL),
                     FSC_OK);
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        fsci_arena *own = fsci_arena_new();
        fsci_stream stream = fsci_stream_new(3, draw);
        fsci_task task = c->task;
        double *scores = FSCI_NEW(own, double, task.n *task.p), *t = FSCI_NEW(own, double, task.n);
        redraw(&stream, &truth, &task, scores, t);
        task.scores = task.complete = scores;
        task.t = t;
        fsci_predictive out = predicted(own, &task, fsci_predict_hierarchical);
        for (size_t i = task.n_train; i < task.n; i++) {
            const double *q = out.quantile + (i - task.n_train) * FSCI_QUANTILES;
            bool seen = is_seen(&task, i);
            n[seen]++;
            inside[seen] += t[i] >= q[LOW] && t[i] <= q[HIGH];
        }
        fsci_arena_free(own);
    }
    assert_true(inside[1] / n[1] > 0.92); /* families with training rows */
    assert_true(inside[0] / n[0] > 0.92); /* families never seen */
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

/* ---- what pooling does ---- */

static void test_less_known_is_wider(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models;
    problem_case *c = chain_of_thought(arena, &models);
    size_t n = c->task.n, m = c->task.n_train, at = m;
    while (!is_seen(&c->task, at))
        at++;
    fsci_predictive whole = predicted(arena, &c->task, fsci_predict_hierarchical);

    fsci_task stranger = c->task;
    uint32_t *family = fsci_copy_array(arena, c->task.family, n, sizeof *family);
    family[at] = FSCI_MISSING_CODE;
    stranger.family = family;
    fsci_predictive unseen = predicted(arena, &stranger, fsci_predict_hierarchical);
    assert_true(width_at(&unseen, at - m) > width_at(&whole, at - m));

    fsci_task sparse = c->task;
    double *scores = fsci_copy_array(arena, c->task.scores, n * c->task.p, sizeof *scores);
    for (size_t j = 1; j < c->task.p; j++)
        scores[j * n + at] = NAN;
    sparse.scores = scores;
    fsci_predictive few = predicted(arena, &sparse, fsci_predict_hierarchical);
    assert_true(width_at(&few, at - m) > width_at(&whole, at - m));
    for (size_t i = 0; i < n - m; i++) /* the others do not notice */
        if (i != at - m)
            assert_near(few.point[i], whole.point[i], 1e-12);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

/* ---- figures, so that a change is noticed ---- */

static void test_nine_targets(void **state)
{
    (void)state;
    fsci_method_fn *methods[] = {fsci_predict_hierarchical, fsci_predict_blend};
    double geo[2] = {0}, least[2] = {1, 1};
    if (is_quick())
        skip();
    for (size_t j = 0; j < 9; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &nine_targets[j]);
        problem_case *c = main_split(arena, &models, &nine_targets[j]);
        for (size_t k = 0; k < 2; k++) {
            outcome o = outcome_of(c, predicted(arena, &c->task, methods[k]), 0,
                                   c->task.n - c->task.n_train);
            geo[k] += log(o.mse) / 9;
            least[k] = fmin(least[k], o.coverage);
        }
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
    assert_rel(exp(geo[0]), 6.1e-3, 0.1);
    assert_rel(exp(geo[1]), 4.75e-3, 0.1);
    assert_true(least[0] >= 0.95 && least[1] >= 0.93);
}

/* Where there is nothing to pool, the blend is four-view. */
static void test_blend_alone(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models;
    problem_case *c = chain_of_thought(arena, &models);
    fsci_task task = c->task;
    task.link = FSCI_LINK_LINEAR;
    fsci_predictive one = predicted(arena, &task, fsci_predict_four_view);
    fsci_predictive two = predicted(arena, &task, fsci_predict_blend);
    for (size_t i = 0; i < task.n - task.n_train; i++)
        assert_near(one.point[i], two.point[i], 0);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

static void test_refused(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models;
    problem_case *c = chain_of_thought(arena, &models);
    fsci_hierarchy h;
    fsc_error err = {0};
    fsci_task task = c->task;
    task.link = FSCI_LINK_LINEAR;
    assert_int_equal(fsci_hierarchy_fit(arena, &task, FSCI_VIEW_RAW, &h, &err), FSC_EINPUT);
    task = c->task;
    task.n_train = 5;
    assert_int_equal(fsci_hierarchy_fit(arena, &task, FSCI_VIEW_RAW, &h, &err), FSC_EINPUT);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_world), cmocka_unit_test(test_less_known_is_wider),
        cmocka_unit_test(test_nine_targets), cmocka_unit_test(test_blend_alone),
        cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
