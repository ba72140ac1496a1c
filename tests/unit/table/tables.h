/* tables: short ways for the tests of the table room to read text and look into tables. */
#ifndef TESTS_TABLES_H
#define TESTS_TABLES_H

#include "table/table.h"
#include "unit.h"

/* The table of a text that must be good. */
static inline fsc_table *parse_as(const char *name, const char *text)
{
    fsc_table *table = NULL;
    fsc_error err = {0};
    if (fsci_table_parse(name, text, strlen(text), NULL, &table, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return table;
}

static inline fsc_table *parse(const char *text)
{
    return parse_as("t.csv", text);
}

static inline double number(const fsc_table *table, const char *column, size_t row)
{
    const fsci_column *c = fsci_table_find(table, column);
    assert_non_null(c);
    assert_int_equal(c->kind, FSCI_COLUMN_NUMBERS);
    return c->numbers[row];
}

/* The text of a category, "" when missing. */
static inline const char *text(const fsc_table *table, const char *column, size_t row)
{
    const fsci_column *c = fsci_table_find(table, column);
    assert_non_null(c);
    assert_int_equal(c->kind, FSCI_COLUMN_CATEGORIES);
    return c->codes[row] == FSCI_MISSING_CODE ? "" : c->levels[c->codes[row]];
}

/* Two columns alike in every respect; a NaN is like a NaN. */
static inline void assert_same_column(const fsci_column *a, const fsci_column *b, size_t n_rows)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->n_missing, b->n_missing);
    assert_int_equal(a->n_numeric, b->n_numeric);
    assert_int_equal(a->n_levels, b->n_levels);
    assert_int_equal(a->odd_line, b->odd_line);
    assert_int_equal(a->odd_text != NULL, b->odd_text != NULL);
    if (a->odd_text)
        assert_string_equal(a->odd_text, b->odd_text);
    for (size_t i = 0; i < a->n_levels; i++)
        assert_string_equal(a->levels[i], b->levels[i]);
    for (size_t i = 0; i < n_rows && a->numbers; i++)
        assert_true(a->numbers[i] == b->numbers[i] ||
                    (isnan(a->numbers[i]) && isnan(b->numbers[i])));
    if (a->codes)
        assert_memory_equal(a->codes, b->codes, n_rows * sizeof *a->codes);
}

static inline void assert_same_table(const fsc_table *a, const fsc_table *b)
{
    assert_int_equal(fsci_table_rows(a), fsci_table_rows(b));
    assert_int_equal(fsci_table_columns(a), fsci_table_columns(b));
    for (size_t i = 0; i < fsci_table_rows(a); i++)
        assert_int_equal(fsci_table_line(a, i), fsci_table_line(b, i));
    for (size_t i = 0; i < fsci_table_columns(a); i++)
        assert_same_column(fsci_table_column(a, i), fsci_table_column(b, i), fsci_table_rows(a));
}

#endif
