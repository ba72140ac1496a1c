/* Out of memory at every allocation in turn: an error each time, nothing leaked, and at last a
 * program. Arenas ask for memory in chunks, so each run begins with a little less left in the first
 * one. */
#include "base/buffer.h"
#include "expr/expr.h"
#include "scarce.h"
#include "unit.h"

#include <stdlib.h>

enum { ROWS = 50 };

static double N[ROWS], D[ROWS];
static uint32_t family[ROWS];
static const char *const levels[] = {"one", "two"};

static fsc_status compile(fsci_arena *arena, const char *text, fsci_buffer *listing, fsc_error *err)
{
    const fsci_symbol symbols[] = {
        {.name = "N", .kind = FSCI_SYMBOL_NUMBERS, .numbers = N},
        {.name = "D", .kind = FSCI_SYMBOL_NUMBERS, .numbers = D},
        {.name = "family",
         .kind = FSCI_SYMBOL_CODES,
         .codes = family,
         .levels = levels,
         .n_levels = 2},
        {.name = "E", .kind = FSCI_SYMBOL_PARAMETERS, .first = 0, .index = "family"},
        {.name = "A", .kind = FSCI_SYMBOL_PARAMETER, .first = 2},
        {.name = "alpha", .kind = FSCI_SYMBOL_PARAMETER, .first = 3},
    };
    const fsci_scope scope = {
        .symbols = symbols, .n_symbols = 6, .n_rows = ROWS, .n_parameters = 4};
    fsci_formula *formula;
    fsci_program *program;
    FSCI_TRY(fsci_formula_parse(arena, "formula", 1, 1, text, &formula, err));
    FSCI_TRY(fsci_program_new(arena, formula, &formula->right, 1, &scope, &program, err));
    fsci_program_describe(program, listing);
    return listing->failed ? FSC_ENOMEM : FSC_OK;
}

static fsc_status attempt(const char *text, size_t spent, fsc_error *err)
{
    fsci_buffer listing = {0};
    fsci_arena *arena = fsci_arena_new();
    fsc_status status =
        arena && fsci_alloc(arena, spent, 1) ? compile(arena, text, &listing, err) : FSC_ENOMEM;
    fsci_buffer_free(&listing);
    fsci_arena_free(arena);
    return status;
}

static void fail_each(const char *text, fsc_status at_last)
{
    long failures = 0, runs = 0;
    if (!OWN_ALLOCATOR)
        skip();
    for (size_t spent = 16; spent < 4096; spent += 48, runs++)
        for (long k = 0;; k++) {
            fsc_error err = {.status = FSC_OK};
            long before = live;
            until_failure = k;
            fsc_status status = attempt(text, spent, &err);
            until_failure = -1;
            assert_int_equal(live, before);
            if (status == at_last)
                break;
            assert_int_equal(status, FSC_ENOMEM);
            failures++;
        }
    if (failures < 5 * runs)
        fail_msg("%ld failures in %ld runs: an arena, its blocks and the buffers are more",
                 failures, runs);
}

static void compiling_survives_every_failure(void **unused)
{
    (void)unused;
    fail_each("log(E[family] + A*N^-alpha + D^-0.3) * (A/alpha)^2 + where(family == 'one', 1, 2)",
              FSC_OK);
}

static void so_does_refusing(void **unused)
{
    (void)unused;
    fail_each("A*N^-alpha + log(D - 3) + min(A, alpha, 3, E[family])", FSC_EINPUT);
}

static int fill(void **unused)
{
    (void)unused;
    for (int i = 0; i < ROWS; i++) {
        N[i] = 1 + i;
        D[i] = 2 + i;
        family[i] = i % 2;
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiling_survives_every_failure),
        cmocka_unit_test(so_does_refusing),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
