/* What a column is, why, and how it stays so when rows are taken. */
#include "tables.h"

#include <stdlib.h>

static void missing_spellings(void **state)
{
    (void)state;
    fsc_table *t =
        parse("x,y\n,a\nNA,\nN/A,NA\nNaN,null\nnan,b\nnull,NULL\n \"\",1\n  ,none\n1,c\n");
    const fsci_column *x = fsci_table_find(t, "x"), *y = fsci_table_find(t, "y");
    assert_int_equal(x->kind, FSCI_COLUMN_CATEGORIES); /* for its cell ' ""' */
    assert_string_equal(x->odd_text, " \"\"");
    assert_int_equal(x->n_missing, 7);
    assert_int_equal(y->n_missing, 3);
    assert_int_equal(y->n_levels, 6); /* a b NULL 1 none c: other spellings are text */
    fsci_table_free(t);
}

static void missing_numbers_are_nan(void **state)
{
    (void)state;
    fsc_table *t = parse("x,y\n1,\nNA,\n3,\n");
    const fsci_column *x = fsci_table_find(t, "x"), *y = fsci_table_find(t, "y");
    assert_int_equal(x->n_missing, 1);
    assert_int_equal(x->n_numeric, 2);
    assert_true(isnan(number(t, "x", 1)));
    assert_int_equal(y->kind, FSCI_COLUMN_NUMBERS);
    assert_int_equal(y->n_missing, 3);
    fsci_table_free(t);
}

/* Levels come in order of appearance, spelled as in the file, also those that look like numbers and
 * came before the first that does not: the column is read again. */
static void late_text_keeps_spellings(void **state)
{
    (void)state;
    fsc_table *t = parse("v,x\n1.0,1\n2.10,2\n,3\n1.0,4\nabc,5\n1,6\n2.10,7\n");
    const fsci_column *v = fsci_table_find(t, "v");
    static const char *const levels[] = {"1.0", "2.10", "abc", "1"};
    static const uint32_t codes[] = {0, 1, FSCI_MISSING_CODE, 0, 2, 3, 1};
    assert_int_equal(v->n_levels, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(v->levels[i], levels[i]);
    assert_memory_equal(v->codes, codes, sizeof codes);
    assert_string_equal(v->odd_text, "abc");
    assert_int_equal(v->odd_line, 6);
    assert_int_equal(v->n_numeric, 5);
    assert_int_equal(v->n_missing, 1);
    assert_int_equal(fsci_table_find(t, "x")->n_numeric, 7);
    assert_true(number(t, "x", 6) == 7);
    assert_int_equal(fsci_table_line(t, 6), 8);
    fsci_table_free(t);
}

static void early_text_is_categories_at_once(void **state)
{
    (void)state;
    fsc_table *t = parse("v\nNA\nb\n7\na\nb\n");
    const fsci_column *v = fsci_table_find(t, "v");
    static const uint32_t codes[] = {FSCI_MISSING_CODE, 0, 1, 2, 0};
    assert_memory_equal(v->codes, codes, sizeof codes);
    assert_string_equal(v->levels[0], "b");
    assert_int_equal(v->n_numeric, 1);
    assert_int_equal(v->odd_line, 3);
    fsci_table_free(t);
}

static void what_counts_as_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool number;
    } cases[] = {{"1e3", true},   {"-1.5E-3", true}, {"+7", true},     {".5", true},
                 {"5.", true},    {" 5 ", true},     {"1e999", false}, {"0x10", false},
                 {"1,5", false},  {"1 000", false},  {"inf", false},   {"12%", false},
                 {"1e", false},   {"true", false},   {"1_000", false}, {"--1", false},
                 {"1.2.3", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char csv[64];
        snprintf(csv, sizeof csv, "x\n\"%s\"\n", cases[i].cell);
        fsc_table *t = parse(csv);
        assert_int_equal(fsci_table_column(t, 0)->kind == FSCI_COLUMN_NUMBERS, cases[i].number);
        fsci_table_free(t);
    }
}

static void numbers_are_the_nearest(void **state)
{
    (void)state;
    fsc_table *t = parse("x\n0.1\n3351310684600320000000\n9007199254740993\n4.9e-324\n"
                         "0.30000000000000004\n2.2250738585072011e-308\n");
    static const double want[] = {0.1,       3351310684600320000000.0, 9007199254740992.0, 4.9e-324,
                                  0.1 + 0.2, 2.2250738585072011e-308};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_true(number(t, "x", i) == want[i]);
    fsci_table_free(t);
}

