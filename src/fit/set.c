#include "fit/set.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static fsc_status add(const fsc_table *table, const fsci_column *column, fsci_set *set,
                      fsc_error *err)
{
    if (column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(table, column, err);
    set->names[set->n] = column->name;
    set->columns[set->n++] = column;
    return FSC_OK;
}

static fsc_status add_matching(const fsc_table *table, const char *symbol, const char *pattern,
                               fsci_set *set, fsc_error *err)
{
    size_t before = set->n;
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *column = fsci_table_column(table, i);
        if (fnmatch(pattern, column->name, 0) == 0)
            FSCI_TRY(add(table, column, set, err));
    }
    return set->n > before ? FSC_OK
                           : fsci_fail(err, FSC_EINPUT, "--map %s=%s: no column of %s is so called",
                                       symbol, pattern, fsci_table_name(table));
}

static fsc_status find_named(const fsc_table *table, const char *symbol, const char *name,
                             fsci_set *set, fsc_error *err)
{
    const fsci_column *column = fsci_table_find(table, name);
    if (!column && strchr(name, '*'))
        return add_matching(table, symbol, name, set, err);
    return column ? add(table, column, set, err) : fsci_table_no_column(table, name, err);
}

/* x_1, x_2, … of x_j. */
static fsc_status find_numbered(fsci_arena *arena, const fsc_table *table, const char *symbol,
                                fsci_set *set, fsc_error *err)
{
    size_t stem = (size_t)(strrchr(symbol, '_') - symbol);
    set->numbered = true;
    for (size_t i = 1; i <= fsci_table_columns(table); i++) {
        const char *name = fsci_format(arena, "%.*s_%zu", (int)stem, symbol, i);
        const fsci_column *column = name ? fsci_table_find(table, name) : NULL;
        if (!name)
            return fsci_fail_memory(err);
        if (!column)
            return FSC_OK;
        FSCI_TRY(add(table, column, set, err));
    }
    return FSC_OK;
}

static fsc_status allocate(fsci_arena *arena, size_t room, fsci_set *set, fsc_error *err)
{
    *set = (fsci_set){.columns = FSCI_NEW(arena, const fsci_column *, room + 1),
                      .names = FSCI_NEW(arena, const char *, room + 1)};
    return set->columns && set->names ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_set_find(fsci_arena *arena, const fsc_table *table, const fsci_settings_list *map,
                         const char *symbol, fsci_set *set, fsc_error *err)
{
    size_t mapped = 0;
    for (size_t i = 0; i < map->n; i++)
        mapped += !strcmp(map->items[i].name, symbol);
    FSCI_TRY(allocate(arena, (mapped + 1) * fsci_table_columns(table), set, err));
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->items[i].name, symbol))
            FSCI_TRY(find_named(table, symbol, map->items[i].value, set, err));
    return mapped ? FSC_OK : find_numbered(arena, table, symbol, set, err);
}

/* ---- of a fit ---- */

static const fsci_json *about(const fsci_fitted *f, const char *input)
{
    return fsci_json_get(fsci_json_at(f->record, "data.columns"), input);
}

bool fsci_set_is(const fsci_fitted *f, const char *input)
{
    return fsci_json_get(about(f, input), "members") != NULL;
}

fsc_status fsci_set_of_fit(fsci_arena *arena, const fsci_fitted *f, const fsc_table *table,
                           const fsci_settings_list *map, const char *input, fsci_set *set,
                           fsc_error *err)
{
    const fsci_json *names = fsci_json_get(about(f, input), "names");
    FSCI_TRY(fsci_set_find(arena, table, map, input, set, err));
    if (names && set->numbered) {
        FSCI_TRY(allocate(arena, fsci_json_count(names), set, err));
        FSCI_JSON_EACH (name, names)
            FSCI_TRY(find_named(table, input, name->string ? name->string : "", set, err));
    }
    if (set->n)
        return FSC_OK;
    int stem = (int)(strrchr(input, '_') - input);
    return fsci_fail(err, FSC_EINPUT,
                     "%s has no columns for %s; name them %.*s_1, %.*s_2, ... or give --map "
                     "%s=COLUMN for each",
                     fsci_table_name(table), input, stem, input, stem, input, input);
}

size_t fsci_set_member(const fsci_fitted *f, const char *input, const char *name)
{
    size_t stem = (size_t)(strrchr(input, '_') - input), i = 0;
    const fsci_json *names = fsci_json_get(about(f, input), "names");
    double members = fsci_json_get_number(about(f, input), "members");
    FSCI_JSON_EACH (item, names) {
        if (item->string && !strcmp(item->string, name))
            return i;
        i++;
    }
    if (strncmp(name, input, stem + 1) != 0)
        return SIZE_MAX;
    char *end;
    unsigned long number = strtoul(name + stem + 1, &end, 10);
    return !*end && number >= 1 && (double)number <= members ? number - 1 : SIZE_MAX;
}

/* ---- both ---- */

const char *fsci_set_text(fsci_arena *arena, const fsci_set *set)
{
    if (set->numbered && set->n > 1)
        return fsci_format(arena, "%s..%s", set->names[0], set->names[set->n - 1]);
    const char *text = set->names[0];
    for (size_t i = 1; i < set->n && text; i++)
        text = fsci_format(arena, "%s, %s", text, set->names[i]);
    return text;
}

double *fsci_set_values(fsci_arena *arena, const fsci_set *set, const size_t *row, size_t n)
{
    double *values = FSCI_NEW(arena, double, set->n *n + 1);
    for (size_t m = 0; values && m < set->n; m++)
        for (size_t i = 0; i < n; i++)
            values[m * n + i] = set->columns[m]->numbers[row ? row[i] : i];
    return values;
}
