#include "latent/impute.h"
#include "unit.h"

static const fsci_impute_options rank_one = {.rank = 1, .lo = -INFINITY, .hi = INFINITY};

static fsci_imputer fit(fsci_arena *arena, size_t n, size_t p, const double *X,
                        fsci_impute_options options, double *filled)
{
    fsci_imputer imputer;
    fsc_error err = {0};
    if (fsci_impute_fit(arena, n, p, X, &options, filled, &imputer, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return imputer;
}

/* x_ij = a_j + b_j t_i: one number per row decides everything, so the gaps have one answer. */
static void make_rank_one(double X[6 * 4])
{
    static const double t[6] = {-2, -1, 0, 0.5, 1, 3}, a[4] = {5, 1, -2, 10},
                        b[4] = {1, -0.3, 2, 0.1};
    for (size_t j = 0; j < 4; j++)
        for (size_t i = 0; i < 6; i++)
            X[j * 6 + i] = a[j] + b[j] * t[i];
}

static void exact_structure_is_completed_exactly(void **state)
{
    (void)state;
    static const size_t gaps[] = {0, 8, 15, 23};
    fsci_arena *arena = fsci_arena_new();
    double whole[24], X[24], filled[24];
    make_rank_one(whole);
    memcpy(X, whole, sizeof X);
    for (size_t g = 0; g < 4; g++)
        X[gaps[g]] = NAN;
    fsci_imputer imputer = fit(arena, 6, 4, X, rank_one, filled);
    assert_true(imputer.converged);
    assert_int_equal(imputer.n_filled, 4);
    for (size_t c = 0; c < 24; c++)
        assert_near(filled[c], whole[c], 1e-10);
    fsci_arena_free(arena);
}

/* The fixed point is one: a fitted row put through as a new one gets the same values. */
static void new_rows_are_filled_like_fitted_ones(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[7 * 4], filled[28], again[28];
    for (size_t c = 0; c < 28; c++)
        X[c] = sin(1.7 * (double)c) + (double)(c % 7);
    X[3] = X[9] = X[17] = X[10] = NAN;
    memcpy(again, X, sizeof X);
    fsci_imputer imputer = fit(arena, 7, 4, X, rank_one, filled);
    assert_true(imputer.converged);
    fsci_impute_rows(&imputer, 7, again);
    for (size_t c = 0; c < 28; c++)
        assert_near(again[c], filled[c], 1e-10);
    fsci_arena_free(arena);
}

static void two_ranks_restore_a_plane(void **state)
{
    (void)state;
    enum { n = 12, p = 6 };
    fsci_arena *arena = fsci_arena_new();
    double whole[n * p], X[n * p], filled[n * p];
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < n; i++) {
            double s = sin((double)i), t = cos(2.3 * (double)i);
            whole[j * n + i] = (double)j + (1 + (double)j) * s + (3 - 0.7 * (double)(j * j)) * t;
        }
    memcpy(X, whole, sizeof X);
    X[2] = X[n + 5] = X[3 * n + 7] = X[4 * n + 5] = NAN;
    fsci_impute_options options = rank_one;
    options.rank = 2;
    fsci_imputer imputer = fit(arena, n, p, X, options, filled);
    assert_true(imputer.converged);
    for (size_t c = 0; c < n * p; c++)
        assert_near(filled[c], whole[c], 1e-9);
    double row[p];
    for (size_t j = 0; j < p; j++)
        row[j] = j < 2 ? whole[j * n + 4] : NAN; /* two observed cells determine a plane's point */
    fsci_impute_rows(&imputer, 1, row);
    for (size_t j = 0; j < p; j++)
        assert_near(row[j], whole[j * n + 4], 1e-8);
    fsci_arena_free(arena);
}

static void a_complete_matrix_is_left_alone(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24];
    make_rank_one(X);
    fsci_impute_options narrow = {.rank = 1, .lo = 0, .hi = 1}; /* clips only what it filled */
    fsci_imputer imputer = fit(arena, 6, 4, X, narrow, filled);
    assert_memory_equal(filled, X, sizeof X);
    assert_int_equal(imputer.rounds, 0);
    assert_true(imputer.converged);
    fsci_arena_free(arena);
}

static void filled_cells_are_clipped(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24], row[4] = {8, NAN, 4, NAN}; /* the row of t = 3 */
    make_rank_one(X);
    X[5] = NAN; /* 8 */
    fsci_impute_options options = {.rank = 1, .lo = -INFINITY, .hi = 6.5};
    fsci_imputer imputer = fit(arena, 6, 4, X, options, filled);
    assert_true(filled[5] == 6.5);
    assert_true(filled[4] == X[4]);
    fsci_impute_rows(&imputer, 1, row);
    assert_near(row[1], 1 - 0.9, 1e-9);
    assert_true(row[3] == 6.5); /* 10.3 */
    fsci_arena_free(arena);
}

static void a_row_that_says_nothing_gets_the_means(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24], row[4] = {NAN, NAN, NAN, NAN};
    make_rank_one(X);
    fsci_imputer imputer = fit(arena, 6, 4, X, rank_one, filled);
    fsci_impute_rows(&imputer, 1, row);
    for (size_t j = 0; j < 4; j++)
        assert_near(row[j], imputer.mean[j], 1e-12);
    fsci_arena_free(arena);
}

