#include "num/linear.h"
#include "unit.h"

#include <float.h>
#include <stdlib.h>

/* Anything reproducible with no structure will do as test matrices. */
static void fill(double *a, size_t count, uint64_t state)
{
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        a[i] = (double)(int64_t)(state >> 11) / 0x1p52 - 1;
    }
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void assert_orthonormal(size_t m, size_t k, const double *Q)
{
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b <= a; b++)
            assert_near(dot(Q + a * m, Q + b * m, m), a == b, 1e-14);
}

/* NIST StRD "Longley", certified coefficients (six predictors and a constant; higher difficulty).
 */
static void longley_regression_has_the_certified_coefficients(void **state)
{
    (void)state;
    static const double y[16] = {60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761,
                                 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551};
    static const double X[7 * 16] = {
        1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,
        1,      1,      1,      1,      1,      83,     88.5,   88.2,   89.5,   96.2,   98.1,
        99,     100,    101.2,  104.6,  108.4,  110.8,  112.6,  114.2,  115.7,  116.9,  234289,
        259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546,
        482704, 502601, 518173, 554894, 2356,   2325,   3682,   3351,   2099,   1932,   1870,
        3578,   2904,   2822,   2936,   4681,   3813,   3931,   4806,   4007,   1590,   1456,
        1616,   1650,   3099,   3594,   3547,   3350,   3048,   2857,   2798,   2637,   2552,
        2514,   2572,   2827,   107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219,
        117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081, 1947,   1948,   1949,
        1950,   1951,   1952,   1953,   1954,   1955,   1956,   1957,   1958,   1959,   1960,
        1961,   1962};
    static const double certified[7] = {
        -3482258.63459582, 15.0618722713733,       -0.358191792925910E-01, -2.02022980381683,
        -1.03322686717359, -0.511041056535807E-01, 1829.15146461355};
    double x[7];
    size_t rank;
    assert_int_equal(fsci_qr_least_squares(16, 7, X, y, 0, x, &rank), FSCI_LINEAR_OK);
    assert_int_equal(rank, 7);
    for (size_t j = 0; j < 7; j++)
        assert_rel(x[j], certified[j], 1e-9);
}

static void least_squares_of_deficient_rank_takes_the_shortest(void **state)
{
    (void)state;
    /* Columns 1 and 2 are equal: the weight 4 of b = 4 a1 is shared as 2 + 2. */
    static const double A[8] = {1, 2, 3, 4, 1, 2, 3, 4}, b[4] = {4, 8, 12, 16};
    double x[2];
    size_t rank;
    assert_int_equal(fsci_qr_least_squares(4, 2, A, b, 0, x, &rank), FSCI_LINEAR_OK);
    assert_int_equal(rank, 1);
    assert_near(x[0], 2, 1e-14);
    assert_near(x[1], 2, 1e-14);

    /* Fewer rows than columns: x = A' (A A')^-1 b of A = [3 4], b = 5. */
    static const double wide[2] = {3, 4}, five[1] = {5};
    assert_int_equal(fsci_qr_least_squares(1, 2, wide, five, 0, x, &rank), FSCI_LINEAR_OK);
    assert_near(x[0], 0.6, 1e-15);
    assert_near(x[1], 0.8, 1e-15);
}

static void cholesky_of_a_known_matrix(void **state)
{
    (void)state;
    double A[9] = {4, 12, -16, 12, 37, -43, -16, -43, 98};
    static const double L[9] = {2, 6, -8, 0, 1, 5, 0, 0, 3};
    static const double inverse36[9] = {1777, -488, 76, -488, 136, -20, 76, -20, 4};
    double inverse[9], b[6] = {4, 12, -16, 0, 0, 36};
    assert_int_equal(fsci_cholesky(3, A), FSCI_LINEAR_OK);
    for (size_t i = 0; i < 9; i++)
        assert_near(A[i], L[i], 1e-13);
    assert_near(fsci_cholesky_log_det(3, A), log(36), 1e-13);
    assert_int_equal(fsci_cholesky_inverse(3, A, inverse), FSCI_LINEAR_OK);
    for (size_t i = 0; i < 9; i++)
        assert_near(inverse[i], inverse36[i] / 36, 1e-11);
    assert_int_equal(fsci_cholesky_solve(3, A, 2, b), FSCI_LINEAR_OK);
    static const double x[6] = {1, 0, 0, 76, -20, 4};
    for (size_t i = 0; i < 6; i++)
        assert_near(b[i], x[i], 1e-10);
}

