#include "law/catalogue.h"

#include "base/embedded.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Length of the id in a file name ID.yaml, 0 when it is no such name. */
static size_t id_length(const char *file)
{
    size_t n = strlen(file);
    return n > 5 && file[0] != '.' && !strcmp(file + n - 5, ".yaml") ? n - 5 : 0;
}

static bool is_path(const char *name)
{
    return strchr(name, '/') || id_length(name);
}

static const fsci_embedded *embedded(const char *id)
{
    for (const fsci_embedded *law = fsci_embedded_laws; law->name; law++)
        if (strlen(id) == id_length(law->name) && !memcmp(law->name, id, strlen(id)))
            return law;
    return NULL;
}

/* ---- ids ---- */

typedef struct id_list {
    fsci_arena *arena;
    const char **items;
    size_t n, room;
} id_list;

static bool add_id(id_list *ids, const char *file)
{
    size_t length = id_length(file);
    if (!length)
        return true;
    if (ids->n == ids->room) {
        size_t room = ids->room ? 2 * ids->room : 64;
        const char **items = FSCI_NEW(ids->arena, const char *, room);
        if (!items)
            return false;
        if (ids->n)
            memcpy(items, ids->items, ids->n * sizeof *items);
        ids->items = items;
        ids->room = room;
    }
    return (ids->items[ids->n++] = fsci_copy_text(ids->arena, file, length));
}

