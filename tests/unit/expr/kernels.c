/* Every instruction set gives the bits of the scalar one, in every lane. */
#include "expr/kernels.h"
#include "unit.h"

#include <float.h>

enum { N = 4096 };

static double a[N], b[N], c[N], y[N], out[2][N];

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t draw(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

/* Any bits, ordinary numbers, and the corners. */
static double any_number(void)
{
    static const double corners[] = {0,      -0.0,  1,        -1,      0.25,      0.75,
                                     0.5,    NAN,   INFINITY, DBL_MIN, -INFINITY, DBL_MAX,
                                     5e-324, 709.8, -745.2,   -708.5,  710,       1e300,
                                     1e-300, 171.7, -3,       10,      9.999999,  2};
    double value;
    uint64_t bits = draw(), way = draw() % 4;
    if (way == 0)
        return corners[bits % (sizeof corners / sizeof *corners)];
    if (way == 1)
        memcpy(&value, &bits, sizeof value);
    else
        value = ((double)(int64_t)bits / 0x1p63) * (way == 2 ? 1 : 800);
    return value;
}

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        a[i] = any_number();
        b[i] = draw() % 8 ? any_number() : a[i];
        c[i] = any_number();
        y[i] = any_number();
    }
}

static void assert_same(const char *set, const char *what, fsci_op op)
{
    for (int i = 0; i < N; i++)
        if (memcmp(&out[0][i], &out[1][i], sizeof(double)) != 0 &&
            !(isnan(out[0][i]) && isnan(out[1][i])))
            fail_msg("%s %s of %s(%a, %a, %a): %a, scalar %a", set, what,
                     fsci_operation_of(op)->name, a[i], b[i], c[i], out[1][i], out[0][i]);
}

static void check_operation(const fsci_kernels *set, fsci_op op)
{
    const fsci_operand in[3] = {{a, SIZE_MAX}, {b, SIZE_MAX}, {c, SIZE_MAX}};
    const fsci_kernels *sets[2] = {&fsci_kernels_scalar, set};
    if (!set->value[op])
        return;
    for (int s = 0; s < 2; s++)
        sets[s]->value[op](out[s], in, N);
    assert_same(set->name, "value", op);
    memcpy(y, out[0], sizeof y);
    for (int k = 0; k < 3 && set->chain[op][k]; k++) {
        for (int s = 0; s < 2; s++)
            sets[s]->chain[op][k](out[s], (fsci_operand){b, SIZE_MAX}, (fsci_operand){c, SIZE_MAX},
                                  in, (fsci_operand){y, SIZE_MAX}, N);
        assert_same(set->name, "slope", op);
    }
    for (int k = 0; k < FSCI_PAIRS; k++) {
        for (int s = 0; s < 2 && set->bend[op][k]; s++)
            sets[s]->bend[op][k](out[s], (fsci_operand){b, SIZE_MAX}, (fsci_operand){c, SIZE_MAX},
                                 in, (fsci_operand){y, SIZE_MAX}, N);
        assert_same(set->name, "bend", op);
    }
}

static void check_logsum(const fsci_kernels *set)
{
    static double sum[2][N], power[2][N], share[2][N], to[2][2][N];
    const fsci_kernels *sets[2] = {&fsci_kernels_scalar, set};
    for (int s = 0; s < 2; s++) {
        const fsci_term terms[2] = {
            {.c = {a, SIZE_MAX}},
            {.c = {b, SIZE_MAX}, .e = {c, SIZE_MAX}, .power = power[s]},
        };
        fsci_operand shared = {share[s], SIZE_MAX};
        sets[s]->logsum(out[s], sum[s], terms, 2, N);
        sets[s]->logsum_share(share[s], (fsci_operand){a, SIZE_MAX},
                              (fsci_operand){sum[s], SIZE_MAX}, N);
        sets[s]->logsum_chain(to[s][0], (fsci_operand){a, SIZE_MAX}, to[s][1],
                              (fsci_operand){b, SIZE_MAX}, &terms[1], shared, N);
    }
    assert_same(set->name, "value", FSCI_OP_LOGSUM);
    for (int s = 0; s < 2; s++)
        sets[s]->deliver(out[s], (fsci_operand){b, SIZE_MAX}, 0.3, (fsci_operand){c, SIZE_MAX}, N);
    assert_same(set->name, "delivery", FSCI_OP_ADD);
    for (int k = 0; k < 2; k++) {
        memcpy(out[0], to[0][k], sizeof out[0]);
        memcpy(out[1], to[1][k], sizeof out[1]);
        assert_same(set->name, "slope", FSCI_OP_LOGSUM);
    }
}

