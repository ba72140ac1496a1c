/* Problems of Moré, Garbow and Hillstrom (1981) with known answers, with and without bounds, and
 * what a minimiser has to survive: rank, exact fits, domains, limits. */
#include "solve.h"

static bool rosenbrock(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context;
    r[0] = 10 * (x[1] - x[0] * x[0]), r[1] = 1 - x[0];
    if (J) {
        J[0] = -20 * x[0], J[1] = -1;
        J[stride] = 10, J[stride + 1] = 0;
    }
    return true;
}

static bool powell_singular(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context;
    const double u = x[1] - 2 * x[2], v = x[0] - x[3], s5 = sqrt(5), s10 = sqrt(10);
    r[0] = x[0] + 10 * x[1], r[1] = s5 * (x[2] - x[3]), r[2] = u * u, r[3] = s10 * v * v;
    if (J) {
        const double rows[4][4] = {{1, 10, 0, 0},
                                   {0, 0, s5, -s5},
                                   {0, 2 * u, -4 * u, 0},
                                   {2 * s10 * v, 0, 0, -2 * s10 * v}};
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 4; j++)
                J[j * stride + i] = rows[i][j];
    }
    return true;
}

static bool helical_valley(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context;
    const double pi = acos(-1), q = x[0] * x[0] + x[1] * x[1], s = sqrt(q);
    const double turn = atan2(x[1], x[0]) / (2 * pi);
    r[0] = 10 * (x[2] - 10 * (turn < -0.25 ? turn + 1 : turn)), r[1] = 10 * (s - 1), r[2] = x[2];
    if (J) {
        J[0] = 100 * x[1] / (2 * pi * q), J[stride] = -100 * x[0] / (2 * pi * q);
        J[2 * stride] = 10;
        J[1] = 10 * x[0] / s, J[stride + 1] = 10 * x[1] / s, J[2 * stride + 1] = 0;
        J[2] = 0, J[stride + 2] = 0, J[2 * stride + 2] = 1;
    }
    return true;
}

static bool wood(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context;
    const double s90 = sqrt(90), s10 = sqrt(10);
    r[0] = 10 * (x[1] - x[0] * x[0]), r[1] = 1 - x[0];
    r[2] = s90 * (x[3] - x[2] * x[2]), r[3] = 1 - x[2];
    r[4] = s10 * (x[1] + x[3] - 2), r[5] = (x[1] - x[3]) / s10;
    if (J) {
        const double columns[4][6] = {{-20 * x[0], -1, 0, 0, 0, 0},
                                      {10, 0, 0, 0, s10, 1 / s10},
                                      {0, 0, -2 * s90 * x[2], -1, 0, 0},
                                      {0, 0, s90, 0, s10, -1 / s10}};
        for (size_t j = 0; j < 4; j++)
            memcpy(J + j * stride, columns[j], sizeof columns[j]);
    }
    return true;
}

static bool bard(void *context, const double *x, double *r, double *J, size_t stride)
{
    static const double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                               0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    (void)context;
    for (int i = 0; i < 15; i++) {
        const double u = i + 1, v = 15 - i, w = fmin(u, v), b = v * x[1] + w * x[2];
        r[i] = y[i] - (x[0] + u / b);
        if (J)
            J[i] = -1, J[stride + (size_t)i] = u * v / (b * b),
            J[2 * stride + (size_t)i] = u * w / (b * b);
    }
    return true;
}

static void finds_the_known_minima(void **state)
{
    (void)state;
    static const struct {
        fsci_residual_fn *residual;
        size_t n, p;
        double start[4], answer[4], value;
        int iterations;
    } cases[] = {
        {rosenbrock, 2, 2, {-1.2, 1}, {1, 1}, 0, 20},
        {helical_valley, 3, 3, {-1, 0, 0}, {1, 0, 0}, 0, 30},
        {wood, 6, 4, {-3, -1, -3, -1}, {1, 1, 1, 1}, 0, 50},
        {bard,
         15,
         3,
         {1, 1, 1},
         {0.0824105766, 1.1330366535, 2.3436951787},
         8.2148773065790e-3,
         15},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (double far = 1; far <= 100; far *= 10) {
            if (cases[k].residual == bard && far > 1)
                continue; /* from there it descends to its other minimum, at infinity */
            const fsci_ls_problem q = {
                .n = cases[k].n, .p = cases[k].p, .residual = cases[k].residual};
            double x[4];
            for (size_t j = 0; j < 4; j++)
                x[j] = far * cases[k].start[j];
            const fsci_ls_result result = solve(&q, NULL, x);
            assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
            assert_true(far > 1 || result.iterations <= cases[k].iterations);
            assert_near(result.value, cases[k].value, 1e-13);
            for (size_t j = 0; j < q.p; j++)
                assert_near(x[j], cases[k].answer[j], 1e-6);
        }
}

/* At the minimum of Powell's function the Jacobian is singular and f falls forever. */
static void a_singular_exact_fit_stops(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 4, .p = 4, .residual = powell_singular};
    double x[] = {3, -1, 0, 1};
    const fsci_ls_result result = solve(&q, NULL, x);
    assert_int_not_equal(result.stop, FSCI_STOP_LIMIT);
    assert_true(result.value < 1e-30);
    for (int j = 0; j < 4; j++)
        assert_near(x[j], 0, 1e-7);
}

