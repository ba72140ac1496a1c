/* The Beta law of success rates: closed forms, the limit a -> 0, recovery, plans. */
#include "metric/beta_binomial.h"

#include "num/distribution.h"
#include "num/random.h"
#include "unit.h"

enum { ITEMS = 500 };

static void pass_of_a_beta_law(void **state)
{
    (void)state;
    const fsci_beta_binomial f = {.a = 0.5, .b = 1.5};
    assert_near(fsci_beta_binomial_pass(&f, 1), 0.25, 1e-15);
    assert_near(fsci_beta_binomial_pass(&f, 2), 0.375, 1e-15);
    assert_near(fsci_beta_binomial_pass(&f, 10), 0.663624, 5e-7);
    assert_near(fsci_beta_binomial_pass(&f, 100), 0.887861, 5e-7);
    assert_near(exp(fsci_beta_binomial_log_miss(&f, 1e4)), 0.011283086, 5e-10);
}

static void a_goes_to_zero(void **state)
{
    (void)state;
    for (double a = 1e-3; a > 1e-250; a *= 1e-30) {
        fsci_beta_binomial f = {.a = a, .b = 1};
        double harmonic = 0; /* B(a, 1 + k) / B(a, 1) = prod j / (j + a) */
        for (int j = 1; j <= 1000; j++)
            harmonic += log1p(a / j);
        assert_rel(-fsci_beta_binomial_log_miss(&f, 1000), harmonic, 1e-12);
        assert_true(fsci_beta_binomial_pass(&f, 1e9) > 0);
    }
}

/* Rates drawn by inversion; the last `impossible` items have rate 0. */
static void draw(uint64_t seed, int samples, size_t impossible, double *n, double *c)
{
    for (size_t i = 0; i < ITEMS; i++) {
        fsci_stream s = fsci_stream_new(seed, i);
        double p = fsci_beta_quantile(fsci_random_uniform(&s), 0.3, 5);
        n[i] = samples;
        c[i] = 0;
        for (int j = 0; j < samples && i + impossible < ITEMS; j++)
            c[i] += fsci_random_uniform(&s) < p;
    }
}

static void recovers_its_parameters(void **state)
{
    (void)state;
    double n[ITEMS], c[ITEMS], lo, hi;
    draw(1, 50, 0, n, c);
    fsci_beta_binomial f = fsci_beta_binomial_fit(n, c, ITEMS, false);
    assert_int_equal(f.status, FSCI_BB_OK);
    assert_near(f.a, 0.3, 0.11);
    assert_near(log(f.a), log(0.3), 4 * sqrt(f.covariance[0]));
    assert_near(log(f.b), log(5), 4 * sqrt(f.covariance[3]));
    fsci_beta_binomial_interval(&f, 1000, 0.95, &lo, &hi);
    double pass = fsci_beta_binomial_pass(&f, 1000);
    assert_true(lo < pass && pass < hi && hi - lo < 0.1);
}

/* With half the items impossible a plain law forecasts too much; the inflated one does not. */
static void impossible_items(void **state)
{
    (void)state;
    double n[ITEMS], c[ITEMS];
    draw(2, 1000, ITEMS / 2, n, c);
    fsci_beta_binomial plain = fsci_beta_binomial_fit(n, c, ITEMS, false);
    fsci_beta_binomial inflated = fsci_beta_binomial_fit(n, c, ITEMS, true);
    assert_near(fsci_beta_binomial_pass(&inflated, 1e4), 0.44995, 0.07);
    assert_near(inflated.z, 0.5, 4 * 0.034);
    assert_true(fsci_beta_binomial_pass(&plain, 1e4) >
                fsci_beta_binomial_pass(&inflated, 1e4) + 0.02);
    assert_true(inflated.log_likelihood >= plain.log_likelihood);
    draw(3, 50, ITEMS / 2, n, c);
    plain = fsci_beta_binomial_fit(n, c, ITEMS, false);
    assert_true(fsci_beta_binomial_pass(&plain, 1e4) > 0.5);
}

static void what_cannot_be_fitted_says_so(void **state)
{
    (void)state;
    const double n[] = {10, 10, 10}, none[] = {0, 0, 0}, same[] = {5, 5, 5};
    assert_int_equal(fsci_beta_binomial_fit(n, none, 3, false).status, FSCI_BB_NO_SUCCESS);
    assert_int_equal(fsci_beta_binomial_fit(n, n, 3, false).status, FSCI_BB_NO_FAILURE);
    assert_int_equal(fsci_beta_binomial_fit(n, same, 1, false).status, FSCI_BB_ONE_ITEM);
    assert_int_equal(fsci_beta_binomial_fit(n, same, 3, false).status, FSCI_BB_NO_SPREAD);
}

static void plans(void **state)
{
    (void)state;
    const double p[] = {0.5, 0.1, 0.01, 0.001}, want[] = {0, 1.353e-4, 0.562306, 0.437559};
    const double n[] = {10, 4, 6, 100}, c[] = {0, 0, 0, 1};
    double share[4], add[4];
    fsci_best_shares(p, 4, 100, share);
    assert_rel(share[0], 1.2e-29, 0.05);
    for (int i = 1; i < 4; i++)
        assert_near(share[i], want[i], 1e-6);
    assert_true(fsci_next_samples(n, c, 4, 5, add)); /* 4 -> 6, then 6 and 6 share three */
    assert_near(add[0] + add[1] + add[2], 5, 0);
    assert_near(add[1], 4, 0);
    assert_near(add[2], 1, 0);
    assert_near(add[3], 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pass_of_a_beta_law),
        cmocka_unit_test(a_goes_to_zero),
        cmocka_unit_test(recovers_its_parameters),
        cmocka_unit_test(impossible_items),
        cmocka_unit_test(what_cannot_be_fitted_says_so),
        cmocka_unit_test(plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
