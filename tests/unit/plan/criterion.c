/* Criteria by hand and against LAPACK; tangents against the concavity they stand for. */
#include "plan/criterion.h"

#include "num/linear.h"
#include "num/random.h"
#include "unit.h"

enum { MOST = 6, PACKED = MOST * (MOST + 1) / 2 };
static const fsci_criterion_kind kinds[] = {FSCI_CRITERION_V, FSCI_CRITERION_D, FSCI_CRITERION_A,
                                            FSCI_CRITERION_E};

/* Packed sum of n random x x'. */
static void random_information(uint64_t seed, size_t k, size_t n, double *G)
{
    fsci_stream stream = fsci_stream_new(seed, k);
    memset(G, 0, fsci_packed_size(k) * sizeof *G);
    for (size_t i = 0; i < n; i++) {
        double x[MOST];
        for (size_t j = 0; j < k; j++)
            x[j] = fsci_random_normal(&stream);
        fsci_packed_add(k, 1, x, 1, G);
    }
}

static void unpack(size_t k, const double *G, double *full)
{
    for (size_t i = 0, at = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++, at++)
            full[i * k + j] = full[j * k + i] = G[at];
}

static double value(fsci_criterion_kind kind, size_t k, const double *target, const double *G)
{
    return fsci_criterion_value(&(fsci_criterion){kind, k, target}, G);
}

static void two_by_two(void **state)
{
    (void)state;
    const double G[] = {4, 1, 3}, T[] = {2, 0.5, 1};
    assert_near(value(FSCI_CRITERION_V, 2, T, G), -9.0 / 11, 1e-15);
    assert_near(value(FSCI_CRITERION_D, 2, NULL, G), log(11), 1e-15);
    assert_near(value(FSCI_CRITERION_A, 2, NULL, G), -7.0 / 11, 1e-15);
    assert_near(value(FSCI_CRITERION_E, 2, NULL, G), (7 - sqrt(5)) / 2, 1e-15);
}

static void as_lapack_says(void **state)
{
    (void)state;
    for (size_t k = 1; k <= MOST; k++) {
        double G[PACKED], T[PACKED], full[MOST * MOST], t[MOST * MOST], inverse[MOST * MOST];
        double eigenvalues[MOST], trace = 0, product = 0;
        random_information(3, k, k + 2, G);
        random_information(4, k, k + 9, T);
        unpack(k, T, t);
        unpack(k, G, full);
        assert_int_equal(fsci_symmetric_eigen(k, full, eigenvalues, NULL), FSCI_LINEAR_OK);
        assert_int_equal(fsci_cholesky(k, full), FSCI_LINEAR_OK);
        assert_int_equal(fsci_cholesky_inverse(k, full, inverse), FSCI_LINEAR_OK);
        for (size_t i = 0; i < k * k; i++) {
            product += t[i] * inverse[i];
            trace += i % (k + 1) == 0 ? inverse[i] : 0;
        }
        assert_rel(value(FSCI_CRITERION_V, k, T, G), -product, 1e-11);
        assert_near(value(FSCI_CRITERION_D, k, NULL, G), fsci_cholesky_log_det(k, full), 1e-12);
        assert_rel(value(FSCI_CRITERION_A, k, NULL, G), -trace, 1e-11);
        assert_rel(value(FSCI_CRITERION_E, k, NULL, G), eigenvalues[k - 1], 1e-11);
    }
}

static void what_does_not_determine_is_worth_nothing(void **state)
{
    (void)state;
    double G[PACKED], H[PACKED], offset;
    random_information(5, 4, 3, G); /* three vectors do not span four dimensions */
    for (size_t i = 0; i < 4; i++) {
        fsci_criterion c = {kinds[i], 4, G};
        assert_true(fsci_criterion_value(&c, G) == -INFINITY);
        assert_false(fsci_criterion_tangent(&c, G, H, &offset));
    }
}

/* value(X) <= offset + <H, X>, and at G itself the two are equal (E is softened by 2 %). */
static void tangents_lie_above(void **state)
{
    (void)state;
    for (size_t k = 1; k <= MOST; k++)
        for (uint64_t seed = 0; seed < 40; seed++)
            for (size_t i = 0; i < 4; i++) {
                double G[PACKED], X[PACKED], T[PACKED], H[PACKED], offset, at_G, at_X;
                random_information(100 + seed, k, k + seed % 5, G);
                random_information(200 + seed, k, k + seed % 7, X);
                random_information(300 + seed, k, 2 * k, T);
                fsci_criterion c = {kinds[i], k, T};
                assert_true(fsci_criterion_tangent(&c, G, H, &offset));
                at_G = at_X = offset;
                for (size_t m = 0; m < fsci_packed_size(k); m++) {
                    at_G += H[m] * G[m];
                    at_X += H[m] * X[m];
                }
                double own = fsci_criterion_value(&c, G), other = fsci_criterion_value(&c, X);
                double soft = kinds[i] == FSCI_CRITERION_E ? 0.02 * log((double)k) * own : 0;
                assert_true(at_X >= other - 1e-9 * fabs(other));
                assert_near(at_G, own + soft / 2, soft / 2 + 1e-9 * (1 + fabs(own)));
            }
}

/* Twice the information is twice as efficient, whatever the criterion. */
static void efficiency_counts_information(void **state)
{
    (void)state;
    double G[PACKED], twice[PACKED], T[PACKED];
    random_information(7, 5, 9, G);
    random_information(8, 5, 9, T);
    for (size_t m = 0; m < fsci_packed_size(5); m++)
        twice[m] = 2 * G[m];
    for (size_t i = 0; i < 4; i++) {
        fsci_criterion c = {kinds[i], 5, T};
        double one = fsci_criterion_value(&c, G), two = fsci_criterion_value(&c, twice);
        assert_near(fsci_criterion_efficiency(&c, one, two), 0.5, 1e-13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_by_two),
        cmocka_unit_test(as_lapack_says),
        cmocka_unit_test(what_does_not_determine_is_worth_nothing),
        cmocka_unit_test(tangents_lie_above),
        cmocka_unit_test(efficiency_counts_information),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
