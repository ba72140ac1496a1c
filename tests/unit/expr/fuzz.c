/* Random formulas over random data: programs against the walker, and against themselves in other
 * blocks, pieces and instruction sets. */
#include "expr/program.h"
#include "unit.h"
#include "walker.h"

#include <stdlib.h>

enum { N_ROWS = 41, N_LEVELS = 3, N_MEMBERS = 3, TEXT = 1 << 14 };

/* ---- random formulas ---- */

static uint64_t state;

static uint64_t draw(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state >> 11;
}

static double uniform(double lo, double hi)
{
    return lo + (hi - lo) * ((double)draw() / (double)(UINT64_MAX >> 11));
}

/* Templates by kind: P stands for a positive piece, R for any real, T for a truth value; other
 * letters, but for names in lower case and digits, are themselves. */
static const char *const positive[] = {
    "(P+P)",
    "(P*P)",
    "(P/P)",
    "sqrt(P)",
    "exp(tanh(R))",
    "sigmoid(R)",
    "softplus(R)",
    "(abs(R)+0.1)",
    "max(P,P)",
    "min(P,P,P)",
    "(P+P*$N^-$q)",
    "($N/$a)^-$q",
    "($N/1e9)^$q",
    "P^$q",
    "P^2",
    "P^-1",
    "P^0.5",
    "P^-3",
    "clamp(P,0.2,5)",
    "(P+P*$D^-$q+P*$N^-$u)",
    "exp(-$q*P)",
    "(1+(P/$b)^(1/$a))^-$q",
    "where(T,P,P)",
    "(1+exp(R))",
    "$D^(-$q*sigmoid(R))",
};
static const char *const positive_leaf[] = {"$a",        "$b",  "$q", "$u",  "($N/1e9)",
                                            "($D/1e10)", "2.5", "$p", "0.75"};
static const char *const real[] = {
    "(R+R)",
    "(R-R)",
    "(R*R)",
    "-R",
    "log(P)",
    "log(P)",
    "tanh(R)",
    "erf(R)",
    "erfc(R)",
    "lgamma(P)",
    "lbeta(P,P)",
    "log2(P)",
    "log10(P)",
    "log1p(P)",
    "expm1(tanh(R))",
    "logsumexp(R,R,R)",
    "logit(sigmoid(R))",
    "where(T,R,R)",
    "R^2",
    "R^3",
    "max(R,R)",
    "min(R,R)",
    "clamp(R,-1,R)",
    "(R/P)",
    "abs(R)",
    "log(P+P*$N^-$q)",
    "log(P+P*$N^-$q+P*$D^-$u)",
    "pow(P,R)",
    "log(sigmoid(R))",
    "(1-sigmoid(R))",
    "log1p(exp(R))",
    "sum_j(h_j*v_j)",
    "sum_k(3,exp(-k*abs($x))/k)",
    "log(P+sum_j(u_j^-$q*exp(h_j)))",
    "sum_j(v_j*(1-(1+$a*u_j^$q*$b)^-$b))",
};
static const char *const real_leaf[] = {"$x",        "$z",         "$a", "$m", "-1.5",
                                        "round($x)", "$g[family]", "$y", "3"};
static const char *const truth[] = {"R<R",     "R>=P", "(T and T)",         "(T or T)",
                                    "(not T)", "R==R", "family=='two'",     "family!='none'",
                                    "$x>0.25", "R!=3", "(R<=1 or T and T)", "P>1"};
static const char *const truth_leaf[] = {"$x<$z", "$m>0", "family=='one'", "$y==1", "true"};

#define PICK(list) list[draw() % (sizeof(list) / sizeof *(list))]

static void write_random(char *out, char kind, int depth)
{
    const char *form = kind == 'P'   ? depth > 0 ? PICK(positive) : PICK(positive_leaf)
                         : kind == 'R' ? depth > 0 ? PICK(real) : PICK(real_leaf)
                         : depth > 0 ? PICK(truth)
                                     : PICK(truth_leaf);
    for (const char *c = form; *c; c++) {
        size_t used = strlen(out);
        if (*c == '$') {
            out[used] = *++c;
            out[used + 1] = '\0';
        } else if (strchr("PRT", *c)) {
            write_random(out, *c, depth - 1 - (int)(draw() % 2));
        } else {
            out[used] = *c;
            out[used + 1] = '\0';
        }
        assert_true(strlen(out) < TEXT - 2);
    }
}

/* ---- a table and parameters ---- */

enum { N_THETA = 6 + N_LEVELS + N_MEMBERS };

