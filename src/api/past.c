#include "api/past.h"

#include "api/source.h"

#include <string.h>

static const char KNOWN[] = "data/arena/by_distance.csv";

static fsc_status read_rows(fsci_arena *arena, const fsc_table *table, const char *method,
                            const fsci_past **past, size_t *n, fsc_error *err)
{
    static const char *const names[] = {"above", "up_to", "forecasts", "rmse", "coverage"};
    const fsci_column *id = fsci_table_find(table, "method"), *columns[5];
    bool right = id && id->kind == FSCI_COLUMN_CATEGORIES;
    for (size_t c = 0; c < 5; c++) {
        columns[c] = fsci_table_find(table, names[c]);
        right = right && columns[c] && columns[c]->kind == FSCI_COLUMN_NUMBERS;
    }
    if (!right)
        return fsci_fail(err, FSC_EINPUT, "%s needs the columns of data/arena/README.md", KNOWN);
    fsci_past *rows = FSCI_NEW(arena, fsci_past, fsci_table_rows(table));
    if (!rows)
        return fsci_fail_memory(err);
    *n = 0;
    for (size_t i = 0; i < fsci_table_rows(table); i++)
        if (id->codes[i] != FSCI_MISSING_CODE && !strcmp(id->levels[id->codes[i]], method))
            rows[(*n)++] =
                (fsci_past){columns[0]->numbers[i], columns[1]->numbers[i], columns[2]->numbers[i],
                            columns[3]->numbers[i], columns[4]->numbers[i]};
    *past = rows;
    return FSC_OK;
}

fsc_status fsci_past_read(fsci_arena *arena, const char *method, const fsci_past **past, size_t *n,
                          fsc_error *err)
{
    fsc_table *table;
    *n = 0;
    if (!method)
        return FSC_OK;
    FSCI_TRY(fsci_source_table(KNOWN, NULL, &table, err));
    fsc_status status = read_rows(arena, table, method, past, n, err);
    fsci_table_free(table);
    return status;
}
