#include "table/table.h"

#include "base/buffer.h"
#include "base/number.h"
#include "table/cell.h"
#include "table/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

fsc_table *fsci_table_new(const char *name)
{
    fsc_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->arena = fsci_arena_new();
    table->name = table->arena ? fsci_copy_string(table->arena, name) : NULL;
    if (table->name)
        return table;
    fsci_table_free(table);
    return NULL;
}

static void free_blocks(const fsci_column *column)
{
    free((void *)column->numbers);
    free((void *)column->codes);
    free((void *)column->levels);
}

void fsci_table_free(fsc_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->n_columns; i++)
        free_blocks(&table->columns[i]);
    free(table->columns);
    fsci_lines_free(&table->lines);
    fsci_arena_free(table->arena);
    free(table);
}

static bool grow(fsc_table *table)
{
    size_t room = 2 * table->room + 8;
    fsci_column *columns = realloc(table->columns, room * sizeof *columns);
    if (!columns)
        return false;
    table->columns = columns;
    table->room = room;
    return true;
}

fsc_status fsci_table_append(fsc_table *table, fsci_column column, fsc_error *err)
{
    bool odd = column.odd_text != NULL;
    column.name = fsci_copy_string(table->arena, column.name);
    column.origin = fsci_copy_string(table->arena, column.origin);
    column.odd_text = odd ? fsci_copy_string(table->arena, column.odd_text) : NULL;
    if (!column.name || !column.origin || (odd && !column.odd_text) ||
        (table->n_columns == table->room && !grow(table))) {
        free_blocks(&column);
        return fsci_fail_memory(err);
    }
    table->columns[table->n_columns++] = column;
    return FSC_OK;
}

const char *fsci_table_name(const fsc_table *table)
{
    return table->name;
}

size_t fsci_table_rows(const fsc_table *table)
{
    return table->n_rows;
}

size_t fsci_table_columns(const fsc_table *table)
{
    return table->n_columns;
}

const fsci_column *fsci_table_column(const fsc_table *table, size_t index)
{
    return &table->columns[index];
}