typedef struct world {
    double N[N_ROWS], D[N_ROWS], x[N_ROWS], y[N_ROWS], m[N_ROWS], p[N_ROWS];
    uint32_t family[N_ROWS];
    double u[N_MEMBERS * N_ROWS], v[N_MEMBERS * N_ROWS]; /* sets of columns */
    double theta[N_THETA];
    fsci_symbol symbols[17];
    fsci_scope scope;
} world;

static const char *const levels[N_LEVELS] = {"one", "two", "three"};
static const char *const parameters[] = {"a", "b", "q", "u", "z"};

static void make_rows(world *w)
{
    for (int i = 0; i < N_ROWS; i++) {
        w->N[i] = exp(uniform(14, 25));
        w->D[i] = exp(uniform(18, 28));
        w->x[i] = draw() % 9 ? uniform(-3, 3) : 0;
        w->y[i] = (double)(draw() % 4);
        w->m[i] = draw() % 4 ? uniform(-2, 2) : NAN;
        w->p[i] = uniform(0.01, 0.99);
        w->family[i] = draw() % 8 ? (uint32_t)(draw() % N_LEVELS) : FSCI_NO_CODE;
    }
    for (int i = 0; i < N_MEMBERS * N_ROWS; i++) {
        w->u[i] = exp(uniform(-3, 3));
        w->v[i] = uniform(-1, 1);
    }
}

static void make_world(world *w)
{
    const struct {
        const char *name;
        const double *numbers;
    } columns[] = {{"N", w->N}, {"D", w->D}, {"x", w->x}, {"y", w->y}, {"m", w->m}, {"p", w->p}};
    size_t n = 0;
    make_rows(w);
    for (size_t k = 0; k < 6; k++)
        w->symbols[n++] = (fsci_symbol){
            .name = columns[k].name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = columns[k].numbers};
    for (size_t k = 0; k < 5; k++) {
        w->symbols[n++] =
            (fsci_symbol){.name = parameters[k], .kind = FSCI_SYMBOL_PARAMETER, .first = k};
        w->theta[k] = k < 2 ? uniform(0.4, 3) : k < 4 ? uniform(0.1, 0.9) : uniform(-2, 2);
    }
    w->symbols[n++] = (fsci_symbol){.name = "family",
                                    .kind = FSCI_SYMBOL_CODES,
                                    .codes = w->family,
                                    .levels = levels,
                                    .n_levels = N_LEVELS};
    w->symbols[n++] =
        (fsci_symbol){.name = "g", .kind = FSCI_SYMBOL_PARAMETERS, .first = 6, .index = "family"};
    w->symbols[n++] = (fsci_symbol){
        .name = "u_j", .kind = FSCI_SYMBOL_SET, .numbers = w->u, .n_levels = N_MEMBERS};
    w->symbols[n++] = (fsci_symbol){
        .name = "v_j", .kind = FSCI_SYMBOL_SET, .numbers = w->v, .n_levels = N_MEMBERS};
    w->symbols[n++] = (fsci_symbol){.name = "h_j",
                                    .kind = FSCI_SYMBOL_PARAMETERS,
                                    .first = 6 + N_LEVELS,
                                    .index = "j",
                                    .n_levels = N_MEMBERS};
    w->theta[5] = 1; /* a parameter no formula names */
    for (int k = 0; k < N_LEVELS + N_MEMBERS; k++)
        w->theta[6 + k] = uniform(-1, 1);
    w->scope = (fsci_scope){
        .symbols = w->symbols, .n_symbols = n, .n_rows = N_ROWS, .n_parameters = N_THETA};
}

/* ---- what must hold ---- */

typedef struct tally {
    int domain, values, wild, slopes, kinks, bends, bent_kinks, overflows;
} tally;

static void check_values(const world *w, const fsci_node *node, const char *text,
                         const double *values, tally *counts)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        walk at = {.scope = &w->scope, .theta = w->theta, .row = i};
        wide want = walk_node(&at, node);
        long double off = fabsl(values[i] - want.v);
        counts->wild += at.wild;
        if (at.wild || (isnan(values[i]) && isnan(want.v)))
            continue;
        counts->values++;
        if (!(off <= 1e-12L * fabsl(want.v) || off <= 8 * DBL_EPSILON * want.slack))
            fail_msg("%s, row %zu: got %.17g, want %.17Lg (slack %.3Lg)", text, i, values[i],
                     want.v, want.slack);
    }
}

