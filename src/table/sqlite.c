/* sqlite: rows of one table or view of an SQLite database. The only file that knows SQLite. */
#include "base/buffer.h"
#include "base/number.h"
#include "table/cell.h"
#include "table/readers.h"

#include <sqlite3.h>
#include <string.h>

static const char magic[] = "SQLite format 3";
enum { WRITE_VERSION = 18, JOURNAL_IS_WAL = 2 };

bool fsci_is_sqlite(const char *data, size_t length)
{
    return length >= 100 && !memcmp(data, magic, sizeof magic);
}

static fsc_status fail(sqlite3 *db, int code, const char *name, fsc_error *err)
{
    if (!db || code == SQLITE_NOMEM || sqlite3_errcode(db) == SQLITE_NOMEM)
        return fsci_fail_memory(err);
    return fsci_fail(err, FSC_EINPUT, "%s: SQLite says: %s", name, sqlite3_errmsg(db));
}

static fsc_status open_database(const char *name, const char *data, size_t length, sqlite3 **db,
                                fsc_error *err)
{
    *db = NULL;
    if (data[WRITE_VERSION] == JOURNAL_IS_WAL)
        return fsci_fail(err, FSC_EINPUT,
                         "%s keeps a write-ahead log, so rows may be missing from it; run: sqlite3 "
                         "%s 'pragma journal_mode = delete'",
                         name, name);
    int code = sqlite3_open_v2(":memory:", db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_deserialize(*db, "main", (unsigned char *)data, (sqlite3_int64)length,
                                   (sqlite3_int64)length, SQLITE_DESERIALIZE_READONLY);
    return code == SQLITE_OK ? FSC_OK : fail(*db, code, name, err);
}

/* The table asked for, or the only one; the buffer gets "select * from ...". */
static fsc_status choose_table(sqlite3 *db, const char *name, const char *which, fsci_buffer *query,
                               fsc_error *err)
{
    sqlite3_stmt *list = NULL;
    fsci_buffer names = {0};
    size_t n = 0, found = 0;
    int code;
    const char *sql = "select name from sqlite_schema where type in ('table', 'view') and name not "
                      "like 'sqlite\\_%' escape '\\' order by name";
    if ((code = sqlite3_prepare_v2(db, sql, -1, &list, NULL)) != SQLITE_OK)
        return fail(db, code, name, err);
    while ((code = sqlite3_step(list)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(list, 0);
        names.failed |= !table;
        fsci_buffer_printf(&names, "%s%s", n++ ? ", " : "", table ? table : "");
        if (table && (!which || !strcmp(which, table))) {
            char *quoted = sqlite3_mprintf("select * from \"%w\"", table);
            query->length = 0;
            fsci_buffer_puts(query, quoted ? quoted : "");
            query->failed |= !quoted;
            sqlite3_free(quoted);
            found++;
        }
    }
    sqlite3_finalize(list);
    fsc_status status = FSC_OK;
    if (code != SQLITE_DONE)
        status = fail(db, code, name, err);
    else if (query->failed || names.failed)
        status = fsci_fail_memory(err);
    else if (n == 0)
        status = fsci_fail(err, FSC_EINPUT, "%s holds no table", name);
    else if (which && !found)
        status = fsci_fail(err, FSC_EINPUT, "%s has no table '%s'; it has %.400s", name, which,
                           names.data ? names.data : "");
    else if (found > 1)
        status = fsci_fail(err, FSC_EINPUT, "%s has several tables; say which with --table: %.400s",
                           name, names.data ? names.data : "");
    fsci_buffer_free(&names);
    return status;
}

static fsc_status add_columns(sqlite3_stmt *rows, const char *name, fsci_columns *columns,
                              fsc_error *err)
{
    for (int i = 0; i < sqlite3_column_count(rows); i++) {
        const char *column = sqlite3_column_name(rows, i);
        if (!column)
            return fsci_fail_memory(err);
        size_t length = strlen(column);
        const char *flaw = fsci_cell_name_flaw(column, length);
        if (flaw)
            return fsci_fail(err, FSC_EINPUT, "%s, column %d: %s", name, i + 1, flaw);
        if (fsci_levels_find(&columns->names, column, length) != UINT32_MAX)
            return fsci_fail(err, FSC_EINPUT, "%s: two columns are named '%s'", name, column);
        if (!fsci_columns_add(columns, column, length))
            return fsci_fail_memory(err);
    }
    return FSC_OK;
}

static fsc_status add_cell(sqlite3_stmt *rows, int i, const char *name, int64_t row,
                           fsci_columns *columns, fsc_error *err)
{
    char number[FSCI_NUMBER_TEXT];
    switch (sqlite3_column_type(rows, i)) {
    case SQLITE_NULL:
        return fsci_columns_cell(columns, (size_t)i, "", 0, row, err);
    case SQLITE_FLOAT: { /* SQLite itself writes 15 digits */
        size_t length = fsci_number_write(sqlite3_column_double(rows, i), number);
        return fsci_columns_cell(columns, (size_t)i, number, length, row, err);
    }
    case SQLITE_BLOB:
        return fsci_fail(err, FSC_EINPUT, "%s, row %lld, column %s: a blob, which is no cell", name,
                         (long long)row, sqlite3_column_name(rows, i));
    default: {
        const char *text = (const char *)sqlite3_column_text(rows, i);
        if (!text)
            return fsci_fail_memory(err);
        return fsci_columns_cell(columns, (size_t)i, text, (size_t)sqlite3_column_bytes(rows, i),
                                 row, err);
    }
    }
}

static fsc_status read_rows(sqlite3 *db, sqlite3_stmt *rows, const char *name,
                            fsci_columns *columns, fsc_error *err)
{
    int n = sqlite3_column_count(rows), step;
    for (int64_t row = 1; (step = sqlite3_step(rows)) == SQLITE_ROW; row++) {
        if (!fsci_columns_reserve(columns))
            return fsci_fail_memory(err);
        for (int i = 0; i < n; i++)
            FSCI_TRY(add_cell(rows, i, name, row, columns, err));
        FSCI_TRY(fsci_columns_end_row(columns, row, err));
    }
    return step == SQLITE_DONE ? FSC_OK : fail(db, step, name, err);
}

fsc_status fsci_sqlite_read(const char *name, const char *which, const char *data, size_t length,
                            fsci_columns *columns, fsc_error *err)
{
    sqlite3 *db;
    sqlite3_stmt *rows = NULL;
    fsci_buffer query = {0};
    fsc_status status = open_database(name, data, length, &db, err);
    if (status == FSC_OK)
        status = choose_table(db, name, which, &query, err);
    if (status == FSC_OK) {
        int code = sqlite3_prepare_v2(db, query.data, -1, &rows, NULL);
        status = code == SQLITE_OK ? FSC_OK : fail(db, code, name, err);
    }
    if (status == FSC_OK && !columns->again)
        status = add_columns(rows, name, columns, err);
    if (status == FSC_OK)
        status = read_rows(db, rows, name, columns, err);
    sqlite3_finalize(rows);
    sqlite3_close(db);
    fsci_buffer_free(&query);
    return status;
}
