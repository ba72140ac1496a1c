/* Four views of capability on the bundled tables: the figures that a prototype in another language
 * gave (tests/data/obs/README.md), and what holds whatever the data are. */
#include "num/random.h"
#include "observe/methods/methods.h"
#include "observe/posterior.h"
#include "task.h"

enum { NINE = sizeof nine_targets / sizeof *nine_targets };

typedef struct totals {
    double geo, later, coverage, least_coverage, width, interval_score;
} totals;

/* ---- the main split ---- */

static const struct {
    size_t n_train, n_test;
    double mse;
} expected[NINE] = {{44, 40, 4.0e-3}, {40, 36, 2.5e-3}, {30, 54, 6.5e-3},
                    {30, 54, 8.7e-3}, {45, 47, 5.4e-3}, {47, 46, 5.4e-3},
                    {47, 47, 6.0e-3}, {47, 28, 1.8e-3}, {47, 28, 6.4e-3}};

static totals main_figures(fsci_method_fn *method, double *mse)
{
    totals sum = {.least_coverage = 1};
    for (size_t j = 0; j < NINE; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &nine_targets[j]);
        problem_case *c = main_split(arena, &models, &nine_targets[j]);
        size_t n = c->task.n - c->task.n_train;
        assert_int_equal(c->task.n_train, expected[j].n_train);
        assert_int_equal(n, expected[j].n_test);
        outcome o = outcome_of(c, predicted(arena, &c->task, method), 0, n);
        mse[j] = o.mse;
        sum.geo += log(o.mse) / NINE;
        if (c->later > 0)
            sum.later += log(outcome_of(c, o.predictive, n - c->later, n).mse) / 7;
        sum.coverage += o.coverage / NINE;
        sum.least_coverage = fmin(sum.least_coverage, o.coverage);
        sum.width += o.width / NINE;
        sum.interval_score += o.interval_score / NINE;
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
    return sum;
}

static void test_main_split(void **state)
{
    (void)state;
    double mse[NINE];
    if (is_quick())
        skip();
    totals sum = main_figures(fsci_predict_four_view, mse);
    for (size_t j = 0; j < NINE; j++)
        assert_rel(mse[j], expected[j].mse, 0.12);
    assert_near(exp(sum.geo), 4.70e-3, 0.10e-3);
    assert_near(exp(sum.later), 4.9e-3, 0.15e-3);
    assert_true(sum.least_coverage >= 0.87);
    assert_true(sum.coverage >= 0.95);
    assert_true(sum.width >= 0.38 && sum.width <= 0.44);
    assert_true(sum.interval_score < 0.45); /* of the family bootstrap: 0.56 */
}

static void test_relatives(void **state)
{
    (void)state;
    double mse[NINE];
    if (is_quick())
        skip();
    assert_near(exp(main_figures(fsci_predict_component_prior, mse).geo), 5.7e-3, 0.1e-3);
    /* Compute as a fourth component harms, more or less by how strong its prior is. */
    double with_flops = exp(main_figures(fsci_predict_four_view_flops, mse).geo);
    assert_true(with_flops > 7.1e-3 && with_flops < 7.8e-3);
    static const double average[NINE] = {4.1e-3, 2.3e-3, 125e-3, 30e-3, 2.0e-3,
                                         7.7e-3, 8.7e-3, 4.2e-3, 5.9e-3};
    assert_near(exp(main_figures(fsci_predict_component_average, mse).geo), 7.8e-3, 0.1e-3);
    for (size_t j = 0; j < NINE; j++)
        assert_rel(mse[j], average[j], 0.03);
    /* With intercepts of families (deviation 0.15) eight of nine are those of the prototype. It has
     * 2.4e-3 for Persian, where ours rises evenly with the deviation (2.53, 2.56, 2.67, 2.90, 5.1
     * at 0, 0.05, 0.1, 0.15, 0.3), whichever of the four curves have intercepts and wherever the
     * rounds of weights stop; 4.59e-3 together instead of 4.5e-3. */
    static const double families[NINE] = {3.5e-3, 2.90e-3, 6.3e-3, 8.2e-3, 5.3e-3,
                                          5.5e-3, 6.2e-3,  1.8e-3, 5.6e-3};
    assert_near(exp(main_figures(fsci_predict_four_view_families, mse).geo), 4.59e-3, 0.03e-3);
    for (size_t j = 0; j < NINE; j++)
        assert_rel(mse[j], families[j], 0.04);
}

