/* Laws simulated with known constants are found again, and bad designs are called what they are. */
#include "fit/predict.h"
#include "fit/record.h"
#include "num/random.h"
#include "arena.h"
#include "unit.h"

#include <stdlib.h>

static fsc_table *table;

static int close_both(void **state)
{
    fsci_table_free(table);
    table = NULL;
    return close_arena(state);
}

static void read_table(const char *text)
{
    fsc_error err = {0};
    if (fsci_table_parse("simulated.csv", text, strlen(text), NULL, &table, &err))
        fail_msg("%s", err.message);
}

static fsci_fit fit_formula(const char *text, const fsci_fit_settings *settings)
{
    fsci_formula *formula;
    fsci_fit fit;
    fsc_error err = {0};
    if (fsci_formula_parse(arena, "formula", 1, 1, text, &formula, &err))
        fail_msg("%s", err.message);
    fsci_subject subject = {.formula = formula};
    fsci_fit *kept = fsci_alloc(arena, 1, sizeof *kept); /* a model points into itself */
    assert_non_null(kept);
    if (fsci_fit_run(arena, &subject, table, settings, kept, &err))
        fail_msg("%s", err.message);
    fit = *kept;
    return fit;
}

static double value_of(const fsci_fit *fit, const char *name)
{
    for (size_t i = 0; i < fit->model.n_all; i++)
        if (!strcmp(fit->model.all[i].name, name))
            return fit->theta[i];
    fail_msg("no parameter %s", name);
    return NAN;
}

static const fsci_fit_settings usual = {
    .level = 0.95, .seed = 1, .search = {.seed = 1, .threads = 1}};

/* 7 sizes by 6 token counts. */
static char *grid(double noise, bool one_ray)
{
    fsci_buffer text = {0};
    fsci_stream stream = fsci_stream_new(7, 1);
    fsci_buffer_puts(&text, "N,D,loss\n");
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 6; j++) {
            double N = 1e7 * pow(4, i), D = one_ray ? 20 * N : 1e9 * pow(3, j);
            double loss = 1.8 + 480 * pow(N, -0.35) + 2100 * pow(D, -0.37);
            loss *= exp(noise * fsci_random_normal(&stream));
            fsci_buffer_printf(&text, "%.17g,%.17g,%.17g\n", N, D, loss);
        }
    char *copy = fsci_copy_string(arena, text.data);
    fsci_buffer_free(&text);
    return copy;
}

static void noise_free_constants_come_back(void **state)
{
    (void)state;
    read_table(grid(0, false));
    fsci_fit fit = fit_formula("loss = E + A*N^-alpha + B*D^-beta", &usual);
    assert_rel(value_of(&fit, "E"), 1.8, 1e-6);
    assert_rel(value_of(&fit, "A"), 480, 1e-6);
    assert_rel(value_of(&fit, "alpha"), 0.35, 1e-6);
    assert_rel(value_of(&fit, "B"), 2100, 1e-6);
    assert_rel(value_of(&fit, "beta"), 0.37, 1e-6);
}

static void noisy_constants_lie_in_their_intervals(void **state)
{
    (void)state;
    read_table(grid(0.005, false));
    fsci_fit_settings settings = usual;
    settings.residual = "log";
    fsci_fit fit = fit_formula("loss = E + A*N^-alpha + B*D^-beta", &settings);
    static const struct {
        const char *name;
        double truth;
    } truths[] = {{"E", 1.8}, {"alpha", 0.35}, {"beta", 0.37}};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < fit.model.n_all; k++)
            if (!strcmp(fit.model.all[k].name, truths[i].name)) {
                double se = sqrt(fit.curvature.covariance[k + k * fit.model.n_all]);
                assert_near(fit.theta[k], truths[i].truth, 4 * se);
            }
}

