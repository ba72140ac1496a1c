/* Linear problems, whose bounded minimum is found by trying every set of active bounds. */
#include "opt/dense.h"
#include "opt/rows.h"
#include "solve.h"

#include <stdint.h>

enum { N = 12, P = 4, LARGE = 100003 };
enum { LEVELS = 50, PER_LEVEL = 7, MANY = 2 * LEVELS + 1, ROWS = LEVELS * PER_LEVEL };

typedef struct linear {
    size_t n, p;
    double *A, *y; /* [p * n] column-major, [n] */
} linear;

static bool residual(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const linear *c = context;
    for (size_t i = 0; i < c->n; i++)
        r[i] = -c->y[i];
    for (size_t j = 0; j < c->p; j++)
        for (size_t i = 0; i < c->n; i++) {
            r[i] += c->A[j * c->n + i] * theta[j];
            if (J)
                J[j * stride + i] = c->A[j * c->n + i];
        }
    return true;
}

static double noise(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) / 0x1p52 - 1;
}

/* Columns of sizes that differ by powers of ten. */
static void fill(linear *c, uint64_t seed)
{
    for (size_t i = 0; i < c->n; i++)
        c->y[i] = noise(&seed);
    for (size_t j = 0; j < c->p; j++)
        for (size_t i = 0; i < c->n; i++)
            c->A[j * c->n + i] = noise(&seed) * pow(10, 2.0 * (double)j - 3);
}

/* Least squares over the free parameters, the others fixed, by elimination with pivoting. */
static void eliminate(const linear *c, const bool *free, double *theta)
{
    double M[P][P + 1];
    for (size_t j = 0; j < P; j++) {
        for (size_t k = 0; k <= P; k++)
            M[j][k] = 0;
        M[j][j] = !free[j], M[j][P] = free[j] ? 0 : theta[j];
        for (size_t i = 0; free[j] && i < c->n; i++) {
            for (size_t k = 0; k < P; k++)
                M[j][k] += c->A[j * c->n + i] * c->A[k * c->n + i];
            M[j][P] += c->A[j * c->n + i] * c->y[i];
        }
    }
    for (size_t j = 0; j < P; j++) {
        size_t pivot = j;
        for (size_t k = j + 1; k < P; k++)
            pivot = fabs(M[k][j]) > fabs(M[pivot][j]) ? k : pivot;
        for (size_t k = 0; k <= P; k++) {
            const double swap = M[j][k];
            M[j][k] = M[pivot][k], M[pivot][k] = swap;
        }
        for (size_t i = 0; i < P; i++)
            for (size_t k = P + 1; i != j && k-- > j;)
                M[i][k] -= M[i][j] / M[j][j] * M[j][k];
    }
    for (size_t j = 0; j < P; j++)
        theta[j] = M[j][P] / M[j][j];
}

/* The lowest sum of squares of all 3^P choices of lower, upper or free that stay in the box. */
static double best_of_all_sets(const linear *c, const double *lo, const double *hi)
{
    double best = INFINITY;
    for (int set = 0; set < 81; set++) {
        double theta[P], r[N], sum = 0;
        bool free[P], inside = true;
        for (int j = 0, rest = set; j < P; j++, rest /= 3) {
            free[j] = rest % 3 == 2;
            theta[j] = rest % 3 == 0 ? lo[j] : hi[j];
        }
        eliminate(c, free, theta);
        for (int j = 0; j < P; j++)
            inside &=
                theta[j] >= lo[j] - 1e-12 * fabs(lo[j]) && theta[j] <= hi[j] + 1e-12 * fabs(hi[j]);
        residual((void *)c, theta, r, NULL, 0);
        for (size_t i = 0; i < c->n; i++)
            sum += r[i] * r[i];
        best = inside ? fmin(best, sum) : best;
    }
    return best;
}

static void finds_the_best_set_of_active_bounds(void **state)
{
    (void)state;
    int active = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        double A[N * P], y[N], lo[P], hi[P], theta[P];
        linear c = {N, P, A, y};
        fill(&c, seed);
        for (int j = 0; j < P; j++) {
            const double unit = pow(10, 3 - 2.0 * j);
            lo[j] = -0.1 * unit, hi[j] = 0.2 * unit, theta[j] = (j % 2 ? 5 : -0.1) * unit;
        }
        const fsci_ls_problem q = {
            .n = N, .p = P, .residual = residual, .context = &c, .lo = lo, .hi = hi};
        const fsci_ls_result result = solve(&q, NULL, theta);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_rel(result.value, best_of_all_sets(&c, lo, hi), 1e-11);
        for (int j = 0; j < P; j++)
            active += theta[j] == lo[j] || theta[j] == hi[j];
    }
    assert_in_range(active, 200, 700); /* of 800: neither none nor all of them */
}

