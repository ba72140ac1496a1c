#include "law/catalogue.h"
#include "law/evaluate.h"
#include "arena.h"
#include "unit.h"

static const fsci_catalogue built_in;
static fsc_error err;

static double quantity(const fsci_evaluation *e, const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < e->derived.n; i++)
        if (!strcmp(e->derived.items[i].name, name))
            return e->derived.items[i].value;
    return strcmp(law->columns.items[law->response].name, name) ? NAN : e->value;
}

static void run_check(const fsc_law *law, const fsci_check *check)
{
    fsci_evaluation e;
    const fsci_law_published *set = fsci_law_published_find(law, check->set);
    if (fsci_law_evaluate_set(arena, law, set, &check->at, &e, &err))
        fail_msg("%s, line %d: %s", law->file, check->node->at.line, err.message);
    for (size_t i = 0; i < check->gives.n; i++) {
        const fsci_value *given = &check->gives.items[i];
        double got = quantity(&e, law, given->name);
        double allowed = isnan(check->rtol) ? check->tolerance : check->rtol * fabs(given->value);
        if (!(fabs(got - given->value) <= allowed))
            fail_msg("%s, line %d, set %s: %s is %.10g, should be %.10g within %.3g", law->file,
                     check->node->at.line, check->set, given->name, got, given->value, allowed);
    }
}

static void every_check_of_the_catalogue_passes(void **state)
{
    (void)state;
    fsci_laws laws;
    assert_int_equal(fsci_catalogue_list(&built_in, &laws, &err), FSC_OK);
    for (size_t i = 0; i < laws.n; i++) {
        assert_true(laws.items[i]->checks.n > 0);
        for (size_t k = 0; k < laws.items[i]->checks.n; k++)
            run_check(laws.items[i], &laws.items[i]->checks.items[k]);
    }
    fsci_laws_free(&laws);
}

/* ---- one law in detail ---- */

static fsc_law *find(const char *id)
{
    fsc_law *law;
    if (fsci_catalogue_find(&built_in, id, &law, &err))
        fail_msg("%s", err.message);
    return law;
}

/* Evaluates with up to two inputs; a NULL name ends them. */
static fsc_status at(const fsc_law *law, const char *set, const char *a, double x, const char *b,
                     double y, fsci_evaluation *e)
{
    fsci_value items[] = {{.name = a, .value = x}, {.name = b, .value = y}};
    fsci_values inputs = {items, (size_t)(a != NULL) + (b != NULL)};
    return fsci_law_evaluate(arena, law, fsci_law_published_find(law, set)->theta, &inputs, e,
                             &err);
}

static void terms_add_up_to_the_value(void **state)
{
    (void)state;
    fsc_law *law = find("chinchilla");
    fsci_evaluation e;
    assert_int_equal(at(law, "hoffmann-2022", "N", 70e9, "D", 1.4e12, &e), FSC_OK);
    assert_int_equal(e.terms.n, 3);
    assert_string_equal(e.terms.items[0].name, "E");
    assert_string_equal(e.terms.items[1].name, "A*N^-alpha");
    assert_string_equal(e.terms.items[2].name, "B*D^-beta");
    assert_rel(e.terms.items[1].value, 406.4 * pow(70e9, -0.34), 1e-14);
    double sum = 0;
    for (size_t i = 0; i < e.terms.n; i++)
        sum += e.terms.items[i].value;
    assert_rel(sum, e.value, 1e-15);
    fsci_law_free(law);
}

static void derived_quantities_stand_in_a_formula(void **state)
{
    (void)state;
    fsc_law *law = find("lr-annealing");
    assert_ptr_equal(law->stated, law->formula); /* nothing to write out */
    fsci_law_free(law);
    law = find("overtraining-error");
    assert_string_equal(law->stated->text, "err = eps - k*exp(-gamma*loss)");
    assert_string_equal(law->formula->text,
                        "err = eps - k*exp(-gamma*(E + (a*M^eta + b*M^-eta)*C^-eta))");
    fsci_evaluation e;
    assert_int_equal(at(law, "gadre-2024-c4", "C", 1e21, "M", 20, &e), FSC_OK);
    assert_string_equal(e.terms.items[1].name, "-k*exp(-gamma*loss)");
    assert_rel(e.terms.items[0].value + e.terms.items[1].value, e.value, 1e-15);
    fsci_law_free(law);
}

static void a_subtracted_term_keeps_its_sign(void **state)
{
    (void)state;
    fsc_law *law = find("error-from-loss");
    fsci_evaluation e;
    assert_int_equal(at(law, "gadre-2024-c4", "L", 3, NULL, 0, &e), FSC_OK);
    assert_int_equal(e.terms.n, 2);
    assert_string_equal(e.terms.items[1].name, "-k*exp(-gamma*L)");
    assert_rel(e.terms.items[1].value, -2.0789 * exp(-0.7561 * 3), 1e-14);
    fsci_law_free(law);
}

static void only_what_the_inputs_complete_is_given(void **state)
{
    (void)state;
    fsc_law *law = find("chinchilla");
    fsci_evaluation e;
    assert_int_equal(at(law, "hoffmann-2022", NULL, 0, NULL, 0, &e), FSC_OK);
    assert_true(isnan(e.value));
    assert_int_equal(e.terms.n, 0);
    assert_int_equal(e.derived.n, 3); /* a, b, G */
    assert_int_equal(at(law, "hoffmann-2022", "C", 1e20, NULL, 0, &e), FSC_OK);
    assert_true(isnan(e.value));
    assert_int_equal(e.derived.n, law->derived.n - 1); /* compute_factor wants another */
    fsci_law_free(law);
}

static void a_two_sided_law_gives_its_response(void **state)
{
    (void)state;
    fsc_law *law = find("broken-1");
    fsci_evaluation e;
    assert_int_equal(at(law, "caballero-2022-addition", "x", 1e6, NULL, 0, &e), FSC_OK);
    assert_rel(e.value, quantity(&e, law, "y"), 0);
    /* far beyond a sharp break the factor underflows and the limit is left */
    assert_rel(e.value, 0.41388453071629455, 1e-6);
    fsci_law_free(law);
}

static void bad_inputs_say_what_to_give(void **state)
{
    (void)state;
    fsc_law *law = find("chinchilla");
    fsci_evaluation e;
    assert_int_equal(at(law, "hoffmann-2022", "N", 1e9, NULL, 0, &e), FSC_EINPUT);
    assert_string_equal(err.message, "these inputs complete neither law chinchilla (it takes N, D, "
                                     "or L and all of them but one) nor a derived quantity");
    assert_int_equal(at(law, "hoffmann-2022", "Q", 1, NULL, 0, &e), FSC_EINPUT);
    assert_non_null(strstr(err.message, "law chinchilla has no column or argument 'Q'"));
    assert_int_equal(at(law, "hoffmann-2022", "N", -1, "D", 1e9, &e), FSC_EINPUT);
    assert_string_equal(err.message, "N = -1 is outside its domain, > 0, in law chinchilla");
    fsci_law_free(law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_of_the_catalogue_passes),
        cmocka_unit_test(terms_add_up_to_the_value),
        cmocka_unit_test(derived_quantities_stand_in_a_formula),
        cmocka_unit_test(a_subtracted_term_keeps_its_sign),
        cmocka_unit_test(only_what_the_inputs_complete_is_given),
        cmocka_unit_test(a_two_sided_law_gives_its_response),
        cmocka_unit_test(bad_inputs_say_what_to_give),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
