/* What is refused, in which words, and where the caret stands. */
#include "tables.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct refusal {
    const char *name, *text;
    const char *said; /* part of the message */
    int line, col;    /* 0 when none */
} refusal;

static void refuse(const refusal *r)
{
    fsc_table *table = (fsc_table *)r;
    fsc_error err;
    fsc_status status = fsci_table_parse(r->name, r->text, strlen(r->text), NULL, &table, &err);
    if (status != FSC_EINPUT || !strstr(err.message, r->said) || err.line != r->line ||
        err.col != r->col)
        fail_msg("%s: status %d, line %d, col %d: %s", r->text, status, err.line, err.col,
                 err.message);
    assert_null(table);
    assert_int_equal(strncmp(err.message, r->name, strlen(r->name)), 0);
}

static void malformed_text(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"t.csv", "", "t.csv is empty", 0, 0},
        {"t.csv", "\n\r\n", "t.csv is empty", 0, 0},
        {"t.csv", "a,b\n", "has a header and no rows", 0, 0},
        {"t.csv", "a,b\n\n\n", "has a header and no rows", 0, 0},
        {"t.csv", "a,b,c\n1,2,3\n4,5\n", "line 3: 2 cells where the header has 3", 3, 4},
        {"t.csv", "a,b,c\r\n1,2,3\r\n4\r\n", "line 3: 1 cell where the header has 3", 3, 2},
        {"t.csv", "a,b\n1,2\n\n3,4,5,6\n", "line 4: 4 cells where the header has 2", 4, 5},
        {"t.csv", "a,b\n\"x\ny\",1\n\"p\nq\"\n", "line 4: 1 cell where the header has 2", 5, 3},
        {"t.csv", "a,b\n1,\"x\n2,y\n3,z\n", "line 2: a quote opens here and never closes", 2, 3},
        {"t.csv", "a,b\n\"p\nq\",\"x\n", "line 3: a quote opens here and never closes", 3, 4},
        {"t.csv", "a,b\n1,\"x\"y\n", "line 2: text follows a closing quote", 2, 6},
        {"t.csv", "\"a\"b,c\n1,2\n", "line 1: text follows a closing quote", 1, 4},
        {"t.csv", "a,,c\n1,2,3\n", "line 1: a column without a name", 1, 3},
        {"t.csv", ",a\n0,1\n", "index=False", 1, 1},
        {"t.csv", "a,b,a\n1,2,3\n", "columns 1 and 3 are both named 'a'", 1, 5},
        {"t.csv", "a,b\xe9\n1,2\n", "line 1: a column name that is not UTF-8", 1, 3},
        {"t.csv", "a,b\n1,caf\xe9\n", "line 2, column b: not UTF-8", 2, 0},
        {"t.csv", "a,b\n1,x\n2,\xc0\x80\n", "line 3, column b: not UTF-8", 3, 0},
        {"t.jsonl", "", "t.jsonl is empty", 0, 0},
        {"t.jsonl", "{\"a\": 1}\n{\"a\": {\"b\": 2}}\n", "line 2: a value inside a value", 2, 7},
        {"t.jsonl", "{\"a\": [1, 2]}\n", "line 1: a value inside a value", 1, 7},
        {"t.jsonl", "[{\"a\": 1}]\n", "line 1: an object", 1, 1},
        {"t", "\n [ {\"a\": 1},\n", "line 2: an object", 2, 2},
        {"t.jsonl", "{\"a\": 1} {\"a\": 2}\n", "line 1: more text after the object", 1, 10},
        {"t.jsonl", "{\"a\": 1\n\"b\": 2}\n", "line 1: a comma or a closing brace", 1, 8},
        {"t.jsonl", "{\"a\" 1}\n", "line 1: a colon", 1, 6},
        {"t.jsonl", "{a: 1}\n", "line 1: the name of a member", 1, 2},
        {"t.jsonl", "{\"a\": 1,}\n", "line 1: the name of a member", 1, 9},
        {"t.jsonl", "{\"a\": one}\n", "line 1: this is no JSON value", 1, 7},
        {"t.jsonl", "{\"a\": 1.2.3}\n", "line 1: this is no JSON value", 1, 7},
        {"t.jsonl", "{\"a\": }\n", "line 1: this is no JSON value", 1, 7},
        {"t.jsonl", "{\"a\": \"x}\n", "line 1: a quote opens here", 1, 7},
        {"t.jsonl", "{\"a\": \"\\q\"}\n", "line 1: no such escape", 1, 8},
        {"t.jsonl", "{\"a\": \"\\ud800\"}\n", "line 1: this \\u escape is no character", 1, 8},
        {"t.jsonl", "{\"a\": \"\\u0000\"}\n", "line 1: this \\u escape is no character", 1, 8},
        {"t.jsonl", "{\"a\": 1, \"a\": 2}\n", "line 1: this name is given twice", 1, 11},
        {"t.jsonl", "{\"\": 1}\n", "line 1: a column without a name", 1, 3},
        {"t.jsonl", "{}\n", "t.jsonl is empty", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(&cases[i]);
}

