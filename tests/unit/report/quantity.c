#include "report/quantity.h"

#include "arena.h"
#include "unit.h"

/* Two digits of the standard error decide, as in tables of physical constants. */
static void digits_follow_the_standard_error(void **state)
{
    (void)state;
    static const struct {
        double value, se;
        const char *unit, *text;
    } cases[] = {{1.817218, 0.0252, NULL, "1.817"},
                 {477.8259, 123.9, NULL, "480"},
                 {2143.42, 1291, NULL, "2100"},
                 {0.3473105, 0.0149, NULL, "0.347"},
                 {73190438830, 1.5e10, "param", "73 B parameters"},
                 {1311646733000, 2.2e11, "token", "1.31 T tokens"},
                 {5.76e23, NAN, "FLOP", "5.76e23 FLOP"},
                 {1.973912107, 0.0162, "nat/token", "1.974 nat/token"},
                 {999.96, 0.012, NULL, "999.960"},
                 {0.0004, 0.02, NULL, "0.000"},
                 {-3.14159, 0.2, NULL, "-3.14"},
                 {6.02214076e23, 3e15, NULL, "6.022141e23"}, /* seven digits at most */
                 {9.994e23, 1e22, NULL, "9.99e23"},
                 {9.996e23, 1e22, NULL, "1.000e24"},
                 {57330000, NAN, "param", "57.33 M parameters"},
                 {0, NAN, "param", "0 parameters"},
                 {NAN, 1, "param", "–"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(fsci_say_quantity(arena, cases[i].value, cases[i].se, cases[i].unit),
                            cases[i].text);
}

static void without_one_four_digits(void **state)
{
    (void)state;
    assert_string_equal(fsci_say(arena, 2 / 3.0, NAN), "0.6667");
    assert_string_equal(fsci_say(arena, 0.5, NAN), "0.5");
    assert_string_equal(fsci_say(arena, 1e12, NAN), "1e12");
    assert_string_equal(fsci_say(arena, 3.46e-7, NAN), "3.46e-7");
    assert_string_equal(fsci_say_digits(arena, 0.001018274018, 7), "0.001018274");
    assert_string_equal(fsci_say_digits(arena, 346000, 2), "3.5e5");
    assert_string_equal(fsci_say_rounded(arena, 2e24, 2), "2.0e24");
    assert_string_equal(fsci_say_rounded(arena, 0.07, 2), "0.070");
    assert_string_equal(fsci_say_integer(arena, 123456), "123456");
}

static void what_was_given_is_said_whole(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *unit, *text;
    } cases[] = {{16384, NULL, "16384"},
                 {131072, NULL, "1.31072e5"},
                 {1234567, "param", "1.234567 M parameters"},
                 {535813376, "param", "535.8 M parameters"}, /* nine digits are too many */
                 {1.0 / 3, NULL, "0.3333"},
                 {0, NULL, "0"},
                 {-2.5, NULL, "-2.5"},
                 {70e9, "param", "70 B parameters"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(fsci_say_given(arena, cases[i].value, cases[i].unit), cases[i].text);
}

static void ranges_share_the_scale_of_their_value(void **state)
{
    (void)state;
    assert_string_equal(fsci_say_range(arena, 5.62e10, 1.172e11, 7.3e10, "param"), "56 to 117 B");
    assert_string_equal(fsci_say_range(arena, 8.19e11, 1.708e12, 1.31e12, "token"),
                        "0.82 to 1.71 T");
    assert_string_equal(fsci_say_range(arena, 9.6e11, 1.04e15, 1e14, NULL), "1e12 to 1.04e15");
    assert_string_equal(fsci_say_range(arena, -0.5, 0.25, 0, NULL), "-0.50 to 0.25");
    assert_string_equal(fsci_say_range(arena, NAN, 1, 0, NULL), "–");
    assert_string_equal(fsci_say_extent(arena, 57.33e6, 16.18e9, "param"),
                        "57.33 M to 16.18 B parameters");
}

/* A bootstrap whose tail ran away has a standard error that says nothing about the interval. */
static void the_better_known_width_decides(void **state)
{
    (void)state;
    assert_string_equal(fsci_say(arena, 5.43, fsci_resolution(5.43, 812, 3.64, 6.69)), "5.43");
    assert_string_equal(fsci_say(arena, 5.43, fsci_resolution(5.43, 0.3, NAN, NAN)), "5.43");
    assert_string_equal(fsci_say(arena, 5.43, fsci_resolution(5.43, NAN, NAN, NAN)), "5.43");
    assert_string_equal(fsci_say(arena, 5.43, fsci_resolution(5.43, 812, NAN, NAN)), "5");
    assert_string_equal(fsci_say(arena, 0, fsci_resolution(0, 0.3, NAN, NAN)), "0.00");
}

static void estimates_carry_their_interval(void **state)
{
    (void)state;
    assert_string_equal(fsci_say_estimate(arena, 2.7912e9, 2.17e9, 3.59e9, "param"),
                        "2.79 B (2.17–3.59)");
    assert_string_equal(fsci_say_estimate(arena, 1.974, NAN, NAN, NULL), "1.974");
}

static void ratios_are_said_twice(void **state)
{
    (void)state;
    assert_string_equal(fsci_say_decades(arena, 1.67), "1.67 decades (47 times)");
    assert_string_equal(fsci_say_decades(arena, 0), "inside");
    assert_string_equal(fsci_say_decades(arena, 0.001), "at the edge");
    assert_string_equal(fsci_say_place(arena, 0), "inside the data");
    assert_string_equal(fsci_say_place(arena, 0.02), "at the edge of the data");
    assert_string_equal(fsci_say_place(arena, 0.03), "0.03 decades (1.1 times) beyond the data");
    assert_null(fsci_say_place(arena, NAN));
    assert_string_equal(fsci_say_percent(arena, 0.95), "95 %");
    assert_string_equal(fsci_say_percent(arena, 0.9999999), "99.99999 %");
    assert_string_equal(fsci_say_percent(arena, 0.9996), "99.96 %");
    assert_string_equal(fsci_say_percent(arena, 1), "100 %");
    assert_string_equal(fsci_say_percent(arena, 0), "0 %");
    assert_string_equal(fsci_say_percent(arena, 0.0915), "9.2 %");
}

static void huge_numbers_do_not_overflow(void **state)
{
    (void)state;
    assert_string_equal(fsci_say(arena, 1.7976931348623157e308, NAN), "1.798e308");
    assert_string_equal(fsci_say(arena, 5e-324, NAN), "0");
    assert_string_equal(fsci_say(arena, 1e308, 1e-9), "1.000000e308");
    assert_string_equal(fsci_say_range(arena, 0, 1e300, 1, "param"), "0 to 1.00e300");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_follow_the_standard_error),
        cmocka_unit_test(without_one_four_digits),
        cmocka_unit_test(what_was_given_is_said_whole),
        cmocka_unit_test(ranges_share_the_scale_of_their_value),
        cmocka_unit_test(the_better_known_width_decides),
        cmocka_unit_test(estimates_carry_their_interval),
        cmocka_unit_test(ratios_are_said_twice),
        cmocka_unit_test(huge_numbers_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
