#include "latent/pca.h"
#include "unit.h"

static fsci_pca fit(fsci_arena *arena, size_t n, size_t p, const double *X, fsci_pca_scale scale,
                    size_t k)
{
    fsci_pca pca;
    fsc_error err = {0};
    if (fsci_pca_fit(arena, n, p, X, scale, 1, k, &pca, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return pca;
}

/* Four points on an ellipse turned by 30 degrees: half axes 4 and 1, known axes and variances. */
static void axes_of_a_turned_ellipse(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double c = cos(M_PI / 6), s = sin(M_PI / 6), scores[8];
    double X[8] = {7 + 4 * c, 7 - 4 * c, 7 + s, 7 - s, 2 + 4 * s, 2 - 4 * s, 2 - c, 2 + c};
    fsci_pca pca = fit(arena, 4, 2, X, FSCI_PCA_CENTER, 2);
    assert_near(pca.mean[0], 7, 1e-14);
    assert_near(pca.mean[1], 2, 1e-14);
    assert_near(pca.loadings[0], c, 1e-14);
    assert_near(pca.loadings[1], s, 1e-14);
    assert_near(pca.loadings[2], -s, 1e-14); /* the larger loading, c, is positive */
    assert_near(pca.loadings[3], c, 1e-14);
    assert_near(pca.variance[0], 32.0 / 3, 1e-13);
    assert_near(pca.variance[1], 2.0 / 3, 1e-13);
    assert_near(pca.ratio[0], 16.0 / 17, 1e-14);
    fsci_pca_scores(&pca, 4, X, scores);
    static const double want[8] = {4, -4, 0, 0, 0, 0, -1, 1};
    for (size_t i = 0; i < 8; i++)
        assert_near(scores[i], want[i], 1e-13);
    fsci_arena_free(arena);
}

static void other_rows_are_projected_not_fitted(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[8] = {1, 2, 3, 4, 2, 4, 6, 8}, far[2] = {102.5, 5}, score;
    fsci_pca pca = fit(arena, 4, 2, X, FSCI_PCA_CENTER, 1);
    fsci_pca_scores(&pca, 1, far, &score);
    assert_near(score, 100 / sqrt(5), 1e-12); /* (100, 0) on the axis (1, 2)/sqrt 5 */
    fsci_arena_free(arena);
}

static void zscore_makes_units_irrelevant(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[12] = {.1, .4, .3, .9, .2, .2, .5, .7, .8, .1, .3, .2}, Y[12], a[8], b[8];
    memcpy(Y, X, sizeof Y);
    for (size_t i = 4; i < 8; i++)
        Y[i] = 1000 * X[i] - 3;
    fsci_pca one = fit(arena, 4, 3, X, FSCI_PCA_ZSCORE, 2);
    fsci_pca two = fit(arena, 4, 3, Y, FSCI_PCA_ZSCORE, 2);
    fsci_pca_scores(&one, 4, X, a);
    fsci_pca_scores(&two, 4, Y, b);
    double total = 0;
    for (size_t j = 0; j < 3; j++) {
        assert_near(one.variance[j], two.variance[j], 1e-12);
        total += one.variance[j];
    }
    assert_near(total, 3, 1e-13);
    for (size_t i = 0; i < 8; i++)
        assert_near(a[i], b[i], 1e-12);
    fsci_arena_free(arena);
}

/* log(s/(1 - s)) of shares kept within [0.01, 0.99]. */
static void logits_are_kept_off_the_ends(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[6] = {0, 0.5, 1, 0.5, 0.5, 0.5}, scores[3];
    fsci_pca pca = fit(arena, 3, 2, X, FSCI_PCA_LOGIT, 1);
    fsci_pca_scores(&pca, 3, X, scores);
    assert_near(scores[0], -log(99), 1e-13);
    assert_near(scores[1], 0, 1e-13);
    assert_near(scores[2], log(99), 1e-13);
    assert_near(pca.ratio[0], 1, 1e-15);
    fsci_arena_free(arena);
}

static void more_columns_than_rows(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[15];
    for (size_t c = 0; c < 15; c++)
        X[c] = cos((double)(c * c));
    fsci_pca pca = fit(arena, 3, 5, X, FSCI_PCA_CENTER, 2);
    assert_near(pca.ratio[0] + pca.ratio[1], 1, 1e-14); /* three rows span two dimensions */
    for (size_t j = 2; j < 5; j++)
        assert_true(pca.ratio[j] >= 0 && pca.ratio[j] < 1e-15);
    fsci_arena_free(arena);
}

static void refuses_rows_that_are_all_alike(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[6] = {1, 1, 1, 2, 2, 2}, hole[4] = {1, NAN, 2, 3};
    fsci_pca pca;
    fsc_error err;
    assert_int_equal(fsci_pca_fit(arena, 3, 2, X, FSCI_PCA_CENTER, 1, 1, &pca, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "all alike"));
    assert_int_equal(fsci_pca_fit(arena, 2, 2, hole, FSCI_PCA_CENTER, 1, 1, &pca, &err),
                     FSC_EINPUT);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_of_a_turned_ellipse),
        cmocka_unit_test(other_rows_are_projected_not_fitted),
        cmocka_unit_test(zscore_makes_units_irrelevant),
        cmocka_unit_test(logits_are_kept_off_the_ends),
        cmocka_unit_test(more_columns_than_rows),
        cmocka_unit_test(refuses_rows_that_are_all_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
