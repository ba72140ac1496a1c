/* Parameters that another one bounds: coordinates, derivatives, and what is refused. */
#include "fit/linked.h"
#include "arena.h"
#include "unit.h"

static fsc_error err;

enum { N = 7 };

/* a log; b <= a as a factor; c <= b as a share above 0; d >= a as a sum; e tied to b; f >= d
 * below 9, a share; g alone. */
static void example(fsci_parameter *all)
{
    const double inf = INFINITY;
    memcpy(all,
           (fsci_parameter[N]){
               {.name = "a", .lo = 0, .hi = inf, .log = true},
               {.name = "b", .lo = 0, .hi = inf, .log = true, .below = "a"},
               {.name = "c", .lo = 0, .hi = inf, .below = "b"},
               {.name = "d", .lo = 0, .hi = inf, .above = "a"},
               {.name = "e", .lo = 0, .hi = inf, .log = true, .role = FSCI_TIED, .tied_to = 1},
               {.name = "f", .lo = 0, .hi = 9, .above = "d"},
               {.name = "g", .lo = -inf, .hi = inf}},
           N * sizeof *all);
}

static const double theta0[N] = {3, 2, 0.7, 4, 2, 6, 5};

static void open_example(fsci_parameter *all, fsci_parameters *p)
{
    const fsci_fit_settings none = {0};
    example(all);
    assert_int_equal(fsci_linked_find(&none, all, N, &err), FSC_OK);
    assert_int_equal(fsci_parameters_new(arena, all, N, p, &err), FSC_OK);
}

static void forms_follow_bounds(void **state)
{
    (void)state;
    fsci_parameter all[N];
    fsci_parameters p;
    open_example(all, &p);
    assert_int_equal(all[1].link, FSCI_LINKAGE_FACTOR);
    assert_int_equal(all[2].link, FSCI_LINKAGE_SHARE);
    assert_int_equal(all[3].link, FSCI_LINKAGE_SHARE); /* below 9, since f is */
    assert_int_equal(all[5].link, FSCI_LINKAGE_SHARE);
    assert_near(all[0].hi, 9, 0);
    assert_near(all[0].lo, 0, 0);
    assert_int_equal(p.n_free, 6);
    assert_int_equal(p.n_linked, 4);
}

static void coordinates_go_there_and_back(void **state)
{
    (void)state;
    fsci_parameter all[N];
    fsci_parameters p;
    double u[N], theta[N];
    open_example(all, &p);
    fsci_parameters_reduce(&p, theta0, u);
    fsci_parameters_expand(&p, u, theta);
    for (int i = 0; i < N; i++)
        assert_rel(theta[i], theta0[i], 1e-15);
    for (size_t k = 0; k < p.n_free; k++) /* every corner of the box keeps the order */
        for (int end = 0; end < 2; end++) {
            double moved[N];
            memcpy(moved, u, sizeof moved);
            moved[k] = fmax(fmin(end ? p.hi[k] : p.lo[k], 20), -20);
            fsci_parameters_expand(&p, moved, theta);
            const double order[] = {0, theta[2], theta[1], theta[0], theta[3], theta[5], 9};
            for (int i = 1; i < 7; i++)
                assert_true(order[i] >= order[i - 1] - 1e-14);
            assert_near(theta[4], theta[1], 0);
        }
}

/* f(theta) = sum_i i theta_i + sum_ij cos(i + j) theta_i theta_j / 2, by u. */
static double value(const fsci_parameters *p, const double *u, double *gradient, double *hessian)
{
    double theta[N], sum = 0;
    fsci_parameters_expand(p, u, theta);
    for (int i = 0; i < N; i++) {
        sum += i * theta[i];
        gradient[i] = i;
        for (int j = 0; j < N; j++) {
            hessian[i * N + j] = cos(i + j);
            gradient[i] += cos(i + j) * theta[j];
            sum += 0.5 * cos(i + j) * theta[i] * theta[j];
        }
    }
    return sum;
}