/* Taking rows gives what reading just those rows gives (all but the lines, which stay). */
static void taking_is_reading_fewer_rows(void **state)
{
    (void)state;
    static const char *const lines[] = {"1,a,7\n", "x,b,\n", "2.0,a,8\n", "NA,c,q\n", "2.0,b,9\n"};
    enum { ROWS = 5 };
    fsc_table *all = parse("m,f,v\n1,a,7\nx,b,\n2.0,a,8\nNA,c,q\n2.0,b,9\n");
    for (unsigned mask = 1; mask < 1u << ROWS; mask++) {
        char csv[128] = "m,f,v\n";
        bool keep[ROWS];
        int64_t line_of[ROWS];
        size_t n = 0;
        for (unsigned i = 0; i < ROWS; i++) {
            keep[i] = mask >> i & 1;
            if (keep[i]) {
                line_of[n++] = i + 2;
                strcat(csv, lines[i]);
            }
        }
        fsc_table *want = parse(csv), *got;
        assert_int_equal(fsci_table_take(all, keep, &got, NULL), FSC_OK);
        assert_int_equal(fsci_table_rows(got), n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(fsci_table_line(got, i), line_of[i]);
        for (size_t c = 0; c < 3; c++) {
            fsci_column a = *fsci_table_column(want, c), b = *fsci_table_column(got, c);
            if (a.odd_text)
                assert_int_equal(b.odd_line, line_of[a.odd_line - 2]);
            a.odd_line = b.odd_line = 0;
            assert_same_column(&a, &b, n);
        }
        fsci_table_free(got);
        fsci_table_free(want);
    }
    fsci_table_free(all);
}

static void taking_nothing_is_an_empty_table(void **state)
{
    (void)state;
    fsc_table *all = parse("m,f\n1,a\nx,b\n"), *none;
    bool keep[2] = {false, false};
    assert_int_equal(fsci_table_take(all, keep, &none, NULL), FSC_OK);
    fsci_table_free(all); /* the new table does not lean on the old one */
    assert_int_equal(fsci_table_rows(none), 0);
    assert_int_equal(fsci_table_columns(none), 2);
    assert_string_equal(fsci_table_column(none, 1)->name, "f");
    fsci_table_free(none);
}

static void adding_numbers(void **state)
{
    (void)state;
    fsc_table *t = parse("a\n1\n2\n3\n");
    double values[] = {4, NAN, 6};
    fsc_error err;
    assert_int_equal(fsci_table_add_numbers(t, "b", values, &err), FSC_OK);
    values[0] = 0;
    assert_true(number(t, "b", 0) == 4);
    assert_int_equal(fsci_table_find(t, "b")->n_missing, 1);
    assert_int_equal(fsci_table_find(t, "b")->n_numeric, 2);
    assert_int_equal(fsci_table_add_numbers(t, "a", values, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "'a' already"));
    assert_int_equal(fsci_table_columns(t), 2);
    fsci_table_free(t);
}

static void numbers_made_groups_stay_groups(void **state)
{
    (void)state;
    fsc_table *t = parse("g,x\n0.10,1\n\"\",2\n-0,3\n3,4\n0.1,5\n0,6\n"), *some;
    const bool keep[] = {true, true, true, false, true, false};
    fsc_error err;
    assert_int_equal(fsci_table_make_categories(t, "g", 2, &err), FSC_EINPUT);
    assert_int_equal(fsci_table_make_categories(t, "g", 3, &err), FSC_OK);
    assert_int_equal(fsci_table_make_categories(t, "g", 3, &err), FSC_OK);
    const fsci_column *g = fsci_table_find(t, "g");
    const uint32_t codes[] = {1, FSCI_MISSING_CODE, 0, 2, 1, 0};
    assert_int_equal(g->kind, FSCI_COLUMN_CATEGORIES);
    assert_int_equal(g->n_levels, 3);
    assert_string_equal(g->levels[1], "0.1");
    assert_memory_equal(g->codes, codes, sizeof codes);
    assert_int_equal(fsci_table_take(t, keep, &some, &err), FSC_OK);
    g = fsci_table_find(some, "g");
    assert_int_equal(g->kind, FSCI_COLUMN_CATEGORIES);
    assert_int_equal(g->n_levels, 2);
    assert_string_equal(g->levels[g->codes[2]], "0");
    fsci_table_free(t);
    fsci_table_free(some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_spellings),
        cmocka_unit_test(missing_numbers_are_nan),
        cmocka_unit_test(late_text_keeps_spellings),
        cmocka_unit_test(early_text_is_categories_at_once),
        cmocka_unit_test(what_counts_as_a_number),
        cmocka_unit_test(numbers_are_the_nearest),
        cmocka_unit_test(taking_is_reading_fewer_rows),
        cmocka_unit_test(taking_nothing_is_an_empty_table),
        cmocka_unit_test(adding_numbers),
        cmocka_unit_test(numbers_made_groups_stay_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