/* d value / d theta[j] by central differences of sixth order, in two step lengths: *error is by how
 * much they differ. */
static long double walk_slope(const walk *from, const fsci_node *node, double *theta, size_t j,
                              long double *error)
{
    static const int weights[] = {45, -9, 1};
    double at = theta[j], h = 2e-3 * fabs(at) + 1e-12;
    long double slope[2] = {0};
    for (int half = 0; half < 2; half++, h /= 2)
        for (int k = 1; k <= 3; k++) {
            walk w = *from;
            theta[j] = at + k * h;
            long double up = walk_node(&w, node).v;
            theta[j] = at - k * h;
            slope[half] += weights[k - 1] * (up - walk_node(&w, node).v) / (60 * h);
        }
    theta[j] = at;
    *error = fabsl(slope[0] - slope[1]);
    return slope[1];
}

static void check_slopes(world *w, const fsci_node *node, const char *text, const double *jacobian,
                         tally *counts)
{
    size_t i = draw() % N_ROWS;
    walk at = {.scope = &w->scope, .theta = w->theta, .row = i};
    wide value = walk_node(&at, node);
    if (at.wild || isnan(value.v) || fabsl(value.v) > 1e100L)
        return;
    for (size_t j = 0; j < w->scope.n_parameters; j++) {
        long double error, want = walk_slope(&at, node, w->theta, j, &error);
        long double size = fabsl(want) + fabsl(value.v / w->theta[j]);
        double got = jacobian[j * N_ROWS + i];
        if (isnan(want) || !(error <= 1e-8L * size)) {
            counts->kinks++;
            continue;
        }
        counts->slopes++;
        if (!(fabsl(got - want) <= 1e-8L * size + 4 * error + 1e-11L * value.slack))
            fail_msg("%s, row %zu, slope by theta[%zu]: got %.17g, want %.17Lg (error %.3Lg)", text,
                     i, j, got, want, error);
    }
}

static void assert_same_bits(const char *text, const char *what, const double *a, const double *b,
                             size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i])))
            fail_msg("%s, %s, entry %zu: %.17g and %.17g", text, what, i, a[i], b[i]);
}

/* ---- second derivatives ---- */

/* One row's gradient, exact; false where the row has no ordinary value. */
static bool row_gradient(const fsci_program *program, void *scratch, const double *theta, size_t i,
                         double *gradient)
{
    double value, jacobian[N_THETA];
    fsci_program_jacobian(program, scratch, theta, i, i + 1, &value, jacobian, 1);
    memcpy(gradient, jacobian, sizeof jacobian);
    for (size_t j = 0; j < N_THETA; j++)
        if (!(fabs(jacobian[j]) < 1e100))
            return false;
    return fabs(value) < 1e100;
}

/* Row j of a Hessian by central differences of sixth order of exact gradients, in two step
 * lengths. */
static bool differences(const fsci_program *program, void *scratch, double *theta, size_t i,
                        size_t j, double *row, double *error)
{
    static const int weights[] = {45, -9, 1};
    double at = theta[j], h = 2e-3 * fabs(at) + 1e-12, up[N_THETA], down[N_THETA];
    double rows[2][N_THETA] = {{0}};
    bool ordinary = true;
    for (int half = 0; half < 2; half++, h /= 2)
        for (int k = 1; k <= 3; k++) {
            theta[j] = at + k * h;
            ordinary = row_gradient(program, scratch, theta, i, up) && ordinary;
            theta[j] = at - k * h;
            ordinary = row_gradient(program, scratch, theta, i, down) && ordinary;
            for (size_t l = 0; l < N_THETA; l++)
                rows[half][l] += weights[k - 1] * (up[l] - down[l]) / (60 * h);
        }
    theta[j] = at;
    memcpy(row, rows[1], sizeof rows[1]);
    for (size_t l = 0; l < N_THETA; l++)
        error[l] = fabs(rows[0][l] - rows[1][l]);
    return ordinary;
}

