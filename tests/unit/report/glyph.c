#include "report/glyph.h"

#include "unit.h"

/* Widths as in Unicode Standard Annex 11 and, for marks, category Mn. */
static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(fsci_text_columns("abc"), 3);
    assert_int_equal(fsci_text_columns("α·β"), 3);
    assert_int_equal(fsci_text_columns("家族"), 4);
    assert_int_equal(fsci_text_columns("e\xcc\x81"), 1); /* combining acute */
    assert_int_equal(fsci_text_columns("한글"), 4);
    assert_int_equal(fsci_text_columns("🦙"), 2);
    assert_int_equal(fsci_text_columns(""), 0);
}

static void malformed_bytes_are_replaced_one_by_one(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t glyphs;
    } cases[] = {{"\xff", 1},     {"\xc3", 1},
                 {"\xc0\xaf", 2},                      /* overlong '/' */
                 {"\xe2\x82", 2}, {"\xed\xa0\x80", 3}, /* a surrogate */
                 {"\x80z", 2},    {"\xf5\x80\x80\x80", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *s = cases[i].bytes;
        size_t n = 0;
        assert_int_equal(fsci_glyph_next(&s), 0xfffd);
        for (n = 1; fsci_glyph_next(&s);)
            n++;
        assert_int_equal(n, cases[i].glyphs);
    }
}

static void terminals_see_no_controls(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    assert_string_equal(fsci_text_safe(arena, "a\033[31m\tb\nc\x7f", true), "a?[31m b c?");
    assert_string_equal(fsci_text_safe(arena, "x\xe2\x80\xaey", true), "x?y"); /* bidi override */
    assert_string_equal(fsci_text_safe(arena, "\xc2\x9b", true), "?");         /* 8-bit CSI */
    assert_string_equal(fsci_text_safe(arena, "A·N^-α – 家", false), "A*N^-alpha - ?");
    assert_string_equal(fsci_text_safe(arena, "\xff", true), "\xef\xbf\xbd");
    assert_string_equal(fsci_text_safe(arena, NULL, true), "");
    fsci_arena_free(arena);
}

static void markup_is_escaped(void **state)
{
    (void)state;
    fsci_buffer out = {0};
    fsci_markup_add(&out, "<b a=\"1\" c='2'>&amp;\x01\xff α");
    assert_string_equal(out.data,
                        "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;?\xef\xbf\xbd α");
    fsci_buffer_free(&out);
}

static void a_percent_sign_stays_beside_its_number(void **state)
{
    (void)state;
    fsci_buffer out = {0};
    fsci_markup_add(&out, "95 % of acc %, 3 of 4");
    assert_string_equal(out.data, "95&#160;% of acc %, 3 of 4");
    fsci_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(a_percent_sign_stays_beside_its_number),
        cmocka_unit_test(malformed_bytes_are_replaced_one_by_one),
        cmocka_unit_test(terminals_see_no_controls),
        cmocka_unit_test(markup_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
