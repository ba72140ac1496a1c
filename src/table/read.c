/* read: which format an input has, and reading it in one pass or two. */
#include "base/file.h"
#include "table/readers.h"

#include <string.h>
#include <strings.h>

/* Inputs that are known and not read, by their first bytes or by their name. */
static const struct foreign {
    const char *magic; /* NULL when only the name tells */
    size_t magic_length;
    const char *extension; /* NULL when only the bytes tell */
    const char *what, *instead;
} foreign[] = {
    {"PAR1", 4, ".parquet", "a Parquet file",
     "write it as CSV, in Python: pandas.read_parquet(…).to_csv(…, index=False)"},
    {"ARROW1", 6, ".arrow", "an Arrow file",
     "write it as CSV, in Python: pandas.read_feather(…).to_csv(…, index=False)"},
    {"FEA1", 4, ".feather", "a Feather file",
     "write it as CSV, in Python: pandas.read_feather(…).to_csv(…, index=False)"},
    {NULL, 0, ".xlsx", "a spreadsheet", "save the sheet as CSV"},
    {NULL, 0, ".ods", "a spreadsheet", "save the sheet as CSV"},
    {"\xd0\xcf\x11\xe0", 4, ".xls", "a spreadsheet", "save the sheet as CSV"},
    {"PK\3\4", 4, ".zip", "a ZIP archive or a spreadsheet", "unpack it or save the sheet as CSV"},
    {"\x28\xb5\x2f\xfd", 4, ".zst", "packed by zstd", "unpack it: zstd -dc FILE | … -"},
    {"\xfd\x37zXZ", 5, ".xz", "packed by xz", "unpack it: xz -dc FILE | … -"},
    {"BZh91AY", 7, ".bz2", "packed by bzip2", "unpack it: bzip2 -dc FILE | … -"},
    {"\x89HDF", 4, ".h5", "an HDF5 file", "write the table in it as CSV"},
    {"\x93NUMPY", 6, ".npy", "a NumPy array", "write it as CSV with a header"},
    {NULL, 0, ".pkl", "a Python pickle", "write it as CSV: to_csv(…, index=False)"},
    {"\xff\xfe", 2, NULL, "UTF-16 text", "convert it: iconv -f utf-16 -t utf-8"},
    {"\xfe\xff", 2, NULL, "UTF-16 text", "convert it: iconv -f utf-16 -t utf-8"},
    {"<!DOCTYPE html", 14, ".html", "a web page", "download the file itself (the raw link)"},
    {"<!doctype html", 14, NULL, "a web page", "download the file itself (the raw link)"},
    {"version https://git-lfs", 23, NULL, "a Git LFS pointer", "fetch the file: git lfs pull"},
};

/* Whether the name has the extension, before a .gz if there is one. */
static bool has_extension(const char *name, const char *extension)
{
    size_t n = strlen(name), m = strlen(extension);
    if (n > 3 && !strcasecmp(name + n - 3, ".gz"))
        n -= 3;
    return n > m && !strncasecmp(name + n - m, extension, m);
}

static fsc_status refuse_foreign(const char *name, const char *data, size_t length, fsc_error *err)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const struct foreign *f = &foreign[i];
        bool named = f->extension && has_extension(name, f->extension);
        if (named ||
            (f->magic && length >= f->magic_length && !memcmp(data, f->magic, f->magic_length)))
            return fsci_fail(err, FSC_EINPUT, "%s is %s, which is not read here; %s", name, f->what,
                             f->instead);
    }
    return FSC_OK;
}

/* By the name, and else by the text: "{" begins an object, "[ {" a list of them. */
static bool is_jsonl(const fsci_source *source)
{
    static const char *const json[] = {".jsonl", ".ndjson", ".json"};
    static const char *const separated[] = {".csv", ".tsv"};
    for (size_t i = 0; i < sizeof json / sizeof *json; i++)
        if (has_extension(source->name, json[i]))
            return true;
    for (size_t i = 0; i < sizeof separated / sizeof *separated; i++)
        if (has_extension(source->name, separated[i]))
            return false;
    bool list = false;
    for (const char *p = source->at; p < source->end; p++) {
        if (*p == '{')
            return true;
        list = list || *p == '[';
        if (!strchr(" \t\r\n[", *p))
            return false;
    }
    return list;
}

static fsc_status read_once(fsci_source *source, const fsci_table_options *options,
                            fsci_columns *columns, fsc_error *err)
{
    if (fsci_is_sqlite(source->data, source->length))
        return fsci_sqlite_read(source->name, options->table, source->data, source->length, columns,
                                err);
    if (options->table)
        return fsci_fail(err, FSC_EUSAGE, "%s is no SQLite database, so it has no table '%s'",
                         source->name, options->table);
    if (source->unpacker && fsci_is_sqlite(source->at, (size_t)(source->end - source->at)))
        return fsci_fail(err, FSC_EINPUT, "%s is a packed SQLite database; unpack it: gunzip FILE",
                         source->name);
    return is_jsonl(source) ? fsci_jsonl_read(source, columns, err)
                            : fsci_csv_read(source, options, columns, err);
}

static fsc_status read_columns(fsci_source *source, const fsci_table_options *options,
                               fsci_columns *columns, fsc_error *err)
{
    for (;;) {
        FSCI_TRY(read_once(source, options, columns, err));
        if (!fsci_columns_again(columns))
            break;
        FSCI_TRY(fsci_source_rewind(source, err));
    }
    if (columns->stream && columns->n_rows)
        FSCI_TRY(fsci_columns_end_batch(columns, err));
    if (columns->names.n == 0)
        return fsci_fail(err, FSC_EINPUT, "%s is empty; a header and rows are wanted",
                         source->name);
    if (columns->n_rows == 0 && !(columns->stream && columns->stream->n_rows))
        return fsci_fail(err, FSC_EINPUT, "%s has a header and no rows; add some", source->name);
    return FSC_OK;
}

fsc_status fsci_read_text(const char *name, const char *data, size_t length,
                          const fsci_table_options *options, fsci_source *source,
                          fsci_columns *columns, fsc_error *err)
{
    static const fsci_table_options automatic = {0};
    data = length ? data : "";
    FSCI_TRY(refuse_foreign(name, data, length, err));
    fsc_status status = fsci_source_open(source, name, data, length, err);
    if (status == FSC_OK)
        status = refuse_foreign(name, source->at, (size_t)(source->end - source->at), err);
    if (status == FSC_OK)
        status = read_columns(source, options ? options : &automatic, columns, err);
    fsci_source_close(source);
    return status;
}

fsc_status fsci_table_parse(const char *name, const char *data, size_t length,
                            const fsci_table_options *options, fsc_table **table, fsc_error *err)
{
    fsci_source source;
    fsci_columns columns;
    *table = NULL;
    FSCI_TRY(fsci_columns_open(&columns, name, err));
    fsc_status status = fsci_read_text(name, data, length, options, &source, &columns, err);
    if (status == FSC_OK)
        status = fsci_columns_finish(&columns, table, err);
    fsci_columns_close(&columns);
    return status;
}

fsc_status fsci_table_read(const char *path, const fsci_table_options *options, fsc_table **table,
                           fsc_error *err)
{
    fsci_input input;
    *table = NULL;
    FSCI_TRY(fsci_input_open(path, &input, err));
    const char *name = strcmp(path, "-") ? path : "standard input";
    fsc_status status = fsci_table_parse(name, input.data, input.length, options, table, err);
    fsci_input_close(&input);
    return status;
}
