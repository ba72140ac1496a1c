/* Laws of success probabilities: integrals against closed forms, and recovery. */
#include "metric/success_law.h"

#include "metric/beta_binomial.h"
#include "num/random.h"
#include "num/special.h"
#include "unit.h"

#include <stdlib.h>

static fsci_success_law beta(double a, double b)
{
    return (fsci_success_law){.form = FSCI_SUCCESS_BETA, .a = a, .b = b, .s = 1, .n_parameters = 2};
}

static double log_beta_kernel(double a, double b, double n, double c)
{
    return fsci_log_gamma_ratio(a, c) + fsci_log_gamma_ratio(b, a) -
           fsci_log_gamma_ratio(n - c + b, c + a);
}

static void integrals_of_the_beta_law(void **state)
{
    static const double counts[][2] = {{1, 0},       {1, 1},        {10, 3},        {200, 0},
                                       {10000, 0},   {10000, 5000}, {10000, 10000}, {10000, 1},
                                       {1000000, 3}, {100000000, 0}};
    static const double shapes[][2] = {{.06504, 100.078}, {.3, 5},  {1, 1},
                                       {2, .1},           {40, 60}, {.01, .01}};
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t j = 0; j < sizeof counts / sizeof *counts; j++) {
            fsci_success_law law = beta(shapes[i][0], shapes[i][1]);
            double n = counts[j][0], c = counts[j][1];
            assert_near(fsci_success_log_kernel(&law, n, c), log_beta_kernel(law.a, law.b, n, c),
                        1e-9);
        }
}

/* With a = 1 or b = 1 a Kumaraswamy law is a Beta law; and E[p^c] = b B(1 + c/a, b). */
static void integrals_of_the_kumaraswamy_law(void **state)
{
    static const double counts[][2] = {{1, 0}, {10, 3}, {1000, 0}, {1000, 990}, {30, 30}};
    (void)state;
    for (size_t j = 0; j < sizeof counts / sizeof *counts; j++) {
        double n = counts[j][0], c = counts[j][1];
        fsci_success_law flat = {.form = FSCI_SUCCESS_KUMARASWAMY, .a = 1, .b = 7.5, .s = 1};
        fsci_success_law bent = {.form = FSCI_SUCCESS_KUMARASWAMY, .a = .2, .b = 1, .s = 1};
        fsci_success_law any = {.form = FSCI_SUCCESS_KUMARASWAMY, .a = .4, .b = 3, .s = 1};
        assert_near(fsci_success_log_kernel(&flat, n, c), log_beta_kernel(1, 7.5, n, c), 1e-9);
        assert_near(fsci_success_log_kernel(&bent, n, c), log_beta_kernel(.2, 1, n, c), 1e-9);
        double x = 1 + c / any.a; /* ln b B(x, b) */
        double moment = log(any.b) + fsci_log_gamma(any.b) - fsci_log_gamma_ratio(x, any.b);
        assert_near(fsci_success_log_kernel(&any, c, c), moment, 1e-9);
    }
    fsci_success_law law = {.form = FSCI_SUCCESS_KUMARASWAMY, .a = .4, .b = 3, .s = 1};
    double far = 1e12, miss = exp(fsci_success_log_kernel(&law, far, 0));
    assert_rel(miss, fsci_success_tail(&law) * pow(far, -.4), 1e-4);
    assert_rel(fsci_success_tail(&law), .4 * 3 * tgamma(.4), 1e-13);
}

static void laws_with_a_ceiling(void **state)
{
    (void)state;
    /* u uniform: E[p^c] = s^c / (c + 1), E[(1 - p)^k] = (1 - (1 - s)^(k + 1)) / (s (k + 1)) */
    fsci_success_law law = {.form = FSCI_SUCCESS_SCALED_BETA, .a = 1, .b = 1, .s = .3};
    for (double k = 1; k < 2000; k *= 3) {
        assert_near(fsci_success_log_kernel(&law, k, k), k * log(.3) - log(k + 1), 1e-9 * k);
        assert_near(fsci_success_pass(&law, k), 1 + expm1((k + 1) * log1p(-.3)) / (.3 * (k + 1)),
                    1e-10);
    }
    law.a = .25;
    law.b = 3;
    assert_rel(exp(fsci_success_log_kernel(&law, 1e10, 0)),
               fsci_success_tail(&law) * pow(1e10, -.25), 1e-6);
    law.s = 1;
    fsci_success_law same = beta(.25, 3);
    assert_near(fsci_success_pass(&law, 100), fsci_success_pass(&same, 100), 1e-12);
}

