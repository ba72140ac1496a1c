/* Newton's method: classic functions with known minima, saddles and indefinite starts, bounds,
 * domains, units; and the step of the trust region on its own. */
#include "opt/newton.h"
#include "opt/trust.h"
#include "unit.h"

#include <float.h>
#include <stdlib.h>

/* ---- functions, with Hessians as lower triangles ---- */

static void mirror(size_t p, double *H)
{
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++)
            H[k * p + j] = H[j * p + k];
}

/* Moré, Garbow and Hillstrom (1981), problem 1. */
static bool rosenbrock(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    double u = x[1] - x[0] * x[0], v = 1 - x[0];
    (void)unused;
    *f = *size = 100 * u * u + v * v;
    if (g) {
        g[0] = -400 * x[0] * u - 2 * v, g[1] = 200 * u;
        H[0] = 1200 * x[0] * x[0] - 400 * x[1] + 2, H[2] = -400 * x[0], H[3] = 200;
        mirror(2, H);
    }
    return true;
}

/* The same, problem 5. */
static bool beale(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    static const double y[] = {1.5, 2.25, 2.625};
    (void)unused;
    *f = 0;
    for (int k = 0; g && k < 4; k++)
        g[k / 2] = H[k] = 0;
    for (int i = 0; i < 3; i++) {
        double n = i + 1, power = pow(x[1], n), r = y[i] - x[0] * (1 - power);
        double a = -(1 - power), b = x[0] * n * pow(x[1], n - 1), ab = n * pow(x[1], n - 1);
        double bb = i ? x[0] * n * (n - 1) * pow(x[1], n - 2) : 0;
        *f += r * r;
        if (!g)
            continue;
        g[0] += 2 * r * a, g[1] += 2 * r * b;
        H[0] += 2 * a * a, H[2] += 2 * (a * b + r * ab), H[3] += 2 * (b * b + r * bb);
    }
    *size = *f;
    if (g)
        mirror(2, H);
    return true;
}

/* The same, problem 14 (Wood). */
static bool wood(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    double a = x[1] - x[0] * x[0], b = 1 - x[0], c = x[3] - x[2] * x[2], d = 1 - x[2];
    double e = x[1] + x[3] - 2, h = x[1] - x[3];
    (void)unused;
    *f = *size = 100 * a * a + b * b + 90 * c * c + d * d + 10 * e * e + 0.1 * h * h;
    if (g) {
        const double lower[16] = {
            1200 * x[0] * x[0] - 400 * x[1] + 2, 0, 0, 0,    -400 * x[0], 220.2, 0, 0, 0, 0,
            1080 * x[2] * x[2] - 360 * x[3] + 2, 0, 0, 19.8, -360 * x[2], 200.2};
        g[0] = -400 * x[0] * a - 2 * b, g[1] = 200 * a + 20 * e + 0.2 * h;
        g[2] = -360 * x[2] * c - 2 * d, g[3] = 180 * c + 20 * e - 0.2 * h;
        memcpy(H, lower, sizeof lower);
        mirror(4, H);
    }
    return true;
}

/* The same, problem 13 (Powell): singular at its minimum. */
static bool powell(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    double a = x[0] + 10 * x[1], b = x[2] - x[3], c = x[1] - 2 * x[2], d = x[0] - x[3];
    (void)unused;
    *f = *size = a * a + 5 * b * b + c * c * c * c + 10 * d * d * d * d;
    if (g) {
        double cc = 12 * c * c, dd = 120 * d * d;
        const double lower[16] = {2 + dd, 0,       0,           0, 20,  200 + cc, 0,   0,
                                  0,      -2 * cc, 10 + 4 * cc, 0, -dd, 0,        -10, 10 + dd};
        g[0] = 2 * a + 40 * d * d * d, g[1] = 20 * a + 4 * c * c * c;
        g[2] = 10 * b - 8 * c * c * c, g[3] = -10 * b - 40 * d * d * d;
        memcpy(H, lower, sizeof lower);
        mirror(4, H);
    }
    return true;
}

