/* Every form is found again from points of its own, and the hinge from points around it. */
#include "metric/curves.h"

#include "num/random.h"
#include "unit.h"

enum { POINTS = 12 };

static const struct {
    fsci_form form;
    double p[FSCI_FORM_MOST];
} cases[] = {
    {FSCI_FORM_LINEAR, {1, 0.5}},          {FSCI_FORM_LOG, {0.2, 0.1}},
    {FSCI_FORM_SATURATING, {0.9, 0.3, 4}}, {FSCI_FORM_HILL, {0.8, 0.1, 1.5, 6}},
    {FSCI_FORM_LOGISTIC_LOG, {0.7, 9}},    {FSCI_FORM_POWER_ERROR, {0.1, 0.6, 0.5}},
    {FSCI_FORM_BENT, {0.5, -0.1, 4}},      {FSCI_FORM_EXPONENTIAL, {2, 0.3}},
    {FSCI_FORM_POWER, {1, 0.4, 1.7}},      {FSCI_FORM_LOGISTIC, {5, 0.8, 6}},
    {FSCI_FORM_HYPERBOLIC, {2, 20}},
};

static void forms_are_found_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int logs = 0; logs < 2; logs++) {
            fsci_fitted_form truth = {.form = cases[i].form};
            double x[POINTS], y[POINTS];
            memcpy(truth.p, cases[i].p, sizeof truth.p);
            for (int j = 0; j < POINTS; j++) {
                x[j] = 1 + j;
                y[j] = fsci_form_at(&truth, x[j]);
            }
            fsci_fitted_form found = fsci_form_fit(cases[i].form, x, y, POINTS, logs);
            assert_true(found.ok);
            for (size_t j = 0; j < fsci_form_parameters(cases[i].form); j++)
                assert_near(found.p[j], cases[i].p[j], 1e-6 * fmax(1, fabs(cases[i].p[j])));
        }
}

static void forms_refuse_what_they_cannot_take(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 3, 4}, y[] = {1, 2, 3, 4, -5};
    assert_false(fsci_form_fit(FSCI_FORM_LOG, x, y, 5, false).ok);
    assert_false(fsci_form_fit(FSCI_FORM_EXPONENTIAL, x, y, 5, true).ok);
    assert_false(fsci_form_fit(FSCI_FORM_POWER, x, y, 2, false).ok);
    assert_true(isnan(fsci_form_fit(FSCI_FORM_LINEAR, x, y, 4, false).aicc));
}

static void hinges(void **state)
{
    (void)state;
    double x[13], y[13];
    for (double elbow = 1.63; elbow < 2.5; elbow += 0.07) {
        for (int i = 0; i < 13; i++) {
            x[i] = 1.4 + 0.1 * i;
            y[i] = 0.25 + 0.5 * fmax(0, elbow - x[i]);
        }
        fsci_elbow e = fsci_elbow_fit(x, y, 13, NAN, NAN, 0.95);
        assert_true(e.ok);
        assert_near(e.elbow, elbow, 1e-9);
        assert_near(fsci_elbow_fit(x, y, 13, 0.25, 0.5, 0.95).elbow, elbow, 1e-9);
    }
    for (int i = 0; i < 13; i++)
        y[i] = 0.25;
    assert_true(fsci_elbow_fit(x, y, 13, NAN, NAN, 0.95).bound);
}

/* The profile interval holds the true elbow about as often as it says. */
static void interval_of_a_hinge(void **state)
{
    (void)state;
    int held = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        double x[20], y[20];
        fsci_stream s = fsci_stream_new(seed, 0);
        for (int i = 0; i < 20; i++) {
            x[i] = 1.4 + 0.06 * i;
            y[i] = 0.25 + 0.5 * fmax(0, 2.03 - x[i]) + 0.01 * fsci_random_normal(&s);
        }
        fsci_elbow e = fsci_elbow_fit(x, y, 20, NAN, NAN, 0.9);
        held += e.ok && e.lo <= 2.03 && e.hi >= 2.03;
    }
    assert_near(held, 180, 4 * sqrt(18));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_found_again),
        cmocka_unit_test(forms_refuse_what_they_cannot_take),
        cmocka_unit_test(hinges),
        cmocka_unit_test(interval_of_a_hinge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
