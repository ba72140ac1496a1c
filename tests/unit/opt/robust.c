/* Huber and absolute loss against closed forms and brute force; weights, units, repetition; the
 * Chinchilla problem, whose Huber delta of 1e-3 leaves five rows of six outside delta. */
#include "solve.h"

#include <stdint.h>

enum { ROWS = 60 };

/* y ~ amplitude exp(-rate x) + floor on rows that can be weighted, repeated or rescaled. */
typedef struct decay {
    size_t n;
    double x[2 * ROWS], y[2 * ROWS];
} decay;

static bool decay_residual(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const decay *c = context;
    for (size_t i = 0; i < c->n; i++) {
        const double e = exp(-theta[1] * c->x[i]);
        r[i] = theta[0] * e + theta[2] - c->y[i];
        if (!isfinite(r[i]))
            return false;
        if (J)
            J[i] = e, J[stride + i] = -theta[0] * c->x[i] * e, J[2 * stride + i] = 1;
    }
    return true;
}

/* A line: theta0 + theta1 x. */
static bool line_residual(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const decay *c = context;
    for (size_t i = 0; i < c->n; i++) {
        r[i] = theta[0] + theta[1] * c->x[i] - c->y[i];
        if (J)
            J[i] = 1, J[stride + i] = c->x[i];
    }
    return true;
}

/* Uniform numbers in (-1, 1) of a multiplicative generator. */
static double noise(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) / 0x1p52 - 1;
}

/* Heavy tails: a uniform number to the fifth. */
static decay sample(size_t n, uint64_t seed)
{
    decay c = {.n = n};
    for (size_t i = 0; i < n; i++) {
        const double u = noise(&seed);
        c.x[i] = 4.0 * (double)i / (double)n;
        c.y[i] = 3 * exp(-0.8 * c.x[i]) + 1 + 2 * u * u * u * u * u;
    }
    return c;
}

static void huber_location_is_the_root_of_its_slope(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        decay c = sample(1 + seed, seed);
        const double delta = pow(10, -(double)(seed % 5)), zero[] = {-100, 0}, pin[] = {100, 0};
        const fsci_ls_problem q = {.n = c.n,
                                   .p = 2,
                                   .residual = line_residual,
                                   .context = &c,
                                   .loss = FSCI_LOSS_HUBER,
                                   .delta = delta,
                                   .lo = zero,
                                   .hi = pin};
        double low = -10, high = 10, theta[] = {50, 0};
        while (high - low > 1e-14) {
            const double middle = 0.5 * (low + high);
            double slope = 0;
            for (size_t i = 0; i < c.n; i++)
                slope += psi(&q, middle - c.y[i]);
            *(slope < 0 ? &low : &high) = middle;
        }
        double want = 0;
        for (size_t i = 0; i < c.n; i++)
            want += rho(&q, low - c.y[i]);
        assert_rel(solve(&q, NULL, theta).value, want, 1e-12);
    }
}

/* Reference: very many reweighted least-squares lines, which only ever descend. */
static double reweighted_line(const fsci_ls_problem *q, const decay *c)
{
    double a = 0, b = 0, value = 0;
    for (int round = 0; round < cases_of(200000); round++) {
        double s = 0, sx = 0, sxx = 0, sy = 0, sxy = 0;
        value = 0;
        for (size_t i = 0; i < c->n; i++) {
            const double r = a + b * c->x[i] - c->y[i], w = r == 0 ? 1 : psi(q, r) / r;
            s += w, sx += w * c->x[i], sxx += w * c->x[i] * c->x[i];
            sy += w * c->y[i], sxy += w * c->x[i] * c->y[i];
            value += rho(q, r);
        }
        const double d = s * sxx - sx * sx;
        a = (sxx * sy - sx * sxy) / d, b = (s * sxy - sx * sy) / d;
    }
    return value;
}

static void huber_line_is_as_low_as_brute_force(void **state)
{
    (void)state;
    static const double deltas[] = {1, 0.1, 0.02};
    for (int k = 0; k < 3; k++) {
        decay c = sample(25, 7);
        const fsci_ls_problem q = {.n = c.n,
                                   .p = 2,
                                   .residual = line_residual,
                                   .context = &c,
                                   .loss = FSCI_LOSS_HUBER,
                                   .delta = deltas[k]};
        double theta[] = {-40, 9};
        const fsci_ls_result result = solve(&q, NULL, theta);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        check_minimum(&q, theta, result.value, 1e-7);
        assert_true(result.value <= reweighted_line(&q, &c) * (1 + 1e-12));
    }
}

