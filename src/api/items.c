#include "api/items.h"

#include "api/source.h"
#include "base/number.h"
#include "observe/roles.h"

#include <string.h>

static const char KNOWN[] = "data/item-counts/items.csv";

typedef struct list {
    const char **names;
    double *counts;
    size_t n;
} list;

static fsc_status add(fsci_arena *arena, const char *name, double count, list *items,
                      fsc_error *err)
{
    char plain[FSCI_PLAIN_BYTES];
    if (!fsci_plain_name(name, plain))
        return FSC_OK; /* a name too long to be one of ours */
    items->names[items->n] = fsci_copy_string(arena, plain);
    items->counts[items->n] = count;
    return items->names[items->n++] ? FSC_OK : fsci_fail_memory(err);
}

static fsc_status add_given(fsci_arena *arena, const fsci_settings_list *given, list *items,
                            fsc_error *err)
{
    for (size_t i = 0; i < given->n; i++) {
        const char *name = given->items[i].name, *text = given->items[i].value;
        double count;
        if (!fsci_number_read(text, strlen(text), &count) || !(count >= 1))
            return fsci_fail(err, FSC_EUSAGE,
                             "--items %s=%s: the number of items is a number of at least 1", name,
                             text);
        FSCI_TRY(add(arena, name, count, items, err));
    }
    return FSC_OK;
}

static fsc_status add_known(fsci_arena *arena, const fsc_table *table, list *items, fsc_error *err)
{
    const fsci_column *name = fsci_table_find(table, "name");
    const fsci_column *count = fsci_table_find(table, "items");
    if (!name || name->kind != FSCI_COLUMN_CATEGORIES || !count ||
        count->kind != FSCI_COLUMN_NUMBERS)
        return fsci_fail(err, FSC_EINPUT, "%s needs a column name of text and items of numbers",
                         KNOWN);
    for (size_t i = 0; i < fsci_table_rows(table); i++)
        if (name->codes[i] != FSCI_MISSING_CODE && count->numbers[i] >= 1)
            FSCI_TRY(add(arena, name->levels[name->codes[i]], count->numbers[i], items, err));
    return FSC_OK;
}

fsc_status fsci_items_read(fsci_arena *arena, const fsc_args *args, fsci_items *items,
                           fsc_error *err)
{
    fsci_settings_list given;
    fsc_table *table;
    FSCI_TRY(fsci_args_pairs(args, "items", arena, &given, err));
    FSCI_TRY(fsci_source_table(KNOWN, NULL, &table, err));
    size_t room = given.n + fsci_table_rows(table);
    list all = {FSCI_NEW(arena, const char *, room), FSCI_NEW(arena, double, room), 0};
    fsc_status status =
        all.names && all.counts ? add_given(arena, &given, &all, err) : fsci_fail_memory(err);
    if (status == FSC_OK)
        status = add_known(arena, table, &all, err);
    fsci_table_free(table);
    *items = (fsci_items){all.names, all.counts, all.n};
    return status;
}
