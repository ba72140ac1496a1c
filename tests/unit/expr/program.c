/* Programs: derivatives, roots, parameters by level, definitions, the listing. */
#include "expr/program.h"
#include "unit.h"

#include <stdlib.h>

enum { ROWS = 300, P = 8 };

typedef struct fixture {
    fsci_arena *arena;
    fsci_symbol symbols[16];
    fsci_scope scope;
    double N[ROWS], D[ROWS];
    uint32_t family[ROWS];
    double theta[P], values[3 * ROWS], jacobian[P * ROWS];
} fixture;

static fixture f;

static const char *const levels[] = {"one", "two", "three"};

static void add_symbol(fsci_symbol symbol)
{
    f.symbols[f.scope.n_symbols++] = symbol;
}

static int setup(void **unused)
{
    static const char *const names[] = {"E", "A", "B", "alpha", "beta"};
    static const double theta[P] = {1.8, 400, 2000, 0.35, 0.37, 0.5, -0.25, 2};
    (void)unused;
    memset(&f, 0, sizeof f);
    f.arena = fsci_arena_new();
    f.scope = (fsci_scope){.symbols = f.symbols, .n_rows = ROWS, .n_parameters = P};
    for (int i = 0; i < ROWS; i++) {
        f.N[i] = 1e7 * exp(0.02 * i);
        f.D[i] = 3e8 * exp(0.001 * i * (i % 7));
        f.family[i] = i % 11 ? (uint32_t)(i % 3) : FSCI_NO_CODE;
    }
    memcpy(f.theta, theta, sizeof theta);
    add_symbol((fsci_symbol){.name = "N", .kind = FSCI_SYMBOL_NUMBERS, .numbers = f.N});
    add_symbol((fsci_symbol){.name = "D", .kind = FSCI_SYMBOL_NUMBERS, .numbers = f.D});
    for (size_t j = 0; j < 5; j++)
        add_symbol((fsci_symbol){.name = names[j], .kind = FSCI_SYMBOL_PARAMETER, .first = j});
    add_symbol((fsci_symbol){.name = "family",
                             .kind = FSCI_SYMBOL_CODES,
                             .codes = f.family,
                             .levels = levels,
                             .n_levels = 3});
    add_symbol(
        (fsci_symbol){.name = "g", .kind = FSCI_SYMBOL_PARAMETERS, .first = 5, .index = "family"});
    return f.arena ? 0 : -1;
}

static int teardown(void **unused)
{
    (void)unused;
    fsci_arena_free(f.arena);
    return 0;
}

static const fsci_node *tree(const char *text)
{
    fsci_formula *formula;
    fsc_error err;
    if (fsci_formula_parse(f.arena, "formula", 1, 1, text, &formula, &err) != FSC_OK)
        fail_msg("%s: %s", text, err.message);
    return formula->right;
}

static fsc_status try_compile(const char *const *texts, size_t n, fsci_program **program,
                              fsc_error *err)
{
    const fsci_node *roots[3];
    fsci_formula *origin;
    for (size_t i = 0; i < n; i++)
        roots[i] = tree(texts[i]);
    assert_int_equal(fsci_formula_parse(f.arena, "formula", 1, 1, texts[0], &origin, err), FSC_OK);
    return fsci_program_new(f.arena, origin, roots, n, &f.scope, program, err);
}

static fsci_program *compile(const char *text)
{
    fsci_program *program;
    fsc_error err;
    if (try_compile(&text, 1, &program, &err) != FSC_OK)
        fail_msg("%s: %s", text, err.message);
    return program;
}

static void *new_scratch(const fsci_program *program)
{
    size_t bytes = (fsci_program_scratch_bytes(program) + 63) / 64 * 64;
    void *scratch = aligned_alloc(64, bytes);
    assert_non_null(scratch);
    memset(scratch, 0xff, bytes); /* a call must not count on what it finds */
    return scratch;
}

static void differentiate(const char *text)
{
    fsci_program *program = compile(text);
    void *scratch = new_scratch(program);
    memset(f.jacobian, 0xff, sizeof f.jacobian);
    fsci_program_jacobian(program, scratch, f.theta, 0, ROWS, f.values, f.jacobian, ROWS);
    free(scratch);
}

static double slope(size_t j, size_t row)
{
    return f.jacobian[j * ROWS + row];
}

/* ---- derivatives ---- */

