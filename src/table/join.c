/* join: the columns of another table beside those of this one, row by row with the same key. */
#include "base/number.h"
#include "table/cell.h"
#include "table/levels.h"
#include "table/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A key as bytes to look up: the text of a category, the eight bytes of a number. */
typedef struct key {
    const char *bytes; /* NULL when missing */
    size_t length;
    double number;
} key;

static void key_of(const fsci_column *column, size_t row, key *k)
{
    *k = (key){0};
    if (column->kind == FSCI_COLUMN_NUMBERS && !isnan(column->numbers[row])) {
        k->number = column->numbers[row] + 0.0; /* -0 is 0 */
        k->bytes = (const char *)&k->number;
        k->length = sizeof k->number;
    } else if (column->kind == FSCI_COLUMN_CATEGORIES && column->codes[row] != FSCI_MISSING_CODE) {
        k->bytes = column->levels[column->codes[row]];
        k->length = strlen(k->bytes);
    }
}

static const char *kind_name(const fsci_column *column)
{
    return column->kind == FSCI_COLUMN_NUMBERS ? "numbers" : "text";
}

static fsc_status check_key(const fsc_table *left, const fsc_table *right, const char *key_name,
                            fsc_error *err)
{
    const fsci_column *a = fsci_table_find(left, key_name), *b = fsci_table_find(right, key_name);
    if (!a || !b)
        return fsci_table_no_column(a ? right : left, key_name, err);
    if (a->kind != b->kind)
        return fsci_fail(err, FSC_EINPUT,
                         "the key '%.*s' is %s in %s and %s in %s; make them alike",
                         fsci_cell_quote(key_name), key_name, kind_name(a), left->name,
                         kind_name(b), right->name);
    return FSC_OK;
}

static fsc_status key_twice(const fsc_table *right, const fsci_column *column, size_t row,
                            size_t before, fsc_error *err)
{
    fsci_place place = {.line = (int32_t)fsci_table_line(right, row)};
    char number[FSCI_NUMBER_TEXT];
    key k;
    key_of(column, row, &k);
    if (column->kind == FSCI_COLUMN_NUMBERS)
        fsci_number_write(k.number, number);
    const char *text = column->kind == FSCI_COLUMN_NUMBERS ? number : k.bytes;
    return fsci_fail_at(err, FSC_EINPUT, &place,
                        "%s, line %lld: '%.*s' of the key '%.*s' is on line %lld already; a table "
                        "joined to another needs one row for each key",
                        right->name, (long long)fsci_table_line(right, row), fsci_cell_quote(text),
                        text, fsci_cell_quote(column->name), column->name,
                        (long long)fsci_table_line(right, before));
}

/* The row of each key of the right table. */
typedef struct key_index {
    fsci_arena *arena;
    fsci_levels keys;
    size_t *row_of; /* [keys.n] */
} key_index;

static fsc_status index_keys(const fsc_table *right, const fsci_column *column, key_index *index,
                             fsc_error *err)
{
    key k;
    index->arena = fsci_arena_new();
    index->row_of = malloc((right->n_rows + 1) * sizeof *index->row_of);
    if (!index->arena || !index->row_of)
        return fsci_fail_memory(err);
    for (size_t row = 0; row < right->n_rows; row++) {
        key_of(column, row, &k);
        if (!k.bytes)
            continue;
        size_t n = index->keys.n;
        uint32_t code = fsci_levels_add(&index->keys, index->arena, k.bytes, k.length);
        if (code == UINT32_MAX)
            return fsci_fail_memory(err);
        if (code < n)
            return key_twice(right, column, row, index->row_of[code], err);
        index->row_of[code] = row;
    }
    return FSC_OK;
}

/* Pairs of rows to put side by side; SIZE_MAX on the right where there is no match. */
typedef struct pairs {
    size_t *left, *right;
    size_t n, n_matched;
} pairs;

