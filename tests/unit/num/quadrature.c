/* Gauss and Legendre's rule. */
#include "num/quadrature.h"
#include "unit.h"

/* Abramowitz and Stegun, table 25.4. */
static void test_known_nodes(void **state)
{
    (void)state;
    double x[5], w[5];
    fsci_gauss_legendre(2, x, w);
    assert_near(x[1], 1 / sqrt(3), 1e-15);
    assert_near(w[0], 1, 1e-15);
    fsci_gauss_legendre(5, x, w);
    assert_near(x[0], -0.906179845938664, 1e-15);
    assert_near(x[2], 0, 0);
    assert_near(x[3], 0.538469310105683, 1e-15);
    assert_near(w[4], 0.236926885056189, 1e-15);
    assert_near(w[2], 0.568888888888889, 1e-15);
}

/* Exact for polynomials of degree 2 n - 1. */
static void test_polynomials(void **state)
{
    (void)state;
    double x[32], w[32];
    for (size_t n = 1; n <= 32; n++) {
        fsci_gauss_legendre(n, x, w);
        for (size_t degree = 0; degree < 2 * n; degree++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += w[i] * pow(x[i], (double)degree);
            assert_near(sum, degree % 2 ? 0 : 2 / (double)(degree + 1), 1e-14);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_nodes),
                                       cmocka_unit_test(test_polynomials)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
