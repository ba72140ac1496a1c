/* Shares that minimise a smooth function: straight lines and caps, entropies with a closed answer,
 * random convex functions by their optimality conditions, hills, projections. */
#include "opt/simplex.h"
#include "unit.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST = 12 };

static uint64_t state = 1;
static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) * 0x1p-53;
}

/* sum a x + b/2 x'Qx + c x log x, with Q = V'V (rows of V, MOST of them). */
typedef struct mixed {
    size_t n;
    double a[MOST], V[MOST][MOST], b, c;
} mixed;

static bool evaluate(void *context, const double *x, double *f, double *size, double *g, double *H)
{
    const mixed *m = context;
    size_t n = m->n;
    *f = *size = 0;
    for (size_t i = 0; i < n; i++) {
        double entropy = m->c != 0 && x[i] > 0 ? m->c * x[i] * log(x[i]) : 0;
        *f += m->a[i] * x[i] + entropy;
        *size += fabs(m->a[i] * x[i]) + fabs(entropy);
        if (g)
            g[i] = m->a[i] + (m->c != 0 ? m->c * (log(fmax(x[i], 1e-300)) + 1) : 0);
        for (size_t j = 0; H && j < n; j++)
            H[i * n + j] = i == j && m->c != 0 ? m->c / fmax(x[i], 1e-300) : 0;
    }
    for (size_t k = 0; k < n; k++) {
        double dot = 0;
        for (size_t i = 0; i < n; i++)
            dot += m->V[k][i] * x[i];
        *f += m->b / 2 * dot * dot;
        *size += fabs(m->b / 2 * dot * dot);
        for (size_t i = 0; g && i < n; i++)
            g[i] += m->b * dot * m->V[k][i];
        for (size_t i = 0; H && i < n; i++)
            for (size_t j = 0; j < n; j++)
                H[i * n + j] += m->b * m->V[k][i] * m->V[k][j];
    }
    return isfinite(*f);
}

static fsci_simplex_result solve(mixed *m, const double *lo, const double *hi, double *x)
{
    double scratch[3 * MOST * MOST + 8 * MOST];
    assert_true(fsci_simplex_scratch(m->n) <= sizeof scratch / sizeof *scratch);
    const fsci_simplex_problem p = {m->n, evaluate, m, lo, hi, 1};
    return fsci_simplex_solve(&p, scratch, x);
}

static void close_to(double got, double want, double by)
{
    if (!(fabs(got - want) <= by))
        fail_msg("got %.17g, want %.17g", got, want);
}

static const double zero[MOST] = {0}, one[MOST] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void a_straight_line_fills_the_cheapest_to_their_caps(void **unused)
{
    (void)unused;
    mixed m = {.n = 4, .a = {3, 1, 2, 4}};
    double x[4] = {0.25, 0.25, 0.25, 0.25};
    const double lo[4] = {0, 0, 0, 0.05}, hi[4] = {1, 0.5, 0.3, 1};
    fsci_simplex_result r = solve(&m, zero, one, x);
    assert_true(r.converged);
    close_to(x[1], 1, 0);
    close_to(r.value, 1, 1e-15);
    close_to(r.gap, 0, 0);
    r = solve(&m, lo, hi, x);
    assert_true(r.converged);
    const double want[4] = {0.15, 0.5, 0.3, 0.05};
    for (size_t i = 0; i < 4; i++)
        close_to(x[i], want[i], 1e-15);
    close_to(r.gap, 0, 1e-15);
}

/* sum a x + x log x is least at shares proportional to exp(-a). */
static void an_entropy_has_a_closed_answer(void **unused)
{
    (void)unused;
    mixed m = {.n = 5, .a = {0.3, -1, 2, 0, 5}, .c = 1};
    double x[5] = {0.2, 0.2, 0.2, 0.2, 0.2}, sum = 0;
    const double least[5] = {1e-9, 1e-9, 1e-9, 1e-9, 1e-9};
    fsci_simplex_result r = solve(&m, least, one, x);
    assert_true(r.converged);
    for (size_t i = 0; i < 5; i++)
        sum += exp(-m.a[i]);
    for (size_t i = 0; i < 5; i++)
        close_to(x[i], exp(-m.a[i]) / sum, 1e-10);
    close_to(r.value, -log(sum), 1e-14);
}

