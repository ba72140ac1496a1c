/* Out of memory at every allocation in turn: an error each time, nothing leaked, and at last the
 * table. */
#define SCARCE_FOR_LIBRARIES
#include "scarce.h"
#include "tables.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <zlib.h>

/* Runs `attempt` with the first, second, … allocation failing until it succeeds. */
static void fail_each(fsc_status (*attempt)(fsc_table **, fsc_error *), long fewest)
{
    if (!OWN_ALLOCATOR)
        skip();
    for (long k = 0;; k++) {
        fsc_table *table = NULL;
        fsc_error err;
        long before = live;
        until_failure = k;
        fsc_status status = attempt(&table, &err);
        bool met = until_failure < 0;
        until_failure = -1;
        if (status != FSC_OK) {
            assert_int_equal(status, FSC_ENOMEM);
            assert_null(table);
        }
        fsci_table_free(table);
        assert_int_equal(live, before);
        if (!met) {
            assert_int_equal(status, FSC_OK);
            assert_true(k > fewest);
            return;
        }
    }
}

static const char *const csv = "model,late,\"q\"\"q\",v\nm1,1,\"x\"\"y\",1\nm2,2.0,,2\n\n"
                               "m3,odd,\"a\nb\",3\nm4,5,z,4\nm5,6,z,5\nm6,7,w,6\nm7,8,w,7\n";

static fsc_status read_csv(fsc_table **table, fsc_error *err)
{
    return fsci_table_parse("t.csv", csv, strlen(csv), NULL, table, err);
}

static fsc_status read_objects(fsc_table **table, fsc_error *err)
{
    static const char lines[] =
        "{\"a\": 1, \"b\": \"x\\ny\"}\n{\"b\": \"z\", \"c\": 3}\n{\"a\": \"w\"}";
    return fsci_table_parse("t.jsonl", lines, sizeof lines - 1, NULL, table, err);
}

static fsc_status read_packed(fsc_table **table, fsc_error *err)
{
    static unsigned char packed[512];
    static uLong length;
    if (length == 0) {
        z_stream z = {.next_in = (Bytef *)(uintptr_t)csv,
                      .avail_in = (uInt)strlen(csv),
                      .next_out = packed,
                      .avail_out = sizeof packed};
        long granted = until_failure;
        until_failure = -1;
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        deflateEnd(&z);
        length = z.total_out;
        until_failure = granted;
    }
    return fsci_table_parse("t.csv.gz", (const char *)packed, length, NULL, table, err);
}

/* A stream hands no table over; where all of its rows came, the test wants one all the same. */
static fsc_status take_batch(void *context, const fsci_batch *batch, fsc_error *err)
{
    size_t *rows = context;
    (void)err;
    *rows += batch->n_rows;
    return FSC_OK;
}

static fsci_want choose(void *context, const char *name)
{
    (void)context;
    return name[0] == 'v'   ? FSCI_WANT_NUMBERS
           : name[0] == 'l' ? FSCI_WANT_NOTHING
           : name[0] == 'm' ? FSCI_WANT_KEYS
                            : FSCI_WANT_EITHER;
}

static fsc_status stream_of(const char *name, const char *data, size_t length, fsc_error *err)
{
    size_t seen = 0, rows;
    const fsci_stream_reader reader = {&seen, choose, take_batch, NULL};
    const fsci_input input = {.data = data, .length = length};
    FSCI_TRY(fsci_table_stream(name, &input, NULL, &reader, &rows, err));
    assert_int_equal(seen, rows);
    return FSC_OK;
}

static fsc_status stream_csv(fsc_table **table, fsc_error *err)
{
    *table = NULL;
    return stream_of("t.csv", csv, strlen(csv), err);
}

static fsc_status stream_objects(fsc_table **table, fsc_error *err)
{
    static const char lines[] = "{\"model\": \"a\", \"v\": 1}\n{\"v\": 2, \"model\": \"b\"}\n"
                                "{\"model\": \"c\", \"w\": \"late\", \"v\": 3}\n";
    *table = NULL;
    return stream_of("t.jsonl", lines, sizeof lines - 1, err);
}