static void a_constant_column_does_no_harm(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24];
    make_rank_one(X);
    for (size_t i = 6; i < 12; i++)
        X[i] = 0.25;
    X[7] = X[0] = NAN;
    fsci_imputer imputer = fit(arena, 6, 4, X, rank_one, filled);
    assert_true(imputer.converged);
    assert_near(filled[7], 0.25, 1e-12);
    fsci_arena_free(arena);
}

static void rounds_are_bounded(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24];
    make_rank_one(X);
    X[0] = NAN;
    fsci_impute_options options = rank_one;
    options.max_rounds = 2;
    fsci_imputer imputer = fit(arena, 6, 4, X, options, filled);
    assert_int_equal(imputer.rounds, 2);
    assert_false(imputer.converged);
    fsci_arena_free(arena);
}

/* Beyond 2,000 rows components are followed by steps; the answer is that of the same rows three
 * times over, which are few enough for exact ones. */
static void many_rows_have_the_same_fixed_point(void **state)
{
    (void)state;
    enum { n = 800, p = 6, copies = 3 };
    fsci_arena *arena = fsci_arena_new();
    double *X = FSCI_NEW(arena, double, n *p), *filled = FSCI_NEW(arena, double, n *p);
    double *many = FSCI_NEW(arena, double, n *p *copies),
           *all = FSCI_NEW(arena, double, n *p *copies);
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < n; i++) {
            double g = sin(0.37 * (double)i), h = cos(1.91 * (double)i);
            bool empty = (i * 7 + j * 13) % 5 == 0;
            X[j * n + i] =
                empty ? NAN : 0.5 + 0.2 * g * (1 + (double)j / p) + 0.1 * h * ((double)j - 2);
            for (size_t c = 0; c < copies; c++)
                many[j * n * copies + c * n + i] = X[j * n + i];
        }
    fsci_impute_options options = {.rank = 2, .lo = -INFINITY, .hi = INFINITY};
    fsci_imputer few = fit(arena, n, p, X, options, filled);
    fsci_imputer lots = fit(arena, n * copies, p, many, options, all);
    assert_true(few.converged && lots.converged);
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < n; i++)
            assert_near(all[j * n * copies + i], filled[j * n + i], 1e-10);
    fsci_arena_free(arena);
}

/* The error of a cell is that of filling it when it is emptied, with what was fitted. */
static void errors_are_those_of_emptied_cells(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24], error[4], squares[4] = {0};
    fsc_error err = {0};
    make_rank_one(X);
    fsci_imputer imputer = fit(arena, 6, 4, X, rank_one, filled);
    assert_int_equal(fsci_impute_errors(&imputer, 6, X, error, &err), FSC_OK);
    for (size_t j = 0; j < 4; j++)
        assert_near(error[j], 0, 1e-12); /* every cell follows from the others of its row */
    for (size_t c = 0; c < 24; c++)
        X[c] += 0.02 * sin(5.0 * (double)c);
    X[13] = NAN;
    imputer = fit(arena, 6, 4, X, rank_one, filled);
    assert_int_equal(fsci_impute_errors(&imputer, 6, X, error, &err), FSC_OK);
    for (size_t c = 0; c < 24; c++) {
        double emptied[24];
        memcpy(emptied, X, sizeof X);
        emptied[c] = NAN;
        fsci_impute_rows(&imputer, 6, emptied);
        if (c != 13)
            squares[c / 6] += (X[c] - emptied[c]) * (X[c] - emptied[c]);
    }
    for (size_t j = 0; j < 4; j++)
        assert_near(error[j], sqrt(squares[j] / (j == 2 ? 5 : 6)), 1e-12);
    fsci_arena_free(arena);
}

static void refuses_what_it_cannot_fill_from(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    double X[24], filled[24];
    fsci_imputer imputer;
    fsc_error err;
    make_rank_one(X);
    for (size_t i = 6; i < 12; i++)
        X[i] = NAN;
    assert_int_equal(fsci_impute_fit(arena, 6, 4, X, &rank_one, filled, &imputer, &err),
                     FSC_EINPUT);
    assert_string_equal(err.message, "column 2 has no observed value to impute from");
    make_rank_one(X);
    X[3] = INFINITY;
    assert_int_equal(fsci_impute_fit(arena, 6, 4, X, &rank_one, filled, &imputer, &err),
                     FSC_EINPUT);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_structure_is_completed_exactly),
        cmocka_unit_test(new_rows_are_filled_like_fitted_ones),
        cmocka_unit_test(two_ranks_restore_a_plane),
        cmocka_unit_test(a_complete_matrix_is_left_alone),
        cmocka_unit_test(filled_cells_are_clipped),
        cmocka_unit_test(a_row_that_says_nothing_gets_the_means),
        cmocka_unit_test(a_constant_column_does_no_harm),
        cmocka_unit_test(rounds_are_bounded),
        cmocka_unit_test(many_rows_have_the_same_fixed_point),
        cmocka_unit_test(errors_are_those_of_emptied_cells),
        cmocka_unit_test(refuses_what_it_cannot_fill_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
