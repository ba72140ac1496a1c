#include "base/number.h"
#include "base/error.h"
#include "unit.h"

#include <float.h>

static double read(const char *text)
{
    double value = -999;
    assert_true(fsci_number_read(text, strlen(text), &value));
    return value;
}

static void reads_the_nearest_double(void **state)
{
    (void)state;
    assert_true(read("0.1") == 0.1);
    assert_true(read("-1.5e-3") == -1.5e-3);
    assert_true(read("+.5") == 0.5);
    assert_true(read("3351310684600320000000") == 3351310684600320000000.0);
    assert_true(read("1e400") == INFINITY);
    assert_true(read("2.2250738585072011e-308") == 2.2250738585072011e-308);
    assert_true(read("9007199254740993") == 9007199254740992.0); /* a tie goes to even */
    assert_true(read("9007199254740993.0000000000000000000000000000001") == 9007199254740994.0);
}

static void refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "-",   ".",   "e5",   "1e",
                                      "1.2.3", "nan", "inf", "0x10", "1 "};
    double value;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fsci_number_read(bad[i], strlen(bad[i]), &value));
}

static void writes_the_shortest_that_reads_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1e23, "1e+23"},
                 {1.0 / 3, "0.3333333333333333"},
                 {5e-324, "5e-324"},
                 {-0.0, "-0"},
                 {8.4e22, "8.4e+22"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {123456789, "123456789"}};
    char text[FSCI_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_number_write(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void sentences_take_few_digits(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {{0.36712, 3, "0.367"},    {1072, 3, "1070"},      {5.7612e23, 3, "5.76e23"},
                 {-2.04e-7, 2, "-2e-7"},   {99996, 4, "1e5"},      {0, 3, "0"},
                 {99994, 4, "99990"},      {9.99e-5, 1, "0.0001"}, {1e300, 3, "1e300"},
                 {5e-324, 3, "4.94e-324"}, {-INFINITY, 3, "-inf"}};
    char text[FSCI_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fsci_number_brief(cases[i].value, cases[i].digits, text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void round_trips_any_bits(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    char text[FSCI_NUMBER_TEXT];
    for (int i = 0; i < 20000; i++) {
        double value;
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        fsci_number_write(value, text);
        assert_true(read(text) == value);
    }
}

static void quantities_take_suffixes(void **state)
{
    (void)state;
    double value;
    assert_true(fsci_quantity_read("1.4T", 4, &value) && value == 1.4e12);
    assert_true(fsci_quantity_read("7B", 2, &value) && value == 7e9);
    assert_true(fsci_quantity_read("3e21", 4, &value) && value == 3e21);
    assert_false(fsci_quantity_read("5m", 2, &value)); /* million or minute: not guessed */
    assert_false(fsci_quantity_read("B", 1, &value));
    assert_false(fsci_quantity_read("1e400", 5, &value));
    assert_string_equal(fsci_quantity_flaw("1e400", 5), "is beyond the range of numbers");
    assert_string_equal(fsci_quantity_flaw("5m", 2), "is not a number");
}

static void suggests_the_nearest_name(void **state)
{
    (void)state;
    static const char *const known[] = {"params", "tokens", "loss"};
    assert_string_equal(fsci_nearest("parms", known, 3), "params");
    assert_string_equal(fsci_nearest("lsos", known, 3), "loss");
    assert_null(fsci_nearest("compute", known, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_nearest_double),
        cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(writes_the_shortest_that_reads_back),
        cmocka_unit_test(sentences_take_few_digits),
        cmocka_unit_test(round_trips_any_bits),
        cmocka_unit_test(quantities_take_suffixes),
        cmocka_unit_test(suggests_the_nearest_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