/* The Hessian of a row, alone among weights of 0, against differences of its gradient. */
static void check_row_hessian(world *w, const fsci_program *program, const char *text,
                              void *scratch, tally *counts)
{
    static double values[N_ROWS], weight[N_ROWS], gradient[N_THETA], hessian[N_THETA][N_THETA];
    size_t i = draw() % N_ROWS;
    double here[N_THETA], row[N_THETA], error[N_THETA];
    memset(weight, 0, sizeof weight);
    weight[i] = 1;
    if (!row_gradient(program, scratch, w->theta, i, here))
        return;
    fsci_program_hessian(program, scratch, w->theta, 0, N_ROWS, weight, values, gradient, *hessian);
    for (size_t j = 0; j < N_THETA; j++) {
        double size = fabs(here[j]) + 1e-300;
        assert_near(gradient[j], here[j], 1e-12 * size + 1e-14 * fabs(values[i] / w->theta[j]));
        if (!differences(program, scratch, w->theta, i, j, row, error))
            continue;
        for (size_t l = 0; l < N_THETA; l++) {
            double scale = fabs(row[l]) + fabs(here[l] / w->theta[j]) + fabs(here[j] / w->theta[l]);
            if (!(error[l] <= 1e-7 * scale) || !isfinite(hessian[j][l])) {
                counts->bent_kinks++;
                continue;
            }
            counts->bends++;
            if (!(fabs(hessian[j][l] - row[l]) <= 1e-7 * scale + 4 * error[l] + 1e-290))
                fail_msg("%s, row %zu, bend by theta[%zu], theta[%zu]: got %.17g, want %.17g "
                         "(error %.3g)",
                         text, i, j, l, hessian[j][l], row[l], error[l]);
        }
    }
}

static double magnitude(const double *v, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(v[i]));
    return most;
}

/* Hessian by vector is Hessian times vector, over all rows and their weights. */
static void check_products(world *w, const fsci_program *program, const char *text, void *scratch,
                           tally *counts)
{
    static double values[N_ROWS], weight[N_ROWS], gradient[N_THETA], hessian[N_THETA * N_THETA];
    double direction[N_THETA], product[N_THETA];
    for (size_t j = 0; j < N_THETA; j++)
        direction[j] = uniform(-1, 1);
    fsci_program_values(program, scratch, w->theta, 0, N_ROWS, values, N_ROWS);
    for (size_t i = 0; i < N_ROWS; i++) {
        bool ordinary = row_gradient(program, scratch, w->theta, i, product);
        weight[i] = ordinary && fabs(values[i]) < 1e6 && draw() % 3 ? uniform(-1, 1) : 0;
    }
    fsci_program_hessian(program, scratch, w->theta, 0, N_ROWS, weight, values, gradient, hessian);
    fsci_program_hessian_times(program, scratch, w->theta, 0, N_ROWS, weight, direction, values,
                               product);
    double size = magnitude(hessian, N_THETA * N_THETA) + 10 * magnitude(gradient, N_THETA);
    double total = 0, sum_of_all = 0;
    for (size_t k = 0; k < N_THETA * N_THETA; k++)
        sum_of_all += hessian[k];
    if (!isfinite(sum_of_all)) { /* a second derivative left the range of doubles */
        counts->overflows++;
        return;
    }
    for (size_t i = 0; i < N_ROWS; i++)
        total += weight[i] != 0 ? fabs(values[i]) : 0;
    size += total + 1e-4 * total * total; /* squares cancel in logsumexp */
    for (size_t j = 0; j < N_THETA && size < 1e100; j++) {
        double sum = 0;
        for (size_t k = 0; k < N_THETA; k++) {
            sum += hessian[j * N_THETA + k] * direction[k];
            if (!(fabs(hessian[j * N_THETA + k] - hessian[k * N_THETA + j]) <=
                  1e-12 * size + 1e-15))
                fail_msg("%s: hessian[%zu, %zu] is %.17g, and its mirror %.17g", text, j, k,
                         hessian[j * N_THETA + k], hessian[k * N_THETA + j]);
        }
        if (!(fabs(product[j] - sum) <= 1e-11 * size + 1e-15))
            fail_msg("%s: product[%zu] is %.17g, want %.17g", text, j, product[j], sum);
    }
}

/* The same Hessian with another instruction set. */
static void check_hessian_bits(const world *w, const fsci_program *program, const char *text,
                               void *scratch)
{
    static double values[N_ROWS], gradient[N_THETA], hessian[2][N_THETA * N_THETA];
    const fsci_kernels *kernels[4];
    fsci_tape *tape = (fsci_tape *)program->main;
    const fsci_kernels *best = tape->kernels;
    fsci_program_hessian(program, scratch, w->theta, 0, N_ROWS, NULL, values, gradient, hessian[0]);
    tape->kernels = kernels[draw() % fsci_kernels_list(kernels)];
    fsci_program_hessian(program, scratch, w->theta, 0, N_ROWS, NULL, values, gradient, hessian[1]);
    assert_same_bits(text, tape->kernels->name, hessian[0], hessian[1], N_THETA * N_THETA);
    tape->kernels = best;
}

