/* Two tables side by side. */
#include "tables.h"

static fsc_status join(const char *left, const char *right, const char *key, bool keep,
                       fsc_table **out, fsc_error *err)
{
    fsc_table *a = parse_as("a.csv", left), *b = parse_as("b.csv", right);
    fsc_status status = fsci_table_join(a, b, key, keep, out, err);
    fsci_table_free(a); /* the new table does not lean on them */
    fsci_table_free(b);
    return status;
}

static const char *const models = "model,N\nx,1\ny,2\n,3\nz,4\nx,5\n";
static const char *const scores = "mmlu,model,note\n0.5,z,p\n0.6,x,q\n0.7,w,r\n0.8,,s\n";

static void inner(void **state)
{
    (void)state;
    fsc_table *t;
    fsc_error err;
    assert_int_equal(join(models, scores, "model", false, &t, &err), FSC_OK);
    fsc_table *want = parse("model,N,mmlu,note\nx,1,0.6,q\nz,4,0.5,p\nx,5,0.6,q\n");
    static const int64_t lines[] = {2, 5, 6};
    assert_int_equal(fsci_table_rows(t), 3);
    assert_string_equal(fsci_table_name(t), "a.csv");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(fsci_table_line(t, i), lines[i]);
    for (size_t i = 0; i < 4; i++) {
        fsci_column got = *fsci_table_column(t, i), like = *fsci_table_column(want, i);
        assert_string_equal(got.origin, i < 2 ? "a.csv" : "b.csv");
        got.odd_line = like.odd_line = 0;
        assert_same_column(&got, &like, 3);
    }
    assert_int_equal(fsci_table_find(t, "note")->odd_line, 3); /* of b.csv */
    fsci_table_free(want);
    fsci_table_free(t);
}

static void left(void **state)
{
    (void)state;
    fsc_table *t;
    fsc_error err;
    assert_int_equal(join(models, scores, "model", true, &t, &err), FSC_OK);
    fsc_table *want = parse("model,N,mmlu,note\nx,1,0.6,q\ny,2,,\n,3,,\nz,4,0.5,p\nx,5,0.6,q\n");
    assert_int_equal(fsci_table_rows(t), 5);
    for (size_t i = 0; i < 4; i++) {
        fsci_column got = *fsci_table_column(t, i), like = *fsci_table_column(want, i);
        got.odd_line = like.odd_line = 0;
        assert_same_column(&got, &like, 5);
    }
    fsci_table_free(want);
    fsci_table_free(t);
}

static void keys_that_are_numbers(void **state)
{
    (void)state;
    fsc_table *t;
    fsc_error err;
    assert_int_equal(join("id,a\n1,10\n-0,20\n0.10,30\n,40\n", "id,b\n0,x\n1e0,y\n.1,z\nNA,w\n",
                          "id", false, &t, &err),
                     FSC_OK);
    assert_int_equal(fsci_table_rows(t), 3);
    assert_string_equal(text(t, "b", 0), "y");
    assert_string_equal(text(t, "b", 1), "x");
    assert_string_equal(text(t, "b", 2), "z");
    fsci_table_free(t);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right, *key, *said;
    } cases[] = {
        {"m,a\nx,1\n", "m,b\ny,1\nx,2\ny,3\n", "m",
         "b.csv, line 4: 'y' of the key 'm' is on line 2 already"},
        {"m,a\n1,1\n", "m,b\n2,1\n3,2\n2.0,3\n", "m", "line 4: '2' of the key 'm' is on line 2"},
        {"m,a,b\nx,1,2\n", "m,b\nx,1\n", "m", "a.csv, line 2 and b.csv, line 2 differ in 'b'"},
        {"m,a\nx,1\n", "n,b\nx,1\n", "m", "b.csv has no column 'm'"},
        {"model,a\nx,1\n", "modle,b\nx,1\n", "modle",
         "a.csv has no column 'modle'; did you mean 'model'?"},
        {"m,a\nx,1\n", "m,b\n7,1\n", "m", "the key 'm' is text in a.csv and numbers in b.csv"},
        {"m,a\nX,1\n", "m,b\nx,1\n", "m", "no value of the key 'm' in a.csv occurs in b.csv"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsc_table *t = (fsc_table *)state;
        fsc_error err;
        for (int keep = 0; keep < 2; keep++) {
            assert_int_equal(join(cases[i].left, cases[i].right, cases[i].key, keep, &t, &err),
                             FSC_EINPUT);
            if (!strstr(err.message, cases[i].said))
                fail_msg("got: %s", err.message);
            assert_null(t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inner),
        cmocka_unit_test(left),
        cmocka_unit_test(keys_that_are_numbers),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