/* Himmelblau (1972): four minima of value 0 round a maximum. */
static bool himmelblau(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    double u = x[0] * x[0] + x[1] - 11, v = x[0] + x[1] * x[1] - 7;
    (void)unused;
    *f = *size = u * u + v * v;
    if (g) {
        g[0] = 4 * x[0] * u + 2 * v, g[1] = 2 * u + 4 * x[1] * v;
        H[0] = 4 * u + 8 * x[0] * x[0] + 2, H[2] = 4 * x[0] + 4 * x[1];
        H[3] = 4 * v + 8 * x[1] * x[1] + 2;
        mirror(2, H);
    }
    return true;
}

/* x^2 - y^2 + y^4: a saddle at 0, minima of -1/4 at y^2 = 1/2. */
static bool saddle(void *unused, const double *x, double *f, double *size, double *g, double *H)
{
    double y = x[1], yy = y * y;
    (void)unused;
    *f = x[0] * x[0] - yy + yy * yy;
    *size = x[0] * x[0] + yy + yy * yy;
    if (g) {
        g[0] = 2 * x[0], g[1] = -2 * y + 4 * yy * y;
        H[0] = 2, H[1] = H[2] = 0, H[3] = -2 + 12 * yy;
    }
    return true;
}

/* Minus the log-likelihood of ten waiting times under gamma laws of a shape and a rate. */
static bool gamma_law(void *units, const double *x, double *f, double *size, double *g, double *H)
{
    const double *unit = units, n = 10, sum = 30, sum_log = 9, h = 1e-4;
    double a = x[0] / unit[0], b = x[1] / unit[0], scale = unit[1];
    if (!(a > 0 && b > 0))
        return false;
    *f = scale * (n * lgamma(a) - n * a * log(b) - (a - 1) * sum_log + b * sum);
    *size =
        scale * (fabs(n * lgamma(a)) + fabs(n * a * log(b)) + fabs((a - 1) * sum_log) + b * sum);
    if (g) { /* digamma and trigamma to 1e-9 and 1e-6 by differences */
        double up = lgamma(a + h), down = lgamma(a - h), psi = (up - down) / (2 * h);
        double psi_1 = (up - 2 * lgamma(a) + down) / (h * h);
        g[0] = scale / unit[0] * (n * psi - n * log(b) - sum_log);
        g[1] = scale / unit[0] * (-n * a / b + sum);
        scale /= unit[0] * unit[0];
        H[0] = scale * n * psi_1, H[1] = H[2] = -scale * n / b, H[3] = scale * n * a / (b * b);
    }
    return true;
}

static fsci_newton_result solve(const fsci_newton_problem *q, double *x)
{
    fsci_newton_workspace *workspace = fsci_newton_workspace_new(q->p);
    assert_non_null(workspace);
    fsci_newton_result result = fsci_newton_solve(q, NULL, workspace, x);
    fsci_newton_workspace_free(workspace);
    return result;
}

static void finds_the_known_minima(void **unused)
{
    static const struct {
        const char *name;
        fsci_smooth_fn *function;
        size_t p;
        double start[4], answer[4];
        int iterations;
    } cases[] = {
        {"rosenbrock", rosenbrock, 2, {-1.2, 1}, {1, 1}, 30},
        {"beale", beale, 2, {1, 1}, {3, 0.5}, 25},
        {"beale, indefinite", beale, 2, {0.1, 0.9}, {3, 0.5}, 40},
        {"wood", wood, 4, {-3, -1, -3, -1}, {1, 1, 1, 1}, 60},
        {"himmelblau", himmelblau, 2, {3, 3}, {3, 2}, 12},
    };
    (void)unused;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (double far = 1; far <= (k < 1 ? 100 : 1); far *= 10) {
            const fsci_newton_problem q = {.p = cases[k].p, .function = cases[k].function};
            double x[4];
            for (size_t j = 0; j < 4; j++)
                x[j] = far * cases[k].start[j];
            fsci_newton_result result = solve(&q, x);
            if (result.stop != FSCI_STOP_CONVERGED ||
                (far == 1 && result.iterations > cases[k].iterations))
                fail_msg("%s from %g: stop %s after %d iterations", cases[k].name, far,
                         fsci_stop_name(result.stop), result.iterations);
            assert_near(result.value, 0, 1e-20);
            for (size_t j = 0; j < q.p; j++)
                assert_near(x[j], cases[k].answer[j], 1e-9);
        }
}