/* Some line of least absolute deviations passes through two of the points. */
static double best_pair(const decay *c)
{
    double best = INFINITY;
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = i + 1; j < c->n; j++) {
            const double b = (c->y[j] - c->y[i]) / (c->x[j] - c->x[i]), a = c->y[i] - b * c->x[i];
            double sum = 0;
            for (size_t k = 0; k < c->n; k++)
                sum += fabs(a + b * c->x[k] - c->y[k]);
            best = fmin(best, sum);
        }
    return best;
}

static void l1_line_is_the_best_vertex(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        decay c = sample(5 + seed, 100 + seed);
        const fsci_ls_problem q = {
            .n = c.n, .p = 2, .residual = line_residual, .context = &c, .loss = FSCI_LOSS_L1};
        double theta[] = {30, -20};
        const fsci_ls_result result = solve(&q, NULL, theta);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_rel(result.value, best_pair(&c), 1e-11);
    }
}

static void l1_exact_fit_stops(void **state)
{
    (void)state;
    decay c = {.n = 10};
    for (size_t i = 0; i < c.n; i++)
        c.x[i] = (double)i, c.y[i] = 2 - 0.5 * (double)i;
    const fsci_ls_problem q = {
        .n = c.n, .p = 2, .residual = line_residual, .context = &c, .loss = FSCI_LOSS_L1};
    double theta[] = {0, 0};
    const fsci_ls_result result = solve(&q, NULL, theta);
    assert_int_not_equal(result.stop, FSCI_STOP_LIMIT);
    assert_near(result.value, 0, 1e-13);
}

static const fsci_loss losses[] = {FSCI_LOSS_SQUARED, FSCI_LOSS_HUBER, FSCI_LOSS_L1};

static void weights_are_repeated_rows(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        decay once = sample(ROWS, 3), often = once;
        double weight[ROWS];
        often.n = 0;
        for (size_t i = 0; i < ROWS; i++) {
            weight[i] = (double)(i % 3);
            for (size_t m = 0; m < i % 3; m++, often.n++)
                often.x[often.n] = once.x[i], often.y[often.n] = once.y[i];
        }
        const fsci_ls_problem weighted = {.n = ROWS,
                                          .p = 3,
                                          .residual = decay_residual,
                                          .context = &once,
                                          .weight = weight,
                                          .loss = losses[k],
                                          .delta = 0.05};
        const fsci_ls_problem repeated = {.n = often.n,
                                          .p = 3,
                                          .residual = decay_residual,
                                          .context = &often,
                                          .loss = losses[k],
                                          .delta = 0.05};
        double a[] = {1, 1, 0}, b[] = {1, 1, 0};
        const double value = solve(&weighted, NULL, a).value;
        assert_rel(solve(&repeated, NULL, b).value, value, 1e-11);
        for (int j = 0; j < 3; j++)
            assert_rel(a[j], b[j], 1e-6);
    }
}

/* Units of the data (and with them of delta and the linear parameters): by a power of two every bit
 * scales, by a million the answer does. */
static void units_do_not_matter(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++)
        for (int unit = 0; unit < 2; unit++) {
            const double scale = unit ? 1e6 : 0x1p20, times = k == 0 ? scale * scale : scale;
            decay c = sample(ROWS, 5), large = c;
            for (size_t i = 0; i < ROWS; i++)
                large.y[i] *= scale;
            fsci_ls_problem q = {.n = ROWS,
                                 .p = 3,
                                 .residual = decay_residual,
                                 .context = &c,
                                 .loss = losses[k],
                                 .delta = 0.05};
            double a[] = {1, 1, 0}, b[] = {scale, 1, 0};
            const fsci_ls_result small_result = solve(&q, NULL, a);
            q.context = &large, q.delta *= scale;
            const fsci_ls_result large_result = solve(&q, NULL, b);
            const double huber = k == 1 ? scale : 1;
            assert_int_equal(small_result.stop, large_result.stop);
            assert_rel(large_result.value, small_result.value * times * huber, unit ? 1e-12 : 0);
            if (unit == 0) {
                assert_int_equal(small_result.iterations, large_result.iterations);
                assert_int_equal(small_result.evaluations, large_result.evaluations);
                assert_true(b[1] == a[1]);
            }
            assert_rel(b[0], a[0] * scale, unit ? 1e-6 : 0);
        }
}

