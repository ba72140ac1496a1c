/* Packed text: the same table, whatever the pieces it is unpacked in. */
#include "tables.h"

#include <stdlib.h>
#include <zlib.h>

typedef struct bytes {
    char *data;
    size_t length;
} bytes;

/* One gzip member. */
static bytes pack(const char *text, size_t length)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    bytes b = {.length = deflateBound(&z, length)};
    b.data = malloc(b.length);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)length;
    z.next_out = (Bytef *)b.data;
    z.avail_out = (uInt)b.length;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    b.length = z.total_out;
    deflateEnd(&z);
    return b;
}

static fsc_status read_packed(const char *name, bytes b, fsc_table **table, fsc_error *err)
{
    return fsci_table_parse(name, b.data, b.length, NULL, table, err);
}

/* Several megabytes of rows of every shape: numbers, quotes with line breaks, doubled quotes,
 * missing cells, CRLF, blank lines, a column that turns to text late and one that does early. */
static char *varied_rows(unsigned seed, size_t *length)
{
    enum { ROWS = 12000, LONGEST = 160 };
    char *text = malloc(ROWS * (size_t)LONGEST), *p = text;
    uint64_t s = 0x9e3779b97f4a7c15 + seed;
    p += sprintf(p, "x,late,\"early, quoted\",y\r\n");
    for (int i = 0; i < ROWS; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        p += sprintf(p, i % 7 ? "%.17g," : "NA,", (double)s * 1e-9);
        p += sprintf(p, i == ROWS / 2 ? "what?," : "%d.0,", i % 50);
        p += sprintf(p, s % 5 ? "\"m%d\"\"%.*s\n\r\n%d\"," : "%d%.*s%d,", (int)(s % 30),
                     (int)((s >> 32) % 60),
                     "............................................................", i % 3);
        p += sprintf(p, "%d%s", i, s % 11 ? "\n" : "\r\n\n");
    }
    *length = (size_t)(p - text);
    return text;
}

static void packed_is_plain(void **state)
{
    (void)state;
    const unsigned seeds = is_quick() ? 1 : 4;
    for (unsigned seed = 0; seed < seeds; seed++) {
        size_t length;
        char *text_ = varied_rows(seed, &length);
        bytes b = pack(text_, length);
        fsc_table *plain, *packed;
        fsc_error err;
        assert_int_equal(fsci_table_parse("t.csv", text_, length, NULL, &plain, &err), FSC_OK);
        if (read_packed("t.csv.gz", b, &packed, &err) != FSC_OK)
            fail_msg("%s", err.message);
        assert_int_equal(fsci_table_find(plain, "late")->kind, FSCI_COLUMN_CATEGORIES);
        assert_int_equal(fsci_table_find(plain, "late")->n_levels, 51);
        fsci_column *late = (fsci_column *)fsci_table_find(packed, "late");
        assert_int_equal(late->odd_line, fsci_table_find(plain, "late")->odd_line);
        assert_same_table(plain, packed);
        fsci_table_free(plain);
        fsci_table_free(packed);
        free(b.data);
        free(text_);
    }
}

/* A cell longer than any first window. */
static void a_cell_of_a_megabyte(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    char *csv = malloc(LONG + 64);
    size_t n = (size_t)sprintf(csv, "a,b\n1,\"");
    memset(csv + n, '\n', LONG);
    n += LONG + (size_t)sprintf(csv + n + LONG, "\"\n2,x\n");
    bytes b = pack(csv, n);
    fsc_table *t;
    fsc_error err;
    assert_int_equal(read_packed("t.csv.gz", b, &t, &err), FSC_OK);
    assert_int_equal(fsci_table_rows(t), 2);
    assert_int_equal(strlen(text(t, "b", 0)), LONG);
    assert_int_equal(fsci_table_line(t, 1), LONG + 3);
    fsci_table_free(t);
    free(b.data);
    free(csv);
}

static void packed_objects(void **state)
{
    (void)state;
    enum { ROWS = 50000 };
    char *lines = malloc(ROWS * 64), *p = lines;
    for (int i = 0; i < ROWS; i++)
        p += sprintf(p, "{\"i\": %d, \"name\": \"n%d\"}\n", i, i % 9);
    bytes b = pack(lines, (size_t)(p - lines));
    fsc_table *t;
    fsc_error err;
    assert_int_equal(read_packed("t.jsonl.gz", b, &t, &err), FSC_OK);
    assert_int_equal(fsci_table_rows(t), ROWS);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(number(t, "i", i) == (double)i);
    assert_int_equal(fsci_table_find(t, "name")->n_levels, 9);
    fsci_table_free(t);
    free(b.data);
    free(lines);
}

/* Members one after another are one text (gzip a b > c), and zeros may pad the end. */
static void members_follow_each_other(void **state)
{
    (void)state;
    bytes a = pack("a,b\n1,", 6), b = pack("2\n3,4\n", 6), both = {malloc(1024), 0};
    memcpy(both.data, a.data, a.length);
    memcpy(both.data + a.length, b.data, b.length);
    memset(both.data + a.length + b.length, 0, 100);
    both.length = a.length + b.length + 100;
    fsc_table *t;
    fsc_error err;
    assert_int_equal(read_packed("t.csv.gz", both, &t, &err), FSC_OK);
    assert_int_equal(fsci_table_rows(t), 2);
    assert_true(number(t, "b", 0) == 2);
    fsci_table_free(t);
    free(a.data);
    free(b.data);
    free(both.data);
}

static void broken_files(void **state)
{
    (void)state;
    size_t length;
    char *rows = varied_rows(9, &length);
    bytes b = pack(rows, length);
    fsc_table *t;
    fsc_error err;
    for (size_t cut = 2; cut < b.length; cut += 1 + b.length / 12) {
        bytes part = {b.data, cut};
        assert_int_equal(read_packed("t.csv.gz", part, &t, &err), FSC_EINPUT);
        assert_string_equal(err.message,
                            "t.csv.gz: the gzip file ends too early; copy or pack it again");
        assert_null(t);
    }
    b.data[b.length - 6] ^= 1; /* the checksum */
    assert_int_equal(read_packed("t.csv.gz", b, &t, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "is damaged"));
    bytes foreign = pack("PAR1....", 8);
    assert_int_equal(read_packed("t.csv.gz", foreign, &t, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "a Parquet file"));
    bytes empty = pack("", 0);
    assert_int_equal(read_packed("t.csv.gz", empty, &t, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "is empty"));
    free(rows);
    free(b.data);
    free(foreign.data);
    free(empty.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_is_plain), cmocka_unit_test(a_cell_of_a_megabyte),
        cmocka_unit_test(packed_objects),  cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(broken_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
