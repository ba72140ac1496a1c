/* The backtest: scores by hand, and a method that looks where it must not. */
#include "unit.h"

#include "observe/backtest/engine.h"
#include "observe/backtest/paired.h"
#include "observe/backtest/task.h"
#include "table/table.h"

#include <math.h>

/* ---- scores ---- */

static void a_point_mass_has_the_absolute_error_as_crps(void **state)
{
    (void)state;
    double quantile[FSCI_QUANTILES];
    fsci_scored s;
    for (int q = 0; q < FSCI_QUANTILES; q++)
        quantile[q] = 0.3;
    fsci_score_one(0.5, 0.3, quantile, &s);
    assert_near((double)s.crps, 0.2, 1e-7);
    assert_near((double)s.interval, 40 * 0.2, 1e-6);
    assert_false(s.covered[2]);
}

static void a_normal_forecast_has_its_crps(void **state)
{
    (void)state;
    fsci_predictive out = {(double[1]){0}, (double[FSCI_QUANTILES]){0}};
    fsci_scored s;
    fsci_predictive_spread(&out, 0, 0, 1, INFINITY);
    fsci_score_one(0, 0, out.quantile, &s);
    /* sqrt(2/pi) - 1/sqrt(pi): Gneiting & Raftery 2007, equation 21 */
    assert_near((double)s.crps, 0.23370, 0.004);
    assert_true(s.covered[0] && s.covered[1] && s.covered[2]);
    assert_near((double)s.width[2], 2 * 1.959964, 1e-5);
}

static void summaries_are_means(void **state)
{
    (void)state;
    fsci_scored scored[4] = {{.observed = 0.5, .predicted = 0.6, .crps = NAN},
                             {.observed = 0.5, .predicted = 0.3, .crps = NAN},
                             {.observed = 0, .predicted = 0, .crps = NAN, .fallback = true},
                             {.observed = 1, .predicted = 0.9, .crps = NAN}};
    fsci_score_summary s;
    assert_int_equal(fsci_score_summarise(scored, 4, &s, NULL), FSC_OK);
    assert_near(s.mse, (0.01 + 0.04 + 0.01) / 4, 1e-12);
    assert_near(s.mae, 0.1, 1e-12);
    assert_near(s.median_ae, 0.1, 1e-12);
    assert_near(s.mean_signed_error, -0.05, 1e-12);
    assert_near(s.own_mse, 0.02, 1e-12);
    assert_int_equal(s.n_fallback, 1);
    assert_true(isnan(s.coverage[0]));
    double pairs, tau = fsci_score_pairs(scored, 4, &pairs);
    assert_near(pairs, 5, 0); /* one pair is tied */
    assert_near(tau, 5, 0);
}

static void wilson_bounds_are_those_of_the_book(void **state)
{
    (void)state;
    fsci_interval i =
        fsci_wilson(0.9, 10, 0.95); /* Wilson 1927; R's prop.test without correction */
    assert_near(i.lo, 0.59585, 1e-4);
    assert_near(i.hi, 0.98212, 1e-4);
}

/* ---- paired tests ---- */

static void signs_are_flipped_exactly_for_few_families(void **state)
{
    (void)state;
    const double d[] = {1, 2, 3, -0.5};
    /* |sum| >= 5.5: all signs alike but the last, either way: 2 with 5.5, 2 with 6.5, of 16 */
    assert_near(fsci_paired_p(d, 4, 1, 0), 4.0 / 16, 0);
    const double alike[] = {1, -1};
    assert_near(fsci_paired_p(alike, 2, 1, 0), 1, 0);
    assert_true(isnan(fsci_paired_p(d, 0, 1, 0)));
}

static void signs_are_drawn_for_many_families(void **state)
{
    (void)state;
    double d[100];
    for (int i = 0; i < 100; i++)
        d[i] = i < 60 ? 1 : -1; /* binomial: P(|heads - 50| >= 10) = 0.0569 */
    assert_near(fsci_paired_p(d, 100, 7, 3), 0.0569, 0.01);
}

static void holm_steps_down(void **state)
{
    (void)state;
    double p[] = {0.04, NAN, 0.01, 0.03, 0.5};
    fsci_holm(p, 5);
    assert_near(p[2], 0.04, 1e-15);
    assert_near(p[3], 0.09, 1e-15);
    assert_near(p[0], 0.09, 1e-15); /* never below the one before */
    assert_near(p[4], 0.5, 1e-15);
    assert_true(isnan(p[1]));
}