const fsci_column *fsci_table_find(const fsc_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (!strcmp(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

int64_t fsci_table_line(const fsc_table *table, size_t row)
{
    return fsci_lines_find(&table->lines, row);
}

/* As many names as a message has room for. */
static void list_columns(const fsc_table *table, fsci_buffer *out)
{
    enum { ROOM = 300 };
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        if (out->length > ROOM) {
            fsci_buffer_printf(out, " and %zu more", table->n_columns - i);
            return;
        }
        fsci_buffer_printf(out, "%s%s%.*s%s", i ? ", " : "", fsci_cell_mark(name),
                           fsci_cell_quote(name), name, fsci_cell_mark(name));
    }
}

fsc_status fsci_table_no_column(const fsc_table *table, const char *name, fsc_error *err)
{
    const char **names = malloc((table->n_columns + 1) * sizeof *names);
    fsci_buffer list = {0};
    for (size_t i = 0; names && i < table->n_columns; i++)
        names[i] = table->columns[i].name;
    list_columns(table, &list);
    const char *nearest = names ? fsci_nearest(name, names, table->n_columns) : NULL;
    if (names && !list.failed && fsci_cell_computed(name) && (!nearest || strpbrk(name, "*^")))
        fsci_fail(err, FSC_EINPUT,
                  "%s has no column '%.*s'; compute it first, as --let X='%.*s', and name X here "
                  "(columns: %s)",
                  table->name, fsci_cell_quote(name), name, fsci_cell_quote(name), name,
                  list.data ? list.data : "none");
    else if (names && !list.failed)
        fsci_fail(err, FSC_EINPUT, "%s has no column '%.*s'%s%.*s%s (columns: %s)", table->name,
                  fsci_cell_quote(name), name, nearest ? "; did you mean '" : "",
                  nearest ? fsci_cell_quote(nearest) : 0, nearest ? nearest : "",
                  nearest ? "'?" : "", list.data ? list.data : "none");
    else
        fsci_fail_memory(err);
    fsc_status status = names && !list.failed ? FSC_EINPUT : FSC_ENOMEM;
    free(names);
    fsci_buffer_free(&list);
    return status;
}

/* "1,5" and its like, which a spreadsheet in half of Europe writes for 1.5. */
static bool has_decimal_comma(const char *text)
{
    const char *comma = strchr(text, ',');
    return comma && comma != text && strspn(text, "+-0123456789") == (size_t)(comma - text) &&
           comma[1] && !comma[1 + strspn(comma + 1, "0123456789eE+-")];
}

/* "1,000" or "12,345,678": after the first one to three digits, groups of three. */
static bool has_thousands(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (n < 1 || n > 3 || text[n] != ',')
        return false;
    for (text += n; *text == ','; text += 4)
        if (strspn(text + 1, "0123456789") != 3)
            return false;
    return !*text;
}

static bool has_percent(const char *text)
{
    size_t n = strlen(text);
    double value;
    return n > 1 && text[n - 1] == '%' && fsci_number_read(text, n - 1, &value);
}

enum { ADVICE = 96 };

/* "write 1.4e12" for 1.4T. */
static void advise_power(double value, char advice[ADVICE])
{
    char digits[FSCI_NUMBER_TEXT];
    int power = (int)floor(log10(fabs(value)));
    fsci_number_write(value / pow(10, power), digits);
    snprintf(advice, ADVICE, "write %se%d", digits, power);
}

static void advise(const fsci_column *column, char advice[ADVICE])
{
    const char *odd = column->odd_text;
    double value;
    if (fsci_quantity_read(odd, strlen(odd), &value))
        advise_power(value, advice);
    else
        snprintf(advice, ADVICE, "%s",
                 has_percent(odd)         ? "write percentages without the sign"
                 : has_thousands(odd)     ? "write thousands without commas"
                 : has_decimal_comma(odd) ? "write decimals with a point"
                 : column->n_numeric == 0 ? "name a column of numbers"
                                          : "correct it, or leave out its row with --where");
}

fsc_status fsci_table_not_numbers(const fsc_table *table, const fsci_column *column, fsc_error *err)
{
    if (column->made)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: column %.*s names the groups here, so it is no number",
                         fsci_table_name(table), fsci_cell_quote(column->name), column->name);
    fsci_place place = {.line = (int32_t)column->odd_line};
    char advice[ADVICE], others[64] = "";
    size_t n = column->n_numeric;
    advise(column, advice);
    if (n)
        snprintf(others, sizeof others, " (%zu other cell%s)", n,
                 n == 1 ? " is a number" : "s are numbers");
    return fsci_fail_at(err, FSC_EINPUT, &place, "%s, line %lld, column %.*s: '%.*s' %s%s; %s",
                        column->origin, (long long)column->odd_line, fsci_cell_quote(column->name),
                        column->name, fsci_cell_quote(column->odd_text), column->odd_text,
                        fsci_quantity_flaw(column->odd_text, strlen(column->odd_text)), others,
                        advice);
}

bool fsci_table_nearly_numbers(const fsci_column *column)
{
    const char *odd = column->odd_text;
    double value;
    if (column->kind == FSCI_COLUMN_NUMBERS)
        return false;
    if (column->made)
        return true;
    return column->n_numeric > 0 || has_percent(odd) || has_thousands(odd) ||
           has_decimal_comma(odd) || fsci_number_read(odd, strlen(odd), &value) ||
           fsci_quantity_read(odd, strlen(odd), &value);
}

fsc_status fsci_table_add_numbers(fsc_table *table, const char *name, const double *numbers,
                                  fsc_error *err)
{
    if (fsci_table_find(table, name))
        return fsci_fail(err, FSC_EINPUT,
                         "%s has a column '%.*s' already; give the new one another name",
                         table->name, fsci_cell_quote(name), name);
    fsci_column column = {.name = name, .origin = table->name};
    double *copy = malloc((table->n_rows + 1) * sizeof *copy);
    if (!copy)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < table->n_rows; i++) {
        copy[i] = numbers[i];
        column.n_missing += isnan(copy[i]);
    }
    column.n_numeric = table->n_rows - column.n_missing;
    column.numbers = copy;
    return fsci_table_append(table, column, err);
}

fsc_status fsci_table_set_numbers(fsc_table *table, const char *name, const double *numbers,
                                  fsc_error *err)
{
    fsci_column *column = (fsci_column *)fsci_table_find(table, name);
    if (!column)
        return fsci_table_add_numbers(table, name, numbers, err);
    if (column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(table, column, err);
    column->n_missing = 0;
    for (size_t i = 0; i < table->n_rows; i++) {
        ((double *)column->numbers)[i] = numbers[i];
        column->n_missing += isnan(numbers[i]);
    }
    column->n_numeric = table->n_rows - column->n_missing;
    return FSC_OK;
}
