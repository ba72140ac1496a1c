#include "num/linear.h"
#include "observe/ridge.h"
#include "unit.h"

enum { N = 24, K = 6 };

/* Features that share a factor, and a target that follows it. */
static void make(double *X, double *t)
{
    for (size_t i = 0; i < N; i++) {
        double g = sin(1.7 * (double)i);
        t[i] = 0.5 + 0.2 * g + 0.05 * cos(11.3 * (double)i);
        for (size_t j = 0; j < K; j++)
            X[j * N + i] = g + 0.3 * sin((double)(3 * j + 2) * (double)i + (double)j);
    }
}

static void standardise(const double *X, double *Z)
{
    for (size_t j = 0; j < K; j++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < N; i++)
            mean += X[j * N + i] / N;
        for (size_t i = 0; i < N; i++)
            squares += (X[j * N + i] - mean) * (X[j * N + i] - mean);
        for (size_t i = 0; i < N; i++)
            Z[j * N + i] = (X[j * N + i] - mean) / sqrt(squares / N);
    }
}

/* The textbook ridge (A'A + penalty I) theta = A't with A = (1, Z) and a free intercept, without
 * row `left` (N: with all). */
static void textbook(const double *Z, const double *t, double penalty, size_t left, double *theta)
{
    double H[(K + 1) * (K + 1)] = {0};
    memset(theta, 0, (K + 1) * sizeof *theta);
    for (size_t i = 0; i < N; i++) {
        if (i == left)
            continue;
        for (size_t a = 0; a <= K; a++) {
            double za = a ? Z[(a - 1) * N + i] : 1;
            theta[a] += za * t[i];
            for (size_t b = 0; b <= K; b++)
                H[b * (K + 1) + a] += za * (b ? Z[(b - 1) * N + i] : 1);
        }
    }
    for (size_t a = 1; a <= K; a++)
        H[a * (K + 1) + a] += penalty;
    assert_int_equal(fsci_cholesky(K + 1, H), FSCI_LINEAR_OK);
    assert_int_equal(fsci_cholesky_solve(K + 1, H, 1, theta), FSCI_LINEAR_OK);
}

static double residual(const double *Z, const double *t, const double *theta, size_t i)
{
    double z = theta[0];
    for (size_t j = 0; j < K; j++)
        z += theta[j + 1] * Z[j * N + i];
    return z - t[i];
}

static fsci_link fit(fsci_arena *arena, const double *X, const double *t, fsci_link_options options)
{
    fsci_link link;
    fsc_error err = {0};
    if (fsci_link_fit(arena, N, K, X, t, &options, &link, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return link;
}

static void a_straight_line_with_a_penalty_is_the_textbook_ridge(void **state)
{
    (void)state;
    static const fsci_loss losses[] = {FSCI_LOSS_SQUARED, FSCI_LOSS_HUBER};
    fsci_arena *arena = fsci_arena_new();
    double X[N * K], Z[N * K], t[N], theta[K + 1], press = 0;
    make(X, t);
    standardise(X, Z);
    for (size_t i = 0; i < N; i++) {
        textbook(Z, t, 3, i, theta);
        press += pow(residual(Z, t, theta, i), 2);
    }
    textbook(Z, t, 3, N, theta);
    for (size_t l = 0; l < 2; l++) {
        fsci_link link = fit(arena, X, t,
                             (fsci_link_options){.kind = FSCI_LINK_LINEAR,
                                                 .loss = losses[l],
                                                 .delta = 1, /* above every residual */
                                                 .penalty = 3});
        for (size_t i = 0; i < N; i++)
            assert_near(fsci_link_z(&link, X + i, N) - t[i], residual(Z, t, theta, i), 1e-9);
        assert_rel(link.press, press, 1e-8); /* N refits, told from one */
        assert_true(link.df > N - (K + 1) && link.df < N - 1);
        assert_non_null(link.covariance);
    }
    fsci_arena_free(arena);
}

/* The chosen one has the least error of all that were to choose from. */
static void the_penalty_is_the_best_of_its_path(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[N * K], Z[N * K], t[N], theta[K + 1], best = 0, least = INFINITY;
    fsci_link link;
    fsc_error err = {0};
    make(X, t);
    standardise(X, Z);
    for (int step = 0; step <= 20; step++) {
        double penalty = N * pow(10, 1 - step / 2.0), press = 0;
        for (size_t i = 0; i < N; i++) {
            textbook(Z, t, penalty, i, theta);
            press += pow(residual(Z, t, theta, i), 2);
        }
        if (press < least)
            least = press, best = penalty;
    }
    fsci_link_options options = {.kind = FSCI_LINK_LINEAR};
    assert_int_equal(fsci_ridge_fit(arena, N, K, X, t, &options, &link, &err), FSC_OK);
    assert_rel(link.penalty, best, 1e-12);
    assert_true(best < 10.0 * N && best > 1e-9 * N); /* not at an end */
    fsci_arena_free(arena);
}

static void more_features_than_rows_are_fitted(void **state)
{
    (void)state;
    enum { n = 5, k = 12 };
    fsci_arena *arena = fsci_arena_new();
    double X[n * k], t[n] = {0.1, 0.3, 0.35, 0.6, 0.8};
    fsci_link link;
    fsc_error err = {0};
    for (size_t c = 0; c < n * k; c++)
        X[c] = t[c % n] + 0.1 * sin(3.1 * (double)c);
    fsci_link_options options = {.kind = FSCI_LINK_SIGMOID_FLOOR};
    assert_int_equal(fsci_ridge_fit(arena, n, k, X, t, &options, &link, &err), FSC_OK);
    assert_true(link.penalty > 0 && link.sse < 0.1);
    options.loss = FSCI_LOSS_L1;
    assert_int_equal(fsci_ridge_fit(arena, n, k, X, t, &options, &link, &err), FSC_EUSAGE);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_with_a_penalty_is_the_textbook_ridge),
        cmocka_unit_test(the_penalty_is_the_best_of_its_path),
        cmocka_unit_test(more_features_than_rows_are_fitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