/* log(E + A N^-alpha + B D^-beta) - log L with theta = log A, log B, log E, alpha, beta. */
typedef struct chinchilla {
    size_t n;
    double n_log[300], d_log[300], loss_log[300];
} chinchilla;

static bool chinchilla_residual(void *context, const double *theta, double *r, double *J,
                                size_t stride)
{
    const chinchilla *c = context;
    for (size_t i = 0; i < c->n; i++) {
        const double a = exp(theta[0] - theta[3] * c->n_log[i]);
        const double b = exp(theta[1] - theta[4] * c->d_log[i]), e = exp(theta[2]);
        const double sum = a + b + e;
        r[i] = log(sum) - c->loss_log[i];
        if (!isfinite(r[i]))
            return false;
        if (J) {
            J[i] = a / sum, J[stride + i] = b / sum, J[2 * stride + i] = e / sum;
            J[3 * stride + i] = -J[i] * c->n_log[i];
            J[4 * stride + i] = -J[stride + i] * c->d_log[i];
        }
    }
    return true;
}

static chinchilla read_chinchilla(void)
{
    chinchilla c = {0};
    char line[200];
    FILE *file = fopen(PROJECT_DATA "/chinchilla-epoch/runs.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        double n, d, flop, loss;
        int kept;
        assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%d", &n, &d, &flop, &loss, &kept), 5);
        if (kept)
            c.n_log[c.n] = log(n), c.d_log[c.n] = log(d), c.loss_log[c.n++] = log(loss);
    }
    fclose(file);
    assert_int_equal(c.n, 240);
    return c;
}

/* Besiroglu et al. (2024): the replication's optimum, and the minima where a term is gone. */
static void the_chinchilla_starts_end_in_few_minima(void **state)
{
    (void)state;
    static const double minima[] = {0.00101827401780, 0.0023115638049, 0.0024024831981,
                                    0.0110447768276,  0.0111721504511, 0.0112984290592,
                                    0.0115762814124};
    chinchilla c = read_chinchilla();
    const fsci_ls_problem q = {.n = c.n,
                               .p = 5,
                               .residual = chinchilla_residual,
                               .context = &c,
                               .loss = FSCI_LOSS_HUBER,
                               .delta = 1e-3};
    int best = 0, starts = 0;
    const int stride = is_quick() ? 46 : 9; /* no factor of the five levels */
    for (int k = 0; k < 4500; k += stride, starts++) {
        double theta[] = {k / 750 * 5, k / 125 % 6 * 5, k / 25 % 5 * 0.5 - 1, k / 5 % 5 * 0.5,
                          k % 5 * 0.5};
        const fsci_ls_result result = solve(&q, NULL, theta);
        assert_true(result.stop == FSCI_STOP_CONVERGED || result.stop == FSCI_STOP_STALLED);
        double nearest = INFINITY;
        for (size_t m = 0; m < sizeof minima / sizeof *minima; m++)
            nearest = fmin(nearest, fabs(result.value / minima[m] - 1));
        assert_true(nearest < 1e-9);
        if (result.value <= minima[0] * (1 + 1e-11)) {
            best++;
            check_minimum(&q, theta, result.value, 1e-6);
            assert_rel(theta[3], 0.3473104989, 1e-7);
            assert_rel(theta[4], 0.3671724326, 1e-7);
        }
    }
    assert_true(best > 3 * starts / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(huber_location_is_the_root_of_its_slope),
        cmocka_unit_test(huber_line_is_as_low_as_brute_force),
        cmocka_unit_test(l1_line_is_the_best_vertex),
        cmocka_unit_test(l1_exact_fit_stops),
        cmocka_unit_test(weights_are_repeated_rows),
        cmocka_unit_test(units_do_not_matter),
        cmocka_unit_test(the_chinchilla_starts_end_in_few_minima),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
