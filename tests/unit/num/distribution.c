#include "num/distribution.h"
#include "unit.h"

#include <stdlib.h>

static double binomial_mass(double k, double n, double p)
{
    return fsci_binomial_mass((int64_t)k, (int64_t)n, p);
}

static double binomial_cdf(double k, double n, double p)
{
    return fsci_binomial_cdf((int64_t)k, (int64_t)n, p);
}

static double binomial_upper(double k, double n, double p)
{
    return fsci_binomial_upper((int64_t)k, (int64_t)n, p);
}

/* Every function by its name in distributions.csv; the member set tells its number of arguments. */
static const struct {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
} functions[] = {
    {"normal_density", .one = fsci_normal_density},
    {"normal_cdf", .one = fsci_normal_cdf},
    {"normal_upper", .one = fsci_normal_upper},
    {"normal_quantile", .one = fsci_normal_quantile},
    {"t_density", .two = fsci_t_density},
    {"t_cdf", .two = fsci_t_cdf},
    {"t_upper", .two = fsci_t_upper},
    {"t_quantile", .two = fsci_t_quantile},
    {"chi2_density", .two = fsci_chi2_density},
    {"chi2_cdf", .two = fsci_chi2_cdf},
    {"chi2_upper", .two = fsci_chi2_upper},
    {"chi2_quantile", .two = fsci_chi2_quantile},
    {"chi2_quantile_upper", .two = fsci_chi2_quantile_upper},
    {"f_density", .three = fsci_f_density},
    {"f_cdf", .three = fsci_f_cdf},
    {"f_upper", .three = fsci_f_upper},
    {"f_quantile", .three = fsci_f_quantile},
    {"f_quantile_upper", .three = fsci_f_quantile_upper},
    {"beta_density", .three = fsci_beta_density},
    {"beta_cdf", .three = fsci_beta_cdf},
    {"beta_upper", .three = fsci_beta_upper},
    {"beta_quantile", .three = fsci_beta_quantile},
    {"beta_quantile_upper", .three = fsci_beta_quantile_upper},
    {"binomial_mass", .three = binomial_mass},
    {"binomial_cdf", .three = binomial_cdf},
    {"binomial_upper", .three = binomial_upper},
};
enum { n_functions = sizeof functions / sizeof *functions };

static double call(size_t which, const double *x)
{
    if (functions[which].one)
        return functions[which].one(x[0]);
    if (functions[which].two)
        return functions[which].two(x[0], x[1]);
    return functions[which].three(x[0], x[1], x[2]);
}

/* Values at 360 digits (tools/make-distributions), tails to 1e-300 included. In the body, values or
 * arguments p above 1e-12, 5e-14 is allowed; further out exponents of size 700, and 1 - x
 * rounded thirty standard deviations away, cost up to 3e-13. */
static void agrees_with_the_reference_values(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_DATA "/distributions.csv", "r");
    char line[256];
    size_t rows[n_functions] = {0};
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        char name[32];
        double x[3] = {0}, want;
        char *rest = line + strcspn(line, ",");
        snprintf(name, sizeof name, "%.*s", (int)(rest - line), line);
        for (size_t i = 0; i < 3; i++)
            x[i] = strtod(rest + 1, &rest);
        want = strtod(rest + 1, &rest);
        size_t which = 0;
        while (which < n_functions && strcmp(functions[which].name, name) != 0)
            which++;
        assert_true(which < n_functions);
        rows[which]++;
        double argument = strstr(name, "quantile") ? x[0] : want;
        double allowed = fabs(want) * (fabs(argument) > 1e-12 ? 5e-14 : 3e-13);
        double got = call(which, x);
        if (!(fabs(got - want) <= allowed))
            fail_msg("got %.17g for %s", got, line);
    }
    fclose(file);
    for (size_t i = 0; i < n_functions; i++)
        assert_true(rows[i] >= 14);
}

