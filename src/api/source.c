#include "api/source.h"

#include "base/embedded.h"
#include "base/file.h"
#include "base/sha256.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The bundled table of that path, unless a file of that path hides it. */
static const fsci_embedded *bundled(const char *path)
{
    static const char folder[] = "data/";
    if (strncmp(path, folder, sizeof folder - 1) || access(path, F_OK) == 0)
        return NULL;
    return fsci_embedded_find(fsci_embedded_data, path + sizeof folder - 1);
}

fsc_status fsci_source_bytes_open(const char *path, fsci_source_bytes *source, fsc_error *err)
{
    const fsci_embedded *inside = bundled(path);
    *source = (fsci_source_bytes){.name = strcmp(path, "-") ? path : "standard input"};
    if (!inside)
        return fsci_input_open(path, &source->input, err);
    source->input = (fsci_input){.data = (const char *)inside->bytes, .length = inside->length};
    source->inside = true;
    return FSC_OK;
}

void fsci_source_bytes_close(fsci_source_bytes *source)
{
    if (!source->inside)
        fsci_input_close(&source->input);
}

fsc_status fsci_source_table(const char *path, const fsci_table_options *options, fsc_table **table,
                             fsc_error *err)
{
    fsci_source_bytes source;
    *table = NULL;
    FSCI_TRY(fsci_source_bytes_open(path, &source, err));
    fsc_status status =
        fsci_table_parse(source.name, source.input.data, source.input.length, options, table, err);
    fsci_source_bytes_close(&source);
    return status;
}

/* Piece by piece, so that a file longer than memory may be hashed. */
static void hash_input(const fsci_input *input, char hex[FSCI_SHA256_TEXT])
{
    const size_t piece = (size_t)1 << 24;
    const char *kept = input->data;
    struct sha256_ctx state;
    sha256_init(&state);
    for (size_t at = 0; at < input->length; at += piece) {
        size_t length = input->length - at < piece ? input->length - at : piece;
        sha256_update(&state, length, (const uint8_t *)input->data + at);
        fsci_input_release(input, &kept, input->data + at + length);
    }
    fsci_sha256_end(&state, hex);
}

static bool hash(const char *path, char hex[FSCI_SHA256_TEXT])
{
    const fsci_embedded *inside = bundled(path);
    fsci_input input;
    if (inside) {
        fsci_sha256_of(inside->bytes, inside->length, hex);
        return true;
    }
    if (!strcmp(path, "-") || fsci_input_open(path, &input, NULL) != FSC_OK)
        return false;
    hash_input(&input, hex);
    fsci_input_close(&input);
    return true;
}

void fsci_source_provenance(fsci_arena *arena, const char *path, size_t rows, fsci_json *inputs)
{
    char hex[FSCI_SHA256_TEXT];
    const char *slash = strrchr(path, '/');
    fsci_json *item = fsci_json_push(inputs, fsci_json_object(arena));
    fsci_json_set_string(arena, item, "name", slash ? slash + 1 : path);
    fsci_json_set_string(arena, item, "sha256", hash(path, hex) ? hex : NULL);
    fsci_json_set_number(arena, item, "rows", (double)rows);
}

void fsci_source_text_hash(fsci_arena *arena, const char *text, size_t length, fsci_json *object)
{
    char hex[FSCI_SHA256_TEXT];
    fsci_sha256_of(text, length, hex);
    fsci_json_set_string(arena, object, "sha256", hex);
}

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && !strcmp(name + n - m, ending);
}

static bool has_columns(const char *path, const char *key, const char *column)
{
    fsc_table *table;
    if (fsci_source_table(path, NULL, &table, NULL) != FSC_OK)
        return false;
    bool has = fsci_table_find(table, key) && fsci_table_find(table, column);
    fsci_table_free(table);
    return has;
}

typedef struct beside {
    fsci_arena *arena;
    const char *path, *key, *column;
    size_t folder; /* bytes of path up to and with its last slash */
    const char *found;
} beside;

static fsc_status consider(beside *b, const char *name, fsc_error *err)
{
    if (!strcmp(name, b->path + b->folder) || !(ends_in(name, ".csv") || ends_in(name, ".csv.gz")))
        return FSC_OK;
    const char *path = fsci_format(b->arena, "%.*s%s", (int)b->folder, b->path, name);
    if (!path)
        return fsci_fail_memory(err);
    if (!has_columns(path, b->key, b->column))
        return FSC_OK;
    if (b->found)
        return fsci_fail(err, FSC_EINPUT, "'%s' is in both %s and %s; name one with --with",
                         b->column, b->found, path);
    b->found = path;
    return FSC_OK;
}

static fsc_status look_on_disk(beside *b, fsc_error *err)
{
    struct dirent **entries;
    const char *folder = fsci_format(b->arena, "%.*s.", (int)b->folder, b->path);
    int n = folder ? scandir(folder, &entries, NULL, alphasort) : -1;
    fsc_status status = FSC_OK;
    for (int i = 0; i < n; i++) {
        if (status == FSC_OK)
            status = consider(b, entries[i]->d_name, err);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return status;
}

fsc_status fsci_source_beside(fsci_arena *arena, const char *path, const char *key,
                              const char *column, const char **found, fsc_error *err)
{
    const char *slash = strrchr(path, '/');
    beside b = {.arena = arena,
                .path = path,
                .key = key,
                .column = column,
                .folder = slash ? (size_t)(slash - path) + 1 : 0};
    *found = NULL;
    fsc_status status = FSC_OK;
    if (!bundled(path))
        status = strcmp(path, "-") ? look_on_disk(&b, err) : FSC_OK;
    else
        for (const fsci_embedded *f = fsci_embedded_data; f->name && status == FSC_OK; f++)
            if (!strncmp(f->name, path + 5, b.folder - 5))
                status = consider(&b, f->name + b.folder - 5, err);
    *found = b.found;
    return status;
}
