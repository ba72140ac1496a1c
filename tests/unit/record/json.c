#include "record/json.h"
#include "arena.h"
#include "unit.h"

static char *text_of(const fsci_json *value, int indent)
{
    fsci_buffer b = {0};
    fsci_json_write(value, indent, &b);
    char *text = fsci_copy_string(arena, b.data);
    fsci_buffer_free(&b);
    return text;
}

static void keeps_the_order_of_members(void **state)
{
    (void)state;
    fsci_json *o = fsci_json_object(arena);
    fsci_json_set_number(arena, o, "z", 1);
    fsci_json_set_string(arena, o, "a", "line\n\"quoted\" \x01");
    fsci_json_set_number(arena, o, "z", 2);
    fsci_json_set_number(arena, o, "gone", NAN);
    assert_string_equal(text_of(o, 0),
                        "{\"z\":2,\"a\":\"line\\n\\\"quoted\\\" \\u0001\",\"gone\":null}");
}

static void reads_what_it_wrote(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\":[1,2.5,{\"b\":null}],\"t\":true,\"s\":\"\xc3\xa9\",\"n\":-1e-300}";
    fsci_json *value;
    assert_int_equal(fsci_json_read(arena, "test", text, strlen(text), &value, NULL), FSC_OK);
    assert_string_equal(text_of(value, 0), text);
    assert_near(fsci_json_at(value, "a.1")->number, 2.5, 0);
    assert_non_null(fsci_json_at(value, "a.2.b"));
    assert_null(fsci_json_at(value, "a.3"));
}

static void accepts_the_nan_of_other_tools(void **state)
{
    (void)state;
    static const char text[] = "{\"acc\": NaN, \"x\": Infinity}";
    fsci_json *value;
    assert_int_equal(fsci_json_read(arena, "test", text, strlen(text), &value, NULL), FSC_OK);
    assert_int_equal(fsci_json_get(value, "acc")->kind, FSCI_JSON_NULL);
}

static void reads_a_bare_number(void **state)
{
    (void)state;
    fsci_json *value;
    assert_int_equal(fsci_json_read(arena, "test", "12.5", 4, &value, NULL), FSC_OK);
    assert_near(value->number, 12.5, 0);
}

static void whole_numbers_are_exact_or_refused(void **state)
{
    (void)state;
    fsci_json *value;
    fsc_error err;
    static const char good[] = "[9007199254740993, 18446744073709551000, 3.3e21]";
    static const char bad[] = "{\"C\": 3351310684600320000000}";
    assert_int_equal(fsci_json_read(arena, "x", good, strlen(good), &value, NULL), FSC_OK);
    assert_near(fsci_json_at(value, "0")->number, 9007199254740992.0, 0);
    assert_near(fsci_json_at(value, "1")->number, 18446744073709551000.0, 0);
    assert_int_equal(fsci_json_read(arena, "x", bad, strlen(bad), &value, &err), FSC_EINPUT);
}

static void says_where_a_fault_is(void **state)
{
    (void)state;
    fsc_error err;
    fsci_json *value;
    static const char text[] = "{\"a\": 1,\n \"b\": }";
    assert_int_equal(fsci_json_read(arena, "x.json", text, strlen(text), &value, &err), FSC_EINPUT);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.source, "x.json");
    static const char deep[] =
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
    assert_int_equal(fsci_json_read(arena, "x", deep, strlen(deep), &value, &err), FSC_EINPUT);
    assert_int_equal(fsci_json_read(arena, "x", "{} {}", 5, &value, &err), FSC_EINPUT);
    assert_int_equal(fsci_json_read(arena, "x", "", 0, &value, &err), FSC_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order_of_members),
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(accepts_the_nan_of_other_tools),
        cmocka_unit_test(reads_a_bare_number),
        cmocka_unit_test(says_where_a_fault_is),
        cmocka_unit_test(whole_numbers_are_exact_or_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