static fsc_status pair_rows(const fsc_table *left, const fsci_column *column,
                            const key_index *index, bool keep_unmatched, pairs *p, fsc_error *err)
{
    key k;
    p->left = malloc((left->n_rows + 1) * sizeof *p->left);
    p->right = malloc((left->n_rows + 1) * sizeof *p->right);
    if (!p->left || !p->right)
        return fsci_fail_memory(err);
    for (size_t row = 0; row < left->n_rows; row++) {
        key_of(column, row, &k);
        uint32_t code = k.bytes ? fsci_levels_find(&index->keys, k.bytes, k.length) : UINT32_MAX;
        if (code == UINT32_MAX && !keep_unmatched)
            continue;
        p->left[p->n] = row;
        p->right[p->n++] = code == UINT32_MAX ? SIZE_MAX : index->row_of[code];
        p->n_matched += code != UINT32_MAX;
    }
    return FSC_OK;
}

/* Whether a cell says the same in both, or only one of the two says anything. */
static bool agree(const fsci_column *a, size_t i, const fsci_column *b, size_t j)
{
    key x, y;
    key_of(a, i, &x);
    key_of(b, j, &y);
    if (!x.bytes || !y.bytes)
        return !y.bytes;
    return a->kind == b->kind && x.length == y.length && !memcmp(x.bytes, y.bytes, x.length);
}

/* A column that both tables have is kept once when they agree on every matched row. */
static fsc_status check_shared(const fsc_table *left, const fsc_table *right, const char *key_name,
                               const pairs *p, fsc_error *err)
{
    for (size_t c = 0; c < right->n_columns; c++) {
        const fsci_column *b = &right->columns[c], *a = fsci_table_find(left, b->name);
        if (!a || !strcmp(b->name, key_name))
            continue;
        for (size_t i = 0; i < p->n; i++)
            if (p->right[i] != SIZE_MAX && !agree(a, p->left[i], b, p->right[i]))
                return fsci_fail(err, FSC_EINPUT,
                                 "%s, line %lld and %s, line %lld differ in '%.*s', which both "
                                 "tables have; rename it in one of them",
                                 left->name, (long long)fsci_table_line(left, p->left[i]),
                                 right->name, (long long)fsci_table_line(right, p->right[i]),
                                 fsci_cell_quote(b->name), b->name);
    }
    return FSC_OK;
}

static fsc_status put_together(const fsc_table *left, const fsc_table *right, const pairs *p,
                               fsc_table *to, fsc_error *err)
{
    to->n_rows = p->n;
    for (size_t i = 0; i < p->n; i++)
        if (!fsci_lines_add(&to->lines, fsci_table_line(left, p->left[i])))
            return fsci_fail_memory(err);
    for (size_t i = 0; i < left->n_columns; i++)
        FSCI_TRY(fsci_table_gather(left, &left->columns[i], p->left, to, err));
    for (size_t i = 0; i < right->n_columns; i++)
        if (!fsci_table_find(left, right->columns[i].name))
            FSCI_TRY(fsci_table_gather(right, &right->columns[i], p->right, to, err));
    return FSC_OK;
}

fsc_status fsci_table_join(const fsc_table *left, const fsc_table *right, const char *key_name,
                           bool keep_unmatched, fsc_table **out, fsc_error *err)
{
    *out = NULL;
    FSCI_TRY(check_key(left, right, key_name, err));
    key_index index = {0};
    pairs p = {0};
    fsc_table *to = fsci_table_new(left->name);
    fsc_status status = to ? FSC_OK : fsci_fail_memory(err);
    if (status == FSC_OK)
        status = index_keys(right, fsci_table_find(right, key_name), &index, err);
    if (status == FSC_OK)
        status = pair_rows(left, fsci_table_find(left, key_name), &index, keep_unmatched, &p, err);
    if (status == FSC_OK && p.n_matched == 0)
        status = fsci_fail(err, FSC_EINPUT,
                           "no value of the key '%.*s' in %s occurs in %s; check that both spell "
                           "them alike",
                           fsci_cell_quote(key_name), key_name, left->name, right->name);
    if (status == FSC_OK)
        status = check_shared(left, right, key_name, &p, err);
    if (status == FSC_OK)
        status = put_together(left, right, &p, to, err);
    fsci_arena_free(index.arena);
    fsci_levels_free(&index.keys);
    free(index.row_of);
    free(p.left);
    free(p.right);
    if (status == FSC_OK)
        *out = to;
    else
        fsci_table_free(to);
    return status;
}
