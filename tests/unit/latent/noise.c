#include "latent/noise.h"
#include "num/random.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>

enum { P = 4 };

/* Columns with deviations 1, 2, 3, 4 and nothing in common. */
static double *unrelated(size_t n)
{
    double *X = malloc(n * P * sizeof *X);
    fsci_stream stream = fsci_stream_new(7, 0);
    for (size_t j = 0; j < P; j++)
        for (size_t i = 0; i < n; i++)
            X[j * n + i] = (double)(j + 1) * fsci_random_normal(&stream);
    return X;
}

static void bounds(const double *X, size_t n, fsci_pca_scale scale, size_t shuffles, int threads,
                   double *bound, double *variance)
{
    fsci_arena *arena = fsci_arena_new();
    fsci_pca pca;
    fsc_error err = {0};
    assert_int_equal(fsci_pca_fit(arena, n, P, X, scale, 1, 1, &pca, &err), FSC_OK);
    if (fsci_noise_bound(&pca, n, X, n, shuffles, 0.95, 1, threads, bound, &err) != FSC_OK)
        fail_msg("%s", err.message);
    memcpy(variance, pca.variance, P * sizeof *variance);
    fsci_arena_free(arena);
}

static void unrelated_columns_stay_below_their_bounds_but_for_chance(void **state)
{
    (void)state;
    double *X = unrelated(300), bound[P], variance[P];
    bounds(X, 300, FSCI_PCA_ZSCORE, 400, 1, bound, variance);
    assert_true(variance[0] < bound[0]);
    assert_true(bound[0] <
                1.4); /* the edge of Marchenko and Pastur is (1 + sqrt(4/300))^2 = 1.25 */
    for (size_t j = 1; j < P; j++)
        assert_true(bound[j] < bound[j - 1]);
    free(X);
}

static void a_common_factor_rises_above(void **state)
{
    (void)state;
    enum { n = 300 };
    double *X = unrelated(n), bound[P], variance[P];
    fsci_stream stream = fsci_stream_new(8, 0);
    for (size_t i = 0; i < n; i++) {
        double g = fsci_random_normal(&stream);
        for (size_t j = 0; j < P; j++)
            X[j * n + i] += 2 * (double)(j + 1) * g;
    }
    bounds(X, n, FSCI_PCA_ZSCORE, 200, 1, bound, variance);
    assert_true(variance[0] > 2 * bound[0]);
    assert_true(variance[1] < bound[1]);
    free(X);
}

/* On both sides of the number of rows where shuffling gives way to its limit, bounds are alike. */
static void the_limit_continues_the_shuffles(void **state)
{
    (void)state;
    size_t n = FSCI_NOISE_SHUFFLED_ROWS;
    double *X = unrelated(n + 1), shuffled[P], limit[P], variance[P];
    bounds(X, n + 1, FSCI_PCA_ZSCORE, 1000, 2, limit, variance);
    for (size_t j = 1; j < P; j++)
        memmove(X + j * n, X + j * (n + 1), n * sizeof *X);
    bounds(X, n, FSCI_PCA_ZSCORE, 1000, 2, shuffled, variance);
    for (size_t j = 0; j < P; j++)
        assert_near(limit[j], shuffled[j], 0.005);
    free(X);
}

/* With half as many columns as rows the edge of Marchenko and Pastur is (1 + sqrt(1/2))^2. */
static void the_limit_knows_of_many_columns(void **state)
{
    (void)state;
    enum { n = 600, p = 300 };
    if (is_quick())
        skip();
    fsci_stream stream = fsci_stream_new(9, 0);
    double *X = malloc(n * p * sizeof *X), bound[p];
    for (size_t i = 0; i < n * p; i++)
        X[i] = fsci_random_normal(&stream);
    fsci_arena *arena = fsci_arena_new();
    fsci_pca pca;
    assert_int_equal(fsci_pca_fit(arena, n, p, X, FSCI_PCA_ZSCORE, 1, 1, &pca, NULL), FSC_OK);
    assert_int_equal(fsci_noise_bound(&pca, n, X, n, 20, 0.5, 1, 2, bound, NULL), FSC_OK);
    assert_near(bound[0], (1 + sqrt(0.5)) * (1 + sqrt(0.5)), 0.06);
    assert_near(bound[p - 1], (1 - sqrt(0.5)) * (1 - sqrt(0.5)), 0.02);
    fsci_arena_free(arena);
    free(X);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    double *X = unrelated(50), one[P], three[P], variance[P];
    bounds(X, 50, FSCI_PCA_CENTER, 100, 1, one, variance);
    bounds(X, 50, FSCI_PCA_CENTER, 100, 3, three, variance);
    assert_memory_equal(one, three, sizeof one);
    free(X);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unrelated_columns_stay_below_their_bounds_but_for_chance),
        cmocka_unit_test(a_common_factor_rises_above),
        cmocka_unit_test(the_limit_continues_the_shuffles),
        cmocka_unit_test(the_limit_knows_of_many_columns),
        cmocka_unit_test(threads_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