/* Printed tables: Student's t, chi-square, F (Fisher & Yates; Abramowitz & Stegun 26.8-26.10). */
static void agrees_with_printed_tables(void **state)
{
    (void)state;
    static const struct {
        double df, t975, t995, chi95, chi01;
    } table[] = {
        {1, 12.706, 63.657, 3.841, 0.000},  {2, 4.303, 9.925, 5.991, 0.020},
        {5, 2.571, 4.032, 11.070, 0.554},   {10, 2.228, 3.169, 18.307, 2.558},
        {30, 2.042, 2.750, 43.773, 14.953}, {60, 2.000, 2.660, 79.082, 37.485},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_near(fsci_t_quantile(0.975, table[i].df), table[i].t975, 5e-4);
        assert_near(fsci_t_quantile(0.995, table[i].df), table[i].t995, 5e-4);
        assert_near(fsci_chi2_quantile(0.95, table[i].df), table[i].chi95, 5e-4);
        assert_near(fsci_chi2_quantile(0.01, table[i].df), table[i].chi01, 5e-4);
    }
    static const double f95[][3] = {{1, 1, 161.45}, {2, 10, 4.10}, {5, 10, 3.33}, {4, 30, 2.69},
                                    {10, 20, 2.35}, {24, 5, 4.53}, {8, 120, 2.02}};
    for (size_t i = 0; i < sizeof f95 / sizeof *f95; i++)
        assert_near(fsci_f_quantile(0.95, f95[i][0], f95[i][1]), f95[i][2], 5e-3);
    assert_near(fsci_normal_quantile(0.975), 1.959963984540054, 1e-15);
}

static void exact_intervals_for_a_proportion(void **state)
{
    (void)state;
    static const struct {
        int64_t k, n;
        double lo, hi;
    } table[] = {{0, 10, 0, 0.3085},
                 {5, 10, 0.1871, 0.8129},
                 {1, 20, 0.0013, 0.2487},
                 {10, 10, 0.6915, 1},
                 {81, 263, 0.2527, 0.3676}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        fsci_interval got = fsci_binomial_interval(table[i].k, table[i].n, 0.95);
        assert_near(got.lo, table[i].lo, 5e-5);
        assert_near(got.hi, table[i].hi, 5e-5);
    }
    /* The definition: k or fewer at the upper end, k or more at the lower, each 2.5 %. */
    fsci_interval many = fsci_binomial_interval(37, 1319, 0.95);
    assert_rel(fsci_binomial_cdf(37, 1319, many.hi), 0.025, 1e-11);
    assert_rel(fsci_binomial_upper(36, 1319, many.lo), 0.025, 1e-11);
    assert_true(isnan(fsci_binomial_interval(11, 10, 0.95).lo));
}

static void closed_forms(void **state)
{
    (void)state;
    for (double x = -40; x <= 40; x += 1.7) {
        assert_rel(fsci_t_cdf(x, 1), x < 0 ? atan(-1 / x) / M_PI : 0.5 + atan(x) / M_PI, 1e-14);
        double root = sqrt(2 + x * x), far = 1 / (root * (root + fabs(x))); /* tail at 2 df */
        assert_rel(fsci_t_upper(fabs(x), 2), far, 1e-14);
    }
    for (double x = 0.01; x < 600; x *= 1.9) {
        assert_rel(fsci_chi2_upper(x, 2), exp(-x / 2), 1e-13);
        assert_rel(fsci_chi2_cdf(x, 2), -expm1(-x / 2), 1e-14);
    }
    for (double x = 0.015625; x < 1; x += 0.0625) {
        assert_rel(fsci_beta_cdf(x, 0.5, 0.5), asin(sqrt(x)) * 2 / M_PI, 1e-14);
        assert_rel(fsci_beta_upper(x, 1, 7), pow(1 - x, 7), 1e-14);
    }
}