static void other_formats(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"t.csv", "PAR1....", "a Parquet file", 0, 0},
        {"t.parquet", "a,b\n1,2\n", "read_parquet(", 0, 0},
        {"t.arrow", "a,b\n1,2\n", "an Arrow file", 0, 0},
        {"t.FEATHER", "a,b\n1,2\n", "a Feather file", 0, 0},
        {"t.parquet.gz", "a,b\n1,2\n", "a Parquet file", 0, 0},
        {"t.xlsx", "PK\3\4", "a spreadsheet, which is not read here; save the sheet as CSV", 0, 0},
        {"t.ods", "PK\3\4", "a spreadsheet", 0, 0},
        {"t", "PK\3\4", "a ZIP archive or a spreadsheet", 0, 0},
        {"t.csv",
         "\xff\xfe"
         "a",
         "UTF-16", 0, 0},
        {"t.csv", "<!DOCTYPE html><html>", "a web page", 0, 0},
        {"t.csv", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(&cases[i]);
}

static void the_line_at_fault_is_shown(void **state)
{
    (void)state;
    fsc_table *table;
    fsc_error err;
    const char *csv = "a,b\n1,2\n3,\"four\n5,6\n";
    assert_int_equal(fsci_table_parse("t.csv", csv, strlen(csv), NULL, &table, &err), FSC_EINPUT);
    assert_string_equal(err.excerpt, "3,\"four");
    assert_int_equal(err.col, 3);
}

static void text_among_numbers(void **state)
{
    (void)state;
    fsc_error err;
    fsc_table *t = parse("N,loss,family\n1,2,a\n2,diverged,b\n3,4,a\n");
    assert_int_equal(fsci_table_not_numbers(t, fsci_table_find(t, "loss"), &err), FSC_EINPUT);
    assert_string_equal(err.message,
                        "t.csv, line 3, column loss: 'diverged' is not a number (2 "
                        "other cells are numbers); correct it, or leave out its row with "
                        "--where");
    assert_int_equal(err.line, 3);
    fsci_table_not_numbers(t, fsci_table_find(t, "family"), &err);
    assert_non_null(strstr(err.message, "'a' is not a number; name a column"));
    fsci_table_free(t);
    t = parse("N;loss\n1;2\n2;1,5\n");
    fsci_table_not_numbers(t, fsci_table_find(t, "loss"), &err);
    assert_non_null(strstr(err.message, "'1,5' is not a number"));
    assert_non_null(strstr(err.message, "write decimals with a point"));
    fsci_table_free(t);
}

