/* Searches against trying every subset of small designs with LAPACK; bounds against what is known
 * to be possible. */
#include "plan/search.h"

#include "num/linear.h"
#include "num/random.h"
#include "unit.h"

#include <stdlib.h>

enum { K = 3, PACKED = 6, MOST_UNITS = 14 };

/* A random design; units of several models, costs of their own where asked for. */
typedef struct world {
    fsci_design d;
    double base[PACKED], target[PACKED], matrix[MOST_UNITS * PACKED], cost[MOST_UNITS];
} world;

static const fsci_criterion_kind kinds[] = {FSCI_CRITERION_V, FSCI_CRITERION_D, FSCI_CRITERION_A,
                                            FSCI_CRITERION_E};

static void make_world(world *w, uint64_t seed)
{
    static const double prices[] = {0, 0.5, 1, 1, 2, 3.25};
    fsci_stream s = fsci_stream_new(seed, 0);
    memset(w, 0, sizeof *w);
    size_t n = 6 + fsci_random_below(&s, MOST_UNITS - 5);
    bool priced = seed % 3 == 0, has_base = seed % 4 == 0;
    for (size_t i = 0; i < n; i++) {
        size_t models = 1 + fsci_random_below(&s, 3);
        for (size_t m = 0; m < models; m++) {
            double x[K];
            for (size_t j = 0; j < K; j++)
                x[j] = fsci_random_normal(&s) / (double)(j + 1);
            fsci_packed_add(K, 1, x, 1, w->matrix + i * PACKED);
            fsci_packed_add(K, 1, x, 1, w->target);
            if (has_base && i == 0)
                fsci_packed_add(K, 1, x, 1, w->base);
        }
        w->cost[i] = priced ? prices[fsci_random_below(&s, 6)] : (double)models;
    }
    w->d = (fsci_design){.criterion = {kinds[seed % 7 % 4], K, w->target},
                         .base = w->base,
                         .n = n,
                         .matrix = w->matrix,
                         .cost = w->cost,
                         .budget = 3 + (double)fsci_random_below(&s, 10),
                         .most = seed % 5 == 0 ? 2 + fsci_random_below(&s, 4) : n,
                         .effort = 1e9};
}

