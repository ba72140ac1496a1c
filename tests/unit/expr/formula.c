/* Text to trees and back: limits, places, names, degrees. */
#include "base/buffer.h"
#include "expr/tree.h"
#include "arena.h"
#include "unit.h"

#include <stdlib.h>

static fsci_formula *parse(const char *text)
{
    fsci_formula *formula;
    fsc_error err;
    if (fsci_formula_parse(arena, "formula", 1, 1, text, &formula, &err) != FSC_OK)
        fail_msg("%s: %s", text, err.message);
    return formula;
}

static fsc_error refuse(int32_t line, int32_t col, const char *text)
{
    fsci_formula *formula;
    fsc_error err = {.status = FSC_OK};
    assert_int_equal(fsci_formula_parse(arena, "law.yaml", line, col, text, &formula, &err),
                     FSC_EINPUT);
    assert_int_equal(fsci_formula_parse(arena, "law.yaml", line, col, text, &formula, NULL),
                     FSC_EINPUT);
    return err;
}

/* `n` times `piece`, then `end`. */
static char *repeat(const char *piece, size_t n, const char *end)
{
    fsci_buffer text = {0};
    for (size_t i = 0; i < n; i++)
        fsci_buffer_puts(&text, piece);
    fsci_buffer_puts(&text, end);
    char *copy = fsci_copy_string(arena, text.data);
    fsci_buffer_free(&text);
    return copy;
}

/* ---- limits ---- */

static void deep_nesting_is_refused(void **unused)
{
    static const char *const pieces[] = {"(", "-", "x^", "log(", "not ", "a+(", "max(1,"};
    (void)unused;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        fsc_error err = refuse(1, 1, repeat(pieces[i], 9000, "x"));
        assert_string_equal(err.message, "nested more than 200 deep; split the formula");
        assert_true(err.col > 0 && (size_t)err.col <= strlen(err.excerpt) && err.len > 0);
    }
    parse(repeat("(", 190, repeat("x", 1, repeat(")", 190, ""))));
}

static void long_text_is_refused(void **unused)
{
    (void)unused;
    fsc_error err = refuse(1, 1, repeat("(", 100000, "x"));
    assert_string_equal(err.message, "100001 bytes of formula; at most 65536 are read");
    assert_true(err.col > 0 && (size_t)err.col <= strlen(err.excerpt) && err.len == 1);
    assert_true(strlen(err.excerpt) > 100);
}

static void large_trees_are_refused(void **unused)
{
    (void)unused;
    fsc_error err = refuse(1, 1, repeat("x+", 1200, "x"));
    assert_string_equal(err.message, "more than 1000 operations in one chain; split the formula");
    parse(repeat("x+", 990, "x"));
    fsci_buffer many = {0};
    for (int i = 0; i < 30; i++)
        fsci_buffer_printf(&many, "%s(%s)", i ? "*" : "", repeat("x+", 400, "x"));
    err = refuse(1, 1, many.data);
    assert_string_equal(err.message, "the formula has more than 20000 parts; split it");
    fsci_buffer_free(&many);
    err = refuse(1, 1, repeat("1, ", 0, repeat("max(1", 1, repeat(",1", 70, ")"))));
    assert_string_equal(err.message, "max takes at most 64 arguments");
}

/* ---- places ---- */

static void places_are_those_of_the_file(void **unused)
{
    (void)unused;
    fsc_error err = refuse(13, 10, "L = E + A*(N");
    assert_string_equal(err.source, "law.yaml");
    assert_int_equal(err.line, 13);
    assert_int_equal(err.col, 22);
    assert_string_equal(err.excerpt, "         L = E + A*(N");
    err = refuse(13, 10, "L = E\n  + A**2\n");
    assert_int_equal(err.line, 14);
    assert_int_equal(err.col, 6);
    assert_int_equal(err.len, 2);
    assert_string_equal(err.excerpt, "  + A**2");
}

static void a_caret_in_a_long_line_stays_in_sight(void **unused)
{
    (void)unused;
    fsc_error err = refuse(1, 1, repeat("x +           ", 900, "$"));
    assert_string_equal(err.message, "'$' is no part of a formula");
    assert_true(err.excerpt[err.col - 1] == '$');
}

static void a_failure_points_at_a_name(void **unused)
{
    fsc_error err;
    const fsci_name *names;
    fsci_formula *formula = parse("L = E + A*N^-alpha");
    (void)unused;
    size_t n = fsci_formula_names(arena, formula, &names);
    assert_int_equal(n, 5);
    assert_int_equal(fsci_formula_fail(&err, formula, &names[4], "no %s", "such"), FSC_EINPUT);
    assert_string_equal(err.message, "no such");
    assert_int_equal(err.col, 14);
    assert_int_equal(err.len, 5);
    fsci_formula_fail(&err, formula, NULL, "all of it");
    assert_int_equal(err.col, 1);
    assert_int_equal(err.len, 18);
}

/* ---- names ---- */

static void names_come_in_order_of_appearance(void **unused)
{
    static const char *const want[][2] = {
        {"L", NULL}, {"E", "family"}, {"family", NULL}, {"N", NULL}, {"a b", NULL}};
    const fsci_name *names;
    (void)unused;
    fsci_formula *formula = parse("L = E[family] + N*exp(N) + `a b` + E[family] + log(L)");
    assert_int_equal(fsci_formula_names(arena, formula, &names), 5);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(names[i].name, want[i][0]);
        assert_true(!names[i].index == !want[i][1]);
    }
    assert_string_equal(names[1].index, "family");
    assert_int_equal(names[1].col, 5);
    assert_int_equal(names[1].len, 9);
    assert_int_equal(fsci_formula_names(arena, parse("1 + 2"), &names), 0);
}