static void a_singular_minimum_is_reached(void **unused)
{
    const fsci_newton_problem q = {.p = 4, .function = powell};
    double x[4] = {3, -1, 0, 1};
    (void)unused;
    fsci_newton_result result = solve(&q, x);
    assert_near(result.value, 0, 1e-18);
    for (size_t j = 0; j < 4; j++)
        assert_near(x[j], 0, 1e-4);
}

/* From the very top, and from points where no Newton step descends. */
static void indefinite_starts_descend(void **unused)
{
    const fsci_newton_problem top = {.p = 2, .function = himmelblau};
    const fsci_newton_problem pass = {.p = 2, .function = saddle};
    double x[2] = {-0.270845, -0.923039}, y[2] = {0, 0}, z[2] = {0.5, 1e-9};
    (void)unused;
    fsci_newton_result result = solve(&top, x);
    assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    assert_near(result.value, 0, 1e-20);
    result = solve(&pass, z);
    assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    assert_near(result.value, -0.25, 1e-15);
    y[0] = 1e-3; /* f is 0 at the saddle itself: there is no size to measure steps by */
    result = solve(&pass, y);
    assert_near(result.value, -0.25, 1e-15);
}

static void bounds_hold_and_release(void **unused)
{
    static const double lo[2] = {-1.5, -0.5}, hi[2] = {0.5, 2};
    const fsci_newton_problem q = {.p = 2, .function = rosenbrock, .lo = lo, .hi = hi};
    static const double starts[][2] = {{-1.2, 1}, {0.5, -0.5}, {9, 9}, {-1.5, 2}};
    (void)unused;
    for (size_t k = 0; k < 4; k++) {
        double x[2] = {starts[k][0], starts[k][1]};
        fsci_newton_result result = solve(&q, x);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_true(x[0] == 0.5);
        assert_near(x[1], 0.25, 1e-12);
        assert_near(result.value, 0.25, 1e-15);
    }
}

/* Outside its domain the function has no value; units of the parameters and of f change nothing. */
static void domains_and_units(void **unused)
{
    double first[2] = {0};
    int iterations = 0;
    (void)unused;
    for (int k = 0; k < 4; k++) {
        double unit[2] = {k % 2 ? 1e6 : 1, k / 2 ? 1e-6 : 1};
        const fsci_newton_problem q = {.p = 2, .function = gamma_law, .context = unit};
        double x[2] = {0.05 * unit[0], 20 * unit[0]};
        fsci_newton_result result = solve(&q, x);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_rel(x[0] / x[1], 3, 1e-6); /* the mean */
        if (k == 0) {
            memcpy(first, x, sizeof x);
            iterations = result.iterations;
        }
        assert_rel(x[0] / unit[0], first[0], 1e-6);
        assert_near(result.iterations, iterations, 2);
    }
    double unit[2] = {1, 1}, outside[2] = {-1, 1};
    const fsci_newton_problem q = {.p = 2, .function = gamma_law, .context = unit};
    assert_int_equal(solve(&q, outside).stop, FSCI_STOP_DOMAIN);
    assert_true(outside[0] == -1);
}

/* ---- the step alone ---- */

static uint64_t state = 0x2545f4914f6cdd1du;

static double uniform(double lo, double hi)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return lo + (hi - lo) * ((double)(state >> 11) / 0x1p53);
}

