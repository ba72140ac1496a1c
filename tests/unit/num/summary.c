#include "num/summary.h"
#include "unit.h"

static void mean_and_sd_of_a_hard_sample(void **state)
{
    (void)state;
    /* NIST StRD "NumAcc4": 10000000.2, then 10000000.1 and 10000000.3 in turn; sd is exactly 0.1.
     */
    static double x[1001];
    for (size_t i = 0; i < 1001; i++)
        x[i] = i == 0 ? 10000000.2 : i % 2 ? 10000000.1 : 10000000.3;
    assert_rel(fsci_mean(x, 1001), 10000000.2, 1e-15);
    assert_rel(fsci_sd(x, 1001), 0.1, 2e-8); /* what the decimals lose on reading */
    static const double small[4] = {2, 4, 4, 10};
    assert_near(fsci_mean(small, 4), 5, 0);
    assert_near(fsci_sd(small, 4), sqrt(12), 1e-15);
}

static void moments_need_enough_values(void **state)
{
    (void)state;
    static const double x[1] = {3};
    assert_true(isnan(fsci_mean(NULL, 0)) && fsci_mean(x, 1) == 3);
    assert_true(isnan(fsci_sd(x, 1)));
    static const double infinite[2] = {1, INFINITY};
    assert_true(fsci_mean(infinite, 2) == INFINITY);
}

static void quantiles_are_type_seven(void **state)
{
    (void)state;
    /* R: quantile(c(1, 2, 4, 8, 16, 32), c(.1, .25, .5, .8, .9)) */
    double x[6] = {16, 2, 32, 1, 8, 4};
    fsci_sort(x, 6);
    static const double want[5][2] = {{0.1, 1.5}, {0.25, 2.5}, {0.5, 6}, {0.8, 16}, {0.9, 24}};
    for (size_t i = 0; i < 5; i++)
        assert_near(fsci_quantile(x, 6, want[i][0]), want[i][1], 1e-14);
    assert_near(fsci_median(x, 6), 6, 0);
    assert_near(fsci_quantile(x, 6, 0), 1, 0);
    assert_near(fsci_quantile(x, 6, 1), 32, 0);
    assert_near(fsci_median(x, 1), 1, 0);
    assert_true(isnan(fsci_quantile(x, 0, 0.5)));
    assert_true(isnan(fsci_quantile(x, 6, 1.01)) && isnan(fsci_quantile(x, 6, NAN)));
}

static void quantiles_of_infinite_values_are_not_nan(void **state)
{
    (void)state;
    static const double x[5] = {-INFINITY, 1, 2, INFINITY, INFINITY};
    assert_true(fsci_quantile(x, 5, 0.1) == -INFINITY);
    assert_true(fsci_quantile(x, 5, 0.5) == 2);
    assert_true(fsci_quantile(x, 5, 0.9) == INFINITY);
}

static void percentile_interval_cuts_equal_tails(void **state)
{
    (void)state;
    double x[101];
    for (size_t i = 0; i < 101; i++)
        x[i] = (double)(100 - i);
    fsci_sort(x, 101);
    fsci_interval at90 = fsci_percentile_interval(x, 101, 0.9);
    assert_near(at90.lo, 5, 1e-12);
    assert_near(at90.hi, 95, 1e-12);
    fsci_interval all = fsci_percentile_interval(x, 101, 1);
    assert_true(all.lo == 0 && all.hi == 100);
}

/* Enough of them to be sorted byte by byte: every sign and size, equal ones, both zeros. */
static void many_are_sorted_and_ranked(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static double x[MANY], sorted[MANY], rank[MANY];
    for (size_t i = 0; i < MANY; i++) {
        size_t k = i * 7919 % MANY;
        x[i] = k % 5 == 0 ? (double)(k % 7) - 3 : sin((double)k) * exp((double)(k % 301) - 150);
    }
    x[17] = INFINITY, x[18] = -INFINITY, x[19] = -0.0, x[20] = 0x1p-1074;
    memcpy(sorted, x, sizeof x);
    fsci_sort(sorted, MANY);
    for (size_t i = 1; i < MANY; i++)
        assert_true(sorted[i - 1] <= sorted[i]);
    assert_true(fsci_centred_ranks(x, MANY, rank));
    for (size_t i = 0; i < MANY; i += 7) {
        double below = 0, equal = 0, found = 0;
        for (size_t j = 0; j < MANY; j++) {
            below += x[j] < x[i];
            equal += x[j] == x[i];
            found += sorted[j] == x[i];
        }
        assert_true(found == equal);
        assert_near(rank[i], below + 0.5 * (equal - 1) - 0.5 * (MANY - 1), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_sd_of_a_hard_sample),
        cmocka_unit_test(moments_need_enough_values),
        cmocka_unit_test(quantiles_are_type_seven),
        cmocka_unit_test(quantiles_of_infinite_values_are_not_nan),
        cmocka_unit_test(percentile_interval_cuts_equal_tails),
        cmocka_unit_test(many_are_sorted_and_ranked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