/* ---- writing ---- */

static void assert_written(const fsci_node *node, bool pretty, const char *want)
{
    fsci_buffer out = {0};
    fsci_formula_write(node, pretty, &out);
    assert_string_equal(out.data, want);
    fsci_buffer_free(&out);
}

static void text_has_the_fewest_parentheses(void **unused)
{
    static const char *const cases[][2] = {
        {"((a)+(b*c))", "a + b*c"},
        {"(a+b)*c", "(a + b)*c"},
        {"a-(b-c)-(d+e)", "a - (b - c) - (d + e)"},
        {"a/(b*c)", "a/(b*c)"},
        {"(a^b)^c", "(a^b)^c"},
        {"a^(b^c)", "a^b^c"},
        {"(-x)^2", "(-x)^2"},
        {"-(x^2)", "-x^2"},
        {"x^(-alpha)", "x^-alpha"},
        {"x^(1/3)", "x^(1/3)"},
        {"-(a*b)", "-(a*b)"},
        {"(-a)*b", "-a*b"},
        {"a*(-b)", "a*-b"},
        {"not (a and b)", "not (a and b)"},
        {"(not a) and b", "not a and b"},
        {"(not a) == b", "(not a) == b"},
        {"(a < b) == c", "(a < b) == c"},
        {"pow(a, b+1)", "a^(b + 1)"},
        {"max(a,(b),c)", "max(a, b, c)"},
        {"`and` + `x y` + `z`", "`and` + `x y` + z"},
        {"family == \"it's\"", "family == \"it's\""},
        {"a[`model family`]", "a[`model family`]"},
        {"1e-3 + 1e22", "0.001 + 1e+22"},
        {"true", "1"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_written(parse(cases[i][0])->right, false, cases[i][1]);
}

static void pretty_text_is_greek(void **unused)
{
    (void)unused;
    assert_written(parse("E + A*N^-alpha - B*D^-beta_2")->right, true, "E + A·N^−α − B·D^−β_2");
    assert_written(parse("alphabet <= -1")->right, true, "alphabet ≤ −1");
}

static void trees_are_made_from_trees(void **unused)
{
    fsci_formula *formula = parse("L = E + A*N^-alpha");
    (void)unused;
    const fsci_node *left = fsci_node_call(arena, "log", formula->left);
    const fsci_node *right = fsci_node_call(arena, "log", formula->right);
    assert_written(fsci_node_binary(arena, '-', right, left), false,
                   "log(E + A*N^-alpha) - log(L)");
    assert_written(fsci_node_binary(arena, '*', formula->right, formula->left), false,
                   "(E + A*N^-alpha)*L");
    assert_written(fsci_node_binary(arena, '^', formula->left, formula->left), false, "L^L");
}

/* ---- degree ---- */

static void degree_tells_linear_parameters(void **unused)
{
    static const struct {
        const char *text;
        int of_E, of_A_B, of_alpha;
    } cases[] = {
        {"E + A*N^-alpha + B*D^-beta", 1, 1, 2},
        {"log(E + A*N^-alpha)", 2, 2, 2},
        {"log((A + N)^alpha)", 0, 2, 1},
        {"A*B*N", 0, 2, 0},
        {"A/N + B*(N - 3*A)/2", 0, 2, 0},
        {"(A + B)/N - -E", 1, 1, 0},
        {"N/A", 0, 2, 0},
        {"where(N > 1, A, B*alpha)", 0, 1, 1},
        {"where(A > 1, A, E)", 1, 2, 0},
        {"A^1 + E^2", 2, 1, 0},
        {"E[family]*N", 1, 0, 0},
        {"max(A, 1)", 0, 2, 0},
        {"3", 0, 0, 0},
    };
    static const char *const E[] = {"E"}, *const A_B[] = {"A", "B"}, *const alpha[] = {"alpha"};
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const fsci_node *node = parse(cases[i].text)->right;
        assert_int_equal(fsci_node_degree(node, E, 1), cases[i].of_E);
        assert_int_equal(fsci_node_degree(node, A_B, 2), cases[i].of_A_B);
        assert_int_equal(fsci_node_degree(node, alpha, 1), cases[i].of_alpha);
    }
}

static void help_lists_every_function(void **unused)
{
    const fsci_function_help *list;
    (void)unused;
    size_t n = fsci_functions(&list);
    assert_int_equal(n, FSCI_FUNCTION_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fsci_function_find(list[i].name), i);
        assert_true(*list[i].arguments && *list[i].meaning);
    }
    assert_int_equal(fsci_function_find("sin"), FSCI_OP_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(long_text_is_refused),
        cmocka_unit_test(large_trees_are_refused),
        cmocka_unit_test(places_are_those_of_the_file),
        cmocka_unit_test(a_caret_in_a_long_line_stays_in_sight),
        cmocka_unit_test(a_failure_points_at_a_name),
        cmocka_unit_test(names_come_in_order_of_appearance),
        cmocka_unit_test(text_has_the_fewest_parentheses),
        cmocka_unit_test(pretty_text_is_greek),
        cmocka_unit_test(trees_are_made_from_trees),
        cmocka_unit_test(degree_tells_linear_parameters),
        cmocka_unit_test(help_lists_every_function),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