/* Rows whose compute is not known are four-view's. */
static void test_compute_beside(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models = models_of(arena, &nine_targets[5]);
    problem_case *c = main_split(arena, &models, &nine_targets[5]);
    fsci_predictive plain = predicted(arena, &c->task, fsci_predict_four_view);
    fsci_predictive more = predicted(arena, &c->task, fsci_predict_four_view_flops);
    size_t unknown = 0;
    for (size_t i = c->task.n_train; i < c->task.n; i++) {
        size_t at = i - c->task.n_train;
        bool same = plain.point[at] == more.point[at];
        assert_true(same == isnan(c->task.log_flops[i]));
        unknown += same;
    }
    assert_true(unknown > 0);
    fsci_task undated = c->task;
    double *date = FSCI_NEW(arena, double, c->task.n);
    for (size_t i = 0; i < c->task.n; i++)
        date[i] = NAN;
    undated.date = date;
    fsci_predictive out = {FSCI_NEW(arena, double, c->task.n),
                           FSCI_NEW(arena, double, c->task.n *FSCI_QUANTILES)};
    assert_int_equal(fsci_predict_four_view_date(arena, &undated, &out, NULL), FSC_EINPUT);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

/* ---- the mode ---- */

static void check_mode(size_t target, double intercept, const double *weights)
{
    fsci_arena *arena = fsci_arena_new();
    models_case models = models_of(arena, &nine_targets[target]);
    problem_case *c = main_split(arena, &models, &nine_targets[target]);
    fsci_posterior_options options = {.spread = FSCI_SPREAD_CONSTANT};
    fsci_view view;
    fsci_posterior fit;
    assert_int_equal(fsci_view_make(arena, &c->task, FSCI_VIEW_RAW, 3, &view, NULL), FSC_OK);
    assert_int_equal(fsci_posterior_fit(arena, &c->task, &view, &options, &fit, NULL), FSC_OK);
    assert_rel(fit.intercept, intercept, 0.01);
    for (size_t k = 0; k < 3; k++) {
        double squares = 0, deviation;
        for (size_t i = 0; i < c->task.n_train; i++)
            squares += pow(c->task.pcs[k * c->task.n + i], 2);
        deviation = sqrt(squares / (double)c->task.n_train);
        assert_rel(fabs(fit.weights[k]) / deviation, weights[k], 0.01);
    }
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

static void test_mode(void **state)
{
    (void)state;
    check_mode(0, -4.91, (const double[]){6.68, 3.18, 1.34});
    check_mode(2, -4.03, (const double[]){4.70, 7.06, 31.9});
}

/* Components turned round give the same curve; so do rows in another order. */
static void test_invariance(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models = models_of(arena, &nine_targets[2]);
    problem_case *c = main_split(arena, &models, &nine_targets[2]);
    const fsci_spread spreads[] = {FSCI_SPREAD_CONSTANT, FSCI_SPREAD_LOGIT, FSCI_SPREAD_INPUTS};
    for (size_t s = 0; s < 3; s++) {
        fsci_posterior_options options = {.spread = spreads[s]};
        fsci_view view, turned;
        fsci_posterior a, b;
        fsci_view_make(arena, &c->task, FSCI_VIEW_CHANCE_LOGIT, 3, &view, NULL);
        turned = view;
        double *z = fsci_copy_array(arena, view.z, view.n * 3, sizeof *z);
        for (size_t i = 0; i < view.n; i++)
            z[i] = -z[i], z[2 * view.n + i] = -z[2 * view.n + i];
        double *loadings = fsci_copy_array(arena, view.loadings, view.p * 3, sizeof *loadings);
        for (size_t i = 0; i < view.p; i++)
            loadings[i] = -loadings[i], loadings[2 * view.p + i] = -loadings[2 * view.p + i];
        turned.z = z;
        turned.loadings = loadings;
        assert_int_equal(fsci_posterior_fit(arena, &c->task, &view, &options, &a, NULL), FSC_OK);
        assert_int_equal(fsci_posterior_fit(arena, &c->task, &turned, &options, &b, NULL), FSC_OK);
        for (size_t i = 0; i < view.n; i++)
            assert_near(fsci_posterior_curve(&a, i), fsci_posterior_curve(&b, i), 1e-6);
    }
    size_t n = c->task.n, m = c->task.n_train, *rows = FSCI_NEW(arena, size_t, n);
    for (size_t i = 0; i < n; i++)
        rows[i] = i < m ? c->rows[m - 1 - i] : c->rows[n - 1 - (i - m)];
    problem_case *d = problem_of(arena, &models, &nine_targets[2], rows, n, m);
    fsci_predictive one = predicted(arena, &c->task, fsci_predict_four_view);
    fsci_predictive two = predicted(arena, &d->task, fsci_predict_four_view);
    for (size_t i = 0; i < n - m; i++)
        assert_near(one.point[i], two.point[n - m - 1 - i], 1e-6);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

/* Under the linear link the target's unit and zero are as good as any other. */
static void test_units(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    models_case models = models_of(arena, &nine_targets[5]);
    problem_case *c = main_split(arena, &models, &nine_targets[5]);
    size_t m = c->task.n_train, n = c->task.n - m;
    fsci_task plain = c->task, elo = c->task;
    double *t = fsci_copy_array(arena, c->task.t, c->task.n, sizeof *t);
    for (size_t i = 0; i < m; i++)
        t[i] = 1000 + 400 * t[i];
    plain.link = elo.link = FSCI_LINK_LINEAR;
    plain.target_lowest = elo.target_lowest = -INFINITY;
    elo.t = t;
    fsci_predictive a = predicted(arena, &plain, fsci_predict_four_view_families);
    fsci_predictive b = predicted(arena, &elo, fsci_predict_four_view_families);
    for (size_t i = 0; i < n; i++)
        assert_near(b.point[i], 1000 + 400 * a.point[i], 1e-4);
    for (size_t i = 0; i < n * FSCI_QUANTILES; i++)
        assert_near(b.quantile[i], 1000 + 400 * a.quantile[i], 1e-3);
    fsci_table_free(models.table);
    fsci_arena_free(arena);
}

/* How far the forecasts of one fit go when it starts at draws from the prior instead. */
static double moved_by_starts(fsci_arena *arena, const fsci_task *task, const fsci_view *view,
                              fsci_spread spread, uint64_t stream_id)
{
    enum { STARTS = 10 };
    fsci_stream stream = fsci_stream_new(5, stream_id);
    fsci_posterior_options options = {.spread = spread};
    fsci_posterior usual, other;
    double start[5], most = 0;
    assert_int_equal(fsci_posterior_fit(arena, task, view, &options, &usual, NULL), FSC_OK);
    options.start = start;
    for (int s = 0; s < STARTS; s++) {
        for (size_t a = 0; a < 4; a++)
            start[a] = (a ? 2.5 : 5) * fsci_random_normal(&stream);
        start[4] = 0.2 * fsci_random_uniform(&stream);
        assert_int_equal(fsci_posterior_fit(arena, task, view, &options, &other, NULL), FSC_OK);
        for (size_t i = task->n_train; i < task->n; i++)
            most =
                fmax(most, fabs(fsci_posterior_curve(&usual, i) - fsci_posterior_curve(&other, i)));
    }
    return most;
}

/* The prior leaves one mode: no start ends anywhere else. */
static void test_starts(void **state)
{
    (void)state;
    if (is_quick())
        skip();
    for (size_t j = 0; j < NINE; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &nine_targets[j]);
        problem_case *c = main_split(arena, &models, &nine_targets[j]);
        for (int scale = FSCI_VIEW_RAW; scale <= FSCI_VIEW_CHANCE_LOGIT; scale++) {
            fsci_view view;
            fsci_view_make(arena, &c->task, (fsci_view_scale)scale, 3, &view, NULL);
            for (int spread = FSCI_SPREAD_CONSTANT; spread <= FSCI_SPREAD_LOGIT; spread++) {
                double moved = moved_by_starts(arena, &c->task, &view, (fsci_spread)spread, j);
                assert_true(moved < 1e-4);
            }
        }
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
}

/* ---- the compute ladder ---- */

static void test_ladder(void **state)
{
    (void)state;
    double geo = 0, coverage = 0;
    if (is_quick())
        skip();
    for (size_t j = 0; j < NINE; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &nine_targets[j]);
        double area = 0, before = 0;
        for (size_t step = 0; step < FSCI_AUE_STEPS; step++) {
            fsci_arena *own = fsci_arena_new();
            problem_case *c = ladder_split(own, &models, &nine_targets[j], step);
            outcome o = outcome_of(c, predicted(own, &c->task, fsci_predict_four_view), 0,
                                   c->task.n - c->task.n_train);
            if (step > 0)
                area += (ladder_fraction(step - 1) - ladder_fraction(step)) * (before + o.mse) / 2;
            before = o.mse;
            coverage += o.coverage / NINE / FSCI_AUE_STEPS;
            fsci_arena_free(own);
        }
        geo += log(area) / NINE;
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
    assert_near(exp(geo), 4.9e-3, 0.15e-3);
    assert_true(coverage >= 0.91 && coverage <= 0.97);
}

/* ---- 66 targets that the design did not look at ---- */

enum { FRESH = 66, TWELVE = 12 };

static void fresh_targets(fsci_arena *arena, target_case *cases)
{
    fsc_table *table = bundled("bbh_chance");
    const fsci_column *names = fsci_table_find(table, "subtask");
    assert_non_null(names);
    const double *chance = numbers_of(table, "chance"), *items = numbers_of(table, "questions");
    memcpy(cases, twelve_targets, sizeof twelve_targets);
    for (size_t i = 0; i < FRESH - TWELVE; i++)
        cases[TWELVE + i] =
            (target_case){.table = "bbh_subtasks",
                          .target = fsci_format(arena, "%s_%s", names->levels[names->codes[i / 2]],
                                                i % 2 ? "cot" : "naive"),
                          .n_benchmarks = 7,
                          .link = FSCI_LINK_SIGMOID_FLOOR,
                          .cutoff = 8.4e22,
                          .chance = chance[i / 2],
                          .items = items[i / 2]};
    fsci_table_free(table);
}

/* The published curve from one start, which is where the prototype's went. */
static double published_mse(fsci_arena *arena, const problem_case *c)
{
    const fsci_task *task = &c->task;
    size_t m = task->n_train, *train = FSCI_NEW(arena, size_t, m);
    fsci_link_options options = *task->options;
    fsci_fitted fitted;
    double squares = 0;
    options.starts = 1;
    for (size_t i = 0; i < m; i++)
        train[i] = i;
    assert_int_equal(fsci_predictor_fit(arena, (fsci_predictor){FSCI_PREDICTOR_PCS, 3},
                                        task->sample, train, m, &options, &fitted, NULL),
                     FSC_OK);
    for (size_t i = m; i < task->n; i++)
        squares += pow(fitted.value[i] - c->observed[i - m], 2);
    return squares / (double)(task->n - m);
}

static void test_fresh_targets(void **state)
{
    (void)state;
    target_case cases[FRESH];
    double four = 0, prior = 0, published = 0, blend = 0;
    size_t wins = 0;
    if (is_quick())
        skip();
    fsci_arena *outer = fsci_arena_new();
    fresh_targets(outer, cases);
    for (size_t j = 0; j < FRESH; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &cases[j]);
        problem_case *c = main_split(arena, &models, &cases[j]);
        size_t n = c->task.n - c->task.n_train;
        double a = outcome_of(c, predicted(arena, &c->task, fsci_predict_four_view), 0, n).mse;
        double b = published_mse(arena, c);
        prior +=
            log(outcome_of(c, predicted(arena, &c->task, fsci_predict_component_prior), 0, n).mse) /
            FRESH;
        blend +=
            log(outcome_of(c, predicted(arena, &c->task, fsci_predict_blend), 0, n).mse) / FRESH;
        four += log(a) / FRESH;
        published += log(b) / FRESH;
        wins += a < b;
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
    fsci_arena_free(outer);
    assert_near(exp(four), 1.57e-2, 0.06e-2);
    assert_near(exp(blend), 1.56e-2, 0.06e-2);
    assert_near(exp(prior), 1.89e-2, 0.06e-2);
    assert_near(exp(published), 2.59e-2, 0.06e-2);
    assert_true(four < prior && prior < published);
    assert_true(wins >= 45);
}

/* ---- its own world: coverage where one of the views is the truth ---- */

static double simulated_coverage(const problem_case *c, fsci_view_scale scale, uint64_t draw)
{
    fsci_arena *arena = fsci_arena_new();
    fsci_task task = c->task;
    fsci_posterior_options options = {.spread = FSCI_SPREAD_CONSTANT};
    fsci_view view;
    fsci_posterior truth;
    size_t n = task.n, m = task.n_train;
    double *t = FSCI_NEW(arena, double, n);
    assert_int_equal(fsci_view_make(arena, &task, scale, 3, &view, NULL), FSC_OK);
    assert_int_equal(fsci_posterior_fit(arena, &task, &view, &options, &truth, NULL), FSC_OK);
    fsci_stream stream = fsci_stream_new(11, draw);
    for (size_t i = 0; i < n; i++) {
        double eta = fsci_posterior_form(&truth, i) + 0.3 * fsci_random_normal(&stream), hits = 0;
        double p = truth.floor + (1 - truth.floor) / (1 + exp(-eta));
        for (size_t k = 0; k < (size_t)task.target_items; k++)
            hits += fsci_random_uniform(&stream) < p;
        t[i] = hits / task.target_items;
    }
    task.t = t;
    problem_case redrawn = *c;
    redrawn.observed = t + m;
    outcome o = outcome_of(&redrawn, predicted(arena, &task, fsci_predict_four_view), 0, n - m);
    fsci_arena_free(arena);
    return o.coverage;
}

static void test_simulated(void **state)
{
    (void)state;
    enum { DRAWS = 50 };
    static const size_t targets[] = {0, 3, 5};
    if (is_quick())
        skip();
    for (size_t j = 0; j < 3; j++) {
        fsci_arena *arena = fsci_arena_new();
        models_case models = models_of(arena, &nine_targets[targets[j]]);
        problem_case *c = main_split(arena, &models, &nine_targets[targets[j]]);
        for (int scale = FSCI_VIEW_RAW; scale <= FSCI_VIEW_CHANCE_LOGIT; scale++) {
            double coverage = 0;
            for (uint64_t draw = 0; draw < DRAWS; draw++)
                coverage += simulated_coverage(c, (fsci_view_scale)scale, draw) / DRAWS;
            assert_true(coverage >= 0.90);
        }
        fsci_table_free(models.table);
        fsci_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_main_split),     cmocka_unit_test(test_relatives),
        cmocka_unit_test(test_mode),           cmocka_unit_test(test_invariance),
        cmocka_unit_test(test_compute_beside), cmocka_unit_test(test_units),
        cmocka_unit_test(test_starts),         cmocka_unit_test(test_ladder),
        cmocka_unit_test(test_fresh_targets),  cmocka_unit_test(test_simulated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