static void active_bounds_meet_the_conditions_of_a_minimum(void **state)
{
    (void)state;
    const double low[] = {-10, -10, -10, -10}, half[] = {0.5, 10, 10, 10}, zero[] = {0, 0, 0, 0};
    const double pinned[] = {2, -10, 2, -10}, pin[] = {2, 10, 2, 10};
    struct {
        fsci_residual_fn *residual;
        size_t n, p;
        const double *lo, *hi;
        double start[4];
    } cases[] = {{rosenbrock, 2, 2, low, half, {-1.2, 1}},
                 {rosenbrock, 2, 2, low, zero, {5, 5}},
                 {wood, 6, 4, low, half, {-3, -1, -3, -1}},
                 {wood, 6, 4, low, zero, {-3, -1, -3, -1}},
                 {wood, 6, 4, pinned, pin, {0, 0, 0, 0}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const fsci_ls_problem q = {.n = cases[k].n,
                                   .p = cases[k].p,
                                   .residual = cases[k].residual,
                                   .lo = cases[k].lo,
                                   .hi = cases[k].hi};
        const fsci_ls_result result = solve(&q, NULL, cases[k].start);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        check_minimum(&q, cases[k].start, result.value, 1e-7);
    }
    const fsci_ls_problem q = {.n = 2, .p = 2, .residual = rosenbrock, .lo = low, .hi = half};
    double x[] = {-1.2, 1};
    assert_near(solve(&q, NULL, x).value, 0.25, 1e-14);
    assert_true(x[0] == 0.5);
    assert_near(x[1], 0.25, 1e-12);
}

/* A start on the wrong bound must leave it: the bound that holds is released by its slope. */
static void releases_a_bound_that_does_not_hold(void **state)
{
    (void)state;
    const double lo[] = {-3, -3}, hi[] = {3, 3};
    const fsci_ls_problem q = {.n = 2, .p = 2, .residual = rosenbrock, .lo = lo, .hi = hi};
    const double corners[][2] = {{-3, -3}, {-3, 3}, {3, -3}, {3, 3}, {-100, 100}};
    for (size_t k = 0; k < 5; k++) {
        double x[] = {corners[k][0], corners[k][1]};
        assert_true(solve(&q, NULL, x).value < 1e-20);
    }
}

/* a + b and a + b + c seen through rows that cannot tell a from b. */
static bool twins(void *context, const double *x, double *r, double *J, size_t stride)
{
    static const double y[] = {1, 2, 4, 3, 6};
    (void)context;
    for (size_t i = 0; i < 5; i++) {
        r[i] = x[0] + x[1] + x[2] * (double)i - y[i];
        if (J)
            J[i] = 1, J[stride + i] = 1, J[2 * stride + i] = (double)i;
    }
    return true;
}

static void a_rank_deficient_jacobian_is_defined(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 5, .p = 3, .residual = twins};
    double x[] = {10, -3, 5};
    const fsci_ls_result result = solve(&q, NULL, x);
    assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    assert_near(result.value, 2.7, 1e-13); /* the line 1 + 1.1 x */
    assert_near(x[0] + x[1], 1, 1e-7);
    assert_near(x[2], 1.1, 1e-7);
    assert_true(fabs(x[0]) < 20 && fabs(x[1]) < 20);
}

static void fewer_rows_than_parameters_is_an_exact_fit(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 2, .p = 3, .residual = twins};
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(5, 3); /* twins() writes five rows */
    double x[] = {10, -3, 5};
    const fsci_ls_result result = fsci_ls_solve(&q, NULL, workspace, x);
    fsci_ls_workspace_free(workspace);
    assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    assert_near(result.value, 0, 1e-26);
    assert_near(x[0] + x[1], 1, 1e-12);
}

/* log x = -3 from x = 5: the first Gauss-Newton step lands at a negative x. */
static bool logarithm(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)stride;
    if (context)
        ++*(int *)context;
    r[0] = log(x[0]) + 3;
    if (J)
        J[0] = 1 / x[0];
    return isfinite(r[0]);
}

static void steps_out_of_the_domain_are_shortened(void **state)
{
    (void)state;
    int calls = 0;
    const fsci_ls_problem q = {.n = 1, .p = 1, .residual = logarithm, .context = &calls};
    double x = 5;
    const fsci_ls_result result = solve(&q, NULL, &x);
    assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    assert_rel(x, exp(-3), 1e-12);
    assert_int_equal(result.evaluations, calls);
    x = -1;
    assert_int_equal(solve(&q, NULL, &x).stop, FSCI_STOP_DOMAIN);
    assert_true(x == -1);
}

