#include "api/chances.h"

#include "api/source.h"

static fsc_status read_table(fsci_arena *arena, const fsc_table *table, const fsci_chance **chances,
                             size_t *n, fsc_error *err)
{
    const fsci_column *name = fsci_table_find(table, "name");
    const fsci_column *chance = fsci_table_find(table, "chance");
    if (!name || !chance || name->kind != FSCI_COLUMN_CATEGORIES ||
        chance->kind != FSCI_COLUMN_NUMBERS)
        return fsci_fail(err, FSC_EINPUT, "%s needs a column of names and one of numbers, chance",
                         fsci_table_name(table));
    *n = fsci_table_rows(table);
    fsci_chance *all = FSCI_NEW(arena, fsci_chance, *n);
    if (!all)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n; i++) {
        all[i].name = fsci_copy_string(arena, name->levels[name->codes[i]]);
        all[i].value = chance->numbers[i];
    }
    *chances = all;
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_chances_read(fsci_arena *arena, const fsci_chance **chances, size_t *n,
                             fsc_error *err)
{
    fsc_table *table;
    FSCI_TRY(fsci_source_table("data/chance-levels/chance.csv", NULL, &table, err));
    fsc_status status = read_table(arena, table, chances, n, err);
    fsci_table_free(table);
    return status;
}
