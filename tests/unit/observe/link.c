#include "observe/link.h"
#include "unit.h"

static fsci_link fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                     fsci_link_options options)
{
    fsci_link link;
    fsc_error err = {0};
    if (fsci_link_fit(arena, n, k, X, t, &options, &link, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return link;
}

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

/* Data made by a known curve give it back, in the features' own units. */
static void recovers_the_curve_that_made_the_data(void **state)
{
    (void)state;
    enum { n = 40 };
    fsci_arena *arena = fsci_arena_new();
    double X[2 * n], t[n];
    for (size_t i = 0; i < n; i++) {
        X[i] = 50 + 3 * sin((double)i); /* like ln FLOPs: far from 0 */
        X[n + i] = 0.2 * cos(1.3 * (double)i);
        t[i] = 0.12 + 0.88 * sigmoid(-40 + 0.8 * X[i] - 6 * X[n + i]);
    }
    fsci_link link = fit(arena, n, 2, X, t, (fsci_link_options){.kind = FSCI_LINK_SIGMOID_FLOOR});
    assert_near(link.floor, 0.12, 1e-8);
    assert_near(link.weights[0], 0.8, 1e-7);
    assert_near(link.weights[1], -6, 1e-6);
    assert_near(link.intercept, -40, 1e-5);
    assert_true(link.value < 1e-14);
    assert_int_equal(link.p, 4);
    assert_true(link.df == n - 4);
    double x[2] = {48, 0.1};
    assert_near(fsci_link_at(&link, fsci_link_z(&link, x, 1)), 0.12 + 0.88 * sigmoid(-2.2), 1e-8);
    fsci_arena_free(arena);
}

static void the_floor_stays_within_its_bounds(void **state)
{
    (void)state;
    enum { n = 30 };
    fsci_arena *arena = fsci_arena_new();
    double X[n], low[n], high[n];
    for (size_t i = 0; i < n; i++) {
        X[i] = -4 + 8 * (double)i / n;
        low[i] = -0.05 + 1.05 * sigmoid(X[i]);
        high[i] = 0.35 + 0.65 * sigmoid(3 * X[i]);
    }
    fsci_link_options options = {.kind = FSCI_LINK_SIGMOID_FLOOR};
    fsci_link link = fit(arena, n, 1, X, low, options);
    assert_true(link.floor == 0);
    assert_true(link.df == n - 2); /* the floor is on its bound */
    link = fit(arena, n, 1, X, high, options);
    assert_true(link.floor == 0.2);
    fsci_arena_free(arena);
}

/* A straight line has a textbook answer: least squares, and the sandwich of White (1980) with the
 * factor n/(n - p), here worked out apart in exact steps. */
static void a_straight_line_is_least_squares(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    static const double X[5] = {0, 1, 2, 3, 5}, t[5] = {0.1, 0.35, 0.45, 0.8, 1.2};
    fsci_link link = fit(arena, 5, 1, X, t, (fsci_link_options){.kind = FSCI_LINK_LINEAR});
    assert_near(link.intercept, 0.09391891891891885, 1e-13);
    assert_near(link.weights[0], 0.22094594594594594, 1e-13);
    assert_near(link.value, 0.010506756756756766, 1e-15);
    assert_non_null(link.covariance);
    assert_rel(link.covariance[0], 0.0009800076874398739, 1e-9);
    assert_rel(link.covariance[1], -9.251445268931938e-05, 1e-9);
    assert_rel(link.covariance[3], 2.6344288190822698e-05, 1e-9);
    double far = 8; /* 3.182446305284263 is Student's quantile .975 with 3 degrees of freedom */
    assert_rel(3.182446305284263 * fsci_link_spread(&link, &far, 1), 0.21790029141558362, 1e-9);
    fsci_arena_free(arena);
}

/* One outlier: Huber's loss gives it a bounded pull. */
static void hubers_loss_resists_an_outlier(void **state)
{
    (void)state;
    enum { n = 21 };
    fsci_arena *arena = fsci_arena_new();
    double X[n], t[n];
    for (size_t i = 0; i < n; i++) {
        X[i] = -3 + 0.3 * (double)i;
        t[i] = sigmoid(2 * X[i]);
    }
    t[n - 1] = 0.1;
    fsci_link squared = fit(arena, n, 1, X, t, (fsci_link_options){.kind = FSCI_LINK_SIGMOID});
    fsci_link huber =
        fit(arena, n, 1, X, t, (fsci_link_options){.loss = FSCI_LOSS_HUBER, .delta = 0.01});
    assert_true(fabs(huber.weights[0] - 2) < 0.1 * fabs(squared.weights[0] - 2));
    assert_true(huber.sse > squared.sse);
    fsci_arena_free(arena);
}

/* All failures below some score, all successes above: the curve wants to be a step. */
static void separable_data_show_as_steep_weights(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    static const double X[8] = {0, 1, 2, 3, 4, 5, 6, 7}, step[8] = {0, 0, 0, 0, 1, 1, 1, 1};
    fsci_link link = fit(arena, 8, 1, X, step, (fsci_link_options){.kind = FSCI_LINK_SIGMOID});
    assert_true(link.optima[0].standard_weight > FSCI_LINK_SEPARATION);
    assert_true(link.value < 1e-3);
    fsci_arena_free(arena);
}

static void optima_are_distinct_and_in_order(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    static const double X[8] = {0, 1, 2, 3, 4, 5, 6, 7}, t[8] = {.1, .9, .1, .2, .8, .3, .9, .7};
    fsci_link link = fit(arena, 8, 1, X, t, (fsci_link_options){.kind = FSCI_LINK_SIGMOID});
    assert_true(link.n_optima > 1);
    size_t counted = 0;
    for (size_t i = 0; i < link.n_optima; i++) {
        if (i > 0)
            assert_true(link.optima[i].value > link.optima[i - 1].value);
        counted += link.optima[i].count;
    }
    assert_true(counted <= link.n_starts);
    assert_int_equal(link.reached_best, link.optima[0].count);
    assert_true(link.value == link.optima[0].value);
    fsci_arena_free(arena);
}

static void as_many_rows_as_parameters_leave_no_intervals(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    static const double X[2] = {0, 1}, t[2] = {0.3, 0.6}, at = 0.5;
    fsci_link_options options = {.kind = FSCI_LINK_SIGMOID};
    fsci_link link = fit(arena, 2, 1, X, t, options);
    assert_true(link.value < 1e-20);
    assert_null(link.covariance);
    assert_true(isnan(fsci_link_spread(&link, &at, 1)));
    fsc_error err;
    assert_int_equal(fsci_link_fit(arena, 1, 1, X, t, &options, &link, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "1 training rows cannot fit 2 parameters"));
    fsci_arena_free(arena);
}

/* A feature that does not vary says nothing; the others are fitted all the same. */
static void a_constant_feature_is_no_obstacle(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[12], t[6];
    for (size_t i = 0; i < 6; i++) {
        X[i] = 7;
        X[6 + i] = (double)i - 2.5;
        t[i] = sigmoid(0.7 * X[6 + i]);
    }
    fsci_link link = fit(arena, 6, 2, X, t, (fsci_link_options){.kind = FSCI_LINK_SIGMOID});
    assert_true(link.value < 1e-14);
    assert_near(link.weights[1], 0.7, 1e-6);
    assert_null(link.covariance);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovers_the_curve_that_made_the_data),
        cmocka_unit_test(the_floor_stays_within_its_bounds),
        cmocka_unit_test(a_straight_line_is_least_squares),
        cmocka_unit_test(hubers_loss_resists_an_outlier),
        cmocka_unit_test(separable_data_show_as_steep_weights),
        cmocka_unit_test(optima_are_distinct_and_in_order),
        cmocka_unit_test(as_many_rows_as_parameters_leave_no_intervals),
        cmocka_unit_test(a_constant_feature_is_no_obstacle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