/* ---- the canary ---- */

/* Reads past the training responses. */
static fsc_status peek(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                       fsc_error *err)
{
    (void)arena, (void)err;
    for (size_t i = 0; i < task->n - task->n_train; i++)
        out->point[i] = isnan(task->t[task->n_train + i]) ? 0.5 : task->t[task->n_train + i];
    return FSC_OK;
}

static const fsci_method peeker = {"peeker", "looks at the answers", "", false, peek};

/* 20 models of three benchmarks and a target that rises with them. */
static fsc_table *models(void)
{
    char text[4000];
    size_t at = (size_t)snprintf(text, sizeof text, "model,family,flops,a,b,c,y\n");
    for (int i = 0; i < 20; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "m%d,f%d,1e%d,%g,%g,%g,%g\n", i, i % 4,
                               20 + i / 4, 0.1 + 0.04 * i, 0.2 + 0.03 * ((i * 7) % 20),
                               0.05 + 0.002 * i * i, 0.02 * i + 0.01 * (i % 3));
    fsc_table *table;
    assert_int_equal(fsci_table_parse("models.csv", text, at, NULL, &table, NULL), FSC_OK);
    return table;
}

typedef struct world {
    fsci_arena *arena;
    fsc_table *table;
    fsci_frame frame;
    fsci_observe_input observe;
    fsci_backtest_input input;
    fsci_problem problem;
    fsci_folds folds;
} world;

static void make_world(world *w, const char *rule)
{
    static const char *const targets[] = {"y"};
    const double *date;
    *w = (world){.arena = fsci_arena_new(), .table = models()};
    fsci_notes notes = {w->arena, NULL};
    w->observe = (fsci_observe_input){
        .table = w->table, .targets = targets, .n_targets = 1, .ceiling = 1, .level = 0.95};
    w->input.models = &w->observe;
    assert_int_equal(fsci_frame_read(w->arena, &w->observe, &notes, &w->frame, NULL), FSC_OK);
    assert_int_equal(fsci_problem_dates(w->arena, &w->frame, &date, NULL), FSC_OK);
    assert_int_equal(fsci_problem_make(w->arena, &w->frame, &w->input, date, 0, &w->problem, NULL),
                     FSC_OK);
    assert_int_equal(
        fsci_folds_make(w->arena, &w->problem, fsci_split_rule_find(rule), &w->folds, NULL),
        FSC_OK);
}

static void end_world(world *w)
{
    fsci_table_free(w->table);
    fsci_arena_free(w->arena);
}

static bool leaks(world *w, const fsci_method *method)
{
    fsci_task task;
    fsci_predictive honest;
    bool failed, found;
    const fsci_fold *fold = &w->folds.items[0];
    assert_int_equal(fsci_task_make(w->arena, &w->problem, fold, FSCI_BAIT_NONE, &task, NULL),
                     FSC_OK);
    assert_int_equal(
        fsci_engine_predict(w->arena, &w->problem, fold, method, &task, &honest, &failed, NULL),
        FSC_OK);
    assert_int_equal(fsci_engine_leaks(w->arena, &w->problem, fold, method, &honest, &found, NULL),
                     FSC_OK);
    return found;
}

static void a_method_that_looks_at_the_answers_is_caught(void **state)
{
    (void)state;
    world w;
    make_world(&w, "compute");
    assert_true(leaks(&w, &peeker));
    end_world(&w);
}

static void no_method_of_the_table_leaks(void **state)
{
    (void)state;
    size_t n;
    const fsci_method *all = fsci_methods(&n);
    world w;
    make_world(&w, "compute");
    for (size_t i = 0; i < n; i += is_quick() ? 3 : 1)
        if (leaks(&w, &all[i]))
            fail_msg("%s leaks", all[i].id);
    end_world(&w);
}

/* Gives points only. */
static fsc_status guess(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                        fsc_error *err)
{
    (void)arena, (void)err;
    for (size_t i = 0; i < task->n - task->n_train; i++)
        out->point[i] = task->t[task->n_train - 1];
    return FSC_OK;
}

