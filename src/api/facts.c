#include "api/facts.h"

#include "api/source.h"

static fsc_status read_table(fsci_arena *arena, const fsc_table *table,
                             const fsci_benchmark_fact **facts, size_t *n, fsc_error *err)
{
    const fsci_column *name = fsci_table_find(table, "benchmark");
    const fsci_column *chance = fsci_table_find(table, "chance");
    const fsci_column *items = fsci_table_find(table, "items");
    if (!name || !chance || !items)
        return fsci_fail(err, FSC_EINPUT, "%s needs columns benchmark, chance and items",
                         fsci_table_name(table));
    *n = fsci_table_rows(table);
    fsci_benchmark_fact *all = FSCI_NEW(arena, fsci_benchmark_fact, *n);
    if (!all)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n; i++)
        all[i] =
            (fsci_benchmark_fact){.name = fsci_copy_string(arena, name->levels[name->codes[i]]),
                                  .chance = chance->numbers[i],
                                  .items = items->numbers[i]};
    *facts = all;
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_facts_read(fsci_arena *arena, const fsci_benchmark_fact **facts, size_t *n,
                           fsc_error *err)
{
    fsc_table *table;
    FSCI_TRY(fsci_source_table("data/benchmark-facts/benchmarks.csv", NULL, &table, err));
    fsc_status status = read_table(arena, table, facts, n, err);
    fsci_table_free(table);
    return status;
}
