/* Rates from trials: intervals, tests and chains by published and hand-computed values. */
#include "metric/rates.h"

#include "metric/draws.h"
#include "metric/resample.h"
#include "num/distribution.h"
#include "num/random.h"
#include "unit.h"

static void check(fsci_rate_method method, double c, double n, double lo, double hi)
{
    fsci_interval i = fsci_rate_interval(method, c, n, 0.95);
    assert_near(i.lo, lo, 1e-6);
    assert_near(i.hi, hi, 1e-6);
}

static void intervals(void **state)
{
    (void)state;
    check(FSCI_RATE_EXACT, 0, 10, 0, 0.30849711);
    check(FSCI_RATE_EXACT, 3, 10, 0.066740, 0.652453);
    check(FSCI_RATE_JEFFREYS, 3, 10, 0.092695, 0.605818);
    check(FSCI_RATE_WILSON, 3, 10, 0.107791, 0.603222);
    check(FSCI_RATE_EXACT, 10, 10, 1 - 0.30849711, 1);
    assert_near(fsci_rate_zero_limit(10, 0.95), 0.2588656, 1e-6);
    assert_near(fsci_rate_posterior_mean(17, 60), 0.2903, 5e-5);
    assert_near(fsci_rate_posterior_sd(17, 60), 0.0572, 5e-5);
    assert_near(fsci_rate_posterior_mean(50, 60), 0.8226, 5e-5);
    assert_near(fsci_rate_posterior_sd(50, 60), 0.0481, 5e-5);
}

/* The limits of a rate from draws until the r-th success give tails of 2.5 % at that very count. */
static void interval_of_draws(void **state)
{
    (void)state;
    fsci_interval i = fsci_rate_interval(FSCI_RATE_DRAWS, 3, 40, 0.95);
    assert_near(fsci_binomial_upper(2, 40, i.lo), 0.025, 1e-10); /* three in 40 draws or fewer */
    assert_near(fsci_binomial_cdf(2, 39, i.hi), 0.025, 1e-10);   /* 40 draws or more */
    assert_near(fsci_rate_interval(FSCI_RATE_DRAWS, 1, 1, 0.95).hi, 1, 0);
}

static void homogeneity(void **state)
{
    (void)state;
    const double n[] = {60, 60, 60, 60, 60, 60}, c[] = {17, 36, 29, 50, 13, 18};
    const double d[] = {39, 55, 51, 59, 47, 49}, all[] = {60, 60, 60, 60, 60, 60};
    fsci_homogeneity h = fsci_rates_equal(c, n, 6);
    assert_near(h.pooled, 0.452778, 5e-7);
    assert_near(h.x2, 66.650058, 5e-7);
    assert_rel(h.p, 5.094e-13, 1e-3);
    assert_near(h.sd, 0.234619, 5e-7);
    h = fsci_rates_equal(d, n, 6);
    assert_near(h.x2, 28.56, 1e-12);
    assert_rel(h.p, 2.828e-5, 1e-3);
    h = fsci_rates_equal(all, n, 6);
    assert_true(isnan(h.p) && h.pooled == 1);
}

static void random_tables_agree_with_fisher(void **state)
{
    (void)state;
    const double n[] = {8, 7}, c[] = {6, 1};
    double exact = fsci_fisher_exact(6, 8, 1, 7);
    assert_near(fsci_rates_equal_simulated(c, n, 2, 40000, 1), exact, 0.004);
}

static void exact_test(void **state)
{
    (void)state;
    assert_near(fsci_fisher_exact(8, 102, 4, 102), 0.373, 0.002);
    assert_near(fsci_fisher_exact(3, 4, 1, 4), 0.485714286, 1e-9); /* the lady tasting tea */
    fsci_interval i = fsci_rate_interval(FSCI_RATE_EXACT, 8, 102, 0.95);
    assert_near(i.lo, 0.0345, 5e-4);
    assert_near(i.hi, 0.1488, 5e-4);
}

/* One stratum: the odds ratio is the plain one, and a stratum without failures says nothing. */
static void strata(void **state)
{
    (void)state;
    const double a[] = {6, 5}, n1[] = {10, 5}, c[] = {3, 4}, n2[] = {12, 4};
    fsci_stratified m = fsci_mantel_haenszel(a, n1, c, n2, 2, 0.95);
    assert_int_equal(m.strata, 1);
    assert_near(m.odds_ratio, 6.0 * 9 / (4 * 3), 1e-12);
    assert_true(m.lo < m.odds_ratio && m.odds_ratio < m.hi);
}

