/* Unbiased pass@k, order statistics and the coverage law against closed forms and enumeration. */
#include "metric/pass.h"

#include "unit.h"

static void closed_forms(void **state)
{
    (void)state;
    assert_near(fsci_pass_at(10, 3, 1), 0.3, 1e-15);
    assert_near(fsci_pass_at(10, 3, 5), 11.0 / 12, 1e-15);
    assert_near(fsci_pass_at(10, 3, 8), 1, 0);
    assert_near(fsci_pass_plug_in(0.3, 5), 0.83193, 1e-15);
    assert_near(fsci_pass_at(10000, 1, 5000), 0.5, 1e-15);
    assert_near(fsci_pass_at(200, 3, 100), 0.876884, 5e-7);
    assert_near(fsci_pass_at(7, 0, 7), 0, 0);
    assert_near(fsci_pass_all(5, 3, 2), 0.3, 1e-15);
    assert_near(fsci_pass_all(5, 1, 2), 0, 0);
}

/* n = 10^9, k = 10^8: ln miss = sum of c logarithms of about 0.9. */
static void a_thousand_million_samples(void **state)
{
    (void)state;
    const double n = 1e9, k = 1e8;
    for (double c = 1; c <= 1000; c *= 10) {
        long double sum = 0;
        for (double i = 0; i < c; i++)
            sum += log1pl(-(long double)k / ((long double)n - i));
        assert_rel(fsci_log_miss(n, c, k), (double)sum, 1e-10);
        assert_rel(fsci_pass_at(n, c, k), (double)-expm1l(sum), 1e-14);
    }
    assert_near(fsci_pass_at(n, 1, k), 0.1, 1e-16);
    assert_near(fsci_pass_at(n, 0, k), 0, 0);
    assert_near(fsci_pass_at(n, n, k), 1, 0);
}

static void both_large_agree_with_the_sum(void **state)
{
    (void)state;
    static const double cases[][3] = {{1e9, 1e4, 1e5},   {1e9, 3e4, 3e4}, {1e6, 400, 90000},
                                      {5000, 100, 4800}, {300, 100, 199}, {1e7, 65, 65}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double n = cases[i][0], c = cases[i][1], k = cases[i][2];
        long double sum = 0;
        for (double j = 0; j < fmin(c, k); j++)
            sum += log1pl(-(long double)fmax(c, k) / ((long double)n - j));
        assert_rel(fsci_log_miss(n, c, k), (double)sum, 1e-10);
        assert_rel(fsci_log_miss(n, k, c), (double)sum, 1e-10);
    }
}

static void extremes_of_k(void **state)
{
    (void)state;
    const double scores[] = {1, 2, 3, 4, 5}, binary[] = {0, 0, 1, 1, 1};
    double uniform[5];
    assert_near(fsci_best_of(scores, 5, 2), 4, 1e-13);
    assert_near(fsci_worst_of(scores, 5, 2), 2, 1e-13);
    assert_near(fsci_best_of(scores, 5, 5), 5, 1e-13);
    assert_near(fsci_best_of(scores, 5, 1), 3, 1e-13);
    for (size_t k = 1; k <= 5; k++) {
        assert_near(fsci_best_of(binary, 5, k), fsci_pass_at(5, 3, (double)k), 1e-13);
        assert_near(fsci_worst_of(binary, 5, k), fsci_pass_all(5, 3, (double)k), 1e-13);
    }
    for (int i = 0; i < 5; i++)
        uniform[i] = (i + 1) / 6.0; /* expected order statistics of five uniforms */
    assert_near(fsci_best_of(uniform, 5, 5), 5.0 / 6, 1e-13);
    assert_near(fsci_worst_of(uniform, 5, 5), 1.0 / 6, 1e-13);
}

static void majority_splits_ties(void **state)
{
    (void)state;
    const size_t answers[] = {1, 2, 2, 1, 3};
    const double right[] = {1, 0, 0, 1, 0};
    size_t scratch[5];
    assert_near(fsci_majority(answers, right, 5, scratch), 0.5, 0);
    assert_near(fsci_majority(answers, right, 3, scratch), 0, 0);
    assert_near(fsci_majority(answers, right, 1, scratch), 1, 0);
}

static void law_of_a_law(void **state)
{
    (void)state;
    double k[100], y[100];
    assert_int_equal(fsci_pass_grid_size, 101);
    for (int i = 0; i < 100; i++) {
        k[i] = i + 1;
        y[i] = i < 98 ? exp(-3.7 * pow(k[i], -0.41)) : i - 98;
    }
    fsci_coverage_law law = fsci_coverage_fit(k, y, 100);
    assert_near(law.a, 3.7, 1e-12);
    assert_near(law.b, 0.41, 1e-13);
    assert_near(law.r2, 1, 1e-12);
    assert_int_equal(law.n, 98);
    assert_true(isnan(fsci_coverage_fit(k, y, 1).b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(a_thousand_million_samples),
        cmocka_unit_test(both_large_agree_with_the_sum),
        cmocka_unit_test(extremes_of_k),
        cmocka_unit_test(majority_splits_ties),
        cmocka_unit_test(law_of_a_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
