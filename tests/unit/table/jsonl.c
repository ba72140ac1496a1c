/* Rows as JSON objects, one a line. */
#include "tables.h"

static fsc_table *parse_lines(const char *lines)
{
    return parse_as("t.jsonl", lines);
}

static void objects_are_rows(void **state)
{
    (void)state;
    fsc_table *t = parse_lines("{\"N\": 1e6, \"loss\": 4.5, \"model\": \"a\"}\n"
                               "\n"
                               "  {\"loss\":3.25 , \"N\":2000000,\"model\":\"b\"}  \r\n"
                               "{\"model\": \"a\"}");
    assert_int_equal(fsci_table_rows(t), 3);
    assert_true(number(t, "N", 1) == 2e6);
    assert_true(number(t, "loss", 1) == 3.25);
    assert_true(isnan(number(t, "N", 2)));
    assert_int_equal(fsci_table_find(t, "N")->n_missing, 1);
    assert_string_equal(text(t, "model", 1), "b");
    assert_int_equal(fsci_table_line(t, 1), 3);
    fsci_table_free(t);
}

/* The same table as CSV, where absent is empty. */
static void like_the_same_csv(void **state)
{
    (void)state;
    fsc_table *j = parse_lines("{\"a\": \"x\", \"b\": \"7\", \"c\": true}\n"
                               "{\"a\": null, \"b\": NaN, \"c\": 1}\n"
                               "{\"b\": \"1.50\"}\n"
                               "{\"b\": \"late\", \"d\": 1}\n"
                               "{\"d\": \"\", \"a\": \"NA\", \"b\": 1.50}\n");
    fsc_table *c = parse("a,b,c,d\nx,7,true,\n,,1,\n,1.50,,\n,late,,1\n,1.50,,\n");
    for (size_t i = 0; i < 4; i++) {
        fsci_column a = *fsci_table_column(j, i), b = *fsci_table_column(c, i);
        a.odd_line += a.odd_line > 0; /* a file without a header line */
        assert_same_column(&a, &b, 5);
    }
    fsci_table_free(j);
    fsci_table_free(c);
}

/* FLOP counts are written as integers beyond 64 bits. */
static void integers_of_any_size(void **state)
{
    (void)state;
    fsc_table *t = parse_lines("{\"C\": 5760000000000000000000}\n{\"C\": -18446744073709551616}\n"
                               "{\"C\": 9007199254740993}\n");
    assert_true(number(t, "C", 0) == 5.76e21);
    assert_true(number(t, "C", 1) == -0x1p64);
    assert_true(number(t, "C", 2) == 9007199254740992.0);
    fsci_table_free(t);
}

static void escapes(void **state)
{
    (void)state;
    fsc_table *t = parse_lines("{\"a\\u0062\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}\n"
                               "{\"ab\": \"\\u00e9\\u4e2d\\ud83d\\ude00\\u0041\"}\n"
                               "{\"\\u0061b\": \"\xc3\xa9\"}\n");
    assert_int_equal(fsci_table_columns(t), 1);
    assert_string_equal(text(t, "ab", 0), "\"\\/\b\f\n\r\t");
    assert_string_equal(text(t, "ab", 1), "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"
                                          "A");
    assert_string_equal(text(t, "ab", 2), "\xc3\xa9");
    fsci_table_free(t);
}

/* Standard input and other names: the first byte tells. */
static void told_by_the_first_byte(void **state)
{
    (void)state;
    fsc_table *t = parse_as("standard input", " {\"a\": 1}\n");
    assert_true(number(t, "a", 0) == 1);
    fsci_table_free(t);
    t = parse_as("standard input", "a,b\n1,2\n");
    assert_int_equal(fsci_table_columns(t), 2);
    fsci_table_free(t);
    t = parse_as("t.csv", "{a},b\n1,2\n");
    assert_true(number(t, "{a}", 0) == 1);
    fsci_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_rows),       cmocka_unit_test(like_the_same_csv),
        cmocka_unit_test(integers_of_any_size),   cmocka_unit_test(escapes),
        cmocka_unit_test(told_by_the_first_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
