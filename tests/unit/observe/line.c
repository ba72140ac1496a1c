#include "observe/line.h"
#include "unit.h"

/* Anscombe (1973), the first quartet, with the standard errors every textbook prints. */
static void a_line_with_its_standard_errors(void **state)
{
    (void)state;
    static const size_t at[11] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const double x[11] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
    static const double y[11] = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
    fsci_line line = fsci_line_fit(at, 11, x, y);
    assert_near(line.slope, 0.50009, 5e-6);
    assert_near(line.intercept, 3.00009, 5e-6);
    assert_near(line.slope_se, 0.1179055, 5e-8);
    assert_near(line.intercept_se, 1.1247468, 5e-8);
    assert_near(line.r2, 0.6665425, 5e-8);
    /* t(9) at 0.975 is 2.262157 */
    assert_near(fsci_line_half_width(&line, line.slope_se, 0.95), 2.262157 * 0.1179055, 1e-6);
}

static void two_points_have_no_standard_error(void **state)
{
    (void)state;
    static const size_t at[2] = {0, 1};
    static const double x[2] = {1, 3}, y[2] = {2, 8};
    fsci_line line = fsci_line_fit(at, 2, x, y);
    assert_true(line.slope == 3 && line.intercept == -1);
    assert_true(isnan(line.slope_se) && isnan(line.intercept_se));
    assert_true(isnan(fsci_line_half_width(&line, line.slope_se, 0.95)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_with_its_standard_errors),
        cmocka_unit_test(two_points_have_no_standard_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