/* Against the derivatives worked out by hand. */
static void chinchilla_residual(void **unused)
{
    (void)unused;
    differentiate("log(E + A*N^-alpha + B*D^-beta) - log(2)");
    for (size_t i = 0; i < ROWS; i++) {
        double n = pow(f.N[i], -f.theta[3]), d = pow(f.D[i], -f.theta[4]);
        double L = f.theta[0] + f.theta[1] * n + f.theta[2] * d;
        assert_near(f.values[i], log(L) - log(2), 1e-15);
        assert_rel(slope(0, i), 1 / L, 1e-14);
        assert_rel(slope(1, i), n / L, 1e-14);
        assert_rel(slope(2, i), d / L, 1e-14);
        assert_rel(slope(3, i), -f.theta[1] * n * log(f.N[i]) / L, 1e-14);
        assert_rel(slope(4, i), -f.theta[2] * d * log(f.D[i]) / L, 1e-14);
        for (size_t j = 5; j < P; j++)
            assert_true(slope(j, i) == 0);
    }
}

/* Second derivatives of a sum of rows, of Chinchilla's law in factors by family, by hand. */
static void hessian_by_family(void **unused)
{
    static double hessian[P * P], gradient[P], weight[ROWS], product[P];
    const double direction[P] = {0, 1, 0, -2, 0, 0.5, 3, 0};
    double want[P * P] = {0};
    fsci_program *program = compile("g[family]*A*N^-alpha");
    void *scratch = aligned_alloc(64, fsci_program_second_bytes(program));
    (void)unused;
    memset(scratch, 0xff, fsci_program_second_bytes(program));
    for (size_t i = 0; i < ROWS; i++) {
        size_t a = 1, l = 3, g = 5 + f.family[i];
        double n = pow(f.N[i], -f.theta[l]), log_n = log(f.N[i]), A = f.theta[a], w;
        weight[i] = w = f.family[i] == FSCI_NO_CODE ? 0 : 1 + (double)(i % 3);
        if (w == 0)
            continue;
        want[a * P + l] -= w * f.theta[g] * n * log_n;
        want[a * P + g] += w * n;
        want[l * P + l] += w * f.theta[g] * A * n * log_n * log_n;
        want[l * P + g] -= w * A * n * log_n;
    }
    fsci_program_hessian(program, scratch, f.theta, 0, ROWS, weight, f.values, gradient, hessian);
    fsci_program_hessian_times(program, scratch, f.theta, 0, ROWS, weight, direction, f.values,
                               product);
    for (size_t j = 0; j < P; j++) {
        double sum = 0, size = 0;
        for (size_t k = 0; k < P; k++) {
            double both = want[j <= k ? j * P + k : k * P + j];
            assert_near(hessian[j * P + k], both, 1e-12 * fabs(both) + 1e-14);
            sum += both * direction[k];
            size += fabs(both * direction[k]);
        }
        assert_near(product[j], sum, 1e-12 * size);
    }
    free(scratch);
}

/* Terms without exponent share one adjoint: a parameter, and a function of one. */
static void sums_of_several_constants(void **unused)
{
    (void)unused;
    differentiate("log(E + 1/A + beta + E*alpha + B*N^-alpha)");
    for (size_t i = 0; i < ROWS; i++) {
        double n = pow(f.N[i], -0.35), sum = 1.8 + 1.0 / 400 + 0.37 + 1.8 * 0.35 + 2000 * n;
        assert_rel(slope(0, i), 1.35 / sum, 1e-14);
        assert_rel(slope(1, i), -1.0 / 160000 / sum, 1e-14);
        assert_rel(slope(2, i), n / sum, 1e-14);
        assert_rel(slope(3, i), (1.8 - 2000 * n * log(f.N[i])) / sum, 1e-13);
        assert_rel(slope(4, i), 1 / sum, 1e-14);
    }
}

/* Where every power underflows, the residual and its slopes are those of the larger term. */
static void slopes_survive_underflow(void **unused)
{
    (void)unused;
    f.theta[1] = 3, f.theta[2] = 0, f.theta[3] = 60, f.theta[4] = 80;
    differentiate("log(A*N^-alpha + B*D^-beta)");
    for (size_t i = 0; i < ROWS; i++) {
        assert_rel(f.values[i], log(3) - 60 * log(f.N[i]), 1e-15);
        assert_rel(slope(1, i), 1.0 / 3, 1e-12);
        assert_rel(slope(3, i), -log(f.N[i]), 1e-12);
        assert_true(slope(4, i) == 0);
    }
}