static bool overflowing(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context, (void)stride;
    r[0] = exp(x[0]) - 2; /* infinite, and said to be inside the domain, for large x */
    if (J)
        J[0] = exp(x[0]);
    return true;
}

static void an_overflowing_residual_is_outside_the_domain(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 1, .p = 1, .residual = overflowing};
    double x = -30; /* the first step is 1e13 long */
    assert_int_equal(solve(&q, NULL, &x).stop, FSCI_STOP_CONVERGED);
    assert_near(x, log(2), 1e-14);
    x = 1000;
    assert_int_equal(solve(&q, NULL, &x).stop, FSCI_STOP_DOMAIN);
}

/* A valley along (x, sin 3x, x sin 3x) with walls as steep as *context, sloping down to x = 1. */
static bool bent_valley(void *context, const double *x, double *r, double *J, size_t stride)
{
    const double steep = *(const double *)context;
    r[0] = steep * (x[1] - sin(3 * x[0]));
    r[1] = 1 - x[0];
    r[2] = steep * (x[2] - x[0] * x[1]);
    if (J) {
        const double columns[3][3] = {{-3 * steep * cos(3 * x[0]), -1, -steep * x[1]},
                                      {steep, 0, -steep * x[0]},
                                      {0, 0, steep}};
        for (size_t j = 0; j < 3; j++)
            for (size_t i = 0; i < 3; i++)
                J[j * stride + i] = columns[j][i];
    }
    return true;
}

static void a_narrow_curved_valley_is_followed(void **state)
{
    (void)state;
    for (double steep = 10; steep < 1e6; steep *= 100) {
        const fsci_ls_problem q = {.n = 3, .p = 3, .residual = bent_valley, .context = &steep};
        double x[] = {-2, sin(-6), 0};
        const fsci_ls_result result = solve(&q, NULL, x);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_near(x[0], 1, 1e-9);
        assert_near(x[2], sin(3), 1e-9);
        /* A second-order correction alone takes 470 where steep is 1,000. */
        assert_true(result.evaluations < 50 * (2 + log10(steep)));
    }
}

/* Its square has a minimum of about 1 near x = 0.94 and two of 0 near x = -1. */
static bool two_wells(void *context, const double *x, double *r, double *J, size_t stride)
{
    (void)context, (void)stride;
    r[0] = (x[0] * x[0] - 1) * (x[0] * x[0] - 1) + (x[0] + 1) / 2;
    if (J)
        J[0] = 4 * x[0] * (x[0] * x[0] - 1) + 0.5;
    return true;
}

static void a_hopeless_start_is_abandoned(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 1, .p = 1, .residual = two_wells};
    const fsci_ls_options screening = {.give_up_above = 0.5};
    double x = 2;
    const fsci_ls_result full = solve(&q, NULL, &x);
    assert_near(full.value, 0.96678349595928, 1e-12);
    x = 2;
    const fsci_ls_result screened = solve(&q, &screening, &x);
    assert_int_equal(screened.stop, FSCI_STOP_ABANDONED);
    assert_string_equal(fsci_stop_name(screened.stop), "abandoned");
    assert_true(screened.value > 0.5 && screened.evaluations < full.evaluations);
    x = -3;
    const fsci_ls_result good = solve(&q, &screening, &x);
    assert_int_equal(good.stop, FSCI_STOP_CONVERGED);
    assert_near(good.value, 0, 1e-25);
}

static void limits_are_kept(void **state)
{
    (void)state;
    const fsci_ls_problem q = {.n = 2, .p = 2, .residual = rosenbrock};
    const fsci_ls_options options = {.max_iterations = 3};
    double x[] = {-1.2, 1};
    const fsci_ls_result result = solve(&q, &options, x);
    assert_int_equal(result.stop, FSCI_STOP_LIMIT);
    assert_int_equal(result.iterations, 3);
    assert_true(result.value < 24.2);
    assert_null(fsci_ls_workspace_new((size_t)-1 / 8, 5));
    fsci_ls_workspace_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_known_minima),
        cmocka_unit_test(a_singular_exact_fit_stops),
        cmocka_unit_test(active_bounds_meet_the_conditions_of_a_minimum),
        cmocka_unit_test(releases_a_bound_that_does_not_hold),
        cmocka_unit_test(a_rank_deficient_jacobian_is_defined),
        cmocka_unit_test(fewer_rows_than_parameters_is_an_exact_fit),
        cmocka_unit_test(steps_out_of_the_domain_are_shortened),
        cmocka_unit_test(an_overflowing_residual_is_outside_the_domain),
        cmocka_unit_test(a_narrow_curved_valley_is_followed),
        cmocka_unit_test(a_hopeless_start_is_abandoned),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
