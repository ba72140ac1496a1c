/* Reading decimals against strtod of the C library, which is exact, on cases made to be hard. */
#include "base/number.h"
#include "unit.h"

#include <stdlib.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state;
}

/* Same bits as strtod, and the whole text used. */
static void check(const char *text)
{
    double got = -999, want = strtod(text, NULL);
    size_t used = fsci_number_scan(text, strlen(text), &got);
    if (used != strlen(text) || memcmp(&got, &want, sizeof got))
        fail_msg("%s: got %a from %zu bytes, want %a", text, got, used, want);
}

static double any_finite(uint64_t *state)
{
    double value;
    do {
        uint64_t bits = next(state);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

static void any_bits_at_any_precision(void **unused)
{
    (void)unused;
    uint64_t state = 0x9e3779b97f4a7c15;
    char text[64];
    for (int i = 0; i < cases_of(40000); i++) {
        double value = any_finite(&state);
        snprintf(text, sizeof text, "%.*e", 14 + i % 11, value); /* 15 to 25 digits */
        check(text);
    }
}

/* Digits and exponents without any double behind them. */
static void any_digits(void **unused)
{
    (void)unused;
    uint64_t state = 0xd1b54a32d192ed03;
    char text[64];
    for (int i = 0; i < cases_of(40000); i++) {
        int exponent = (int)(next(&state) % 700) - 360;
        unsigned long long whole = next(&state) >> next(&state) % 64;
        unsigned long long part = next(&state) >> next(&state) % 64;
        snprintf(text, sizeof text, "%s%llu.%llue%d", i % 2 ? "-" : "", whole, part, exponent);
        check(text);
    }
}

/* The exact decimal of the point halfway between two doubles, and its neighbours: the last digit
 * one less, and a digit more after many zeros. %.*f of a long double is exact in glibc. */
static void halfway_points(void **unused)
{
    (void)unused;
    uint64_t state = 0x2545f4914f6cdd1d;
    static char text[1200];
    for (int i = 0; i < cases_of(20000); i++) {
        double value = fabs(any_finite(&state));
        if (i % 3 == 0)
            value = ldexp((double)(next(&state) >> 11), (int)(next(&state) % 140) - 80);
        long double half = ((long double)value + (long double)nextafter(value, 0)) / 2;
        snprintf(text, sizeof text, "%.*Le", i % 2 ? 800 : 25, half);
        check(text);
        char *last = strchr(text, 'e') - 1; /* 'e' follows the last digit */
        *last = *last == '9' ? '8' : (char)(*last + 1);
        check(text);
    }
}

static void subnormals(void **unused)
{
    (void)unused;
    uint64_t state = 0xbf58476d1ce4e5b9;
    char text[1200];
    for (int i = 0; i < cases_of(20000); i++) {
        uint64_t bits = next(&state) >> (12 + next(&state) % 52);
        double value;
        memcpy(&value, &bits, sizeof value);
        snprintf(text, sizeof text, "%.*e", i % 25, value);
        check(text);
        snprintf(text, sizeof text, "%.1100f", value);
        check(text);
    }
}

/* Published hard cases, and the bounds of the range. */
static void known_cases(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "0",
        "-0",
        "0.0e99999999999",
        "1e-99999999999999999999",
        "1e99999999999999999999",
        "9007199254740991",
        "9007199254740993",
        "9007199254740992.5",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775808",
        "99999999999999999999",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "2.2250738585072014e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "6.02214076e23",
        "8.4e22",
        "1e23",
        "3351310684600320000000",
        "7.2057594037927933e16",
        "1090544144181609348671888949248",
        "1090544144181609348835077142190",
        "2.470328229206232720882843964341106861825299013071623822127928412503377536351e-324",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000123456789",
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000001.5",
        "1.00000000000000000000000000000000000000",
        "3.141592653589793238462643383279502884197169399375105820974944592307816406286208998628034",
        "5708990770823839207320493820740630171355185151999e-3",
        "10000000000000000000000000000000000000000e+21",
        "104110013277974872254e-225",
        "12345e0",
        "8e-9",
        "9999999999999999999e-343",
        "9999999999999999999e-342",
        "1e-342",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i]);
}

/* Where the number ends, and that nothing past `length` is read. */
static void ends_where_the_number_ends(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        size_t length, used;
        double value;
    } cases[] = {
        {"1.5,2", 5, 3, 1.5},
        {"1.5,2", 2, 2, 1},
        {"12345678", 7, 7, 1234567},
        {"1e5", 2, 1, 1},
        {"1e+", 3, 1, 1},
        {"1e+7", 4, 4, 1e7},
        {"1e5", 3, 3, 1e5},
        {"-", 1, 0, 0},
        {"+.", 2, 0, 0},
        {"..5", 3, 0, 0},
        {".5", 2, 2, .5},
        {"5.", 2, 2, 5},
        {"5.e1", 4, 4, 50},
        {"1.2.3", 5, 3, 1.2},
        {"1E2x", 4, 3, 100},
        {"--1", 3, 0, 0},
        {"+1", 2, 2, 1},
        {"", 0, 0, 0},
        {"1\xb1\xb2", 3, 1, 1},
        {"12:4", 4, 2, 12},
        {"12/4", 4, 2, 12},
        {"123456789012345678", 17, 17, 12345678901234567.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0;
        assert_int_equal(fsci_number_scan(cases[i].text, cases[i].length, &value), cases[i].used);
        assert_true(value == cases[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bits_at_any_precision),
        cmocka_unit_test(any_digits),
        cmocka_unit_test(halfway_points),
        cmocka_unit_test(subnormals),
        cmocka_unit_test(known_cases),
        cmocka_unit_test(ends_where_the_number_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