/* At the minimum slopes are equal where no limit holds, larger at floors and lower at caps. */
static void optimality_of_random_convex_functions(void **unused)
{
    (void)unused;
    for (int trial = 0; trial < 300; trial++) {
        mixed m = {.n = 2 + (size_t)(uniform() * (MOST - 2)), .b = pow(10, 4 * uniform() - 2)};
        double x[MOST], lo[MOST], hi[MOST], g[MOST], H[MOST * MOST], f, size, sum = 0;
        for (size_t i = 0; i < m.n; i++) {
            m.a[i] = 2 * uniform() - 1;
            lo[i] = uniform() < 0.3 ? 0.3 * uniform() / (double)m.n : 0;
            hi[i] = uniform() < 0.3 ? 1.5 / (double)m.n + uniform() : 1.01;
            x[i] = 1 / (double)m.n;
            for (size_t k = 0; k < m.n; k++)
                m.V[k][i] = 2 * uniform() - 1;
        }
        fsci_simplex_result r = solve(&m, lo, hi, x);
        assert_true(r.converged);
        evaluate(&m, x, &f, &size, g, H);
        double least = INFINITY, most = -INFINITY; /* slopes of shares that may fall, may rise */
        for (size_t i = 0; i < m.n; i++) {
            assert_true(x[i] >= lo[i] && x[i] <= hi[i]);
            sum += x[i];
            most = x[i] > lo[i] + 1e-9 ? fmax(most, g[i]) : most;
            least = x[i] < hi[i] - 1e-9 ? fmin(least, g[i]) : least;
        }
        close_to(sum, 1, 1e-14);
        if (!(most - least <= 1e-6 * (1 + m.b)))
            fail_msg("trial %d: slopes from %.17g to %.17g", trial, least, most);
    }
}

/* Bent downwards: the answer is a corner, and its gap says nothing of other corners. */
static void a_hill_ends_in_a_corner(void **unused)
{
    (void)unused;
    mixed m = {.n = 3, .a = {0, -0.1, 0}, .b = -1, .V = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    double x[3] = {0.3, 0.4, 0.3};
    fsci_simplex_result r = solve(&m, zero, one, x);
    assert_true(r.converged);
    close_to(x[1], 1, 0);
    close_to(r.value, -0.6, 1e-15);
}

/* sign * sum sqrt(x): at 0 its slope is infinite. */
static bool roots(void *sign, const double *x, double *f, double *size, double *g, double *H)
{
    *f = *size = 0;
    for (size_t i = 0; i < 2; i++) {
        *f += *(double *)sign * sqrt(x[i]);
        *size += sqrt(x[i]);
        if (g)
            g[i] = *(double *)sign / (2 * sqrt(x[i]));
        for (size_t j = 0; H && j < 2; j++)
            H[i * 2 + j] = i == j ? -*(double *)sign / (4 * x[i] * sqrt(x[i])) : 0;
    }
    return true;
}

static void a_corner_of_infinite_slope_is_a_minimum_only_upwards(void **unused)
{
    (void)unused;
    double scratch[3 * MOST * MOST + 8 * MOST], up = 1, down = -1;
    const double hi[2] = {1, 1};
    fsci_simplex_problem p = {2, roots, &up, zero, hi, 1};
    double corner[2] = {1, 0}, start[2] = {1, 0}, inside[2] = {0.7, 0.3};
    fsci_simplex_result r = fsci_simplex_solve(&p, scratch, corner);
    assert_true(r.converged);
    close_to(r.value, 1, 0);
    p.context = &down;
    r = fsci_simplex_solve(&p, scratch, start);
    assert_true(r.converged);
    close_to(r.value, -sqrt(2), 1e-12);
    r = fsci_simplex_solve(&p, scratch, inside);
    assert_true(r.converged);
    close_to(r.value, -sqrt(2), 1e-12);
}

static void projection_is_the_nearest_point(void **unused)
{
    (void)unused;
    mixed m = {.n = 3};
    const double hi[3] = {1, 0.4, 1}, want[3] = {0.6, 0.4, 0};
    const fsci_simplex_problem p = {3, evaluate, &m, zero, hi, 1};
    double x[3] = {1.1, 1, -3}, far[3] = {1e9, -1e9, 0};
    fsci_simplex_project(&p, x);
    for (size_t i = 0; i < 3; i++)
        close_to(x[i], want[i], 1e-15);
    fsci_simplex_project(&p, far);
    close_to(far[0], 1, 0);
    close_to(far[1] + far[2], 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_fills_the_cheapest_to_their_caps),
        cmocka_unit_test(an_entropy_has_a_closed_answer),
        cmocka_unit_test(optimality_of_random_convex_functions),
        cmocka_unit_test(a_hill_ends_in_a_corner),
        cmocka_unit_test(a_corner_of_infinite_slope_is_a_minimum_only_upwards),
        cmocka_unit_test(projection_is_the_nearest_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