static void numbers_as_people_write_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"70B", "'70B' is not a number; write 7e10"},
                                           {"1.4T", "'1.4T' is not a number; write 1.4e12"},
                                           {"50%", "'50%' is not a number; write percentages"},
                                           {"1,000", "'1,000' is not a number; write thousands"},
                                           {"1e400", "'1e400' is beyond the range of numbers"},
                                           {"many", "'many' is not a number; name a column"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char csv[64];
        fsc_error err;
        snprintf(csv, sizeof csv, "x\n\"%s\"\n", cases[i][0]);
        fsc_table *t = parse(csv);
        const fsci_column *x = fsci_table_column(t, 0);
        assert_int_equal(fsci_table_not_numbers(t, x, &err), FSC_EINPUT);
        assert_non_null(strstr(err.message, cases[i][1]));
        assert_int_equal(err.line, 2);
        assert_int_equal(fsci_table_nearly_numbers(x), strcmp(cases[i][0], "many") != 0);
        fsci_table_free(t);
    }
}

static void unknown_columns(void **state)
{
    (void)state;
    fsc_error err;
    fsc_table *t = parse("params,tokens,loss\n1,2,3\n");
    assert_int_equal(fsci_table_no_column(t, "parms", &err), FSC_EINPUT);
    assert_string_equal(err.message, "t.csv has no column 'parms'; did you mean 'params'? "
                                     "(columns: params, tokens, loss)");
    fsci_table_no_column(t, "compute", &err);
    assert_string_equal(err.message,
                        "t.csv has no column 'compute' (columns: params, tokens, loss)");
    fsci_table_free(t);
}

/* A wide table, and names of any length, stay within one message. */
static void long_lists_are_cut(void **state)
{
    (void)state;
    char csv[8000] = "", row[1000] = "";
    for (int i = 0; i < 400; i++) {
        sprintf(csv + strlen(csv), "%scolumn_%d", i ? "," : "", i);
        strcat(row, i ? ",1" : "1");
    }
    strcat(strcat(csv, "\n"), row);
    fsc_error err;
    fsc_table *t = parse(csv);
    fsci_table_no_column(t, "loss", &err);
    assert_non_null(strstr(err.message, "(columns: column_0, column_1, "));
    assert_non_null(strstr(err.message, " more)"));
    assert_true(strlen(err.message) < 400);
    char name[300];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    fsci_table_no_column(t, name, &err);
    assert_true(strlen(err.message) < 440);
    fsci_table_free(t);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    fsc_table *t;
    fsc_error err;
    assert_int_equal(fsci_table_read("/nowhere/t.csv", NULL, &t, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "no such file"));
    assert_int_equal(fsci_table_read("/", NULL, &t, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "is a directory"));
    assert_int_equal(fsci_table_read("/dev/null", NULL, &t, &err), FSC_EINPUT);
    assert_string_equal(err.message, "/dev/null is empty; a header and rows are wanted");
    assert_null(t);
    assert_int_equal(fsci_table_read("/nowhere/t.csv", NULL, &t, NULL), FSC_EINPUT);
}

/* A file, and the same through standard input. */
static void files_and_standard_input(void **state)
{
    (void)state;
    char path[] = "/tmp/table-XXXXXX";
    int fd = mkstemp(path);
    const char *csv = "a,b\n1,x\n2,y\n";
    assert_int_equal(write(fd, csv, strlen(csv)), strlen(csv));
    fsc_table *from_file, *from_pipe;
    fsc_error err;
    assert_int_equal(fsci_table_read(path, NULL, &from_file, &err), FSC_OK);
    assert_string_equal(fsci_table_name(from_file), path);
    int keep = dup(STDIN_FILENO), ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], csv, strlen(csv)), strlen(csv));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    assert_int_equal(fsci_table_read("-", NULL, &from_pipe, &err), FSC_OK);
    dup2(keep, STDIN_FILENO);
    assert_string_equal(fsci_table_name(from_pipe), "standard input");
    assert_same_table(from_file, from_pipe);
    fsci_table_free(from_file);
    fsci_table_free(from_pipe);
    close(keep);
    close(ends[0]);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_text),
        cmocka_unit_test(other_formats),
        cmocka_unit_test(the_line_at_fault_is_shown),
        cmocka_unit_test(text_among_numbers),
        cmocka_unit_test(numbers_as_people_write_them),
        cmocka_unit_test(unknown_columns),
        cmocka_unit_test(long_lists_are_cut),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(files_and_standard_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