static void cholesky_refuses_what_is_not_positive_definite(void **state)
{
    (void)state;
    double indefinite[4] = {1, 2, 2, 1}, singular[4] = {1, 1, 1, 1};
    assert_int_equal(fsci_cholesky(2, indefinite), FSCI_LINEAR_NOT_POSITIVE);
    assert_int_equal(fsci_cholesky(2, singular), FSCI_LINEAR_NOT_POSITIVE);
}

static void eigen_of_the_second_difference_matrix(void **state)
{
    (void)state;
    /* tridiag(-1, 2, -1) of order n has the eigenvalues 2 - 2 cos(pi j/(n+1)). */
    enum { n = 12 };
    double A[n * n] = {0}, values[n], vectors[n * n], alone[n];
    for (size_t j = 0; j < n; j++) {
        A[j * n + j] = 2;
        if (j + 1 < n)
            A[j * n + j + 1] = -1; /* the lower triangle is enough */
    }
    assert_int_equal(fsci_symmetric_eigen(n, A, values, vectors), FSCI_LINEAR_OK);
    assert_int_equal(fsci_symmetric_eigen(n, A, alone, NULL), FSCI_LINEAR_OK);
    for (size_t j = 0; j < n; j++) {
        assert_near(values[j], 2 - 2 * cos(M_PI * (double)(n - j) / (n + 1)), 1e-14);
        assert_near(alone[j], values[j], 1e-14);
    }
    assert_orthonormal(n, n, vectors);
    for (size_t j = 0; j < n; j++) {
        size_t at = 0;
        for (size_t i = 1; i < n; i++)
            if (fabs(vectors[j * n + i]) > fabs(vectors[j * n + at]))
                at = i;
        assert_true(vectors[j * n + at] > 0);
    }
}

static void check_svd(size_t m, size_t n)
{
    size_t k = m < n ? m : n;
    double *A = malloc(m * n * sizeof *A), *U = malloc(m * k * sizeof *U);
    double *V = malloc(n * k * sizeof *V), *s = malloc(k * sizeof *s);
    double *only = malloc((m + n) * k * sizeof *only), *values = malloc(k * sizeof *values);
    fill(A, m * n, m * 100 + n);
    assert_int_equal(fsci_svd(m, n, A, U, s, V), FSCI_LINEAR_OK);
    assert_orthonormal(m, k, U);
    assert_orthonormal(n, k, V);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < m; i++) {
            double sum = 0;
            for (size_t c = 0; c < k; c++)
                sum += U[c * m + i] * s[c] * V[c * n + j];
            assert_near(sum, A[j * m + i], 1e-14 * (double)(m + n));
        }
    for (size_t c = 0; c + 1 < k; c++)
        assert_true(s[c] >= s[c + 1]);

    assert_int_equal(fsci_svd(m, n, A, NULL, values, only), FSCI_LINEAR_OK);
    assert_memory_equal(only, V, n * k * sizeof *V);
    assert_int_equal(fsci_svd(m, n, A, only, values, NULL), FSCI_LINEAR_OK);
    assert_memory_equal(only, U, m * k * sizeof *U);
    assert_int_equal(fsci_svd(m, n, A, NULL, values, NULL), FSCI_LINEAR_OK);
    for (size_t c = 0; c < k; c++)
        assert_rel(values[c], s[c], 1e-13);
    free(A), free(U), free(V), free(s), free(only), free(values);
}

static void svd_rebuilds_any_shape(void **state)
{
    (void)state;
    check_svd(1, 1);
    check_svd(9, 4);
    check_svd(4, 9);
    check_svd(6, 6);
    check_svd(100, 8);
}