/* Many rows, more than one block of them and a ragged end, in every loss. */
static void many_rows_meet_the_conditions(void **state)
{
    (void)state;
    linear c = {LARGE, 3, calloc(3 * LARGE, sizeof(double)), calloc(LARGE, sizeof(double))};
    assert_true(c.A && c.y);
    fill(&c, 9);
    for (int k = 0; k < 2; k++) {
        const fsci_ls_problem q = {.n = LARGE,
                                   .p = 3,
                                   .residual = residual,
                                   .context = &c,
                                   .loss = k ? FSCI_LOSS_HUBER : FSCI_LOSS_SQUARED,
                                   .delta = 0.01};
        double theta[] = {1e4, 1e2, 1};
        const fsci_ls_result result = solve(&q, NULL, theta);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
        assert_true(result.iterations <= 20);
        check_minimum(&q, theta, result.value, 1e-8);
    }
    free(c.A), free(c.y);
}

/* One workspace serves problems of fewer rows, and problems whose parameters are all fixed. */
static void a_workspace_is_reused(void **state)
{
    (void)state;
    double A[N * P], y[N], first[P] = {0}, again[P] = {0};
    linear c = {N, P, A, y};
    fill(&c, 4);
    fsci_ls_problem q = {.n = N, .p = P, .residual = residual, .context = &c};
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(N, P);
    assert_non_null(workspace);
    const fsci_ls_result full = fsci_ls_solve(&q, NULL, workspace, first);
    q.n = 9;
    linear part = {9, P, A, y};
    q.context = &part;
    double fewer[P] = {0};
    assert_int_equal(fsci_ls_solve(&q, NULL, workspace, fewer).stop, FSCI_STOP_CONVERGED);
    q.n = N, q.context = &c;
    assert_true(fsci_ls_solve(&q, NULL, workspace, again).value == full.value);
    assert_memory_equal(first, again, sizeof first);
    fsci_ls_workspace_free(workspace);

    linear constant = {N, 0, A, y};
    fsci_ls_problem none = {.n = N, .p = 0, .residual = residual, .context = &constant};
    const fsci_ls_result fixed = solve(&none, NULL, first);
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += y[i] * y[i];
    assert_int_equal(fixed.stop, FSCI_STOP_CONVERGED);
    assert_rel(fixed.value, sum, 1e-14);
}

/* Two columns of each level and one of all rows. */
static void fill_levels(double *J, uint64_t seed)
{
    for (size_t j = 0; j < MANY; j++)
        for (size_t i = 0; i < ROWS; i++)
            J[j * ROWS + i] = j == MANY - 1 || j % LEVELS == i / PER_LEVEL ? noise(&seed) : 0;
}

static void columns_of_levels_add_up_as_any_others(void **state)
{
    (void)state;
    double *J = calloc(MANY * ROWS + ROWS + 4 * MANY * MANY, sizeof *J);
    assert_non_null(J);
    double *v = J + MANY * ROWS, *H = v + ROWS, *dense = H + MANY * MANY;
    double *sparse = dense + MANY * MANY;
    bool held[MANY] = {[3] = true};
    size_t list[MANY];
    uint64_t seed = 7;
    fill_levels(J, seed);
    for (size_t i = 0; i < ROWS; i++)
        v[i] = 2 + noise(&seed);
    fsci_rows_gram(ROWS, MANY, J, ROWS, v, H);
    for (size_t j = 0; j < MANY; j++)
        for (size_t k = 0; k <= j; k++) {
            double sum = 0, size = 0;
            for (size_t i = 0; i < ROWS; i++) {
                const double term = v[i] * J[j * ROWS + i] * J[k * ROWS + i];
                sum += term, size += fabs(term);
            }
            assert_near(H[j * MANY + k], sum, 1e-14 * size);
        }
    fsci_cholesky(MANY, H, held, dense);
    fsci_cholesky_sparse(MANY, H, held, list, sparse);
    for (size_t j = 0; j < MANY; j++)
        for (size_t k = 0; k <= j; k++)
            assert_true(sparse[j * MANY + k] == dense[j * MANY + k]);
    free(J);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_best_set_of_active_bounds),
        cmocka_unit_test(many_rows_meet_the_conditions),
        cmocka_unit_test(a_workspace_is_reused),
        cmocka_unit_test(columns_of_levels_add_up_as_any_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
