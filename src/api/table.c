#include "api/ctx.h"
#include "api/provenance.h"
#include "api/rows.h"

/* What --prepare can name. */
static void list_operators(fsci_arena *a, fsci_json *record)
{
    const fsci_operator_help *help;
    fsci_json *list = fsci_json_set_array(a, record, "operators");
    for (size_t i = 0; (help = fsci_operator_help_at(i)); i++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", help->name);
        fsci_json_set_string(a, item, "synopsis", help->synopsis);
        fsci_json_set_string(a, item, "meaning", help->meaning);
    }
}

static fsci_json *cell(fsci_arena *a, const fsci_column *column, size_t row)
{
    if (column->kind == FSCI_COLUMN_NUMBERS)
        return fsci_json_number(a, column->numbers[row]);
    uint32_t code = column->codes[row];
    return code == FSCI_MISSING_CODE ? fsci_json_null(a)
                                     : fsci_json_string(a, column->levels[code]);
}

static void add_rows(fsci_arena *a, const fsc_table *table, fsci_json *record)
{
    fsci_json *list = fsci_json_set_array(a, record, "rows");
    for (size_t row = 0; row < fsci_table_rows(table); row++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        for (size_t i = 0; i < fsci_table_columns(table); i++) {
            const fsci_column *column = fsci_table_column(table, i);
            fsci_json_set(a, item, column->name, cell(a, column, row));
        }
    }
}

fsc_status fsci_command_table(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                              fsc_error *err)
{
    (void)ctx;
    fsci_arena *a = record->arena;
    fsci_json *inputs = fsci_json_array(a);
    const char *path = fsci_args_positional(args, 0);
    record->root = fsci_record_begin(a, "table");
    if (!path) {
        list_operators(a, record->root);
        fsci_json_set_array(a, record->root, "warnings");
        fsci_provenance_add(a, args, inputs, record->root);
        return FSC_OK;
    }
    fsci_rows rows;
    FSCI_TRY(fsci_rows_read(a, args, path, inputs, &rows, err));
    fsc_status status = fsci_rows_prepare(a, args, NULL, &rows, err);
    if (status == FSC_OK) {
        add_rows(a, rows.table, record->root);
        fsci_rows_describe(a, &rows, record->root);
        fsci_json_set_array(a, record->root, "warnings");
        fsci_rows_prepared(a, &rows, record->root);
        fsci_provenance_add(a, args, inputs, record->root);
    }
    fsci_rows_free(&rows);
    return status;
}