/* The bytes of a database of three rows. */
static const char *database(size_t *length)
{
    static unsigned char *bytes;
    static sqlite3_int64 size;
    if (!bytes) {
        sqlite3 *db;
        assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db,
                                      "create table runs (model text, v real); insert into runs "
                                      "values ('a', 1), ('b', null), ('c', 0.1)",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        bytes = sqlite3_serialize(db, "main", &size, 0);
        assert_non_null(bytes);
        sqlite3_close(db);
    }
    *length = (size_t)size;
    return (const char *)bytes;
}

static fsc_status read_database(fsc_table **table, fsc_error *err)
{
    size_t length;
    const char *bytes = database(&length);
    return fsci_table_parse("t.sqlite", bytes, length, NULL, table, err);
}

static fsc_status stream_database(fsc_table **table, fsc_error *err)
{
    size_t length;
    const char *bytes = database(&length);
    *table = NULL;
    return stream_of("t.sqlite", bytes, length, err);
}

static fsc_status take_some(fsc_table **table, fsc_error *err)
{
    static const bool keep[] = {true, true, false, true, false, true, true};
    fsc_table *all;
    FSCI_TRY(read_csv(&all, err));
    fsc_status status = fsci_table_take(all, keep, table, err);
    fsci_table_free(all);
    return status;
}

static fsc_status join_two(fsc_table **table, fsc_error *err)
{
    static const char other[] = "score,model\n1,m7\nbad,m3\n3,m1\n4,m9\n";
    fsc_table *left, *right = NULL;
    FSCI_TRY(read_csv(&left, err));
    fsc_status status = fsci_table_parse("o.csv", other, sizeof other - 1, NULL, &right, err);
    if (status == FSC_OK)
        status = fsci_table_join(left, right, "model", true, table, err);
    fsci_table_free(left);
    fsci_table_free(right);
    return status;
}

static fsc_status add_a_column(fsc_table **table, fsc_error *err)
{
    static const double values[7] = {1, 2, 3, 4, 5, 6, 7};
    FSCI_TRY(read_csv(table, err));
    fsc_status status = FSC_OK;
    for (char name[] = "a"; name[0] < 'k' && status == FSC_OK; name[0]++)
        status = fsci_table_add_numbers(*table, name, values, err);
    if (status != FSC_OK) {
        fsci_table_free(*table);
        *table = NULL;
    }
    return status;
}

#define FAULT_TEST(attempt, fewest)                                                                \
    static void attempt##_without_memory(void **state)                                             \
    {                                                                                              \
        (void)state;                                                                               \
        fail_each(attempt, fewest);                                                                \
    }
FAULT_TEST(read_csv, 20)
FAULT_TEST(read_objects, 20)
FAULT_TEST(read_packed, 20)
FAULT_TEST(take_some, 20)
FAULT_TEST(join_two, 20)
FAULT_TEST(add_a_column, 20)
FAULT_TEST(stream_csv, 15)
FAULT_TEST(stream_objects, 13)
FAULT_TEST(read_database, 20)
FAULT_TEST(stream_database, 20)

/* SQLite keeps some memory from its first use on, the database for good. */
static int use_sqlite(void **state)
{
    fsc_table *table;
    (void)state;
    assert_int_equal(read_database(&table, NULL), FSC_OK);
    fsci_table_free(table);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_csv_without_memory),
        cmocka_unit_test(read_objects_without_memory),
        cmocka_unit_test(read_packed_without_memory),
        cmocka_unit_test(take_some_without_memory),
        cmocka_unit_test(join_two_without_memory),
        cmocka_unit_test(add_a_column_without_memory),
        cmocka_unit_test(stream_csv_without_memory),
        cmocka_unit_test(stream_objects_without_memory),
        cmocka_unit_test(read_database_without_memory),
        cmocka_unit_test(stream_database_without_memory),
    };
    return cmocka_run_group_tests(tests, use_sqlite, NULL);
}
