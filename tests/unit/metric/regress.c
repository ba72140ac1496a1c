/* Polynomials, slopes, correlations, means compared, Pareto sets, by closed forms. */
#include "metric/regress.h"

#include "metric/compare.h"
#include "metric/rank.h"
#include "metric/shape.h"
#include "metric/transform.h"
#include "unit.h"

static void polynomials_through_points(void **state)
{
    (void)state;
    double x[12], y[12];
    for (int i = 0; i < 12; i++) {
        x[i] = 20 + 0.3 * i;
        y[i] = 3 - 2 * (x[i] - 21) + 0.5 * pow(x[i] - 22, 5);
    }
    fsci_polynomial p = fsci_polynomial_fit(x, y, 12, 5);
    assert_true(p.ok);
    assert_near(fsci_polynomial_at(&p, 25), 3 - 8 + 0.5 * 243, 1e-9);
    assert_near(fsci_polynomial_leading(&p), 0.5, 1e-10);
    assert_near(p.r2, 1, 1e-14);
    assert_false(fsci_polynomial_fit(x, y, 5, 5).ok);
    assert_true(isnan(fsci_polynomial_fit(x, y, 8, 5).aicc));
}

static void line_with_errors(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {2.1, 3.9, 6.2, 7.8, 10.1};
    fsci_polynomial line = fsci_polynomial_fit(x, y, 5, 1);
    assert_near(fsci_polynomial_leading(&line), 1.99, 1e-13);
    assert_near(fsci_line_intercept(&line), 0.05, 1e-13);
    assert_near(line.rss, 0.107, 1e-12);
    assert_near(fsci_line_slope_se(&line), sqrt(0.107 / 3 / 10), 1e-13);
    fsci_interval band = fsci_line_band(&line, x, 3, 0.95);
    assert_near(band.hi - band.lo, 2 * 3.182446305 * sqrt(0.107 / 15), 1e-8);
}

static void parallel_lines(void **state)
{
    (void)state;
    const double x[] = {8, 9, 10}, before[] = {10, 20, 30}, after[] = {25, 35, 45};
    fsci_slopes s = fsci_equal_slopes(x, before, 3, x, after, 3);
    assert_near(s.t, 0, 0);
    assert_near(s.shift, 15, 1e-12);
    assert_near(s.p, 1, 0);
}

static void correlations(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {1, 4, 9, 16, 25}, tied[] = {1, 1, 2, 2, 3};
    const double same[] = {2, 2, 2, 2, 2};
    double scratch[10];
    assert_near(fsci_spearman(x, y, 5, scratch), 1, 1e-15);
    assert_near(fsci_kendall(x, y, 5), 1, 0);
    assert_near(fsci_kendall(x, tied, 5), 8 / sqrt(80), 1e-15);
    assert_near(fsci_pearson(x, y, 5), 60 / sqrt(10 * 374.0), 1e-14);
    assert_true(isnan(fsci_pearson(x, same, 5)) && isnan(fsci_kendall(x, same, 5)));
    assert_near(fsci_spearman_p(x, y, 5, 1), 2.0 / 120, 1e-15);
    assert_near(fsci_spearman_p(x, y, 3, 1), 2.0 / 6, 1e-15);
}

static void emergence(void **state)
{
    (void)state;
    const double late[] = {0, 0, 0, 0, 1}, tie[] = {1, 0, 1};
    double scratch[5];
    fsci_emergence e = fsci_emergence_of(late, 5, scratch);
    assert_near(e.linearity, 2, 0);
    assert_true(isinf(e.breakthrough) && e.step_to == 4);
    assert_near(fsci_emergence_of(tie, 3, scratch).improvement, -1, 0); /* the first 1 counts */
}

static void scores_of_one_output(void **state)
{
    (void)state;
    fsci_scores s = fsci_scores_of(0.01, 5, 4);
    assert_near(s.token, 0.990050, 5e-7);
    assert_near(s.exact, 0.951229, 5e-7);
    assert_near(s.at_least, pow(s.token, 5) + 5 * pow(s.token, 4) * (1 - s.token), 1e-14);
    assert_near(fsci_cross_entropy_of_exact(s.exact, 5), 0.01, 1e-15);
    assert_near(fsci_items_needed(0.001, 0.95), 2995, 0);
    assert_near(fsci_zero_probability(0.001, 2994.2341), 0.05, 1e-7);
}

static void options_of_an_item(void **state)
{
    (void)state;
    const double q[] = {0.05, 0.04, 0.01};
    double loglik[3], tiny[3], out[FSCI_STEPS], far[FSCI_STEPS];
    const double p[] = {0.7, 0.2, 0.1};
    for (int i = 0; i < 3; i++) {
        loglik[i] = log(q[i]);
        tiny[i] = loglik[i] - 300 * log(10) - 500;
    }
    fsci_choice_steps(loglik, 3, 0, out);
    assert_near(out[FSCI_STEP_CHOICES], 0.5, 1e-15);
    assert_near(out[FSCI_STEP_BRIER], -0.42, 1e-15);
    assert_near(out[FSCI_STEP_ACCURACY], 1, 0);
    fsci_choice_steps(tiny, 3, 0, far);
    assert_near(far[FSCI_STEP_CHOICES], 0.5, 1e-13);
    assert_near(fsci_brier_all(p, 3, 0), 0.14, 1e-15);
    assert_near(fsci_brier_one(p, 0), 0.09, 1e-15);
}

static void means_compared(void **state)
{
    (void)state;
    fsci_welch w = fsci_welch_test(73, 5, 10, 63, 3.5, 10);
    double p[] = {0.01, NAN, 0.04, 0.03};
    size_t order[4];
    bool best[4];
    const double x[] = {1, 2, 2, 3}, y[] = {5, 4, 3, 1};
    assert_near(w.t, 5.1813, 5e-5);
    assert_near(w.df, 16.11, 5e-3);
    fsci_holm_adjust(p, 4, order);
    assert_near(p[0], 0.03, 1e-15);
    assert_near(p[2], 0.06, 1e-15);
    assert_near(p[3], 0.06, 1e-15);
    fsci_pareto(x, y, 4, best);
    assert_true(best[0] && best[1] && !best[2] && best[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polynomials_through_points),
        cmocka_unit_test(line_with_errors),
        cmocka_unit_test(parallel_lines),
        cmocka_unit_test(correlations),
        cmocka_unit_test(emergence),
        cmocka_unit_test(scores_of_one_output),
        cmocka_unit_test(options_of_an_item),
        cmocka_unit_test(means_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
