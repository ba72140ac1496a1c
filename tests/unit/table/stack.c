/* Rows of one table below those of another. */
#include "table/table.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static fsc_table *parse(const char *name, const char *text)
{
    fsc_table *table;
    fsc_error err;
    if (fsci_table_parse(name, text, strlen(text), NULL, &table, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return table;
}

static void columns_by_name_in_order(void **state)
{
    (void)state;
    fsc_table *top = parse("a.csv", "model,x,family\nm1,1,A\nm2,,B\n"), *both;
    fsc_table *bottom = parse("b.csv", "\nfamily,model,y,x\nB,m3,7,3\n,m4,8,\n");
    assert_int_equal(fsci_table_stack(top, bottom, &both, NULL), FSC_OK);
    assert_int_equal(fsci_table_rows(both), 4);
    assert_int_equal(fsci_table_columns(both), 4);
    static const char *const names[] = {"model", "x", "family", "y"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(fsci_table_column(both, i)->name, names[i]);
    const fsci_column *x = fsci_table_find(both, "x"), *y = fsci_table_find(both, "y");
    const fsci_column *family = fsci_table_find(both, "family");
    assert_true(x->numbers[0] == 1 && isnan(x->numbers[1]) && x->numbers[2] == 3);
    assert_int_equal(x->n_missing, 2);
    assert_int_equal(x->n_numeric, 2);
    assert_true(isnan(y->numbers[1]) && y->numbers[2] == 7);
    assert_int_equal(y->n_missing, 2);
    assert_int_equal(family->n_levels, 2); /* B of both is one level */
    assert_int_equal(family->codes[1], family->codes[2]);
    assert_true(family->codes[3] == FSCI_MISSING_CODE);
    assert_int_equal(fsci_table_line(both, 1), 3); /* of a.csv */
    assert_int_equal(fsci_table_line(both, 2), 3); /* of b.csv, after its blank line */
    fsci_table_free(top);
    fsci_table_free(bottom);
    fsci_table_free(both);
}

static void a_column_without_values_takes_either_kind(void **state)
{
    (void)state;
    fsc_table *top = parse("a.csv", "model,note\nm1,\n"), *both;
    fsc_table *bottom = parse("b.csv", "model,note\nm2,late\n");
    assert_int_equal(fsci_table_stack(top, bottom, &both, NULL), FSC_OK);
    const fsci_column *note = fsci_table_find(both, "note");
    assert_int_equal(note->kind, FSCI_COLUMN_CATEGORIES);
    assert_true(note->codes[0] == FSCI_MISSING_CODE);
    assert_string_equal(note->levels[note->codes[1]], "late");
    assert_string_equal(note->odd_text, "late");
    fsci_table_free(top);
    fsci_table_free(bottom);
    fsci_table_free(both);
}

static void text_and_numbers_do_not_mix(void **state)
{
    (void)state;
    fsc_error err;
    fsc_table *numbers = parse("a.csv", "model,x\nm1,1\n"), *both;
    fsc_table *text = parse("b.csv", "model,x\nm2,1\nm3,good\n");
    assert_int_equal(fsci_table_stack(numbers, text, &both, &err), FSC_EINPUT);
    assert_null(both);
    assert_string_equal(err.message, "column x is text in b.csv ('good' on line 3) and numbers in "
                                     "a.csv; make them alike");
    assert_int_equal(fsci_table_stack(text, numbers, &both, &err), FSC_EINPUT);
    assert_string_equal(err.message, "column x is text in b.csv ('good' on line 3) and numbers in "
                                     "a.csv; make them alike");
    fsci_table_free(numbers);
    fsci_table_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_name_in_order),
        cmocka_unit_test(a_column_without_values_takes_either_kind),
        cmocka_unit_test(text_and_numbers_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
