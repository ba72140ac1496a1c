#include "observe/roles.h"
#include "unit.h"

static void names_say_roles_and_units(void **state)
{
    (void)state;
    static const struct {
        const char *column;
        fsci_role role;
        double unit;
    } cases[] = {
        {"Model", FSCI_ROLE_MODEL, 1},
        {"model_name", FSCI_ROLE_MODEL, 1},
        {"Model Family", FSCI_ROLE_FAMILY, 1},
        {"family", FSCI_ROLE_FAMILY, 1},
        {"Model Size (B)", FSCI_ROLE_PARAMS, 1e9},
        {"params", FSCI_ROLE_PARAMS, 1},
        {"params_b", FSCI_ROLE_PARAMS, 1e9},
        {"Parameters (millions)", FSCI_ROLE_PARAMS, 1e6},
        {"Pretraining Data Size (T)", FSCI_ROLE_TOKENS, 1e12},
        {"tokens", FSCI_ROLE_TOKENS, 1},
        {"FLOPs (1E21)", FSCI_ROLE_FLOPS, 1e21},
        {"FLOPS", FSCI_ROLE_FLOPS, 1},
        {"Training compute (FLOP)", FSCI_ROLE_FLOPS, 1},
        {"flops_1e21", FSCI_ROLE_FLOPS, 1e21},
        {"Release Date", FSCI_ROLE_DATE, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_role role;
        double unit;
        if (!fsci_role_of(cases[i].column, &role, &unit))
            fail_msg("%s has no role", cases[i].column);
        assert_int_equal(role, cases[i].role);
        assert_true(unit == cases[i].unit);
    }
}

static void benchmarks_have_no_role(void **state)
{
    (void)state;
    static const char *const names[] = {
        "MMLU",
        "ARC-C",
        "tokens_2",
        "model_b",
        "b",
        "size (x)",
        "(1E21)",
        "🤖 score %",
        "parsinlu, 2-shot",
        "",
        "a column whose name is much longer than any role's name could ever be, params"};
    fsci_role role;
    double unit;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fsci_role_of(names[i], &role, &unit))
            fail_msg("'%s' is taken for %s", names[i], fsci_role_name(role));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_roles_and_units),
        cmocka_unit_test(benchmarks_have_no_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