static const double tails[] = {1e-300, 1e-200, 1e-50, 1e-16, 1e-8, 0.003, 0.05, 0.3, 0.499};
static const double shapes[] = {0.02, 0.3, 1, 2.5, 17, 400, 6000};
enum { n_tails = sizeof tails / sizeof *tails, n_shapes = sizeof shapes / sizeof *shapes };

/* |tail(quantile) - p| <= 1e-12 p, unless the quantile left the range of doubles. */
static void assert_returns(double quantile, double tail, double p)
{
    if (fabs(quantile) > 1e-290 && fabs(quantile) < 1e290)
        assert_rel(tail, p, 1e-12);
    else
        assert_false(isnan(quantile));
}

static void quantiles_return_through_the_tails(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_tails; i++) {
        double p = tails[i], x = fsci_normal_quantile(p);
        assert_returns(x, fsci_normal_cdf(x), p);
        for (size_t j = 0; j < n_shapes; j++) {
            double a = shapes[j];
            x = fsci_t_quantile(p, a);
            assert_returns(x, fsci_t_cdf(x, a), p);
            x = fsci_chi2_quantile(p, a);
            assert_returns(x, fsci_chi2_cdf(x, a), p);
            x = fsci_chi2_quantile_upper(p, a);
            assert_returns(x, fsci_chi2_upper(x, a), p);
            for (size_t k = 0; k < n_shapes; k++) {
                double b = shapes[k];
                x = fsci_f_quantile(p, a, b);
                assert_returns(x, fsci_f_cdf(x, a, b), p);
                x = fsci_f_quantile_upper(p, a, b);
                assert_returns(x, fsci_f_upper(x, a, b), p);
                x = fsci_beta_quantile(p, a, b);
                if (x < 0.9) /* nearer to 1 the double itself no longer holds the quantile */
                    assert_returns(x, fsci_beta_cdf(x, a, b), p);
            }
        }
    }
}

static void cdfs_and_quantiles_rise(void **state)
{
    (void)state;
    const int n = cases_of(400);
    for (size_t j = 0; j < n_shapes; j++)
        for (size_t k = 0; k < n_shapes; k++) {
            double last[4] = {-INFINITY, 0, 0, 0};
            for (int i = 1; i < n; i++) {
                double p = (double)i / n, a = shapes[j], b = shapes[k];
                double now[4] = {fsci_t_quantile(p, a), fsci_chi2_quantile(p, a),
                                 fsci_beta_quantile(p, a, b), fsci_beta_cdf(p, a, b)};
                for (size_t c = 0; c < 4; c++) {
                    assert_true(now[c] >= last[c] * (1 - 1e-15) || now[c] >= last[c]);
                    last[c] = now[c];
                }
            }
        }
}

static void both_ends_of_every_range(void **state)
{
    (void)state;
    assert_true(fsci_normal_quantile(0) == -INFINITY && fsci_normal_quantile(1) == INFINITY);
    assert_true(fsci_t_quantile(0, 3) == -INFINITY && fsci_t_quantile(1, 3) == INFINITY);
    assert_true(fsci_t_quantile(0.5, 3) == 0);
    assert_true(fsci_chi2_quantile(0, 3) == 0 && fsci_chi2_quantile(1, 3) == INFINITY);
    assert_true(fsci_f_quantile(0, 3, 4) == 0 && fsci_f_quantile_upper(0, 3, 4) == INFINITY);
    assert_true(fsci_beta_quantile(0, 2, 3) == 0 && fsci_beta_quantile(1, 2, 3) == 1);
    assert_true(fsci_t_cdf(-INFINITY, 1e5) == 0 && fsci_t_cdf(INFINITY, 1e5) == 1);
    assert_true(fsci_chi2_cdf(-1, 2) == 0 && fsci_chi2_upper(INFINITY, 2) == 0);
    assert_true(fsci_beta_cdf(-1, 2, 3) == 0 && fsci_beta_cdf(2, 2, 3) == 1);
    assert_true(fsci_f_cdf(INFINITY, 2, 3) == 1);
    assert_true(fsci_chi2_density(0, 1) == INFINITY && fsci_chi2_density(0, 2) == 0.5);
    assert_true(fsci_beta_density(0, 1, 7) == 7 && fsci_beta_density(1, 2, 3) == 0);
    assert_true(fsci_f_density(0, 2, 9) == 1 && fsci_f_density(-1, 2, 9) == 0);
}