static void slopes_survive_overflow(void **unused)
{
    (void)unused;
    f.theta[3] = -60, f.theta[4] = -1;
    differentiate("log(E + A*N^-alpha + B*D^-beta)");
    for (size_t i = 0; i < ROWS; i++) {
        assert_rel(f.values[i], log(400) + 60 * log(f.N[i]), 1e-15);
        assert_rel(slope(1, i), 1.0 / 400, 1e-12);
        assert_rel(slope(3, i), -log(f.N[i]), 1e-12);
        assert_near(slope(0, i), 0, 1e-280);
    }
}

static void kinks_follow_the_stated_convention(void **unused)
{
    static const struct {
        const char *text;
        double by_E;
    } cases[] = {
        {"abs(E)", 0},
        {"max(E, 2*E)", 1},
        {"max(2*E, E)", 2},
        {"min(E, 2*E)", 1},
        {"clamp(E, 0, 1)", 1},
        {"clamp(E + 1, 0, 1)", 1},
        {"clamp(0, E, 1)", 0},
        {"clamp(-1, E, 1)", 1},
        {"clamp(2, -1, E)", 1},
        {"where(E == 0, 3*E, E)", 3},
        {"where(N > 1, E, 1/E)", 1},
        {"where(N < 1, log(E), 5*E)", 5},
    };
    (void)unused;
    f.theta[0] = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        differentiate(cases[i].text);
        if (slope(0, 0) != cases[i].by_E)
            fail_msg("%s: slope %g, want %g", cases[i].text, slope(0, 0), cases[i].by_E);
    }
}

static void parameters_by_level_fill_their_columns(void **unused)
{
    (void)unused;
    differentiate("E*g[family]^2 + log(N)");
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t code = f.family[i];
        if (code == FSCI_NO_CODE) {
            assert_true(isnan(f.values[i]));
            continue;
        }
        double g = f.theta[5 + code];
        assert_near(f.values[i], 1.8 * g * g + log(f.N[i]), 1e-14);
        for (uint32_t k = 0; k < 3; k++)
            assert_true(slope(5 + k, i) == (k == code ? 2 * 1.8 * g : 0));
        assert_true(slope(0, i) == g * g);
    }
}

/* What is held is a constant, whatever theta says, alone or as a member of a set. */
static void held_parameters_do_not_move(void **unused)
{
    const double held[P] = {NAN, NAN, 1500, NAN, 0.4, NAN, 0.25, NAN};
    (void)unused;
    f.scope.held = held;
    add_symbol((fsci_symbol){.name = "w_j",
                             .kind = FSCI_SYMBOL_PARAMETERS,
                             .levels = levels,
                             .n_levels = 2,
                             .first = 5,
                             .index = "j"});
    differentiate("E + B*D^-beta + sum_j(w_j)*log(N)");
    for (size_t i = 0; i < ROWS; i++) {
        assert_rel(f.values[i], 1.8 + 1500 * pow(f.D[i], -0.4) + (0.5 + 0.25) * log(f.N[i]), 1e-14);
        assert_true(slope(0, i) == 1);
        assert_rel(slope(5, i), log(f.N[i]), 1e-15);
        assert_true(slope(2, i) == 0 && slope(4, i) == 0 && slope(6, i) == 0);
    }
}

/* Derivatives that are not wanted are 0; those that are have the same bits. */
static void unwanted_derivatives_are_left_out(void **unused)
{
    static const char text[] = "E + A*N^-alpha + B*D^-beta + g[family]^2";
    bool wanted[P] = {true, true};
    double by_E[ROWS], by_A[ROWS], value[ROWS];
    (void)unused;
    differentiate(text);
    for (size_t i = 0; i < ROWS; i++) {
        by_E[i] = slope(0, i);
        by_A[i] = slope(1, i);
        value[i] = f.values[i];
    }
    f.scope.wanted = wanted;
    differentiate(text);
    for (size_t i = 0; i < ROWS; i++) {
        if (f.family[i] == FSCI_NO_CODE)
            continue;
        assert_true(f.values[i] == value[i] && slope(0, i) == by_E[i] && slope(1, i) == by_A[i]);
        for (size_t k = 2; k < P; k++)
            assert_true(slope(k, i) == 0);
    }
}