static void svd_of_a_hilbert_matrix_is_ill_conditioned(void **state)
{
    (void)state;
    /* Condition of the 5 by 5 Hilbert matrix: 4.766072502422425e5 (Todd 1954 gives 4.77e5). */
    double H[25], s[5];
    for (size_t j = 0; j < 5; j++)
        for (size_t i = 0; i < 5; i++)
            H[j * 5 + i] = 1.0 / (double)(i + j + 1);
    assert_int_equal(fsci_svd(5, 5, H, NULL, s, NULL), FSCI_LINEAR_OK);
    assert_rel(fsci_condition(5, s), 4.766072502422425e5, 1e-10);
    assert_int_equal(fsci_rank(5, 5, s, 0), 5); /* s/s[0]: 1, .13, 7e-3, 2e-4, 2e-6 */
    assert_int_equal(fsci_rank(5, 5, s, 1e-3), 3);
}

static void rank_and_condition_at_their_ends(void **state)
{
    (void)state;
    static const double zero[2] = {0, 0}, half[2] = {3, 0};
    assert_int_equal(fsci_rank(2, 5, zero, 0), 0);
    assert_int_equal(fsci_rank(2, 5, half, 0), 1);
    assert_int_equal(fsci_rank(0, 5, NULL, 0), 0);
    assert_true(fsci_condition(2, half) == INFINITY);
    assert_true(fsci_condition(0, NULL) == 1);
}

static void refuses_what_is_not_finite(void **state)
{
    (void)state;
    double A[4] = {1, NAN, 0, 1}, B[4] = {1, 0, 0, 1}, b[2] = {1, INFINITY}, x[4], y[4];
    size_t rank;
    assert_int_equal(fsci_svd(2, 2, A, NULL, x, NULL), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_symmetric_eigen(2, A, x, y), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_qr_least_squares(2, 2, A, B, 0, x, &rank), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_qr_least_squares(2, 2, B, b, 0, x, &rank), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_cholesky_inverse(2, A, x), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_cholesky_solve(2, B, 1, b), FSCI_LINEAR_NOT_FINITE);
    assert_int_equal(fsci_cholesky(2, A), FSCI_LINEAR_NOT_FINITE);
    assert_string_equal(fsci_linear_text(FSCI_LINEAR_NOT_FINITE),
                        "the matrix holds NaN or infinity");
}

static void empty_and_oversized_shapes(void **state)
{
    (void)state;
    double x[2] = {7, 7}, none[1] = {0};
    size_t rank = 9, huge = (size_t)1 << 31;
    assert_int_equal(fsci_qr_least_squares(0, 2, none, none, 0, x, &rank), FSCI_LINEAR_OK);
    assert_true(rank == 0 && x[0] == 0 && x[1] == 0);
    assert_int_equal(fsci_svd(0, 3, none, NULL, NULL, NULL), FSCI_LINEAR_OK);
    assert_int_equal(fsci_symmetric_eigen(0, none, none, none), FSCI_LINEAR_OK);
    assert_int_equal(fsci_cholesky(0, none), FSCI_LINEAR_OK);
    assert_int_equal(fsci_svd(huge, 2, none, NULL, none, NULL), FSCI_LINEAR_NO_MEMORY);
    assert_int_equal(fsci_cholesky((size_t)1 << 16, none), FSCI_LINEAR_NO_MEMORY);
}

static void names_the_blas(void **state)
{
    (void)state;
    char name[256], tiny[4];
    assert_true(fsci_blas_name(name, sizeof name));
    assert_non_null(strstr(name, ".so"));
    assert_false(fsci_blas_name(tiny, sizeof tiny));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longley_regression_has_the_certified_coefficients),
        cmocka_unit_test(least_squares_of_deficient_rank_takes_the_shortest),
        cmocka_unit_test(cholesky_of_a_known_matrix),
        cmocka_unit_test(cholesky_refuses_what_is_not_positive_definite),
        cmocka_unit_test(eigen_of_the_second_difference_matrix),
        cmocka_unit_test(svd_rebuilds_any_shape),
        cmocka_unit_test(svd_of_a_hilbert_matrix_is_ill_conditioned),
        cmocka_unit_test(rank_and_condition_at_their_ends),
        cmocka_unit_test(refuses_what_is_not_finite),
        cmocka_unit_test(empty_and_oversized_shapes),
        cmocka_unit_test(names_the_blas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
