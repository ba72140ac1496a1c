/* Writing decimals against printf of the C library, which is exact, on cases made to be hard. */
#include "base/number.h"
#include "unit.h"

#include <stdlib.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state;
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The first of 15, 16 and 17 digits that reads back, of fewer for a subnormal. */
static void check(double value)
{
    char got[FSCI_NUMBER_TEXT], want[64];
    if (!isfinite(value))
        return;
    for (int digits = isnormal(value) ? 15 : 1; digits <= 17; digits++) {
        snprintf(want, sizeof want, "%.*g", digits, value);
        if (strtod(want, NULL) == value)
            break;
    }
    if (fsci_number_write(value, got) != strlen(want) || strcmp(got, want) != 0)
        fail_msg("%a: got %s, want %s", value, got, want);
}

static void check_brief(double value, int digits)
{
    char got[FSCI_NUMBER_TEXT], want[64];
    double reads = 0;
    if (!isfinite(value))
        return;
    fsci_number_brief(value, digits, got);
    snprintf(want, sizeof want, "%.*e", digits - 1, value);
    assert_true(fsci_number_read(got, strlen(got), &reads));
    if (reads != strtod(want, NULL))
        fail_msg("%a to %d digits: got %s, want %s", value, digits, got, want);
}

static void any_bits(void **unused)
{
    (void)unused;
    uint64_t state = 0x9e3779b97f4a7c15;
    for (int i = 0; i < cases_of(40000); i++) {
        double value = from_bits(next(&state));
        check(value);
        check_brief(value, 1 + i % 9);
    }
}

/* Where powers of two lie next to powers of ten, and where the exponent is first guessed wrong. */
static void powers_and_their_neighbours(void **unused)
{
    (void)unused;
    for (int q = -330; q <= 308; q++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", q);
        double value = strtod(text, NULL);
        check(value);
        check(nextafter(value, 0));
        check(-nextafter(value, INFINITY));
    }
    for (int power = -1074; power < 1024; power++) {
        check(ldexp(1, power));
        check(nextafter(ldexp(1, power), 0));
        check(nextafter(ldexp(1, power), INFINITY));
    }
}

/* Halfway between two decimals of 16 digits, and of 1 to 9: ties go to even. */
static void ties(void **unused)
{
    (void)unused;
    uint64_t state = 0xd1b54a32d192ed03;
    for (int i = 0; i < cases_of(10000); i++) {
        check(562949953421312 + (double)(next(&state) >> 17) + 0.25 * (double)(next(&state) % 4));
        double whole = (double)(next(&state) % 1000000000), half = ldexp(1, -(int)(i % 12));
        for (int digits = 1; digits <= 9; digits++)
            check_brief((whole + 0.5) * half, digits);
    }
}

/* What tables and records hold: few digits, and sums of them. */
static void short_decimals(void **unused)
{
    (void)unused;
    uint64_t state = 0x853c49e6748fea9b;
    for (int i = 0; i < cases_of(20000); i++) {
        char text[64];
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)(next(&state) % 1000000),
                 (int)(next(&state) % 60) - 30);
        check(strtod(text, NULL));
        check(strtod(text, NULL) / 3);
        check((double)(next(&state) >> next(&state) % 64));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bits),
        cmocka_unit_test(powers_and_their_neighbours),
        cmocka_unit_test(ties),
        cmocka_unit_test(short_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