/* The criterion of the subset, by LAPACK. */
static double judge(const world *w, unsigned subset)
{
    double G[K * K] = {0}, inverse[K * K], values[K], sum = 0;
    for (size_t i = 0, at = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, at++) {
            double g = w->base[at];
            for (size_t u = 0; u < w->d.n; u++)
                g += subset >> u & 1 ? w->matrix[u * PACKED + at] : 0;
            G[i * K + j] = G[j * K + i] = g;
        }
    assert_int_equal(fsci_symmetric_eigen(K, G, values, NULL), FSCI_LINEAR_OK);
    if (values[K - 1] < 1e-12 * values[0])
        return -INFINITY;
    assert_int_equal(fsci_cholesky(K, G), FSCI_LINEAR_OK);
    assert_int_equal(fsci_cholesky_inverse(K, G, inverse), FSCI_LINEAR_OK);
    switch (w->d.criterion.kind) {
    case FSCI_CRITERION_D:
        return fsci_cholesky_log_det(K, G);
    case FSCI_CRITERION_E:
        return values[K - 1];
    case FSCI_CRITERION_A:
        return -(inverse[0] + inverse[4] + inverse[8]);
    case FSCI_CRITERION_V:
        for (size_t i = 0, at = 0; i < K; i++)
            for (size_t j = 0; j <= i; j++, at++)
                sum += (i == j ? 1 : 2) * w->target[at] * inverse[i * K + j];
        return -sum;
    }
    return NAN;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Objectives of all subsets of at least one unit within the limits, best first. */
static size_t try_all(const world *w, double *objectives)
{
    size_t n = 0;
    for (unsigned subset = 1; subset < 1u << w->d.n; subset++) {
        double cost = 0, objective;
        for (size_t u = 0; u < w->d.n; u++)
            cost += subset >> u & 1 ? w->cost[u] : 0;
        if ((size_t)__builtin_popcount(subset) > w->d.most || cost > w->d.budget + 1e-9)
            continue;
        objective = judge(w, subset);
        if (isfinite(objective))
            objectives[n++] = objective;
    }
    qsort(objectives, n, sizeof *objectives, descending);
    return n;
}

/* The whole shortlist must be what trying all gives: other subsets than the best count too. */
static void check(const world *w, const fsci_shortlist *found, const double *all, size_t n)
{
    size_t listed = n < FSCI_SHORTLIST ? n : FSCI_SHORTLIST;
    assert_int_equal(found->n, listed);
    for (size_t i = 0; i < listed; i++) {
        unsigned subset = 0;
        for (size_t u = 0; u < w->d.n; u++)
            subset |= found->in[i][u] ? 1u << u : 0;
        assert_near(found->objective[i], all[i], 2e-9 * fabs(all[i]) + 1e-12);
        assert_rel(judge(w, subset), found->objective[i], 1e-9);
    }
}

static void enumeration_finds_the_best(void **state)
{
    (void)state;
    const uint64_t n_worlds = (uint64_t)cases_of(120);
    double *all = malloc((sizeof *all) << MOST_UNITS);
    for (uint64_t seed = 1; seed <= n_worlds; seed++) {
        world w;
        fsci_design_result result;
        fsci_arena *arena = fsci_arena_new();
        make_world(&w, seed);
        size_t n = try_all(&w, all);
        assert_int_equal(fsci_design_search(arena, &w.d, &result, NULL), FSC_OK);
        assert_int_equal(result.method, FSCI_METHOD_ENUMERATION);
        assert_true(result.proven);
        check(&w, &result.found, all, n);
        fsci_arena_free(arena);
    }
    free(all);
}

/* Branch and bound on the same designs, from a shortlist that knows nothing. */
static void branch_and_bound_finds_the_best(void **state)
{
    (void)state;
    const uint64_t n_worlds = (uint64_t)cases_of(120);
    double *all = malloc((sizeof *all) << MOST_UNITS);
    for (uint64_t seed = 1; seed <= n_worlds; seed++) {
        world w;
        fsci_arena *arena = fsci_arena_new();
        fsci_relaxation r;
        fsci_shortlist found;
        double left;
        make_world(&w, seed);
        size_t n = try_all(&w, all);
        fsci_node root = {0, FSCI_NEW(arena, double, w.d.n), FSCI_NEW(arena, unsigned char, w.d.n)};
        assert_int_equal(fsci_shortlist_new(arena, &w.d, &found, NULL), FSC_OK);
        assert_int_equal(fsci_relaxation_new(arena, &w.d, &r, NULL), FSC_OK);
        fsci_relaxation_mix(&r, seed % 2 ? 1 : 0.5);
        fsci_relax(&r, &root, -INFINITY);
        assert_true(n == 0 || root.bound >= all[0] - 1e-9 * fabs(all[0]));
        assert_int_equal(fsci_branch(&r, &root, &found, &left, NULL), FSC_OK);
        assert_true(left == -INFINITY);
        if (n >= FSCI_SHORTLIST && w.base[0] == 0) /* the empty subset is none of `all` */
            check(&w, &found, all, n);
        else if (n > 0)
            assert_near(found.objective[0], all[0], 2e-9 * fabs(all[0]) + 1e-12);
        fsci_arena_free(arena);
    }
    free(all);
}

/* Ends early: what is claimed is a bound, and it holds. */
static void an_unfinished_search_says_so(void **state)
{
    (void)state;
    const uint64_t n_worlds = (uint64_t)cases_of(120);
    double *all = malloc((sizeof *all) << MOST_UNITS);
    size_t unproven = 0;
    for (uint64_t seed = 1; seed <= n_worlds; seed++) {
        world w;
        fsci_arena *arena = fsci_arena_new();
        fsci_relaxation r;
        fsci_shortlist found;
        double left;
        make_world(&w, seed);
        w.d.effort = 0;
        size_t n = try_all(&w, all);
        fsci_node root = {0, FSCI_NEW(arena, double, w.d.n), FSCI_NEW(arena, unsigned char, w.d.n)};
        assert_int_equal(fsci_shortlist_new(arena, &w.d, &found, NULL), FSC_OK);
        assert_int_equal(fsci_relaxation_new(arena, &w.d, &r, NULL), FSC_OK);
        fsci_relax(&r, &root, -INFINITY);
        if (root.bound > -INFINITY)
            assert_int_equal(fsci_branch(&r, &root, &found, &left, NULL), FSC_OK);
        if (n > 0) {
            double best = found.n ? found.objective[0] : -INFINITY;
            unproven += left > best + 1e-9 * fabs(best);
            assert_true(fmax(left, best) >= all[0] - 1e-9 * fabs(all[0]));
        }
        fsci_arena_free(arena);
    }
    assert_true(unproven > n_worlds / 2);
    free(all);
}

static void combinations_are_counted(void **state)
{
    (void)state;
    enum { N = 21 };
    double matrix[N * PACKED], cost[N], none[PACKED] = {0}, target[PACKED] = {1, 0, 1, 0, 0, 1};
    fsci_stream s = fsci_stream_new(9, 9);
    memset(matrix, 0, sizeof matrix);
    for (size_t i = 0; i < N; i++) {
        double x[K] = {fsci_random_normal(&s), fsci_random_normal(&s), fsci_random_normal(&s)};
        fsci_packed_add(K, 1, x, 1, matrix + i * PACKED);
        cost[i] = 1;
    }
    static const struct {
        size_t n, most;
        double combinations;
    } cases[] = {{14, 10, 15913}, {20, 9, 431909}, {20, 20, 1048575}, {21, 1, 21}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_arena *arena = fsci_arena_new();
        fsci_design_result result;
        fsci_design d = {
            {FSCI_CRITERION_V, K, target}, none, cases[i].n, matrix, cost, 8, cases[i].most, 1e9};
        assert_int_equal(fsci_design_search(arena, &d, &result, NULL), FSC_OK);
        assert_true(result.combinations == cases[i].combinations);
        fsci_arena_free(arena);
    }
}

/* Two units that tell the same: the one that comes first is chosen, and the other is second. */
static void ties_go_to_the_first(void **state)
{
    (void)state;
    double matrix[] = {1, 0, 0, 0, 0, 0, /* unit 0 and 3: the first axis */
                       0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    double cost[] = {1, 1, 1, 1}, none[PACKED] = {0}, target[PACKED] = {1, 0, 1, 0, 0, 1};
    fsci_arena *arena = fsci_arena_new();
    fsci_design d = {{FSCI_CRITERION_D, K, target}, none, 4, matrix, cost, 3, 4, 1e9};
    fsci_design_result result;
    assert_int_equal(fsci_design_search(arena, &d, &result, NULL), FSC_OK);
    assert_int_equal(result.found.n, 2);
    assert_true(result.found.in[0][0] && !result.found.in[0][3]);
    assert_true(!result.found.in[1][0] && result.found.in[1][3]);
    fsci_arena_free(arena);
}

static void nothing_to_add_is_an_answer(void **state)
{
    (void)state;
    double base[PACKED] = {1, 0, 1, 0, 0, 1}, matrix[PACKED] = {1, 0, 1, 0, 0, 1}, cost[] = {2};
    fsci_arena *arena = fsci_arena_new();
    fsci_design d = {{FSCI_CRITERION_A, K, NULL}, base, 1, matrix, cost, 1, 1, 1e9};
    fsci_design_result result;
    assert_int_equal(fsci_design_search(arena, &d, &result, NULL), FSC_OK);
    assert_true(result.proven && result.found.n == 1 && !result.found.in[0][0]);
    assert_near(result.found.objective[0], -3, 1e-15);
    d.base = (double[PACKED]){0};
    assert_int_equal(fsci_design_search(arena, &d, &result, NULL), FSC_OK);
    assert_int_equal(result.found.n, 0);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enumeration_finds_the_best),
        cmocka_unit_test(branch_and_bound_finds_the_best),
        cmocka_unit_test(an_unfinished_search_says_so),
        cmocka_unit_test(combinations_are_counted),
        cmocka_unit_test(ties_go_to_the_first),
        cmocka_unit_test(nothing_to_add_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