enum { P = 4 };

static double model(const double *g, const double *H, const double *s)
{
    double q = 0;
    for (size_t j = 0; j < P; j++) {
        q += g[j] * s[j];
        for (size_t k = 0; k < P; k++)
            q += 0.5 * s[j] * H[j * P + k] * s[k];
    }
    return q;
}

/* A random feasible point: in the box, shortened into the ball. */
static void feasible(const fsci_trust *t, double *s)
{
    double size = 0, radius = t->radius * (uniform(0, 1) < 0.5 ? 1 : uniform(0, 1));
    for (size_t j = 0; j < P; j++) {
        s[j] = fmin(fmax(uniform(-1, 1) * t->radius / t->D[j], t->below[j]), t->above[j]);
        size += t->D[j] * s[j] * t->D[j] * s[j];
    }
    for (size_t j = 0; j < P && size > 0; j++)
        s[j] *= fmin(1, radius / sqrt(size));
}

static void steps_are_feasible_and_beat_descent(void **unused)
{
    double g[P], H[P * P], D[P], vectors[8][P], A[P * P], V[P * P];
    size_t free_of[P];
    bool held[P];
    (void)unused;
    for (int k = 0; k < 2000; k++) {
        bool boxed = k % 2;
        fsci_trust t = {.p = P,
                        .g = g,
                        .H = H,
                        .D = D,
                        .below = vectors[0],
                        .above = vectors[1],
                        .s = vectors[2],
                        .held = held,
                        .free = free_of,
                        .A = A,
                        .b = vectors[3],
                        .values = vectors[4],
                        .vectors = V,
                        .along = vectors[5],
                        .descent = vectors[6],
                        .radius = exp(uniform(-4, 3))};
        for (size_t j = 0; j < P; j++) {
            D[j] = exp(uniform(-2, 2));
            g[j] = k % 5 == 0 && j ? 0 : D[j] * uniform(-1, 1); /* every fifth: a hard case */
            t.below[j] = boxed ? -fmax(0, uniform(-0.2, 1)) / D[j] : -INFINITY;
            t.above[j] = boxed ? fmax(0, uniform(-0.2, 1)) / D[j] : INFINITY;
            for (size_t l = 0; l <= j; l++)
                H[j * P + l] = H[l * P + j] =
                    D[j] * D[l] * (k % 5 == 0 && l != j ? 0 : uniform(-1, 1));
        }
        double promised = fsci_trust_step(&t), size = 0, s[P], path[P];
        for (size_t j = 0; j < P; j++) {
            size += D[j] * t.s[j] * D[j] * t.s[j];
            assert_true(t.s[j] >= t.below[j] && t.s[j] <= t.above[j]);
        }
        assert_true(sqrt(size) <= t.radius * (1 + 1e-8));
        assert_near(promised, -model(g, H, t.s), 1e-10 * (promised + 1e-10));
        for (int trial = 0; trial < 50 && !boxed; trial++) { /* nothing in the ball is lower */
            feasible(&t, s);
            assert_true(model(g, H, s) >= -promised - 1e-9 * (promised + 1e-9));
        }
        for (double length = t.radius; boxed && length > 1e-6; length /= 1.7) {
            double slope = 0;
            for (size_t j = 0; j < P; j++)
                slope += g[j] * g[j] / (D[j] * D[j]);
            for (size_t j = 0; j < P; j++)
                path[j] = fmin(fmax(-length * g[j] / (D[j] * D[j] * sqrt(slope)), t.below[j]),
                               t.above[j]);
            assert_true(model(g, H, path) >= -2 * promised - 1e-12);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_known_minima),
        cmocka_unit_test(a_singular_minimum_is_reached),
        cmocka_unit_test(indefinite_starts_descend),
        cmocka_unit_test(bounds_hold_and_release),
        cmocka_unit_test(domains_and_units),
        cmocka_unit_test(steps_are_feasible_and_beat_descent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
