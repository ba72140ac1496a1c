/* Seeded fuzzing. Any table that was read can be written and read again as the same table; broken
 * text is refused; nothing crashes (which the
 * sanitizers watch). */
#include "base/buffer.h"
#include "base/number.h"
#include "tables.h"

#include <stdlib.h>

static uint64_t state;

static uint32_t below(uint32_t n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

/* ---- writing ------------------------------------------------------------------------------ */

typedef struct dialect {
    char separator;
    const char *line_end;
    bool quote_all;
} dialect;

static dialect any_dialect(void)
{
    return (dialect){",;\t|" [below(4)], (const char *[]) { "\n", "\r\n", "\r" }[below(3)],
                     below(2)};
}

static void write_text(fsci_buffer *out, const char *s, const dialect *d, bool must_quote)
{
    bool plain = !d->quote_all && !must_quote && !strpbrk(s, "\"\r\n") && !strchr(s, d->separator);
    if (plain) {
        fsci_buffer_puts(out, s);
        return;
    }
    fsci_buffer_putc(out, '"');
    for (; *s; s++)
        fsci_buffer_add(out, "\"\"", *s == '"' ? 2 : (fsci_buffer_putc(out, *s), 0));
    fsci_buffer_putc(out, '"');
}

static void write_cell(fsci_buffer *out, const fsci_column *c, size_t row, const dialect *d)
{
    char number[FSCI_NUMBER_TEXT] = "";
    if (c->kind == FSCI_COLUMN_CATEGORIES)
        write_text(out, c->codes[row] == FSCI_MISSING_CODE ? "" : c->levels[c->codes[row]], d,
                   true);
    else if (isnan(c->numbers[row]))
        write_text(out, "", d, true);
    else
        fsci_buffer_add(out, number, fsci_number_write(c->numbers[row], number));
}

static void write_table(fsci_buffer *out, const fsc_table *t, const dialect *d)
{
    size_t n = fsci_table_columns(t);
    for (size_t i = 0; i < n; i++) {
        write_text(out, fsci_table_column(t, i)->name, d, true);
        fsci_buffer_add(out, i + 1 < n ? &d->separator : d->line_end,
                        i + 1 < n ? 1 : strlen(d->line_end));
    }
    for (size_t row = 0; row < fsci_table_rows(t); row++)
        for (size_t i = 0; i < n; i++) {
            write_cell(out, fsci_table_column(t, i), row, d);
            if (i + 1 < n)
                fsci_buffer_putc(out, d->separator);
            else if (row + 1 < fsci_table_rows(t) || below(2))
                fsci_buffer_puts(out, d->line_end);
        }
}

/* ---- checks ------------------------------------------------------------------------------- */

static fsc_status read_as(const char *name, const char *data, size_t n, char separator,
                          fsc_table **t, fsc_error *err)
{
    fsci_table_options options = {.separator = separator};
    return fsci_table_parse(name, data, n, &options, t, err);
}

static void assert_same_but_lines(const fsc_table *a, const fsc_table *b)
{
    assert_int_equal(fsci_table_rows(a), fsci_table_rows(b));
    assert_int_equal(fsci_table_columns(a), fsci_table_columns(b));
    for (size_t i = 0; i < fsci_table_columns(a); i++) {
        fsci_column x = *fsci_table_column(a, i), y = *fsci_table_column(b, i);
        x.odd_line = y.odd_line = 0;
        assert_same_column(&x, &y, fsci_table_rows(a));
    }
}

static void written_and_read_is_the_same(const fsc_table *t)
{
    fsci_buffer out = {0};
    fsc_table *again = NULL;
    fsc_error err;
    dialect d = any_dialect();
    write_table(&out, t, &d);
    if (read_as("again.csv", out.data, out.length, d.separator, &again, &err) != FSC_OK)
        fail_msg("%s\n%s", err.message, out.data);
    assert_same_but_lines(t, again);
    fsci_table_free(again);
    fsci_buffer_free(&out);
}

/* The text in its own block of exactly its size, so that a byte read too far is seen. */
static void try_text(const char *name, const char *data, size_t n)
{
    char *exact = malloc(n ? n : 1);
    memcpy(exact, data, n);
    fsc_table *t;
    fsc_error err;
    fsc_status status = fsci_table_parse(name, exact, n, NULL, &t, &err);
    if (status == FSC_OK) {
        written_and_read_is_the_same(t);
        fsci_table_free(t);
    } else {
        assert_int_equal(status, FSC_EINPUT);
        assert_true(strlen(err.message) > 10);
        assert_null(t);
    }
    free(exact);
}

/* ---- cases -------------------------------------------------------------------------------- */

static void any_bytes(void **unused)
{
    (void)unused;
    state = 1;
    for (int i = 0; i < cases_of(30000); i++) {
        char data[80];
        size_t n = below(sizeof data);
        static const char likely[] = "\"\",,;\t\n\r\n\r{}:[]\\u# 0123456789.eE+-NAaxy\xc3\xa9\xef";
        for (size_t k = 0; k < n; k++)
            data[k] = below(20) ? likely[below(sizeof likely - 1)] : (char)below(256);
        try_text(below(2) ? "t.csv" : "t.jsonl", data, n);
    }
}

static void mutations(void **unused)
{
    (void)unused;
    static const char *const seeds[] = {
        "a,b,c\n1,2.5,x\n-3e5,,\"y, \"\"z\"\"\"\r\n\"4\",NA,\"two\nlines\"\n7,8,9\n",
        "\xef\xbb\xbfN;loss;m\n1,5;2;caf\xc3\xa9\n\n2;3;\"\"\n12345678901234567890;.5;null\n",
        "{\"a\": 1, \"b\": \"x\\n\\u00e9\"}\n{\"b\": null, \"a\": -1.5e-3, \"c\": true}\n{}\n",
    };
    state = 2;
    for (int i = 0; i < cases_of(60000); i++) {
        const char *seed = seeds[i % 3];
        char data[256];
        size_t n = strlen(seed);
        memcpy(data, seed, n);
        for (uint32_t k = 1 + below(3); k; k--) {
            size_t at = below((uint32_t)n), other = below((uint32_t)n);
            if (below(3) == 0)
                data[at] = (char)below(256);
            else if (below(2))
                data[at] = data[other];
            else
                memmove(data + at, data + at + 1, --n - at);
        }
        if (below(8) == 0)
            n = below((uint32_t)n);
        try_text(i % 3 < 2 ? "t.csv" : "t.jsonl", data, n);
    }
}

/* A table from nothing: any names, any kinds of cells. */
static void any_table(void **unused)
{
    (void)unused;
    static const char *const pieces[] = {"a",  "B",   " ",  ",",        ";",
                                         "\t", "\"",  "\n", "\r",       "\r\n",
                                         "#",  "1.5", "7",  "\xc3\xa9", "\xe4\xb8\xad",
                                         "NA", "|",   "{",  "e5",       "-"};
    state = 3;
    for (int i = 0; i < cases_of(3000); i++) {
        fsci_buffer csv = {0};
        dialect d = any_dialect();
        size_t columns = 1 + below(6), rows = 1 + below(30);
        bool texts = below(2);
        for (size_t k = 0; k < columns * (rows + 1); k++) {
            char cell[64] = "";
            if (k < columns)
                sprintf(cell, "%zu", k); /* names differ by this */
            if (k < columns || (texts && below(3)))
                for (uint32_t m = below(5); m; m--)
                    strcat(cell, pieces[below(sizeof pieces / sizeof *pieces)]);
            else
                sprintf(cell, "%.*e", (int)below(20), (double)below(1u << 31) * 1e-7);
            write_text(&csv, cell, &d, true);
            fsci_buffer_puts(&csv, (k + 1) % columns ? (char[]){d.separator, 0} : d.line_end);
        }
        fsc_table *t;
        fsc_error err;
        if (read_as("t.csv", csv.data, csv.length, d.separator, &t, &err) != FSC_OK)
            fail_msg("%s\n%s", err.message, csv.data);
        assert_int_equal(fsci_table_rows(t), rows);
        assert_int_equal(fsci_table_columns(t), columns);
        written_and_read_is_the_same(t);
        fsci_table_free(t);
        fsci_buffer_free(&csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(mutations),
        cmocka_unit_test(any_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
