/* The parts of a fit that need no table: coordinates, objectives, likelihoods. */
#include "fit/fit.h"
#include "arena.h"
#include "unit.h"

static void coordinates_go_there_and_back(void **state)
{
    (void)state;
    const fsci_parameter all[] = {
        {.name = "a", .lo = 0, .hi = INFINITY, .log = true},
        {.name = "b", .lo = -INFINITY, .hi = INFINITY, .role = FSCI_FIXED, .value = 7},
        {.name = "c", .lo = 0, .hi = 2},
        {.name = "d", .lo = -INFINITY, .hi = INFINITY, .role = FSCI_TIED, .tied_to = 0},
    };
    fsci_parameters p;
    assert_int_equal(fsci_parameters_new(arena, all, 4, &p, NULL), FSC_OK);
    assert_int_equal(p.n_free, 2);
    double u[2], theta[4] = {100, 7, 1.5, 100}, back[4];
    fsci_parameters_reduce(&p, theta, u);
    assert_near(u[0], log(100), 1e-15);
    fsci_parameters_expand(&p, u, back);
    for (int i = 0; i < 4; i++)
        assert_rel(back[i], theta[i], 1e-15);
    theta[2] = 5; /* outside its bounds: moved inside */
    fsci_parameters_reduce(&p, theta, u);
    assert_near(u[1], 2, 0);
    assert_true(fsci_parameters_at_bound(&p, u, 1));
    assert_false(fsci_parameters_at_bound(&p, u, 0));
}

static void chain_rule_gathers_tied_columns(void **state)
{
    (void)state;
    const fsci_parameter all[] = {{.name = "a", .lo = 0, .hi = INFINITY, .log = true},
                                  {.name = "d", .role = FSCI_TIED, .tied_to = 0}};
    fsci_parameters p;
    assert_int_equal(fsci_parameters_new(arena, all, 2, &p, NULL), FSC_OK);
    const double theta[] = {3, 3};
    double by_theta[] = {1, 2, 10, 20}, by_u[2];
    fsci_parameters_chain(&p, theta, by_theta, by_u, 2, 2);
    assert_near(by_u[0], 3 * 1 + 3 * 10, 1e-14);
    assert_near(by_u[1], 3 * 2 + 3 * 20, 1e-14);
}

static void objectives_are_read(void **state)
{
    (void)state;
    fsci_loss loss;
    double delta = 0;
    assert_int_equal(fsci_objective_read("huber:1e-3", &loss, &delta, NULL), FSC_OK);
    assert_int_equal(loss, FSCI_LOSS_HUBER);
    assert_near(delta, 1e-3, 0);
    assert_int_equal(fsci_objective_read("squared", &loss, &delta, NULL), FSC_OK);
    static const char *const bad[] = {"huber", "huber:0", "huber:-1", "squared:2", "square", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fsci_objective_read(bad[i], &loss, &delta, NULL), FSC_EUSAGE);
}

static void losses_follow_their_formulas(void **state)
{
    (void)state;
    assert_near(fsci_loss_value(FSCI_LOSS_SQUARED, 0, -3), 9, 0);
    assert_near(fsci_loss_value(FSCI_LOSS_L1, 0, -3), 3, 0);
    assert_near(fsci_loss_value(FSCI_LOSS_HUBER, 2, 1), 0.5, 0);
    assert_near(fsci_loss_value(FSCI_LOSS_HUBER, 2, -3), 2 * (3 - 1), 0);
}

/* Gaussian and Laplace in closed form; Huber between them, and equal to each in its limit. */
static void likelihoods_agree_with_their_limits(void **state)
{
    (void)state;
    const double n = 50, sum_of_squares = 8, sum_of_sizes = 11;
    double gauss = fsci_minus_two_log_likelihood(FSCI_LOSS_SQUARED, 0, sum_of_squares, n);
    double variance = sum_of_squares / n;
    assert_rel(gauss, n * log(2 * 3.14159265358979323846 * variance) + n, 1e-14);
    double laplace = fsci_minus_two_log_likelihood(FSCI_LOSS_L1, 0, sum_of_sizes, n);
    assert_rel(laplace, 2 * n * log(2 * sum_of_sizes / n) + 2 * n, 1e-14);
    /* delta far beyond every residual: rho is r^2/2 */
    double wide = fsci_minus_two_log_likelihood(FSCI_LOSS_HUBER, 1e3, sum_of_squares / 2, n);
    assert_rel(wide, gauss, 1e-8);
    /* delta far below: rho is delta |r| */
    double delta = 1e-9;
    double narrow = fsci_minus_two_log_likelihood(FSCI_LOSS_HUBER, delta, delta * sum_of_sizes, n);
    assert_rel(narrow, laplace, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_go_there_and_back),
        cmocka_unit_test(chain_rule_gathers_tied_columns),
        cmocka_unit_test(objectives_are_read),
        cmocka_unit_test(losses_follow_their_formulas),
        cmocka_unit_test(likelihoods_agree_with_their_limits),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
