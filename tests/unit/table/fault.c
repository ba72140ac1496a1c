/* Out of memory at every allocation in turn: an error each time, nothing leaked, and at last the
 * table. The allocator is this program's own, over that of the C library. */
#include "tables.h"

#include <stdlib.h>
#include <zlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR 0 /* the sanitizer has its own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

static long until_failure = -1; /* allocations still granted; negative: all */
static long live;

#if OWN_ALLOCATOR
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static bool refused(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

void *malloc(size_t size)
{
    void *block = refused() ? NULL : __libc_malloc(size);
    live += block != NULL;
    return block;
}

void *calloc(size_t count, size_t size)
{
    void *block = refused() ? NULL : __libc_calloc(count, size);
    live += block != NULL;
    return block;
}

void *realloc(void *block, size_t size)
{
    void *other = refused() ? NULL : __libc_realloc(block, size);
    live += !block && other;
    return other;
}

void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}
#endif

/* Runs `attempt` with the first, second, … allocation failing until it succeeds. */
static void fail_each(fsc_status (*attempt)(fsc_table **, fsc_error *))
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
            assert_true(k > 20);
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

#define FAULT_TEST(attempt)                                                                        \
    static void attempt##_without_memory(void **state)                                             \
    {                                                                                              \
        (void)state;                                                                               \
        fail_each(attempt);                                                                        \
    }
FAULT_TEST(read_csv)
FAULT_TEST(read_objects)
FAULT_TEST(read_packed)
FAULT_TEST(take_some)
FAULT_TEST(join_two)
FAULT_TEST(add_a_column)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_csv_without_memory),    cmocka_unit_test(read_objects_without_memory),
        cmocka_unit_test(read_packed_without_memory), cmocka_unit_test(take_some_without_memory),
        cmocka_unit_test(join_two_without_memory),    cmocka_unit_test(add_a_column_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
