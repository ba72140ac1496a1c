#include "law/yaml.h"
#include "arena.h"
#include "unit.h"

#include <stdlib.h>

static fsc_error err;

static const fsci_yaml *read(const char *text)
{
    fsci_yaml *root;
    if (fsci_yaml_read(arena, "a.yaml", text, strlen(text), &root, &err))
        fail_msg("%d:%d: %s", err.line, err.col, err.message);
    return root;
}

static void assert_at(const fsci_yaml *node, int line, int col, int len)
{
    assert_non_null(node);
    assert_int_equal(node->at.line, line);
    assert_int_equal(node->at.col, col);
    assert_int_equal(node->at.len, len);
}

static void scalars_stay_text_and_know_their_place(void **state)
{
    (void)state;
    const fsci_yaml *root = read("a: 0123\n"
                                 "b: {c: yes, d: \"q r\"}\n"
                                 "e: ['x', ~]\n");
    assert_int_equal(root->count, 3);
    assert_string_equal(fsci_yaml_get(root, "a")->text, "0123");
    assert_at(fsci_yaml_get(root, "a"), 1, 4, 4);
    const fsci_yaml *b = fsci_yaml_get(root, "b");
    assert_int_equal(b->kind, FSCI_YAML_MAP);
    assert_string_equal(fsci_yaml_get(b, "c")->text, "yes");
    assert_at(fsci_yaml_get(b, "d"), 2, 17, 3); /* inside the quotes */
    assert_int_equal(fsci_yaml_get(b, "d")->key_at.col, 13);
    assert_ptr_equal(fsci_yaml_get(b, "d")->up, b);
    const fsci_yaml *e = fsci_yaml_get(root, "e");
    assert_int_equal(e->kind, FSCI_YAML_LIST);
    assert_string_equal(e->first->text, "x");
    assert_string_equal(e->last->text, "~");
    assert_null(fsci_yaml_get(root, "z"));
    assert_null(fsci_yaml_get(e, "x"));
}

static void only_what_stands_in_the_file_is_verbatim(void **state)
{
    (void)state;
    const fsci_yaml *root = read("plain: x + y\n"
                                 "quoted: \"x + y\"\n"
                                 "single: 'x + y'\n"
                                 "escaped: \"x \\x2b y\"\n"
                                 "doubled: 'it''s'\n"
                                 "folded: >\n  x +\n  y\n"
                                 "wrapped: x +\n  y\n");
    assert_true(fsci_yaml_get(root, "plain")->verbatim);
    assert_true(fsci_yaml_get(root, "quoted")->verbatim);
    assert_true(fsci_yaml_get(root, "single")->verbatim);
    assert_false(fsci_yaml_get(root, "escaped")->verbatim);
    assert_false(fsci_yaml_get(root, "doubled")->verbatim);
    assert_false(fsci_yaml_get(root, "folded")->verbatim);
    assert_false(fsci_yaml_get(root, "wrapped")->verbatim);
    assert_string_equal(fsci_yaml_get(root, "escaped")->text, "x + y");
    assert_string_equal(fsci_yaml_get(root, "folded")->text, "x + y\n");
    assert_string_equal(fsci_yaml_get(root, "wrapped")->text, "x + y");
}

static void columns_count_bytes_and_lines_any_ending(void **state)
{
    (void)state;
    const fsci_yaml *root = read("\xEF\xBB\xBF"
                                 "\xCE\xB1\xCE\xB2: {\xE2\x82\xAC: 1}\r\n"
                                 "# \xE2\x82\xAC\r\n"
                                 "n: 2");
    assert_string_equal(root->first->key, "\xCE\xB1\xCE\xB2");
    assert_at(root->first->first, 1, 13, 1);
    assert_at(fsci_yaml_get(root, "n"), 3, 4, 1);
}

typedef struct bad_case {
    const char *text;
    int line, col;
    const char *message;
} bad_case;

static const bad_case bad[] = {
    {"a: &x 1\n", 1, 4, "an anchor"},
    {"a: *x\n", 1, 4, "an alias"},
    {"a: !!int 1\n", 1, 4, "a tag"},
    {"a: &x {b: 1}\n", 1, 4, "an anchor or a tag"},
    {"a: !x [1]\n", 1, 4, "an anchor or a tag"},
    {"a: 1\n---\nb: 2\n", 2, 1, "a second document"},
    {"%YAML 1.1\n---\na: 1\n", 1, 1, "a directive"},
    {"a: 1\nb: 2\na: 3\n", 3, 1, "'a' appears twice here"},
    {"{a: 1, 'a': 2}\n", 1, 9, "'a' appears twice here"},
    {"? [x]\n: 1\n", 1, 3, "a key must be a name"},
    {"a: \"x\\0y\"\n", 1, 4, "a NUL character"},
    {"a: [1, 2\n", 1, 4, "not valid YAML"},
    {"a: 'x\n", 1, 4, "not valid YAML"},
    {"a: 1\n\tb: 2\n", 2, 1, "not valid YAML"},
    {"a: b: c\n", 1, 5, "not valid YAML"},
    {"", 0, 0, "a.yaml is empty"},
    {"# nothing\n", 0, 0, "a.yaml is empty"},
    {"a: \xff\n", 0, 0, "a.yaml is not a text file"},
};

static void what_law_files_do_not_have_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fsci_yaml *root;
        fsc_status status =
            fsci_yaml_read(arena, "a.yaml", bad[i].text, strlen(bad[i].text), &root, &err);
        assert_int_equal(status, FSC_EINPUT);
        assert_null(root);
        if (!strstr(err.message, bad[i].message) || err.line != bad[i].line ||
            err.col != bad[i].col)
            fail_msg("'%s' gives %d:%d: %s", bad[i].text, err.line, err.col, err.message);
    }
}

static char *repeated(const char *piece, size_t times)
{
    size_t length = strlen(piece);
    char *text = malloc(length * times + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, piece, length);
    text[length * times] = '\0';
    return text;
}

static void assert_refused(const char *text, const char *message)
{
    fsci_yaml *root;
    assert_int_equal(fsci_yaml_read(arena, "a.yaml", text, strlen(text), &root, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, message));
}

static void size_depth_and_breadth_are_limited(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
        const char *message;
    } hostile[] = {
        {"[", 100000, "nested deeper than 24 levels"},
        {"{a: ", 50000, "nested deeper than 24 levels"},
        {"- ", 100000, "nested deeper than 24 levels"},
        {"- 1\n", 5000, "more entries than a law file may have"},
        {"a: 1 # filler\n", 20000, "a law file has at most 262144"},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        char *text = repeated(hostile[i].piece, hostile[i].times);
        assert_refused(text, hostile[i].message);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(scalars_stay_text_and_know_their_place, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(only_what_stands_in_the_file_is_verbatim, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(columns_count_bytes_and_lines_any_ending, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(what_law_files_do_not_have_is_refused, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(size_depth_and_breadth_are_limited, open_arena,
                                        close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
