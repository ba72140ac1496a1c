/* Separated text: cells, lines and separators as RFC 4180 and the header of the room have them. */
#include "tables.h"

#include <stdlib.h>

static void plain_cells(void **state)
{
    (void)state;
    fsc_table *t = parse("N,loss,model\n1e6,4.5,a\n2e6,3.25,b\n");
    assert_int_equal(fsci_table_rows(t), 2);
    assert_int_equal(fsci_table_columns(t), 3);
    assert_string_equal(fsci_table_name(t), "t.csv");
    assert_true(number(t, "N", 1) == 2e6);
    assert_true(number(t, "loss", 0) == 4.5);
    assert_string_equal(text(t, "model", 1), "b");
    assert_null(fsci_table_find(t, "Loss"));
    fsci_table_free(t);
}

/* Every way to write the same two rows. */
static void spellings_of_one_table(void **state)
{
    (void)state;
    static const char *const spellings[] = {
        "a,b\n1,x\n2,y\n",
        "a,b\n1,x\n2,y",
        "a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r1,x\r2,y\r",
        "a,b\r\n1,x\r\n2,y",
        "\357\273\277a,b\n1,x\n2,y\n",
        "a;b\n1;x\n2;y\n",
        "a\tb\n1\tx\n2\ty\n",
        "\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n",
        "\"a\";\"b\"\r\n1;\"x\"\r\n\"2\";y\r\n",
        "a,b\n 1 ,x\n2\t,y\n\n\n",
    };
    fsc_table *want = parse(spellings[0]);
    for (size_t i = 1; i < sizeof spellings / sizeof *spellings; i++) {
        fsc_table *got = parse(spellings[i]);
        assert_same_table(want, got);
        fsci_table_free(got);
    }
    fsci_table_free(want);
}

static void quoted_cells(void **state)
{
    (void)state;
    fsc_table *t =
        parse("name,v\n\"a, \"\"b\"\"\",1\n\"\"\"\",2\n\"two\nlines\r\nthree\",3\n\"\",4\n"
              "in \"the\" middle,5\n");
    assert_string_equal(text(t, "name", 0), "a, \"b\"");
    assert_string_equal(text(t, "name", 1), "\"");
    assert_string_equal(text(t, "name", 2), "two\nlines\r\nthree");
    assert_string_equal(text(t, "name", 3), "");
    assert_string_equal(text(t, "name", 4), "in \"the\" middle");
    assert_int_equal(fsci_table_line(t, 2), 4);
    assert_int_equal(fsci_table_line(t, 3), 7);
    assert_true(number(t, "v", 4) == 5);
    fsci_table_free(t);
}

static void header_names_are_kept_exactly(void **state)
{
    (void)state;
    fsc_table *t = parse("FLOPs (1E21), loss ,\"a,b\",\"q\"\"q\"\n1,2,3,4\n");
    assert_true(number(t, "FLOPs (1E21)", 0) == 1);
    assert_true(number(t, " loss ", 0) == 2);
    assert_true(number(t, "a,b", 0) == 3);
    assert_true(number(t, "q\"q", 0) == 4);
    fsci_table_free(t);
}

static void separator_is_the_one_that_splits_the_header(void **state)
{
    (void)state;
    fsc_table *t = parse("a,1;b;c\nx;y;1,5\n");
    assert_int_equal(fsci_table_columns(t), 3);
    assert_string_equal(text(t, "a,1", 0), "x");
    fsci_table_free(t);
    t = parse("a, b, c\td\n1\t2\n");
    assert_int_equal(fsci_table_columns(t), 2);
    fsci_table_free(t);
    t = parse("one\n1\n2\n");
    assert_int_equal(fsci_table_columns(t), 1);
    fsci_table_free(t);
    fsci_table_options bar = {.separator = '|'};
    const char *barred = "a,b|c\n1|2\n";
    assert_int_equal(fsci_table_parse("t.csv", barred, strlen(barred), &bar, &t, NULL), FSC_OK);
    assert_true(number(t, "a,b", 0) == 1);
    fsci_table_free(t);
}

static void comments_only_when_asked(void **state)
{
    (void)state;
    const char *noted = "# made by hand, \"really\"\na,b\n# half way\n1,2\n\n#,3\n";
    fsci_table_options comments = {.hash_comments = true};
    fsc_table *t;
    assert_int_equal(fsci_table_parse("t.csv", noted, strlen(noted), &comments, &t, NULL), FSC_OK);
    assert_int_equal(fsci_table_rows(t), 1);
    assert_int_equal(fsci_table_line(t, 0), 4);
    fsci_table_free(t);
    t = parse("#a,b\n#1,2\n");
    assert_string_equal(text(t, "#a", 0), "#1");
    fsci_table_free(t);
}

static void lines_of_rows(void **state)
{
    (void)state;
    fsc_table *t = parse("\n\na,b\n1,2\n\n3,4\n\n\n5,\"6\n\"\n7,8\n9,0");
    static const int64_t lines[] = {4, 6, 9, 11, 12};
    assert_int_equal(fsci_table_rows(t), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(fsci_table_line(t, i), lines[i]);
    fsci_table_free(t);
}

/* A blank line is no row, in a table of one column too; a cell of nothing but quotes is. */
static void blank_lines_are_skipped(void **state)
{
    (void)state;
    fsc_table *t = parse("x\n1\n\n2\n\"\"\nNA\n");
    assert_int_equal(fsci_table_rows(t), 4);
    assert_int_equal(fsci_table_column(t, 0)->n_missing, 2);
    fsci_table_free(t);
    t = parse("x,y\n1,2\n,\n\n");
    assert_int_equal(fsci_table_rows(t), 2);
    fsci_table_free(t);
}

/* Enough rows that columns grow many times, and cells of every length. */
static void many_rows(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    char *big = malloc(ROWS * 64), *p = big;
    p += sprintf(p, "i,root,name\n");
    for (int i = 0; i < ROWS; i++)
        p += sprintf(p, "%d,%.*g,n%d\n", i, 1 + i % 17, sqrt(i), i % 1000);
    fsc_table *t = parse(big);
    assert_int_equal(fsci_table_rows(t), ROWS);
    assert_int_equal(fsci_table_find(t, "name")->n_levels, 1000);
    for (size_t i = 0; i < ROWS; i++) {
        char want[64];
        assert_true(number(t, "i", i) == (double)i);
        snprintf(want, sizeof want, "%.*g", 1 + (int)(i % 17), sqrt((double)i));
        assert_true(number(t, "root", i) == strtod(want, NULL));
        snprintf(want, sizeof want, "n%zu", i % 1000);
        assert_string_equal(text(t, "name", i), want);
    }
    fsci_table_free(t);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_cells),
        cmocka_unit_test(spellings_of_one_table),
        cmocka_unit_test(quoted_cells),
        cmocka_unit_test(header_names_are_kept_exactly),
        cmocka_unit_test(separator_is_the_one_that_splits_the_header),
        cmocka_unit_test(comments_only_when_asked),
        cmocka_unit_test(lines_of_rows),
        cmocka_unit_test(blank_lines_are_skipped),
        cmocka_unit_test(many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
