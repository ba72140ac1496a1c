/* Partitions keep their promises; estimators are run and scored as they say. */
#include "fit/contest/holdout.h"
#include "num/distribution.h"
#include "arena.h"
#include "unit.h"

enum { TABLE = 24 };

/* Rows 2..23 of a table, of scale 1, 2, 4, ... with the last four of one size. */
static fsci_pool make_pool(void)
{
    static size_t rows[TABLE - 2];
    static double scale[TABLE];
    for (size_t i = 0; i < TABLE; i++)
        scale[i] = ldexp(1, (int)(i < 20 ? i : 20));
    for (size_t i = 0; i < TABLE - 2; i++)
        rows[i] = i + 2;
    return (fsci_pool){.rows = rows, .n = TABLE - 2, .n_table = TABLE, .scale = scale, .least = 3};
}

/* No row is both; the first two rows, which are not in the pool, are neither. */
static void check_apart(const fsci_partition *p)
{
    size_t n_train = 0;
    for (size_t i = 0; i < TABLE; i++)
        n_train += p->train[i];
    assert_int_equal(n_train, p->n_train);
    assert_false(p->train[0] || p->train[1]);
    for (size_t i = 0; i < p->n_test; i++) {
        assert_false(p->train[p->test[i]]);
        assert_true(p->test[i] >= 2);
    }
}

static void the_largest_stay_together(void **state)
{
    (void)state;
    const fsci_pool pool = make_pool();
    fsci_partitions parts = {0};
    assert_int_equal(fsci_holdout_largest(arena, &pool, 0.1, &parts, NULL), FSC_OK);
    assert_int_equal(parts.n, 1);
    check_apart(parts.items);
    assert_int_equal(parts.items->n_test, 4); /* three were asked for, and the fourth equals them */
    assert_near(parts.items->cutoff, ldexp(1, 19), 0);
    assert_near(parts.items->log10_beyond, log10(2), 1e-12);
}

static void each_block_is_forecast_from_smaller_runs(void **state)
{
    (void)state;
    const fsci_pool pool = make_pool();
    fsci_partitions parts = {0};
    assert_int_equal(fsci_holdout_rolling(arena, &pool, &parts, NULL), FSC_OK);
    assert_true(parts.n >= 4);
    for (size_t p = 0; p < parts.n; p++) {
        check_apart(&parts.items[p]);
        for (size_t i = 0; i < parts.items[p].n_test; i++)
            assert_true(pool.scale[parts.items[p].test[i]] > parts.items[p].cutoff);
    }
}

static void folds_cover_every_row_once(void **state)
{
    (void)state;
    const fsci_pool pool = make_pool();
    fsci_partitions parts = {0};
    size_t times[TABLE] = {0};
    assert_int_equal(fsci_holdout_folds(arena, &pool, 5, NULL, 1, &parts, NULL), FSC_OK);
    assert_int_equal(parts.n, 5);
    for (size_t p = 0; p < parts.n; p++) {
        check_apart(&parts.items[p]);
        for (size_t i = 0; i < parts.items[p].n_test; i++)
            times[parts.items[p].test[i]]++;
    }
    for (size_t i = 2; i < TABLE; i++)
        assert_int_equal(times[i], 1);
}

static void clusters_are_never_divided(void **state)
{
    (void)state;
    const fsci_pool pool = make_pool();
    uint32_t codes[TABLE];
    for (size_t i = 0; i < TABLE; i++)
        codes[i] = (uint32_t)(i * 7 % 6);
    const fsci_column cluster = {.kind = FSCI_COLUMN_CATEGORIES, .codes = codes, .n_levels = 6};
    fsci_partitions parts = {0};
    assert_int_equal(fsci_holdout_folds(arena, &pool, 4, &cluster, 1, &parts, NULL), FSC_OK);
    assert_int_equal(parts.n, 4);
    for (size_t p = 0; p < parts.n; p++)
        for (size_t i = 0; i < parts.items[p].n_test; i++)
            for (size_t row = 0; row < TABLE; row++)
                if (parts.items[p].train[row])
                    assert_int_not_equal(codes[row], codes[parts.items[p].test[i]]);
}