/* Two names at one place of theta are one parameter. */
static void tied_parameters_share_a_column(void **unused)
{
    (void)unused;
    f.symbols[6].first = 3; /* beta at the place of alpha */
    differentiate("N^-alpha + D^-beta");
    for (size_t i = 0; i < ROWS; i++) {
        assert_rel(slope(3, i),
                   -log(f.N[i]) * pow(f.N[i], -0.35) - log(f.D[i]) * pow(f.D[i], -0.35), 1e-14);
        assert_true(slope(4, i) == 0);
    }
}

static void a_root_of_parameters_alone(void **unused)
{
    (void)unused;
    differentiate("(alpha*A/(beta*B))^(1/(alpha + beta))");
    double a = 0.35, b = 0.37, q = a * 400 / (b * 2000), y = pow(q, 1 / (a + b));
    for (size_t i = 0; i < ROWS; i += 37) {
        assert_rel(f.values[i], y, 1e-15);
        assert_rel(slope(1, i), y / (a + b) / 400, 1e-14);
        assert_rel(slope(3, i), y * (1 / (a * (a + b)) - log(q) / ((a + b) * (a + b))), 1e-14);
        assert_true(slope(0, i) == 0);
    }
    differentiate("6*N*D");
    assert_true(f.values[3] == 6 * f.N[3] * f.D[3] && slope(0, 3) == 0);
    differentiate("1 + 2");
    assert_true(f.values[ROWS - 1] == 3 && slope(0, 3) == 0);
    differentiate("beta");
    assert_true(f.values[1] == 0.37 && slope(4, 1) == 1 && slope(3, 1) == 0);
}

/* ---- roots and definitions ---- */

static void roots_are_evaluated_together(void **unused)
{
    static const char *const texts[] = {"A*N^-alpha", "E + A*N^-alpha", "N > 1e8"};
    static double alone[ROWS], jacobian[P * ROWS];
    fsci_program *program;
    fsc_error err;
    (void)unused;
    assert_int_equal(try_compile(texts, 3, &program, &err), FSC_OK);
    void *scratch = new_scratch(program);
    fsci_program_values(program, scratch, f.theta, 10, 110, f.values, ROWS);
    fsci_program_jacobian(program, scratch, f.theta, 10, 110, alone, jacobian, ROWS);
    for (size_t i = 0; i < 100; i++) {
        double power = 400 * pow(f.N[10 + i], -0.35);
        assert_rel(f.values[i], power, 1e-14);
        assert_rel(f.values[ROWS + i], 1.8 + power, 1e-14);
        assert_true(f.values[2 * ROWS + i] == (f.N[10 + i] > 1e8));
        assert_true(alone[i] == f.values[i] && jacobian[i] == 0);
    }
    free(scratch);
}

static void define(const char *name, const char *text)
{
    add_symbol((fsci_symbol){.name = name, .kind = FSCI_SYMBOL_FORMULA, .definition = tree(text)});
}

static void definitions_are_expressions(void **unused)
{
    (void)unused;
    define("C", "6*N*D");
    define("N_opt", "G*(C/6)^a");
    define("a", "beta/(alpha + beta)");
    define("G", "(alpha*A/(beta*B))^(1/(alpha + beta))");
    differentiate("C/(6*N_opt) - D");
    double a = 0.37 / 0.72, G = pow(0.35 * 400 / (0.37 * 2000), 1 / 0.72);
    for (size_t i = 0; i < ROWS; i += 29) {
        double C = 6 * f.N[i] * f.D[i], D_opt = C / (6 * G * pow(C / 6, a));
        assert_near(f.values[i], D_opt - f.D[i], 1e-12 * (D_opt + f.D[i]));
    }
}

static void definitions_fail_with_their_name(void **unused)
{
    static const char *const texts[] = {"1 + u", "1 + v", "N*w"};
    static const char *const messages[] = {
        "in the definition of v: u is defined by itself",
        "in the definition of u: v is defined by itself",
        "in the definition of w: unknown name 'dd'; did you mean 'D'?"};
    (void)unused;
    define("u", "2*v");
    define("v", "u + 1");
    define("w", "dd + 1");
    for (int i = 0; i < 3; i++) {
        fsci_program *program;
        fsc_error err;
        assert_int_equal(try_compile(&texts[i], 1, &program, &err), FSC_EINPUT);
        assert_string_equal(err.message, messages[i]);
        assert_string_equal(err.excerpt, texts[i]);
        assert_int_equal(err.col, i < 2 ? 5 : 3);
    }
}