static void nonsense_gives_nan(void **state)
{
    (void)state;
    assert_true(isnan(fsci_normal_quantile(1.5)) && isnan(fsci_normal_quantile(NAN)));
    assert_true(isnan(fsci_t_cdf(1, 0)) && isnan(fsci_t_cdf(NAN, 3)));
    assert_true(isnan(fsci_t_quantile(-0.1, 3)) && isnan(fsci_t_density(0, -1)));
    assert_true(isnan(fsci_chi2_cdf(1, -2)) && isnan(fsci_chi2_quantile(0.5, NAN)));
    assert_true(isnan(fsci_f_upper(NAN, 1, 1)) && isnan(fsci_f_quantile(0.5, 1, 0)));
    assert_true(isnan(fsci_beta_cdf(0.5, 0, 1)) && isnan(fsci_beta_quantile(2, 1, 1)));
    assert_true(isnan(fsci_binomial_mass(1, 2, 1.5)) && isnan(fsci_binomial_cdf(1, -1, 0.5)));
    assert_int_equal(fsci_binomial_quantile(0.5, 5, NAN), -1);
}

static void t_with_many_degrees_is_normal(void **state)
{
    (void)state;
    for (double z = -6; z <= 6; z += 0.75) {
        assert_true(fsci_t_cdf(z, INFINITY) == fsci_normal_cdf(z));
        assert_rel(fsci_t_cdf(z, 1e15), fsci_normal_cdf(z), 1e-12);
        assert_rel(fsci_t_density(z, 1e15), fsci_normal_density(z), 1e-12);
    }
    assert_rel(fsci_t_quantile(0.975, 1e15), 1.959963984540054, 1e-13);
}

static void binomial_sums_its_mass(void **state)
{
    (void)state;
    double sum = 0;
    for (int64_t k = 0; k <= 50; k++) {
        sum += fsci_binomial_mass(k, 50, 0.23);
        assert_near(fsci_binomial_cdf(k, 50, 0.23), sum, 1e-14);
        assert_near(fsci_binomial_upper(k, 50, 0.23), 1 - sum, 1e-14);
    }
    assert_true(fsci_binomial_mass(0, 5, 0) == 1 && fsci_binomial_mass(5, 5, 1) == 1);
    assert_true(fsci_binomial_mass(6, 5, 0.5) == 0 && fsci_binomial_mass(3, 5, 0) == 0);
}

static void binomial_quantile_is_the_smallest_that_reaches(void **state)
{
    (void)state;
    for (double tail = 0.01; tail < 1; tail += 0.01) {
        int64_t k = fsci_binomial_quantile(tail, 1000, 0.37);
        assert_true(fsci_binomial_cdf(k, 1000, 0.37) >= tail);
        assert_true(fsci_binomial_cdf(k - 1, 1000, 0.37) < tail);
    }
    assert_int_equal(fsci_binomial_quantile(0, 10, 0.5), 0);
    assert_int_equal(fsci_binomial_quantile(1, 10, 0.5), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference_values),
        cmocka_unit_test(agrees_with_printed_tables),
        cmocka_unit_test(exact_intervals_for_a_proportion),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(quantiles_return_through_the_tails),
        cmocka_unit_test(cdfs_and_quantiles_rise),
        cmocka_unit_test(both_ends_of_every_range),
        cmocka_unit_test(nonsense_gives_nan),
        cmocka_unit_test(t_with_many_degrees_is_normal),
        cmocka_unit_test(binomial_sums_its_mass),
        cmocka_unit_test(binomial_quantile_is_the_smallest_that_reaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
