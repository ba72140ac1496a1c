/* Differences of log-gammas against products, sums and the functional equations. */
#include "num/special.h"

#include "unit.h"

static void whole_steps_are_products(void **state)
{
    (void)state;
    for (double x = 0.07; x < 60; x *= 1.7) {
        double product = 0;
        for (int n = 1; n <= 20; n++) {
            product += log(x + n - 1);
            assert_near(fsci_log_gamma_ratio(x, n), product, 1e-13 * (1 + fabs(product)));
        }
    }
}

static void small_steps_keep_their_digits(void **state)
{
    (void)state;
    for (double x = 0.5; x < 1e12; x *= 31)
        for (double a = 1e-5; a > 1e-200; a *= 1e-20) {
            double want = a * fsci_digamma(x) + a * a / 2 * fsci_trigamma(x);
            assert_rel(fsci_log_gamma_ratio(x, a), want, 1e-9);
        }
}

static void back_and_forth(void **state)
{
    (void)state;
    assert_rel(fsci_log_gamma_ratio(5.25, -1.75), -fsci_log_gamma_ratio(3.5, 1.75), 1e-14);
    assert_rel(fsci_log_gamma_ratio(1e9, 1e8), 1.0e8 * log(1e9) + 1.1e9 * log1p(0.1) - 1e8, 1e-9);
    assert_true(isnan(fsci_log_gamma_ratio(0, 1)) && isnan(fsci_log_gamma_ratio(1, -2)));
}

static void derivatives(void **state)
{
    (void)state;
    const double euler = 0.57721566490153286061;
    assert_near(fsci_digamma(1), -euler, 1e-15);
    assert_near(fsci_digamma(0.5), -euler - 2 * log(2), 1e-14);
    assert_near(fsci_trigamma(1), M_PI * M_PI / 6, 1e-14);
    assert_near(fsci_trigamma(0.5), M_PI * M_PI / 2, 1e-14);
    for (double x = 0.01; x < 1e6; x *= 3.3) {
        assert_rel(fsci_digamma(x + 1) - fsci_digamma(x), 1 / x, 1e-9 + 1e-15 * x * log(x + 2));
        assert_rel(fsci_trigamma(x) - fsci_trigamma(x + 1), 1 / (x * x), 1e-9 + 1e-15 * x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_steps_are_products),
        cmocka_unit_test(small_steps_keep_their_digits),
        cmocka_unit_test(back_and_forth),
        cmocka_unit_test(derivatives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