/* A chain of definitions, each of which names the one before twice, is small as a graph. */
static void shared_definitions_stay_small(void **unused)
{
    static fsci_symbol symbols[60];
    static char names[60][8];
    (void)unused;
    symbols[0] = f.symbols[0];
    for (size_t k = 1; k < 60; k++) {
        snprintf(names[k], sizeof names[k], "d%zu", k);
        const char *before = symbols[k - 1].name;
        symbols[k] =
            (fsci_symbol){.name = names[k],
                          .kind = FSCI_SYMBOL_FORMULA,
                          .definition = tree(fsci_format(f.arena, "(%s + %s)/2", before, before))};
    }
    f.scope.symbols = symbols;
    f.scope.n_symbols = 60;
    differentiate("d59");
    assert_true(f.values[17] == f.N[17]);
}

/* ---- tables of any length ---- */

static void any_number_of_rows(void **unused)
{
    (void)unused;
    for (size_t n = 0; n < 40; n++) {
        f.scope.n_rows = n;
        fsci_program *program = compile("log(E + A*N^-alpha) + g[family]");
        void *scratch = new_scratch(program);
        f.values[n] = f.jacobian[n] = -77;
        fsci_program_jacobian(program, scratch, f.theta, 0, n, f.values, f.jacobian, ROWS);
        for (size_t i = 1; i < n; i++)
            if (f.family[i] != FSCI_NO_CODE)
                assert_rel(f.values[i],
                           log(1.8 + 400 * pow(f.N[i], -0.35)) + f.theta[5 + f.family[i]], 1e-14);
        assert_true(f.values[n] == -77 && f.jacobian[n] == -77);
        free(scratch);
    }
}

/* ---- the listing ---- */

static void assert_described(const char *text, const char *want)
{
    fsci_buffer out = {0};
    fsci_program_describe(compile(text), &out);
    assert_string_equal(out.data, want);
    fsci_buffer_free(&out);
}

static void the_listing_tells_what_is_hoisted(void **unused)
{
    (void)unused;
    assert_described("log(E + A*N^-alpha + B*D^-beta)",
                     "data        N, D\n"
                     "parameters  E, A, alpha, B, beta\n"
                     "data, computed once per table\n"
                     "  §1   -log(N)\n"
                     "  §2   -log(D)\n"
                     "mixed, computed for every row\n"
                     "  §3   log(E + A*exp(alpha*§1) + B*exp(beta*§2))    (the value)\n");
    assert_described("E + A*(N/B)^(-1/alpha)*(1 + (N/B)^(1/beta))^(-alpha*beta)",
                     "data        N\n"
                     "parameters  E, A, B, alpha, beta\n"
                     "data, computed once per table\n"
                     "  §1   log(N)\n"
                     "parameter, computed once per evaluation\n"
                     "  §2   -1/alpha\n"
                     "  §3   log(B)\n"
                     "  §4   1/beta\n"
                     "  §5   -alpha*beta\n"
                     "mixed, computed for every row\n"
                     "  §6   §1 - §3    (used 2 times)\n"
                     "  §7   E + A*exp(§2*§6 + §5*softplus(§4*§6))    (the value)\n");
    assert_described("(family == 'two') * g[family] + 2*3",
                     "data        family\n"
                     "parameters  g[family]\n"
                     "data, computed once per table\n"
                     "  §1   family == 'two'\n"
                     "mixed, computed for every row\n"
                     "  §2   §1*g[family] + 6    (the value)\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(chinchilla_residual),
        TEST(hessian_by_family),
        TEST(sums_of_several_constants),
        TEST(slopes_survive_underflow),
        TEST(slopes_survive_overflow),
        TEST(kinks_follow_the_stated_convention),
        TEST(parameters_by_level_fill_their_columns),
        TEST(held_parameters_do_not_move),
        TEST(unwanted_derivatives_are_left_out),
        TEST(tied_parameters_share_a_column),
        TEST(a_root_of_parameters_alone),
        TEST(roots_are_evaluated_together),
        TEST(definitions_are_expressions),
        TEST(definitions_fail_with_their_name),
        TEST(shared_definitions_stay_small),
        TEST(any_number_of_rows),
        TEST(the_listing_tells_what_is_hoisted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