static void derivatives_agree_with_differences(void **state)
{
    (void)state;
    fsci_parameter all[N];
    fsci_parameters p;
    double u[N], g[N], H[N * N], by_u[N], twice[N * N], row[N], ahead[N], behind[N], scratch[N];
    open_example(all, &p);
    size_t n = p.n_free;
    fsci_parameters_reduce(&p, theta0, u);
    value(&p, u, g, H);
    memcpy(row, g, sizeof row);
    fsci_parameters_chain(&p, theta0, row, by_u, 1, 1);
    fsci_parameters_chain_second(&p, theta0, g, H, ahead, twice);
    for (size_t k = 0; k < n; k++)
        assert_near(ahead[k], by_u[k], 1e-13);
    for (size_t k = 0; k < n; k++) {
        const double h = 1e-5;
        double theta[N], up, down;
        u[k] += h;
        up = value(&p, u, g, H);
        fsci_parameters_expand(&p, u, theta);
        fsci_parameters_chain(&p, theta, g, ahead, 1, 1);
        u[k] -= 2 * h;
        down = value(&p, u, g, H);
        fsci_parameters_expand(&p, u, theta);
        fsci_parameters_chain(&p, theta, g, behind, 1, 1);
        u[k] += h;
        assert_near((up - down) / (2 * h), by_u[k], 1e-7);
        for (size_t l = 0; l < n; l++)
            assert_near((ahead[l] - behind[l]) / (2 * h), twice[k * n + l], 1e-6);
    }
    fsci_parameters_slope(&p, theta0, 1, scratch, row); /* log b = log a + u_b */
    assert_near(row[p.slot[0]], 1, 1e-15);
    assert_near(row[p.slot[1]], 1, 1e-15);
    assert_near(row[p.slot[6]], 0, 0);
}

static void starts_are_put_in_order(void **state)
{
    (void)state;
    fsci_parameter all[3] = {{.name = "a", .lo = 0, .hi = INFINITY},
                             {.name = "b", .lo = 0, .hi = INFINITY, .above = "a"},
                             {.name = "c", .lo = 0, .hi = INFINITY, .above = "b"}};
    const fsci_fit_settings none = {0};
    fsci_parameters p;
    double theta[3] = {3, 2, 1};
    assert_int_equal(fsci_linked_find(&none, all, 3, &err), FSC_OK);
    assert_int_equal(fsci_parameters_new(arena, all, 3, &p, &err), FSC_OK);
    fsci_linked_sort(&p, theta);
    for (int i = 0; i < 3; i++)
        assert_near(theta[i], i + 1, 0);
}

static void refused(fsci_parameter b, const char *said)
{
    const fsci_fit_settings none = {0};
    fsci_parameter all[4] = {
        {.name = "a", .lo = 0, .hi = INFINITY, .above = b.link ? "b" : NULL},
        b,
        {.name = "c", .group = "x", .lo = 0, .hi = INFINITY},
        {.name = "d", .lo = 0, .hi = INFINITY, .role = FSCI_FIXED, .value = 2}};
    all[1].name = "b";
    all[1].link = FSCI_LINKAGE_NONE;
    assert_int_equal(fsci_linked_find(&none, all, 4, &err), FSC_EUSAGE);
    if (!strstr(err.message, said))
        fail_msg("'%s' has no '%s'", err.message, said);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    refused((fsci_parameter){.hi = INFINITY, .above = "z"}, "neither a number nor a parameter");
    refused((fsci_parameter){.hi = INFINITY, .above = "b"}, "is 'b' itself");
    refused((fsci_parameter){.hi = INFINITY, .above = "c"}, "has a value for each group");
    refused((fsci_parameter){.hi = INFINITY, .above = "a", .below = "d"}, "only one end");
    refused((fsci_parameter){.hi = INFINITY, .above = "a", .link = FSCI_LINKAGE_SUM},
            "in a circle");
    refused((fsci_parameter){.lo = 1, .hi = INFINITY, .above = "a"}, "bound 'a' by 1 instead");
    refused((fsci_parameter){.hi = 1, .above = "d"}, "nothing is left for 'b'");
    refused((fsci_parameter){.hi = 1, .above = "a", .role = FSCI_TIED, .tied_to = 3}, "is tied to");
}

static void fixed_ends_become_numbers(void **state)
{
    (void)state;
    const fsci_fit_settings none = {0};
    fsci_parameter all[3] = {{.name = "a", .lo = 0, .hi = INFINITY, .below = "c"},
                             {.name = "b", .lo = 0, .hi = INFINITY, .above = "c"},
                             {.name = "c", .hi = 9, .role = FSCI_FIXED, .value = 2}};
    assert_int_equal(fsci_linked_find(&none, all, 3, &err), FSC_OK);
    assert_near(all[0].hi, 2, 0);
    assert_near(all[1].lo, 2, 0);
    assert_int_equal(all[0].link + all[1].link, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(forms_follow_bounds),
        CASE(coordinates_go_there_and_back),
        CASE(derivatives_agree_with_differences),
        CASE(starts_are_put_in_order),
        CASE(what_makes_no_sense_is_refused),
        CASE(fixed_ends_become_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