enum { ITEMS = 400, SAMPLES = 200 };

/* Counts of items whose rates follow the law by inversion. */
static void draw(double a, double b, double s, bool kumaraswamy, uint64_t seed, double *n,
                 double *c)
{
    fsci_stream stream = fsci_stream_new(seed, 0);
    for (int i = 0; i < ITEMS; i++) {
        double v = fsci_random_uniform(&stream), u;
        if (kumaraswamy) {
            u = pow(-expm1(log1p(-v) / b), 1 / a);
        } else {
            double odds = fsci_inverse_beta(a, b, v, 1 - v);
            u = odds / (1 + odds);
        }
        n[i] = SAMPLES;
        c[i] = 0;
        for (int k = 0; k < SAMPLES; k++)
            c[i] += fsci_random_uniform(&stream) < s * u;
    }
}

static void the_beta_law_as_before(void **state)
{
    (void)state;
    double n[ITEMS], c[ITEMS];
    draw(.3, 5, 1, false, 1, n, c);
    fsci_success_law law = fsci_success_fit(FSCI_SUCCESS_BETA, n, c, ITEMS);
    fsci_beta_binomial f = fsci_beta_binomial_fit(n, c, ITEMS, false);
    assert_rel(law.a, f.a, 1e-6);
    assert_rel(law.b, f.b, 1e-6);
    assert_near(law.log_likelihood, f.log_likelihood, 1e-7);
    assert_near(law.aicc, f.aicc, 1e-6);
}

static void laws_are_recovered(void **state)
{
    (void)state;
    double n[ITEMS], c[ITEMS];
    draw(.4, 3, 1, true, 2, n, c);
    fsci_success_law law = fsci_success_fit(FSCI_SUCCESS_KUMARASWAMY, n, c, ITEMS);
    assert_true(law.ok);
    assert_near(law.a, .4, .08);
    assert_near(law.b, 3, 1);
    draw(.5, .8, .3, false, 3, n, c);
    law = fsci_success_fit(FSCI_SUCCESS_SCALED_BETA, n, c, ITEMS);
    assert_near(law.a, .5, .15);
    assert_near(law.s, .3, .05);
    fsci_success_law plain = fsci_success_fit(FSCI_SUCCESS_BETA, n, c, ITEMS);
    assert_true(law.aicc + 10 < plain.aicc); /* no rate is above .3: a Beta law cannot say so */
    assert_true(fsci_success_fit(FSCI_SUCCESS_SCALED_KUMARASWAMY, n, c, ITEMS).ok);
}

/* p is about uniform under the law that made the counts, and tiny under another. */
static void tests_of_the_law(void **state)
{
    (void)state;
    double n[ITEMS], c[ITEMS], below = 0;
    const uint64_t repeats = is_quick() ? 4 : 8;
    for (uint64_t seed = 0; seed < repeats; seed++) {
        draw(.5, 2, 1, false, 100 + seed, n, c);
        fsci_success_law law = fsci_success_fit(FSCI_SUCCESS_BETA, n, c, ITEMS);
        fsci_fit_test t = fsci_success_test(&law, SAMPLES, c, ITEMS);
        assert_true(t.classes > 20 && t.df == (double)t.classes - 3);
        below += t.p < .05;
    }
    assert_true(below <= 3);        /* of 8 at 5 %: more has probability .0004 */
    for (int i = 0; i < ITEMS; i++) /* half of the items alike, half impossible */
        c[i] = i % 2 ? 0 : 100 + i % 7;
    fsci_success_law law = fsci_success_fit(FSCI_SUCCESS_BETA, n, c, ITEMS);
    assert_true(fsci_success_test(&law, SAMPLES, c, ITEMS).p < 1e-6);
}

static void nothing_to_fit(void **state)
{
    (void)state;
    double n[3] = {5, 5, 5}, none[3] = {0, 0, 0}, all[3] = {5, 5, 5};
    assert_false(fsci_success_fit(FSCI_SUCCESS_KUMARASWAMY, n, none, 3).ok);
    assert_false(fsci_success_fit(FSCI_SUCCESS_KUMARASWAMY, n, all, 3).ok);
    assert_false(fsci_success_fit(FSCI_SUCCESS_KUMARASWAMY, n, all, 1).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integrals_of_the_beta_law),
        cmocka_unit_test(integrals_of_the_kumaraswamy_law),
        cmocka_unit_test(laws_with_a_ceiling),
        cmocka_unit_test(the_beta_law_as_before),
        cmocka_unit_test(laws_are_recovered),
        cmocka_unit_test(tests_of_the_law),
        cmocka_unit_test(nothing_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
