#include "observe/date.h"
#include "unit.h"

static void the_last_day_that_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int day;
    } cases[] = {
        {"2023-07-18", 20230718}, {"2023-07", 20230731},         {"2023", 20231231},
        {"2023/07/18", 20230718}, {"2024-02", 20240229},         {"2023-02", 20230228},
        {"2000-02", 20000229},    {"1900-02", 19000228},         {"2023-07-18T09:30Z", 20230718},
        {"2024-04", 20240430},    {"2023-07-18 00:00", 20230718}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int day = 0;
        assert_true(fsci_date_read(cases[i].text, &day));
        assert_int_equal(day, cases[i].day);
    }
}

static void what_is_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {"",           "23-07-18",   "2023-13",     "2023-00",
                                        "2023-02-29", "2023-7-18",  "18 Jul 2023", "2023-07-18x",
                                        "20230718",   "2023-07-00", "2023-",       "2023-07-"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int day;
        if (fsci_date_read(cases[i], &day))
            fail_msg("'%s' was read as %d", cases[i], day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_day_that_is_meant),
        cmocka_unit_test(what_is_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
