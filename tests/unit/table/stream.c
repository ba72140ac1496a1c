/* Tables as streams: every batch together says what the whole table says; SQLite beside CSV. */
#include "table/table.h"

#include "base/buffer.h"
#include "base/file.h"
#include "table/levels.h"
#include "unit.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { ROWS = 40000 };

typedef struct seen {
    size_t rows, batches, levels;
    double sum;
    int64_t last_line;
    uint32_t first_code; /* of the key "k0" in every batch */
    bool same_codes, done;
} seen;

static fsci_want choose(void *context, const char *name)
{
    (void)context;
    return !strcmp(name, "key")     ? FSCI_WANT_KEYS
           : !strcmp(name, "value") ? FSCI_WANT_NUMBERS
                                    : FSCI_WANT_NOTHING;
}

static fsc_status take(void *context, const fsci_batch *batch, fsc_error *err)
{
    seen *s = context;
    (void)err;
    for (size_t c = 0; c < batch->n_columns; c++) {
        const fsci_batch_column *column = &batch->columns[c];
        for (size_t i = 0; i < batch->n_rows; i++)
            if (column->numbers)
                s->sum += isnan(column->numbers[i]) ? 0 : column->numbers[i];
            else if (column->codes[i] != FSCI_MISSING_CODE &&
                     !strcmp(column->levels[column->codes[i]].text, "k0"))
                s->same_codes = s->same_codes && column->codes[i] == 0;
        if (column->codes)
            s->levels = column->n_levels;
    }
    s->rows += batch->n_rows;
    s->batches++;
    s->last_line = batch->lines[batch->n_rows - 1];
    return FSC_OK;
}

static void done(void *context)
{
    ((seen *)context)->done = true;
}

static fsc_status stream(const char *name, const char *text, size_t length, seen *s, fsc_error *err)
{
    const fsci_stream_reader reader = {s, choose, take, done};
    size_t rows;
    *s = (seen){.same_codes = true};
    const fsci_input input = {.data = text, .length = length};
    fsc_status status = fsci_table_stream(name, &input, NULL, &reader, &rows, err);
    if (status == FSC_OK)
        assert_int_equal(rows, s->rows);
    assert_true(s->done);
    return status;
}

static void check(const seen *s)
{
    assert_int_equal(s->rows, ROWS);
    assert_true(s->batches > 1 && s->same_codes);
    assert_int_equal(s->levels, 7);
    assert_near(s->sum, 0.5 * ROWS * (ROWS - 1.0) / 2, 1e-6);
}

static void batches_are_the_table(void **state)
{
    (void)state;
    fsci_buffer csv = {0}, jsonl = {0};
    seen s;
    fsci_buffer_puts(&csv, "key,other,value\n");
    for (int i = 0; i < ROWS; i++) {
        fsci_buffer_printf(&csv, "k%d,\"odd, %d\",%g\n", i % 7, i, i / 2.0);
        fsci_buffer_printf(&jsonl, "{\"value\": %g, \"key\": \"k%d\"}\n", i / 2.0, i % 7);
    }
    assert_int_equal(stream("x.csv", csv.data, csv.length, &s, NULL), FSC_OK);
    check(&s);
    assert_int_equal(s.last_line, ROWS + 1);
    assert_int_equal(stream("x.jsonl", jsonl.data, jsonl.length, &s, NULL), FSC_OK);
    check(&s);
    fsci_buffer_free(&csv);
    fsci_buffer_free(&jsonl);
}

static void keys_are_text_and_numbers_are_numbers(void **state)
{
    (void)state;
    static const char good[] = "key,value\n1,2\n1.0,3\n,\n", bad[] = "key,value\na,1\nb,x\n";
    seen s;
    fsc_error err;
    assert_int_equal(stream("x.csv", good, sizeof good - 1, &s, NULL), FSC_OK);
    assert_int_equal(s.levels, 2); /* "1" and "1.0" */
    assert_near(s.sum, 5, 0);
    assert_int_equal(stream("x.csv", bad, sizeof bad - 1, &s, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "line 3, column value: 'x' is not a number"));
}

/* A database as bytes; the caller frees it with sqlite3_free. */
static unsigned char *database(const char *sql, size_t *length)
{
    sqlite3 *db;
    sqlite3_int64 size;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    assert_non_null(bytes);
    sqlite3_close(db);
    *length = (size_t)size;
    return bytes;
}

static void a_database_is_a_table(void **state)
{
    (void)state;
    size_t length;
    unsigned char *bytes = database(
        "create table runs (key text, value real, n integer);"
        "insert into runs values ('a', 0.1, 3), ('b', null, 4), ('a', 1.0 / 3, 9007199254740993)",
        &length);
    fsc_table *table;
    seen s;
    assert_int_equal(fsci_table_parse("x.sqlite", (char *)bytes, length, NULL, &table, NULL),
                     FSC_OK);
    assert_int_equal(fsci_table_rows(table), 3);
    assert_int_equal(fsci_table_find(table, "key")->n_levels, 2);
    assert_true(fsci_table_find(table, "value")->numbers[0] == 0.1);
    assert_true(fsci_table_find(table, "value")->numbers[2] == 1.0 / 3); /* 16 digits */
    assert_true(isnan(fsci_table_find(table, "value")->numbers[1]));
    fsci_table_free(table);
    assert_int_equal(stream("x.sqlite", (char *)bytes, length, &s, NULL), FSC_OK);
    assert_int_equal(s.rows, 3);
    assert_near(s.sum, 0.1 + 1.0 / 3, 0);
    sqlite3_free(bytes);
}

static void a_database_that_is_no_table_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *table, *says;
    } cases[] = {
        {"create table a (x); create table b (x)", NULL, "say which with --table: a, b"},
        {"create table a (x); insert into a values (1); create table b (x)", "c", "no table 'c'"},
        {"create table a (x); insert into a values (x'00ff')", NULL, "a blob"},
        {"create table a (x)", NULL, "no rows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        unsigned char *bytes = database(cases[i].sql, &length);
        const fsci_table_options options = {.table = cases[i].table};
        fsc_table *table;
        fsc_error err;
        assert_int_equal(fsci_table_parse("x.db", (char *)bytes, length, &options, &table, &err),
                         FSC_EINPUT);
        assert_non_null(strstr(err.message, cases[i].says));
        sqlite3_free(bytes);
    }
    fsc_error err;
    fsc_table *table;
    char broken[200] = "SQLite format 3";
    assert_int_equal(fsci_table_parse("x.db", broken, sizeof broken, NULL, &table, &err),
                     FSC_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_are_the_table),
        cmocka_unit_test(keys_are_text_and_numbers_are_numbers),
        cmocka_unit_test(a_database_is_a_table),
        cmocka_unit_test(a_database_that_is_no_table_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