static fsc_status add_directory(id_list *ids, const char *path, fsc_error *err)
{
    DIR *directory = opendir(path);
    if (!directory && (errno == ENOENT || errno == ENOTDIR))
        return FSC_OK;
    if (!directory)
        return fsci_fail(err, FSC_EENV, "cannot read the directory of laws %s: %s", path,
                         strerror(errno));
    bool stored = true;
    for (struct dirent *entry; stored && (entry = readdir(directory));)
        stored = add_id(ids, entry->d_name);
    closedir(directory);
    return stored ? FSC_OK : fsci_fail_memory(err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

fsc_status fsci_catalogue_ids(const fsci_catalogue *catalogue, fsci_arena *arena, fsci_texts *out,
                              fsc_error *err)
{
    id_list ids = {.arena = arena};
    for (const fsci_embedded *law = fsci_embedded_laws; law->name; law++)
        if (!add_id(&ids, law->name))
            return fsci_fail_memory(err);
    for (size_t i = 0; i < catalogue->n_directories; i++)
        FSCI_TRY(add_directory(&ids, catalogue->directories[i], err));
    size_t n = 0;
    if (ids.n)
        qsort(ids.items, ids.n, sizeof *ids.items, by_text);
    for (size_t i = 0; i < ids.n; i++)
        if (n == 0 || strcmp(ids.items[n - 1], ids.items[i]) != 0)
            ids.items[n++] = ids.items[i];
    *out = (fsci_texts){ids.items, n};
    return FSC_OK;
}

/* ---- laws ---- */

static fsc_status unknown(const fsci_catalogue *catalogue, const char *id, fsc_error *err)
{
    fsci_arena *arena = fsci_arena_new();
    if (!arena)
        return fsci_fail_memory(err);
    fsci_texts ids;
    fsc_status status = fsci_catalogue_ids(catalogue, arena, &ids, err);
    if (status == FSC_OK) {
        const char *nearest = fsci_nearest(id, ids.items, ids.n);
        status = nearest ? fsci_fail(err, FSC_EINPUT, "no law is called '%s'; did you mean '%s'?",
                                     id, nearest)
                         : fsci_fail(err, FSC_EINPUT,
                                     "no law is called '%s'; `laws list` shows all, and a file is "
                                     "named by its path",
                                     id);
    }
    fsci_arena_free(arena);
    return status;
}

/* The file of a law: the path itself, or that of an id in the first directory that has it; NULL
 * where none has it. The caller frees the buffer. */
static fsc_status file_of(const fsci_catalogue *catalogue, const char *name, fsci_buffer *path,
                          fsc_error *err)
{
    if (is_path(name)) {
        fsci_buffer_printf(path, "%s", name);
        return path->failed ? fsci_fail_memory(err) : FSC_OK;
    }
    for (size_t i = 0; i < catalogue->n_directories; i++) {
        fsci_buffer_printf(path, "%s/%s.yaml", catalogue->directories[i], name);
        if (path->failed)
            return fsci_fail_memory(err);
        if (access(path->data, F_OK) == 0)
            return FSC_OK;
        fsci_buffer_free(path);
    }
    return FSC_OK;
}

fsc_status fsci_catalogue_find(const fsci_catalogue *catalogue, const char *name, fsc_law **law,
                               fsc_error *err)
{
    *law = NULL;
    fsci_buffer path = {0};
    fsc_status status = file_of(catalogue, name, &path, err);
    const fsci_embedded *built_in = path.data ? NULL : embedded(name);
    if (status == FSC_OK && path.data)
        status = fsci_law_read_file(path.data, law, err);
    else if (status == FSC_OK)
        status = built_in ? fsci_law_read(built_in->name, (const char *)built_in->bytes,
                                          built_in->length, law, err)
                          : unknown(catalogue, name, err);
    fsci_buffer_free(&path);
    return status;
}

/* Of a name that is no id: a file whose name does not end in .yaml, or standard input. */
static bool is_file(const char *name)
{
    return !strcmp(name, "-") || access(name, F_OK) == 0;
}

static fsc_status check_file(fsci_arena *arena, const char *path, fsci_findings *findings,
                             fsc_error *err)
{
    fsci_input input;
    FSCI_TRY(fsci_input_open(path, &input, err));
    fsc_status status = fsci_law_check(arena, path, input.data, input.length, findings, err);
    fsci_input_close(&input);
    return status;
}

fsc_status fsci_catalogue_check(const fsci_catalogue *catalogue, fsci_arena *arena,
                                const char *name, const char **file, fsci_findings *findings,
                                fsc_error *err)
{
    fsci_buffer path = {0};
    fsc_status status = file_of(catalogue, name, &path, err);
    const fsci_embedded *built_in = path.data ? NULL : embedded(name);
    *file = fsci_format(arena, "%s", path.data ? path.data : built_in ? built_in->name : name);
    if (status == FSC_OK && !*file)
        status = fsci_fail_memory(err);
    else if (status == FSC_OK && (path.data || (!built_in && is_file(name))))
        status = check_file(arena, *file, findings, err);
    else if (status == FSC_OK)
        status = built_in ? fsci_law_check(arena, *file, (const char *)built_in->bytes,
                                           built_in->length, findings, err)
                          : unknown(catalogue, name, err);
    fsci_buffer_free(&path);
    return status;
}

static int by_question(const void *left, const void *right)
{
    const fsc_law *a = *(fsc_law *const *)left, *b = *(fsc_law *const *)right;
    if (a->question != b->question)
        return a->question < b->question ? -1 : 1;
    return strcmp(a->id, b->id);
}

static fsc_status read_all(const fsci_catalogue *catalogue, fsci_arena *arena, fsci_laws *laws,
                           fsc_error *err)
{
    fsci_texts ids;
    FSCI_TRY(fsci_catalogue_ids(catalogue, arena, &ids, err));
    laws->items = calloc(ids.n + 1, sizeof *laws->items);
    laws->faults = calloc(ids.n + 1, sizeof *laws->faults);
    if (!laws->items || !laws->faults)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < ids.n; i++) {
        fsc_error *fault = &laws->faults[laws->n_faults];
        fsc_status status =
            fsci_catalogue_find(catalogue, ids.items[i], &laws->items[laws->n], fault);
        if (status != FSC_OK && status != FSC_EINPUT) {
            if (err)
                *err = *fault;
            return status;
        }
        laws->n += status == FSC_OK;
        laws->n_faults += status != FSC_OK;
    }
    qsort(laws->items, laws->n, sizeof *laws->items, by_question);
    return FSC_OK;
}

fsc_status fsci_catalogue_list(const fsci_catalogue *catalogue, fsci_laws *laws, fsc_error *err)
{
    *laws = (fsci_laws){0};
    fsci_arena *arena = fsci_arena_new();
    fsc_status status = arena ? read_all(catalogue, arena, laws, err) : fsci_fail_memory(err);
    fsci_arena_free(arena);
    if (status != FSC_OK)
        fsci_laws_free(laws);
    return status;
}

void fsci_laws_free(fsci_laws *laws)
{
    for (size_t i = 0; i < laws->n; i++)
        fsci_law_free(laws->items[i]);
    free(laws->items);
    free(laws->faults);
    *laws = (fsci_laws){0};
}