static void check_hessian(world *w, const fsci_program *program, const char *text, tally *counts)
{
    void *scratch = aligned_alloc(64, fsci_program_second_bytes(program));
    memset(scratch, 0xff, fsci_program_second_bytes(program));
    check_row_hessian(w, program, text, scratch, counts);
    check_products(w, program, text, scratch, counts);
    check_hessian_bits(w, program, text, scratch);
    free(scratch);
}

/* The same program in another block length and instruction set, by pieces of the table. */
static void check_same_bits(fsci_program *program, const world *w, const char *text, void *scratch,
                            const double *values, const double *jacobian)
{
    static double values_2[N_ROWS], jacobian_2[N_ROWS * N_THETA];
    const fsci_kernels *kernels[4];
    fsci_tape *tape = (fsci_tape *)program->main;
    const fsci_tape before = *tape;
    size_t n_kernels = fsci_kernels_list(kernels), cut = draw() % N_ROWS;
    tape->kernels = kernels[draw() % n_kernels];
    tape->block = draw() % 2 ? 8 : tape->block;
    fsci_program_jacobian(program, scratch, w->theta, 0, cut, values_2, jacobian_2, N_ROWS);
    fsci_program_jacobian(program, scratch, w->theta, cut, N_ROWS, values_2 + cut, jacobian_2 + cut,
                          N_ROWS);
    assert_same_bits(text, tape->kernels->name, values, values_2, N_ROWS);
    assert_same_bits(text, tape->kernels->name, jacobian, jacobian_2,
                     N_ROWS * w->scope.n_parameters);
    fsci_program_values(program, scratch, w->theta, 0, N_ROWS, values_2, N_ROWS);
    assert_same_bits(text, "without derivatives", values, values_2, N_ROWS);
    *tape = before;
}

static void check_formula(world *w, const char *text, bool twice, tally *counts)
{
    static double values[N_ROWS], jacobian[N_ROWS * N_THETA];
    fsci_arena *arena = fsci_arena_new();
    fsci_formula *formula;
    fsci_program *program;
    fsc_error err;
    if (fsci_formula_parse(arena, "fuzz", 1, 1, text, &formula, &err) != FSC_OK)
        fail_msg("%s: %s", text, err.message);
    if (fsci_program_new(arena, formula, &formula->right, 1, &w->scope, &program, &err) == FSC_OK) {
        size_t bytes = (fsci_program_scratch_bytes(program) + 63) / 64 * 64;
        void *scratch = aligned_alloc(64, bytes);
        memset(scratch, 0xff, bytes);
        fsci_program_jacobian(program, scratch, w->theta, 0, N_ROWS, values, jacobian, N_ROWS);
        check_values(w, formula->right, text, values, counts);
        check_slopes(w, formula->right, text, jacobian, counts);
        check_same_bits(program, w, text, scratch, values, jacobian);
        if (twice)
            check_hessian(w, program, text, counts);
        free(scratch);
    } else {
        walk at = {.scope = &w->scope, .theta = w->theta, .row = err.row < 0 ? 0 : (size_t)err.row};
        walk_node(&at, formula->right);
        if (!at.outside && !at.wild)
            fail_msg("%s: %s (row %d)", text, err.message, (int)err.row);
        counts->domain++;
    }
    fsci_arena_free(arena);
}

static void programs_agree_with_the_walker(void **unused)
{
    static char text[TEXT];
    static world w;
    tally counts = {0};
    int n = cases_of(3000);
    (void)unused;
    state = 0x243f6a8885a308d3u;
    for (int k = 0; k < n; k++) {
        if (k % 50 == 0)
            make_world(&w);
        *text = '\0';
        write_random(text, draw() % 3 ? 'R' : 'P', 2 + (int)(draw() % 4));
        check_formula(&w, text, k % 5 == 0, &counts);
    }
    print_message(
        "%d formulas: %d values, %d slopes, %d bends checked; %d refused, %d wild, %d and "
        "%d kinks\n",
        n, counts.values, counts.slopes, counts.bends, counts.domain, counts.wild, counts.kinks,
        counts.bent_kinks);
    assert_true(counts.values > 25 * n);
    assert_true(counts.slopes > 5 * n);
    assert_true(counts.kinks < counts.slopes / 20);
    assert_true(counts.bends > 10 * n);
    assert_true(counts.bent_kinks < counts.bends / 20);
    assert_true(counts.overflows < n / 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs_agree_with_the_walker)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
