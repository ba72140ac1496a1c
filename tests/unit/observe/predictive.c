/* The predictive distribution of a score, and the noise about a curve. */
#include "observe/predictive.h"

#include "num/distribution.h"
#include "num/random.h"
#include "unit.h"

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

static const double levels[] = {0.025, 0.25, 0.5, 0.75, 0.975};
enum { N = sizeof levels / sizeof *levels };

/* Without noise on the score: the quantiles of the log-odds, bent. */
static void test_no_noise(void **state)
{
    (void)state;
    double q[N];
    for (double centre = -6; centre <= 6; centre += 1.5)
        for (double deviation = 0.05; deviation < 4; deviation *= 3) {
            fsci_logit_normal law = {centre, deviation * deviation, {NAN, 0, 1e-6}, -INFINITY};
            fsci_logit_normal_quantiles(&law, N, levels, q);
            for (size_t i = 0; i < N; i++)
                assert_near(q[i], sigmoid(centre + deviation * fsci_normal_quantile(levels[i])),
                            2e-6);
        }
}

/* With certain log-odds: a normal law about the curve. */
static void test_noise_alone(void **state)
{
    (void)state;
    double q[N];
    fsci_logit_normal law = {-0.5, 1e-14, {400, 0, 0.02}, -INFINITY};
    double m = sigmoid(-0.5), sd = sqrt(m * (1 - m) / 400 + 0.02 * 0.02);
    fsci_logit_normal_quantiles(&law, N, levels, q);
    for (size_t i = 0; i < N; i++)
        assert_near(q[i], m + sd * fsci_normal_quantile(levels[i]), 1e-7);
}

/* Against the plain sum over many points of z1. */
static double summed(const fsci_logit_normal *law, double y)
{
    enum { POINTS = 20000 };
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
        double z = -9 + 18 * (i + 0.5) / POINTS, m = sigmoid(law->centre + sqrt(law->variance) * z);
        double sd = sqrt(fsci_logit_noise_variance(&law->noise, m));
        sum += fsci_normal_density(z) * fsci_normal_cdf((y - m) / sd) * 18 / POINTS;
    }
    return sum;
}

static void test_both(void **state)
{
    (void)state;
    const fsci_logit_normal laws[] = {{-3, 0.6, {500, 0, 0.005}, 0},
                                      {0.4, 2.3, {250, 0, 0.03}, 0},
                                      {5, 4, {NAN, 0, 0.002}, 0},
                                      {-1, 9, {1000, 0, 0.1}, -0.3}};
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++)
        for (double y = -0.05; y < 1.1; y += 0.21)
            assert_near(fsci_logit_normal_cdf(&laws[k], y), summed(&laws[k], y), 1e-5);
}

static void test_cut(void **state)
{
    (void)state;
    double q[N];
    fsci_logit_normal law = {-7, 1, {NAN, 0, 0.1}, -0.05};
    fsci_logit_normal_quantiles(&law, N, levels, q);
    assert_near(q[0], -0.05, 0);
    law.centre = 7;
    fsci_logit_normal_quantiles(&law, N, levels, q);
    assert_near(q[N - 1], 1, 0);
}

/* The mode is not below any point of a fine grid. */
static double log_posterior(size_t n, const double *m, const double *r,
                            const fsci_logit_noise_prior *p, const fsci_logit_noise *noise)
{
    double a = log(noise->tau / p->tau) / p->log_tau_sd, b = log(noise->s0 / p->s0) / p->log_s0_sd;
    double sum = -a * a / 2 - b * b / 2;
    for (size_t i = 0; i < n; i++) {
        double v = fsci_logit_noise_variance(noise, m[i]);
        sum -= log(v) / 2 + r[i] * r[i] / v / 2;
    }
    return sum;
}

static void test_mode(void **state)
{
    (void)state;
    enum { ROWS = 60, GRID = 120 };
    const fsci_logit_noise_prior prior = {0.3, 1, 0.01, 1};
    double m[ROWS], r[ROWS];
    const uint64_t draws = (uint64_t)cases_of(20);
    for (uint64_t draw = 0; draw < draws; draw++) {
        fsci_stream stream = fsci_stream_new(7, draw);
        fsci_logit_noise truth = {500, 0.1 * (double)(1 + draw % 8), 0.004}, noise = {500, 0, 0};
        for (size_t i = 0; i < ROWS; i++) {
            m[i] = sigmoid(4 * fsci_random_normal(&stream));
            r[i] = sqrt(fsci_logit_noise_variance(&truth, m[i])) * fsci_random_normal(&stream);
        }
        fsci_logit_noise_fit(ROWS, m, r, 1, &prior, &noise);
        double best = log_posterior(ROWS, m, r, &prior, &noise);
        assert_true(noise.tau > truth.tau / 2.5 && noise.tau < truth.tau * 2.5);
        for (int a = 0; a < GRID; a++)
            for (int b = 0; b < GRID; b++) {
                fsci_logit_noise at = {500, 0.03 * pow(2 / 0.03, (double)a / (GRID - 1)),
                                       0.001 * pow(200, (double)b / (GRID - 1))};
                assert_true(log_posterior(ROWS, m, r, &prior, &at) <= best + 1e-9);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_noise), cmocka_unit_test(test_noise_alone),
        cmocka_unit_test(test_both), cmocka_unit_test(test_cut), cmocka_unit_test(test_mode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