/* All runs on one ratio D/N with equal exponents: only A + B r^-beta is determined. */
static void one_ray_is_said_to_determine_less(void **state)
{
    (void)state;
    fsci_buffer text = {0};
    fsci_buffer_puts(&text, "N,D,loss\n");
    for (int i = 0; i < 12; i++) {
        double N = 1e7 * pow(2, i), D = 20 * N;
        fsci_buffer_printf(&text, "%.17g,%.17g,%.17g\n", N, D,
                           1.8 + 480 * pow(N, -0.35) + 2100 * pow(D, -0.35));
    }
    read_table(fsci_copy_string(arena, text.data));
    fsci_buffer_free(&text);
    fsci_fit fit = fit_formula("loss = E + A*N^-alpha + B*D^-alpha", &usual);
    assert_int_equal(fit.curvature.rank, 3);
    assert_null(fit.curvature.covariance);
    fsci_json *record = fsci_json_object(arena);
    fsci_fit_context context = {.rows_read = 12, .settings = &usual};
    assert_int_equal(fsci_fit_record(arena, &fit, &context, record, NULL), FSC_OK);
    assert_string_equal(fsci_json_at(record, "parameters.1.status")->string, "ambiguous");
    assert_string_equal(fsci_json_at(record, "warnings.0.code")->string, "W-AMBIG");
}

static void groups_have_their_own_values(void **state)
{
    (void)state;
    read_table("N,family,loss\n1,a,3\n2,a,5\n3,a,7\n1,b,13\n2,b,15\n3,b,17\n");
    fsci_fit fit = fit_formula("loss = c[family] + s*N", &usual);
    assert_int_equal(fit.model.n_all, 3);
    assert_string_equal(fit.model.all[0].group, "a");
    assert_near(fit.theta[0], 1, 1e-9);
    assert_near(fit.theta[1], 11, 1e-9);
    assert_near(value_of(&fit, "s"), 2, 1e-9);
}

/* Of a straight line the sandwich is HC1 (MacKinnon & White 1985), in closed form by hand. */
static void straight_line_errors_are_hc1(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4, 6, 9}, y[] = {2.2, 3.7, 6.1, 8.4, 11.6, 19.1};
    enum { N = 6 };
    double sx = 0, sxx = 0, sy = 0, sxy = 0;
    for (int i = 0; i < N; i++)
        sx += x[i], sxx += x[i] * x[i], sy += y[i], sxy += x[i] * y[i];
    double det = N * sxx - sx * sx, b = (N * sxy - sx * sy) / det, a = (sy - b * sx) / N;
    double meat_a = 0, meat_b = 0;
    for (int i = 0; i < N; i++) {
        double r = y[i] - a - b * x[i];
        double ga = (sxx - sx * x[i]) / det, gb = (N * x[i] - sx) / det;
        meat_a += ga * ga * r * r, meat_b += gb * gb * r * r;
    }
    read_table("x,y\n1,2.2\n2,3.7\n3,6.1\n4,8.4\n6,11.6\n9,19.1\n");
    fsci_fit fit = fit_formula("y = a + b*x", &usual);
    assert_rel(value_of(&fit, "b"), b, 1e-12);
    assert_rel(fit.curvature.se[0], sqrt(meat_a * N / (N - 2)), 1e-9);
    assert_rel(fit.curvature.se[1], sqrt(meat_b * N / (N - 2)), 1e-9);
}

/* What the others leave undetermined does not take away what is determined. */
static void determined_parameters_keep_their_errors(void **state)
{
    (void)state;
    read_table("x,y\n1,2.2\n2,3.7\n3,6.1\n4,8.4\n6,11.6\n9,19.1\n");
    fsci_fit alone = fit_formula("y = a + c*x", &usual);
    fsci_fit fit = fit_formula("y = a + b + c*x", &usual);
    assert_false(fit.curvature.identified[0]);
    assert_false(fit.curvature.identified[1]);
    assert_true(fit.curvature.identified[2]);
    assert_true(isnan(fit.curvature.se[0]));
    double factor = sqrt(3.0 / 4.0); /* n - p counts three parameters here, two there */
    assert_rel(fit.curvature.se[2] * factor, alone.curvature.se[1], 1e-7);
}

static void an_exact_fit_is_no_trouble(void **state)
{
    (void)state;
    read_table("x,y\n1,3\n2,5\n3,7\n4,9\n5,11\n");
    fsci_fit fit = fit_formula("y = a + b*x", &usual);
    assert_true(fit.curvature.exact);
    assert_int_equal(fit.search.best.stop, FSCI_STOP_CONVERGED);
    assert_true(fabs(fit.curvature.correlation_with[0]) < 0.95);
}