static void all_sets_give_the_same_bits(void **unused)
{
    const fsci_kernels *sets[4];
    size_t n_sets = fsci_kernels_list(sets);
    (void)unused;
    for (size_t s = 0; s < n_sets; s++) {
        print_message("%s\n", sets[s]->name);
        for (fsci_op op = 0; op < FSCI_OPERATION_COUNT; op++) {
            fill();
            check_operation(sets[s], op);
        }
        check_logsum(sets[s]);
    }
    assert_ptr_equal(fsci_kernels_best(), sets[n_sets - 1]);
}

/* The slope of lgamma and that slope's slope, at one place among others. */
static double of_lgamma(fsci_chain_fn *slope, double x)
{
    double at[FSCI_LANES], to[FSCI_LANES], none[FSCI_LANES] = {0}, one[FSCI_LANES];
    for (size_t k = 0; k < FSCI_LANES; k++) {
        at[k] = k == 3 ? x : (double)k - 2.25;
        one[k] = 1;
    }
    const fsci_operand in = {at, SIZE_MAX}, zero = {none, SIZE_MAX}, ones = {one, SIZE_MAX};
    slope(to, zero, ones, &in, zero, FSCI_LANES);
    return to[3];
}

static double digamma(double x)
{
    return of_lgamma(fsci_kernels_best()->chain[FSCI_OP_LGAMMA][0], x);
}

static double trigamma(double x)
{
    return of_lgamma(fsci_kernels_best()->bend[FSCI_OP_LGAMMA][FSCI_PAIR_AA], x);
}

/* psi(1), psi(1/2), psi(10), psi(-1/2), psi(1e6); mpmath 1.3. */
static void digamma_at_known_points(void **unused)
{
    (void)unused;
    assert_rel(digamma(1), -0.57721566490153286061, 2e-15);
    assert_rel(digamma(0.5), -1.9635100260214234794, 2e-15);
    assert_rel(digamma(10), 2.2517525890667211077, 4e-16);
    assert_rel(digamma(-0.5), 0.036489973978576520559, 2e-14);
    assert_rel(digamma(1e6), 13.815510057964190771, 4e-16);
    assert_rel(digamma(1e-9), -1000000000.5772156010, 4e-16);
    assert_true(isnan(digamma(-2)));
}

/* psi' at the same places; mpmath 1.3. */
static void trigamma_at_known_points(void **unused)
{
    (void)unused;
    assert_rel(trigamma(1), 1.6449340668482264365, 4e-16);
    assert_rel(trigamma(0.5), 4.9348022005446793094, 4e-16);
    assert_rel(trigamma(10), 0.10516633568168574612, 4e-16);
    assert_rel(trigamma(-0.5), 8.9348022005446793094, 2e-15);
    assert_rel(trigamma(1e6), 1.0000005000001666667e-6, 4e-16);
    assert_rel(trigamma(1e-9), 1.0000000000000000016e18, 4e-16);
    assert_true(isnan(trigamma(-2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sets_give_the_same_bits),
        cmocka_unit_test(digamma_at_known_points),
        cmocka_unit_test(trigamma_at_known_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