static void milestones(void **state)
{
    (void)state;
    const double s[] = {8, 5, 2}, n[] = {10, 10, 10}, zero[] = {8, 0, 2};
    fsci_chain chain = fsci_milestones(s, n, 3, 0.95);
    assert_near(chain.p, 0.08, 1e-15);
    assert_near(chain.se_log, sqrt(0.525), 1e-14);
    assert_near(chain.lo, 0.019335, 5e-7);
    assert_near(chain.hi, 0.331012, 5e-7);
    chain = fsci_milestones(zero, n, 3, 0.95);
    assert_true(chain.bound && chain.p == 0 && chain.hi > 0 && chain.hi < 0.3);
}

static void draws_until_successes(void **state)
{
    (void)state;
    assert_near(fsci_draws_mean_mle(0.1, 1), 0.255843, 5e-7);
    assert_near(fsci_draws_mean_mle(0.1, 1), -0.1 * log(0.1) / 0.9, 1e-12);
    assert_near(fsci_draws_mean_mle(0.1, 2), 0.165368, 5e-7);
    assert_near(fsci_draws_mean_mle(0.1, 5), 0.121175, 5e-7);
    assert_near(fsci_draws_mean_mle(0.01, 10), 0.011097, 5e-7);
    for (double r = 2; r < 6; r++)
        assert_near(fsci_draws_mean_unbiased(0.1, r), 0.1, 1e-11);
    assert_near(fsci_draws_sd_unbiased(0.1, 2), 0.124837, 5e-7);
    assert_near(fsci_draws_sd_unbiased(0.1, 5), 0.052479, 5e-7);
    assert_near(fsci_draws_sd_unbiased(0.01, 10), 0.003513, 5e-7);
    assert_near(fsci_draws_unbiased(FSCI_STOP_UNTIL, 41, 5), 0.1, 1e-15);
    assert_true(isnan(fsci_draws_unbiased(FSCI_STOP_UNTIL, 41, 1)));
    assert_near(fsci_draws_unbiased(FSCI_STOP_FIXED, 40, 1), 0.025, 0);
}

/* Draws until r successes, by inversion of geometric laws: means within four standard errors. */
static void simulated_draws(void **state)
{
    (void)state;
    enum { REPEATS = 20000 };
    const double p = 0.1;
    fsci_stream s = fsci_stream_new(3, 0);
    for (double r = 1; r <= 5; r += r == 1 ? 1 : 3) {
        double mle = 0, mle2 = 0, unbiased = 0, unbiased2 = 0;
        for (int i = 0; i < REPEATS; i++) {
            double draws = 0;
            for (double j = 0; j < r; j++)
                draws += floor(log1p(-fsci_random_uniform(&s)) / log1p(-p)) + 1;
            double m = r / draws, u = r > 1 ? fsci_draws_unbiased(FSCI_STOP_UNTIL, draws, r) : 0;
            mle += m / REPEATS;
            mle2 += m * m / REPEATS;
            unbiased += u / REPEATS;
            unbiased2 += u * u / REPEATS;
        }
        assert_near(mle, fsci_draws_mean_mle(p, r), 4 * sqrt((mle2 - mle * mle) / REPEATS));
        if (r > 1)
            assert_near(unbiased, p, 4 * sqrt((unbiased2 - unbiased * unbiased) / REPEATS));
    }
}

static void weighted_mean(void *context, const double *weight, double *out)
{
    const double *x = context;
    double sum = 0, total = 0;
    for (int i = 0; i < 40; i++) {
        sum += weight[i] * x[i];
        total += weight[i];
    }
    *out = sum / total;
}

/* Items that repeat inside clusters add nothing: the interval is that of the clusters. */
static void clusters_are_drawn_whole(void **state)
{
    (void)state;
    double x[40];
    uint32_t cluster[40];
    for (uint32_t i = 0; i < 40; i++) {
        cluster[i] = i / 10;
        x[i] = i / 10;
    }
    fsci_interval items, whole, threads;
    fsci_resampling r = {.items = 40, .n_resamples = 2000, .seed = 1, .level = 0.95};
    assert_true(fsci_resample(&r, weighted_mean, x, 1, &items, NULL));
    r.cluster = cluster;
    assert_true(fsci_resample(&r, weighted_mean, x, 1, &whole, NULL));
    assert_near(items.hi - items.lo, 2 * 1.96 * sqrt(1.25 / 40), 0.06);
    assert_near(whole.hi - whole.lo, 2 * 1.96 * sqrt(1.25 / 4), 0.3);
    r.threads = 2;
    assert_true(fsci_resample(&r, weighted_mean, x, 1, &threads, NULL));
    assert_true(threads.lo == whole.lo && threads.hi == whole.hi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),       cmocka_unit_test(interval_of_draws),
        cmocka_unit_test(homogeneity),     cmocka_unit_test(random_tables_agree_with_fisher),
        cmocka_unit_test(exact_test),      cmocka_unit_test(strata),
        cmocka_unit_test(milestones),      cmocka_unit_test(draws_until_successes),
        cmocka_unit_test(simulated_draws), cmocka_unit_test(clusters_are_drawn_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
