/* Ridge logistic regression at its optimum; areas and thresholds by hand. */
#include "metric/assess.h"

#include "unit.h"

static void areas(void **state)
{
    (void)state;
    const double score[] = {0.1, 0.4, 0.35, 0.8}, y[] = {0, 0, 1, 1}, same[] = {1, 1, 1, 1};
    const double ties[] = {0.5, 0.5, 0.5, 0.5};
    size_t order[4];
    assert_near(fsci_auc(score, y, 4, order), 0.75, 0);
    assert_near(fsci_auc(ties, y, 4, order), 0.5, 0);
    assert_true(isnan(fsci_auc(score, same, 4, order)));
}

static void thresholds(void **state)
{
    (void)state;
    const double p[] = {0.9, 0.8, 0.7, 0.6, 0.5}, y[] = {1, 1, 0, 1, 0};
    size_t order[5];
    double kept;
    assert_near(fsci_reject_threshold(p, y, 5, 0.75, order, &kept), 0.6, 0);
    assert_near(kept, 0.8, 1e-15);
    assert_near(fsci_reject_threshold(p, y, 5, 0.9, order, &kept), 0.8, 0);
    const double wrong[] = {0, 0, 0, 0, 0};
    assert_true(isnan(fsci_reject_threshold(p, wrong, 5, 0.5, order, &kept)) && kept == 0);
}

/* No penalty and one binary input: the coefficients are log odds. */
static void two_by_two(void **state)
{
    (void)state;
    double x[20], y[20], beta[2];
    for (int i = 0; i < 20; i++) {
        x[i] = i >= 10;
        y[i] = i < 3 || (i >= 10 && i < 18);
    }
    fsci_logit_fit fit = fsci_logit_ridge(x, y, 20, 1, 0, beta);
    assert_true(fit.ok);
    assert_near(beta[0], log(3.0 / 7), 1e-7);
    assert_near(beta[1], log(4) - log(3.0 / 7), 1e-7);
    assert_near(fsci_logit_at(beta, &x[19], 1), 0.8, 1e-8);
}

/* Separable data: a ridge keeps the answer finite and its gradient zero. */
static void separable(void **state)
{
    (void)state;
    const double x[] = {-2, -1, 1, 2}, y[] = {0, 0, 1, 1};
    double beta[2], slope = 0;
    fsci_logit_fit fit = fsci_logit_ridge(x, y, 4, 1, 0.5, beta);
    assert_true(fit.ok);
    for (int i = 0; i < 4; i++)
        slope += (fsci_logit_at(beta, &x[i], 1) - y[i]) * x[i];
    assert_near(slope + 0.5 * beta[1], 0, 1e-8);
    assert_near(beta[0], 0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas),
        cmocka_unit_test(thresholds),
        cmocka_unit_test(two_by_two),
        cmocka_unit_test(separable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
