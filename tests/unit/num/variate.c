/* Draws against the masses and tails of their laws: Pearson's chi-squared over cells of at least 20
 * expected draws, or of ten equal tails. */
#include "num/variate.h"

#include "num/distribution.h"
#include "num/special.h"
#include "unit.h"

#include <stdlib.h>

/* The quick run makes do with a quarter. */
static size_t many(void)
{
    return is_quick() ? 4000 : 16000;
}

/* Unlikely enough to be an error of the method: the seeds are fixed. */
static const double least = 1e-4;

static double binomial_cdf(double k, double n, double p)
{
    return fsci_binomial_cdf((int64_t)k, (int64_t)n, p);
}

static double poisson_cdf(double k, double mean, double unused)
{
    (void)unused;
    return fsci_incomplete_gamma(k + 1, mean).upper;
}

typedef double law_cdf(double k, double a, double b);
typedef double law_draw(fsci_stream *stream, double a, double b);

static double draw_poisson(fsci_stream *stream, double mean, double unused)
{
    (void)unused;
    return fsci_random_poisson(stream, mean);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Cells are closed once they expect 20 draws; so is the upper tail. */
static void counts_follow(law_cdf *cdf, law_draw *draw, double a, double b)
{
    const size_t draws = many();
    double *x = malloc(draws * sizeof *x), statistic = 0, before = 0, n = (double)draws;
    fsci_stream stream = fsci_stream_new(7, 1);
    size_t at = 0, cells = 0;
    for (size_t i = 0; i < draws; i++)
        x[i] = draw(&stream, a, b);
    qsort(x, draws, sizeof *x, ascending);
    for (double k = x[0]; at < draws; k++) {
        double upto = cdf(k, a, b), expected = n * (upto - before);
        if (expected < 20 && n * (1 - upto) >= 20)
            continue;
        bool last = n * (1 - upto) < 20;
        if (last)
            expected = n * (1 - before);
        size_t first = at;
        while (at < draws && (last || x[at] <= k))
            at++;
        double away = (double)(at - first) - expected;
        statistic += away * away / expected;
        before = upto;
        cells++;
    }
    free(x);
    assert_true(cells >= 2);
    assert_true(fsci_chi2_upper(statistic, (double)cells - 1) > least);
}

static void binomial(void **unused)
{
    (void)unused;
    const double cases[][2] = {{1, 0.3},     {20, 0.02},   {20, 0.5},        {57, 0.99},
                               {1319, 0.62}, {1600, 0.51}, {100000, 0.0171}, {40000, 0.97}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        counts_follow(binomial_cdf, fsci_random_binomial, cases[i][0], cases[i][1]);
}

static void poisson(void **unused)
{
    (void)unused;
    const double means[] = {0.1, 1, 4.5, 37, 399, 401, 5000};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        counts_follow(poisson_cdf, draw_poisson, means[i], 0);
}

/* The tails of the draws fill ten cells alike. */
static void tails_are_uniform(const double *tail, size_t n)
{
    double count[10] = {0}, statistic = 0, expected = (double)n / 10;
    for (size_t i = 0; i < n; i++)
        count[(int)fmin(9, 10 * tail[i])] += 1;
    for (size_t c = 0; c < 10; c++)
        statistic += (count[c] - expected) * (count[c] - expected) / expected;
    assert_true(fsci_chi2_upper(statistic, 9) > least);
}

static void gamma_and_beta(void **unused)
{
    (void)unused;
    const double shapes[][2] = {{0.05, 0.2}, {0.7, 3}, {1, 1}, {2.5, 0.4}, {40, 900}};
    const size_t draws = many();
    double *tail = malloc(draws * sizeof *tail);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        double a = shapes[s][0], b = shapes[s][1];
        fsci_stream stream = fsci_stream_new(7, 2);
        for (size_t i = 0; i < draws; i++)
            tail[i] = fsci_incomplete_gamma(a, exp(fsci_random_log_gamma(&stream, a))).lower;
        tails_are_uniform(tail, draws);
        for (size_t i = 0; i < draws; i++)
            tail[i] = fsci_beta_cdf(fsci_random_beta(&stream, a, b), a, b);
        tails_are_uniform(tail, draws);
    }
    free(tail);
}

/* Of what is too large to count cell by cell: mean and deviation. */
static void large_counts(void **unused)
{
    (void)unused;
    fsci_stream stream = fsci_stream_new(7, 3);
    const size_t draws = many();
    double sum = 0, squares = 0, n = 1e12, p = 0.3, sd = sqrt(n * p * (1 - p));
    for (size_t i = 0; i < draws; i++) {
        double z = (fsci_random_binomial(&stream, n, p) - n * p) / sd;
        sum += z;
        squares += z * z;
    }
    assert_near(sum / (double)draws, 0, 4 / sqrt((double)draws));
    assert_near(squares / (double)draws, 1, 4 * sqrt(2 / (double)draws));
}

static void ends_and_nonsense(void **unused)
{
    (void)unused;
    fsci_stream stream = fsci_stream_new(7, 4);
    assert_true(fsci_random_binomial(&stream, 50, 0) == 0);
    assert_true(fsci_random_binomial(&stream, 50, 1) == 50);
    assert_true(fsci_random_binomial(&stream, 0, 0.5) == 0);
    assert_true(fsci_random_poisson(&stream, 0) == 0);
    assert_true(isnan(fsci_random_binomial(&stream, 50, 1.5)));
    assert_true(isnan(fsci_random_binomial(&stream, NAN, 0.5)));
    assert_true(isnan(fsci_random_poisson(&stream, -1)));
    assert_true(isnan(fsci_random_log_gamma(&stream, 0)));
    assert_true(isnan(fsci_random_beta(&stream, 1, -1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binomial),          cmocka_unit_test(poisson),
        cmocka_unit_test(gamma_and_beta),    cmocka_unit_test(large_counts),
        cmocka_unit_test(ends_and_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
