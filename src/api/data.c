#include "api/about.h"
#include "api/ctx.h"
#include "api/provenance.h"
#include "api/source.h"

#include <math.h>
#include <string.h>

static size_t folder_length(const char *path)
{
    return strcspn(path, "/");
}

static bool is_table(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && !strcmp(path + n - 4, ".csv");
}

/* The first file of each folder stands for the dataset; files are in order of the alphabet. */
static bool begins_dataset(const fsci_embedded *file)
{
    size_t n = folder_length(file->name);
    return file == fsci_embedded_data || folder_length(file[-1].name) != n ||
           strncmp(file[-1].name, file->name, n) != 0;
}

static fsci_json *add_dataset(fsci_arena *a, const char *name, const fsci_about *about,
                              fsci_json *list)
{
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "name", name);
    fsci_json_set_string(a, item, "title", about->title);
    fsci_json_set_string(a, item, "about", about->summary);
    return item;
}

static void add_range(fsci_arena *a, const fsci_column *c, size_t rows, fsci_json *item)
{
    double lo = INFINITY, hi = -INFINITY;
    fsci_json_set_number(a, item, "missing", (double)c->n_missing);
    if (c->kind == FSCI_COLUMN_CATEGORIES) {
        fsci_json *levels = fsci_json_set_array(a, item, "levels");
        for (size_t i = 0; i < c->n_levels; i++)
            fsci_json_push(levels, fsci_json_string(a, c->levels[i]));
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        lo = fmin(lo, c->numbers[i]);
        hi = fmax(hi, c->numbers[i]);
    }
    fsci_json_set_number(a, item, "min", lo);
    fsci_json_set_number(a, item, "max", hi);
}

static void add_columns(fsci_arena *a, const fsc_table *table, const fsci_about *about,
                        fsci_json *item)
{
    fsci_json *columns = fsci_json_set_array(a, item, "columns");
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *c = fsci_table_column(table, i);
        const char *meaning, *unit;
        fsci_json *column = fsci_json_push(columns, fsci_json_object(a));
        fsci_about_column(a, about, c->name, &meaning, &unit);
        fsci_json_set_string(a, column, "name", c->name);
        fsci_json_set_string(a, column, "meaning", meaning);
        fsci_json_set_string(a, column, "unit", unit);
        add_range(a, c, fsci_table_rows(table), column);
    }
}

static fsc_status add_table(fsci_arena *a, const char *path, const fsci_about *about,
                            fsci_json *tables, fsc_error *err)
{
    fsc_table *table;
    const char *shown = fsci_format(a, "data/%s", path);
    if (!shown)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_source_table(shown, NULL, &table, err));
    fsci_json *item = fsci_json_push(tables, fsci_json_object(a));
    fsci_json_set_string(a, item, "path", shown);
    fsci_json_set_number(a, item, "rows", (double)fsci_table_rows(table));
    add_columns(a, table, about, item);
    fsci_table_free(table);
    return FSC_OK;
}

/* One dataset from its first file on. */
static fsc_status describe(fsci_arena *a, const fsci_embedded *first, fsci_json *list,
                           fsc_error *err)
{
    size_t n = folder_length(first->name);
    const char *name = fsci_copy_text(a, first->name, n);
    if (!name)
        return fsci_fail_memory(err);
    fsci_about about = fsci_about_read(a, name);
    fsci_json *item = add_dataset(a, name, &about, list);
    fsci_json *tables = fsci_json_set_array(a, item, "tables");
    for (const fsci_embedded *f = first; f->name && !strncmp(f->name, first->name, n + 1); f++)
        if (is_table(f->name))
            FSCI_TRY(add_table(a, f->name, &about, tables, err));
    return FSC_OK;
}

/* NAME, data/NAME or the path of one of its tables. */
static bool asked_for(const char *what, const fsci_embedded *file)
{
    size_t n = folder_length(file->name);
    if (!strncmp(what, "data/", 5))
        what += 5;
    return folder_length(what) == n && !strncmp(what, file->name, n);
}

static fsc_status no_dataset(fsci_arena *a, const char *what, fsc_error *err)
{
    const char *known[64];
    size_t n = 0;
    for (const fsci_embedded *f = fsci_embedded_data; f->name && n < 64; f++)
        if (begins_dataset(f))
            known[n++] = fsci_copy_text(a, f->name, folder_length(f->name));
    const char *near = fsci_nearest(what, known, n);
    return fsci_fail(err, FSC_EINPUT, "there is no bundled dataset '%s'; %s%s%s", what,
                     near ? "did you mean '" : "forescale data lists them", near ? near : "",
                     near ? "'?" : "");
}

fsc_status fsci_command_data(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    (void)ctx;
    fsci_arena *a = record->arena;
    const char *action = fsci_args_positional(args, 0), *what = fsci_args_positional(args, 1);
    bool show = action && !strcmp(action, "show");
    if (action && !show && strcmp(action, "list"))
        return fsci_fail(err, FSC_EUSAGE, "data does not know '%s'; did you mean 'show'?", action);
    if (show && !what)
        return fsci_fail(err, FSC_EUSAGE, "data show needs the name of a dataset");
    record->root = fsci_record_begin(a, "data");
    fsci_json *list = fsci_json_set_array(a, record->root, "datasets");
    for (const fsci_embedded *f = fsci_embedded_data; f->name; f++)
        if (begins_dataset(f) && (!show || asked_for(what, f)))
            FSCI_TRY(describe(a, f, list, err));
    if (show && !fsci_json_count(list))
        return no_dataset(a, what, err);
    fsci_json_set_array(a, record->root, "warnings");
    fsci_provenance_add(a, args, fsci_json_array(a), record->root);
    return FSC_OK;
}
