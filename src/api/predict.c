#include "fit/asked.h"
#include "fit/check/flat.h"
#include "fit/predict.h"

#include "api/ctx.h"
#include "api/provenance.h"
#include "api/rows.h"
#include "api/source.h"
#include "base/file.h"
#include "base/sha256.h"

#include <string.h>

static fsc_status read_fit(fsci_arena *arena, const char *path, fsci_json **fit, char *sha256,
                           fsc_error *err)
{
    fsci_input input;
    FSCI_TRY(fsci_input_open(path, &input, err));
    fsci_sha256_of(input.data, input.length, sha256);
    size_t blank = 0;
    while (blank < input.length && strchr(" \t\r\n", input.data[blank]))
        blank++;
    fsc_status status =
        blank < input.length && input.data[blank] == '{'
            ? fsci_json_read(arena, path, input.data, input.length, fit, err)
            : fsci_fail(err, FSC_EINPUT,
                        "%s is no record; predict takes the file that 'fit -o FILE' wrote first, "
                        "and then a table",
                        path);
    fsci_input_close(&input);
    return status;
}

/* Says which file a fault of the record stands in. */
static fsc_status blame(const char *path, fsc_status status, fsc_error *err)
{
    if (status != FSC_EINPUT || !err)
        return status;
    fsc_error inner = *err;
    fsci_place place = {.source = path};
    return fsci_fail_at(err, status, &place, "%s%s%s", inner.source, inner.source[0] ? ": " : "",
                        inner.message);
}

static fsc_status predict_rows(const fsc_args *args, fsci_arena *arena, const fsci_fitted *fitted,
                               const char *path, fsci_json *inputs, fsci_json *list,
                               fsci_json *record, fsc_error *err)
{
    fsci_rows rows;
    fsci_settings_list map;
    FSCI_TRY(fsci_args_map(args, arena, &map, err));
    FSCI_TRY(fsci_rows_read(arena, args, path, inputs, &rows, err));
    fsc_status status = fsci_rows_prepare(arena, args, NULL, &rows, err);
    if (status == FSC_OK)
        status = fsci_predict_table(arena, fitted, &map, rows.table, list, err);
    if (status == FSC_OK)
        fsci_rows_prepared(arena, &rows, record);
    fsci_rows_free(&rows);
    return status;
}

/* What the predictions rest on: the file of the fit, and the tables that it was made from. */
static void add_origin(fsci_arena *a, const char *path, const char *sha256, const fsci_json *fit,
                       fsci_json *root, fsci_json *inputs)
{
    const fsci_json *law = fsci_json_get(fit, "law");
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    fsci_json *about = fsci_json_set_object(a, root, "fit");
    fsci_json_set_string(a, about, "law", fsci_json_get_string(law, "id"));
    fsci_json_set_string(a, about, "formula", fsci_json_get_string(law, "formula"));
    fsci_json_set_string(a, about, "file", file);
    fsci_json_set_string(a, about, "sha256", sha256);
    const fsci_json *tables = fsci_json_at(fit, "provenance.inputs");
    fsci_json_set(a, about, "inputs", tables ? fsci_json_copy(a, tables) : fsci_json_array(a));
    fsci_json *item = fsci_json_push(inputs, fsci_json_object(a));
    fsci_json_set_string(a, item, "name", file);
    fsci_json_set_string(a, item, "sha256", sha256);
    fsci_json_set(a, item, "rows", fsci_json_null(a));
}

fsc_status fsci_command_predict(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                fsc_error *err)
{
    (void)ctx;
    fsci_arena *a = record->arena;
    const char *path = fsci_args_positional(args, 0), *table = fsci_args_positional(args, 1);
    char sha256[FSCI_SHA256_TEXT];
    fsci_json *fit, *inputs = fsci_json_array(a);
    fsci_fitted fitted;
    fsci_at *at;
    size_t n_at;
    FSCI_TRY(fsci_args_at(args, a, &at, &n_at, err));
    if (!table && !n_at)
        return fsci_fail(err, FSC_EUSAGE, "predict where? give --at NAME=VALUE,... or a table");
    FSCI_TRY(read_fit(a, path, &fit, sha256, err));
    FSCI_TRY(blame(path, fsci_fitted_read(a, fit, &fitted, err), err));
    if (fsc_args_get(args, "level", 0))
        FSCI_TRY(fsci_args_level(args, &fitted.level, err));
    record->root = fsci_record_begin(a, "prediction");
    add_origin(a, path, sha256, fit, record->root, inputs);
    fsci_json_set_string(a, record->root, "response", fitted.response);
    fsci_json_set_string(a, record->root, "unit", fitted.response_unit);
    const fsci_json *columns = fsci_json_at(fit, "data.columns");
    if (columns)
        fsci_json_set(a, record->root, "columns", fsci_json_copy(a, columns));
    fsci_json_set_number(a, record->root, "level", fitted.level);
    fsci_json *intervals = fsci_json_copy(a, fsci_json_get(fit, "intervals"));
    fsci_json_set(a, record->root, "intervals", intervals);
    fsci_json_set_number(a, intervals, "level", fitted.level);
    fsci_json *rows = fsci_json_set_array(a, record->root, "rows");
    fsci_json *derived = fsci_json_set_array(a, record->root, "derived");
    fsci_json_set_array(a, record->root, "warnings");
    FSCI_TRY(fsci_asked_check(a, &fitted, at, n_at, record->root, err));
    FSCI_TRY(fsci_predict_at(a, &fitted, at, n_at, rows, derived, err));
    FSCI_TRY(fsci_flat_regions(a, &fitted, derived, record->root, err));
    if (table)
        FSCI_TRY(predict_rows(args, a, &fitted, table, inputs, rows, record->root, err));
    fsci_predict_warn(a, &fitted, rows, derived, record->root);
    fsci_provenance_add(a, args, inputs, record->root);
    return FSC_OK;
}
