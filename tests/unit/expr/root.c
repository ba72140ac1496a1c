/* Roots of one unknown, at poles and edges too, and how they move with the parameters. */
#include "expr/root.h"
#include "unit.h"

#include <stdlib.h>

enum { P = 4, Y = 3, ROWS = 3 };

typedef struct equation {
    fsci_arena *arena;
    fsci_root root;
    void *scratch;
} equation;

static const double xs[ROWS] = {1e3, 1e5, 1e8};

static equation open_equation(const char *text, double lo, double hi)
{
    static const char *const names[] = {"a", "b", "c", "y"};
    equation e = {.arena = fsci_arena_new()};
    fsci_symbol symbols[P + 1] = {{.name = "x", .kind = FSCI_SYMBOL_NUMBERS, .numbers = xs}};
    for (size_t j = 0; j < P; j++)
        symbols[j + 1] = (fsci_symbol){.name = names[j], .kind = FSCI_SYMBOL_PARAMETER, .first = j};
    const fsci_scope scope = {
        .symbols = symbols, .n_symbols = P + 1, .n_rows = ROWS, .n_parameters = P};
    fsci_formula *f;
    fsci_program *program;
    fsc_error err;
    assert_int_equal(fsci_formula_parse(e.arena, "root", 1, 1, text, &f, &err), FSC_OK);
    if (fsci_program_new(e.arena, f, &f->right, 1, &scope, &program, &err) != FSC_OK)
        fail_msg("%s", err.message);
    e.root = (fsci_root){.program = program, .unknown = Y, .lo = lo, .hi = hi};
    e.scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) + 63) / 64 * 64);
    return e;
}

static double solve(const equation *e, const double *abc, size_t row, double *by_theta)
{
    double theta[P];
    memcpy(theta, abc, 3 * sizeof *abc);
    return fsci_root_find(&e->root, e->scratch, theta, row, by_theta, P);
}

static void close_equation(equation *e)
{
    free(e->scratch);
    fsci_arena_free(e->arena);
}

static void finds_known_roots(void **unused)
{
    static const struct {
        const char *text;
        double lo, hi, root;
    } cases[] = {
        {"y^3 - 8", 0.5, 1, 2},
        {"exp(y) - 5", -1, 1, 1.6094379124341003746},
        {"y*exp(y) - 1", 0.1, 5, 0.56714329040978387300}, /* Lambert's W(1) */
        {"log(y - 0.1) + 30", 0.2, 1, 0.1 + 9.3576229688401746e-14},
        {"log(1 - y) + 700", 0.2, 0.4, 1}, /* no double between the root and the pole */
        {"y - 1e12", 1, 2, 1e12},
        {"log(y) + 200", 0.5, 1, 1.3838965267367375e-87},
        {"y - 4", 4, 4, 4},
        {"sqrt(y - 2)", 2.5, 3, 2},
    };
    const double none[3] = {0};
    (void)unused;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        equation e = open_equation(cases[k].text, cases[k].lo, cases[k].hi);
        double got = solve(&e, none, 0, NULL);
        if (!(fabs(got - cases[k].root) <= 3e-14 * fabs(cases[k].root)))
            fail_msg("%s: got %.17g, want %.17g", cases[k].text, got, cases[k].root);
        close_equation(&e);
    }
}

static void says_when_there_is_none(void **unused)
{
    static const char *const texts[] = {"y^2 + 1", "log(-1 - y^2)", "0*y + 2"};
    const double none[3] = {0};
    (void)unused;
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        equation e = open_equation(texts[k], 0.5, 2);
        assert_true(isnan(solve(&e, none, 0, NULL)));
        close_equation(&e);
    }
}

/* M4 of Alabdulmohsin et al. (2022) between its plateaus a = 0.1 and 1. */
static void moves_as_differences_say(void **unused)
{
    equation e = open_equation("log(b) - c*log(x) - log(y - a) + 0.3*log(1 - y)", 0.2, 0.9);
    const double at[3] = {0.1, 50, 0.4};
    double slope[P];
    (void)unused;
    for (size_t row = 0; row < ROWS; row++) {
        double y = solve(&e, at, row, slope);
        assert_near(log(50) - 0.4 * log(xs[row]) - log(y - 0.1) + 0.3 * log(1 - y), 0, 1e-12);
        assert_true(slope[Y] == 0);
        for (size_t j = 0; j < 3; j++) {
            double up[3], down[3], h = 1e-5 * at[j];
            memcpy(up, at, sizeof up);
            memcpy(down, at, sizeof down);
            up[j] += h, down[j] -= h;
            double want = (solve(&e, up, row, NULL) - solve(&e, down, row, NULL)) / (2 * h);
            assert_near(slope[j], want, 1e-7 * fabs(want) + 1e-9);
        }
    }
    close_equation(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_known_roots),
        cmocka_unit_test(says_when_there_is_none),
        cmocka_unit_test(moves_as_differences_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