static void points_alone_get_intervals_that_widen_with_distance(void **state)
{
    (void)state;
    static const fsci_method guesser = {"guesser", "the last one", "", false, guess};
    world w;
    fsci_task task;
    fsci_predictive out;
    bool failed;
    make_world(&w, "compute");
    const fsci_fold *fold = &w.folds.items[20];
    assert_int_equal(fsci_task_make(w.arena, &w.problem, fold, FSCI_BAIT_NONE, &task, NULL),
                     FSC_OK);
    assert_int_equal(
        fsci_engine_predict(w.arena, &w.problem, fold, &guesser, &task, &out, &failed, NULL),
        FSC_OK);
    size_t last = task.n - task.n_train - 1;
    const double *near = out.quantile, *far = out.quantile + last * FSCI_QUANTILES;
    assert_true(near[0] < near[10] && near[10] < near[20]);
    assert_true(far[20] - far[0] > near[20] - near[0]);
    assert_near(near[10], out.point[0], 1e-12);
    assert_false(leaks(&w, &guesser));
    end_world(&w);
}

static void a_task_holds_no_response_of_a_test_row(void **state)
{
    (void)state;
    world w;
    fsci_task task;
    make_world(&w, "family");
    const fsci_fold *fold = &w.folds.items[1];
    assert_int_equal(fsci_task_make(w.arena, &w.problem, fold, FSCI_BAIT_NONE, &task, NULL),
                     FSC_OK);
    assert_int_equal(task.n_train, 15);
    assert_int_equal(task.n, 20);
    for (size_t i = 0; i < task.n; i++)
        assert_true(isnan(task.t[i]) == (i >= task.n_train));
    for (size_t i = task.n_train; i < task.n; i++)
        assert_int_equal(task.family[i], 1);
    end_world(&w);
}

/* ---- large tables ---- */

enum { MANY = 5001, TESTED = 7, FAMILIES = 3 };

static void many_training_models_are_thinned_evenly(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    static size_t rows[MANY + TESTED];
    static double t[MANY + TESTED];
    static uint32_t family[MANY + TESTED];
    size_t members[FAMILIES] = {0};
    double low[FAMILIES] = {0};
    for (size_t i = 0; i < MANY + TESTED; i++) { /* families of a sixth, two sixths, a half */
        rows[i] = i;
        family[i] = i % 6 == 0 ? 0 : i % 6 < 3 ? 1 : 2;
        t[i] = (double)((i * 377) % MANY) / MANY;
    }
    fsci_frame frame = {.n = MANY + TESTED, .family = family};
    fsci_problem problem = {.frame = &frame, .t = t};
    fsci_fold fold = {.rows = rows, .n = MANY + TESTED, .n_train = MANY};
    assert_int_equal(fsci_fold_thin(arena, &problem, &fold, NULL), FSC_OK);
    assert_int_equal(fold.n_known, MANY);
    assert_int_equal(fold.n_train, FSCI_FOLD_MOST);
    assert_int_equal(fold.n, FSCI_FOLD_MOST + TESTED);
    for (size_t i = 0; i < fold.n_train; i++) {
        members[family[fold.rows[i]]]++;
        low[family[fold.rows[i]]] += t[fold.rows[i]] < 0.25;
        assert_true(i == 0 || fold.rows[i - 1] < fold.rows[i]);
    }
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_near((double)members[f], FSCI_FOLD_MOST * (1.0 + (double)f) / 6, 2);
        assert_near(low[f], (double)members[f] / 4, 8);
    }
    for (size_t i = 0; i < TESTED; i++)
        assert_int_equal(fold.rows[FSCI_FOLD_MOST + i], MANY + i);
    fsci_arena_free(arena);
}

static void few_training_models_are_all_used(void **state)
{
    (void)state;
    world w;
    make_world(&w, "family");
    for (size_t i = 0; i < w.folds.n; i++)
        assert_int_equal(w.folds.items[i].n_known, 0);
    end_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_mass_has_the_absolute_error_as_crps),
        cmocka_unit_test(a_normal_forecast_has_its_crps),
        cmocka_unit_test(summaries_are_means),
        cmocka_unit_test(wilson_bounds_are_those_of_the_book),
        cmocka_unit_test(signs_are_flipped_exactly_for_few_families),
        cmocka_unit_test(signs_are_drawn_for_many_families),
        cmocka_unit_test(holm_steps_down),
        cmocka_unit_test(a_method_that_looks_at_the_answers_is_caught),
        cmocka_unit_test(no_method_of_the_table_leaks),
        cmocka_unit_test(points_alone_get_intervals_that_widen_with_distance),
        cmocka_unit_test(a_task_holds_no_response_of_a_test_row),
        cmocka_unit_test(many_training_models_are_thinned_evenly),
        cmocka_unit_test(few_training_models_are_all_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