/* A row twice is a row of weight 2. */
static void weight_two_is_a_row_twice(void **state)
{
    (void)state;
    read_table("x,y,w\n1,2.1,1\n2,3.9,2\n3,6.3,1\n4,7.8,1\n5,10.4,2\n");
    fsci_fit_settings weighted = usual;
    weighted.weight = "w";
    fsci_fit a = fit_formula("y = p + q*x^r", &weighted);
    double p = value_of(&a, "p"), r = value_of(&a, "r"), value = a.search.best.value;
    fsci_table_free(table);
    read_table("x,y\n1,2.1\n2,3.9\n2,3.9\n3,6.3\n4,7.8\n5,10.4\n5,10.4\n");
    fsci_fit b = fit_formula("y = p + q*x^r", &usual);
    assert_rel(b.search.best.value, value, 1e-10);
    assert_rel(value_of(&b, "p"), p, 1e-4);
    assert_rel(value_of(&b, "r"), r, 1e-4);
}

/* A term the data push below zero stops at its bound and says so. */
static void a_bound_is_reported(void **state)
{
    (void)state;
    read_table("x,y\n1,1\n2,2\n3,3\n4,4\n5,5.1\n");
    fsci_setting limits[] = {{"a", "1:"}};
    fsci_fit_settings settings = usual;
    settings.bound = (fsci_settings_list){limits, 1};
    fsci_fit fit = fit_formula("y = a + b*x", &settings);
    assert_near(value_of(&fit, "a"), 1, 1e-12);
    assert_true(fit.at_bound[0]);
    assert_false(fit.at_bound[1]);
}

/* log(y + 1) = f is solved for y when predicting. */
static void a_response_inside_a_function_is_isolated(void **state)
{
    (void)state;
    read_table("x,y\n1,1.71828182845904523536\n2,6.38905609893065\n3,19.085536923187668\n");
    fsci_fit fit = fit_formula("log(y + 1) = a + b*x", &usual);
    assert_string_equal(fit.model.response, "y");
    fsci_json *record = fsci_json_object(arena);
    fsci_json_set_string(arena, record, "kind", "fit");
    fsci_json_set_number(arena, record, "schema", 1);
    fsci_fit_context context = {.rows_read = 3, .settings = &usual};
    assert_int_equal(fsci_fit_record(arena, &fit, &context, record, NULL), FSC_OK);
    fsci_fitted fitted;
    assert_int_equal(fsci_fitted_read(arena, record, &fitted, NULL), FSC_OK);
    const fsci_setting here = {"x", "4"};
    const fsci_at at = {&here, 1};
    fsci_json *rows = fsci_json_array(arena), *derived = fsci_json_array(arena);
    assert_int_equal(fsci_predict_at(arena, &fitted, &at, 1, rows, derived, NULL), FSC_OK);
    assert_rel(fsci_json_get_number(rows->first, "mean"), exp(4) - 1, 1e-8);
    assert_near(fsci_json_get_number(rows->first, "log10_beyond"), log10(4.0 / 3), 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(noise_free_constants_come_back, open_arena, close_both),
        cmocka_unit_test_setup_teardown(noisy_constants_lie_in_their_intervals, open_arena,
                                        close_both),
        cmocka_unit_test_setup_teardown(one_ray_is_said_to_determine_less, open_arena, close_both),
        cmocka_unit_test_setup_teardown(groups_have_their_own_values, open_arena, close_both),
        cmocka_unit_test_setup_teardown(straight_line_errors_are_hc1, open_arena, close_both),
        cmocka_unit_test_setup_teardown(determined_parameters_keep_their_errors, open_arena,
                                        close_both),
        cmocka_unit_test_setup_teardown(an_exact_fit_is_no_trouble, open_arena, close_both),
        cmocka_unit_test_setup_teardown(weight_two_is_a_row_twice, open_arena, close_both),
        cmocka_unit_test_setup_teardown(a_bound_is_reported, open_arena, close_both),
        cmocka_unit_test_setup_teardown(a_response_inside_a_function_is_isolated, open_arena,
                                        close_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