static void too_little_to_fit_makes_no_partition(void **state)
{
    (void)state;
    fsci_pool pool = make_pool();
    fsci_partitions parts = {0};
    pool.least = TABLE;
    assert_int_equal(fsci_holdout_largest(arena, &pool, 0.1, &parts, NULL), FSC_OK);
    assert_int_equal(fsci_holdout_rolling(arena, &pool, &parts, NULL), FSC_OK);
    assert_int_equal(fsci_holdout_folds(arena, &pool, 5, NULL, 1, &parts, NULL), FSC_OK);
    assert_int_equal(parts.n, 0);
}

/* Forecasts the mean of its training rows; fails where there are fewer than `context` of them. */
static fsc_status mean_of_training(const void *context, const bool *train, const size_t *test,
                                   size_t n_test, fsci_row_forecast *out)
{
    (void)test;
    double sum = 0, n = 0;
    for (size_t i = 0; i < TABLE; i++)
        if (train[i]) {
            sum += (double)i;
            n++;
        }
    if (n < *(const double *)context)
        return FSC_EINPUT;
    for (size_t i = 0; i < n_test; i++) {
        out[i].mean = sum / n;
        for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++)
            out[i].quantile[k] = NAN;
    }
    return FSC_OK;
}

static void estimators_are_run_and_scored(void **state)
{
    (void)state;
    const fsci_pool pool = make_pool();
    const double few = 1, many = 1e9;
    double observed[TABLE];
    for (size_t i = 0; i < TABLE; i++)
        observed[i] = (double)i;
    const fsci_estimator estimators[] = {
        {.id = "mean", .run = mean_of_training, .context = &few, .observed = observed},
        {.id = "never", .run = mean_of_training, .context = &many, .observed = observed}};
    fsci_partitions parts = {0};
    fsci_row_forecast **forecasts;
    fsci_forecast_score score;
    assert_int_equal(fsci_holdout_largest(arena, &pool, 0.1, &parts, NULL), FSC_OK);
    assert_int_equal(fsci_holdout_run(arena, estimators, 2, &parts, 2, &forecasts, NULL), FSC_OK);
    assert_int_equal(fsci_holdout_score(&estimators[0], &parts, 0, 1, forecasts, &score, NULL),
                     FSC_OK);
    /* rows 2..19 have mean 10.5; rows 20..23 are 9.5, ..., 12.5 above it */
    assert_int_equal(score.n, 4);
    assert_near(score.mean_signed_error, -11, 1e-12);
    assert_near(score.mse, 121 + 1.25, 1e-12);
    assert_near(score.median_ae, 11, 1e-12);
    assert_true(isnan(score.crps));
    assert_int_equal(fsci_holdout_score(&estimators[1], &parts, 0, 1, forecasts + 1, &score, NULL),
                     FSC_OK);
    assert_int_equal(score.n, 0);
    assert_int_equal(score.n_unanswered, 4);
    assert_true(isnan(score.rmse));
}

/* The CRPS of a standard normal forecast at y is y(2F(y) - 1) + 2f(y) - 1/sqrt(pi) (Gneiting &
 * Raftery 2007, section 4.2); 21 levels come near. */
static void crps_of_normal_quantiles(void **state)
{
    (void)state;
    fsci_row_forecast forecast = {.mean = 0};
    for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++)
        forecast.quantile[k] = fsci_normal_quantile(fsci_forecast_level(k));
    for (double y = -1.5; y <= 1.5; y += 0.5) {
        fsci_forecast_score score;
        assert_int_equal(fsci_forecast_scored(&forecast, &y, 1, &score, NULL), FSC_OK);
        double exact = y * (2 * fsci_normal_cdf(y) - 1) + 2 * fsci_normal_density(y) -
                       1 / sqrt(3.14159265358979323846);
        assert_near(score.crps, exact, 0.01);
        assert_near(score.coverage[0], fabs(y) < 0.6745, 0);
        assert_near(score.width[2], 2 * 1.959963984540054, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_largest_stay_together, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(each_block_is_forecast_from_smaller_runs, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(folds_cover_every_row_once, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(clusters_are_never_divided, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(too_little_to_fit_makes_no_partition, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(estimators_are_run_and_scored, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(crps_of_normal_quantiles, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
