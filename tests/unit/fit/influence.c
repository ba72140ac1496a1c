/* What one run decides: exact for a straight line, confirmed by refits for a robust power law. */
#include "fit/check/influence.h"
#include "fit/record.h"
#include "arena.h"
#include "unit.h"

static fsc_table *table;

static int close_both(void **state)
{
    fsci_table_free(table);
    table = NULL;
    return close_arena(state);
}

typedef struct found {
    fsci_fit fit;
    fsci_fitted fitted;
    fsci_quantities quantities;
    fsci_influence influence;
} found;

static found *find(const char *formula, const char *rows)
{
    static const fsci_fit_settings usual = {
        .level = 0.95, .seed = 1, .search = {.seed = 1, .threads = 1}};
    found *f = FSCI_NEW(arena, found, 1);
    fsci_formula *parsed;
    assert_non_null(f);
    assert_int_equal(fsci_table_parse("t.csv", rows, strlen(rows), NULL, &table, NULL), FSC_OK);
    assert_int_equal(fsci_formula_parse(arena, "formula", 1, 1, formula, &parsed, NULL), FSC_OK);
    const fsci_subject subject = {.formula = parsed};
    assert_int_equal(fsci_fit_run(arena, &subject, table, &usual, &f->fit, NULL), FSC_OK);
    fsci_json *record = fsci_json_object(arena);
    fsci_json_set_string(arena, record, "kind", "fit");
    fsci_json_set_number(arena, record, "schema", 1);
    const fsci_fit_context context = {.rows_read = f->fit.model.n, .settings = &usual};
    assert_int_equal(fsci_fit_record(arena, &f->fit, &context, record, NULL), FSC_OK);
    assert_int_equal(fsci_fitted_read(arena, record, &f->fitted, NULL), FSC_OK);
    assert_int_equal(fsci_quantities_find(arena, &f->fit, &f->fitted, &f->quantities, NULL),
                     FSC_OK);
    assert_int_equal(fsci_influence_find(arena, &f->fit, &f->quantities, &f->influence, NULL),
                     FSC_OK);
    return f;
}

/* A model that is linear in its parameters is a quadratic objective: one step is the refit. */
static void one_step_is_exact_for_a_line(void **state)
{
    (void)state;
    const found *f =
        find("y = a + b*x", "x,y\n1,1.1\n2,1.9\n3,3.2\n4,3.8\n5,5.3\n6,5.9\n7,7.4\n20,17\n");
    const fsci_influence *influence = &f->influence;
    assert_int_equal(influence->n_most, FSCI_INFLUENTIAL);
    for (size_t k = 0; k < influence->n_most; k++) {
        const fsci_influential *one = &influence->most[k];
        double moved = one->value - f->quantities.items[one->quantity].value;
        assert_near(one->one_step, moved, 1e-9);
    }
    assert_int_equal(influence->most[0].row, 7); /* far out and off the line */
    assert_true(influence->most[0].leverage > 0.7);
}

static void an_outlier_is_the_most_influential(void **state)
{
    (void)state;
    const found *f =
        find("log(y) = a - p*log(x)", "x,y\n1,1\n2,0.71\n4,0.5\n8,0.353\n16,0.25\n32,0.1770\n"
                                      "64,0.4\n128,0.0884\n");
    assert_int_equal(f->influence.most[0].row, 6);
    assert_true(isfinite(f->influence.most[0].value));
}

/* An exact fit has no interval for anything to be measured by. */
static void an_exact_fit_hangs_on_no_run(void **state)
{
    (void)state;
    const found *f = find("y = a + b*x", "x,y\n1,2\n2,4\n3,6\n4,8\n");
    assert_int_equal(f->influence.n_most, 0);
}

/* No small table makes the solver use up its iterations; one that did is told apart. */
static void an_unfinished_search_is_said(void **state)
{
    (void)state;
    static const fsci_fit_settings settings = {.level = 0.95};
    found *f = find("y = a + b*x", "x,y\n1,2\n2,4.1\n3,6\n4,8\n");
    for (int stopped = 0; stopped < 2; stopped++) {
        fsci_json *record = fsci_json_object(arena);
        f->fit.search.best.stop = stopped ? FSCI_STOP_LIMIT : FSCI_STOP_CONVERGED;
        fsci_fit_warnings(arena, &f->fit, &settings, record);
        bool said = false;
        FSCI_JSON_EACH (warning, fsci_json_get(record, "warnings"))
            said = said || !strcmp(fsci_json_get_string(warning, "code"), "W-STOP");
        assert_int_equal(said, stopped);
    }
}

static void exponents_are_recognised(void **state)
{
    (void)state;
    fsci_formula *f;
    assert_int_equal(
        fsci_formula_parse(arena, "f", 1, 1, "L = E + A*N^-alpha + (B/D)^(b/2)", &f, NULL), FSC_OK);
    assert_true(fsci_is_exponent(f, "alpha"));
    assert_true(fsci_is_exponent(f, "b"));
    assert_false(fsci_is_exponent(f, "A"));
    assert_false(fsci_is_exponent(f, "B"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_step_is_exact_for_a_line, open_arena, close_both),
        cmocka_unit_test_setup_teardown(an_outlier_is_the_most_influential, open_arena, close_both),
        cmocka_unit_test_setup_teardown(an_exact_fit_hangs_on_no_run, open_arena, close_both),
        cmocka_unit_test_setup_teardown(an_unfinished_search_is_said, open_arena, close_both),
        cmocka_unit_test_setup_teardown(exponents_are_recognised, open_arena, close_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
