/* Column names that say the same, and names that do not. */
#include "table/words.h"
#include "unit.h"

#include <string.h>

static void names_that_say_the_same(void **unused)
{
    static const char *const same[][2] = {
        {"flops", "FLOPs, total"},        {"flops", "Total FLOPs"},
        {"flops", "training_flops"},      {"training_tokens", "Training Tokens"},
        {"tokens", "tokens (total)"},     {"val_loss", "Val loss"},
        {"compute", "Training compute:"}, {"n_params", "N params"},
        {"größe", "Training größe"}};
    (void)unused;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!fsci_same_words(same[i][0], same[i][1]) || !fsci_same_words(same[i][1], same[i][0]))
            fail_msg("'%s' and '%s' say the same", same[i][0], same[i][1]);
}

static void names_that_do_not(void **unused)
{
    static const char *const other[][2] = {{"flops", "flops_per_token"},
                                           {"flops", "GFLOPs"},
                                           {"loss", "val_loss"},
                                           {"C", "c"},
                                           {"N", "N params"},
                                           {"total", "training"},
                                           {"tokens", ""},
                                           {"tokens", "tokens_2"},
                                           {"total", "total"}};
    (void)unused;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (fsci_same_words(other[i][0], other[i][1]) || fsci_same_words(other[i][1], other[i][0]))
            fail_msg("'%s' and '%s' do not say the same", other[i][0], other[i][1]);
    assert_true(fsci_same_words("C", "C"));
}

static void one_column_or_none(void **unused)
{
    static const char text[] = "Training FLOPs,tokens,total tokens,C\n1,2,3,4\n";
    fsc_table *table;
    fsc_error err;
    (void)unused;
    assert_int_equal(fsci_table_parse("t.csv", text, strlen(text), NULL, &table, &err), FSC_OK);
    assert_string_equal(fsci_table_find_words(table, "flops")->name, "Training FLOPs");
    assert_null(fsci_table_find_words(table, "tokens"));
    assert_null(fsci_table_find_words(table, "loss"));
    fsci_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_say_the_same),
        cmocka_unit_test(names_that_do_not),
        cmocka_unit_test(one_column_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
