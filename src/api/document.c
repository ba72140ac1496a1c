#define FSCI_DOCUMENT_C
#include "api/document.h"

#include "base/embedded.h"
#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMES = 64 };

/* ---- finding the text ---- */

/* Length of the name in NAME.yaml, 0 when it is no such file. */
static size_t stem(const char *file)
{
    size_t n = strlen(file);
    return n > 5 && !strcmp(file + n - 5, ".yaml") ? n - 5 : 0;
}

static fsc_status unknown(fsci_arena *arena, const fsci_shelf *shelf, const char *name,
                          fsc_error *err)
{
    const char *names[MOST_NAMES] = {NULL}, *all = NULL;
    size_t n = 0;
    for (const fsci_embedded *f = shelf->files; f->name && n < MOST_NAMES; f++)
        if ((names[n] = fsci_copy_text(arena, f->name, stem(f->name))))
            all = fsci_format(arena, "%s%s%s", all ? all : "", all ? ", " : "", names[n++]);
    const char *near = fsci_nearest(name, names, n);
    if (near)
        return fsci_fail(err, FSC_EINPUT, "no %s is called '%.60s'; did you mean '%s'?",
                         shelf->what, name, near);
    return fsci_fail(err, FSC_EINPUT,
                     "no %s is called '%.60s'; there are %s, and a file is named by its path",
                     shelf->what, name, all ? all : "none");
}

static fsc_status read_file(fsci_arena *arena, const char *path, fsci_document *d, fsc_error *err)
{
    fsci_input input;
    FSCI_TRY(fsci_input_open(path, &input, err));
    d->source = fsci_copy_string(arena, path);
    d->text = fsci_copy_text(arena, input.data, input.length);
    d->length = input.length;
    fsci_input_close(&input);
    return d->source && d->text ? FSC_OK : fsci_fail_memory(err);
}

static fsc_status find_text(fsci_arena *arena, const fsci_shelf *shelf, const char *name,
                            fsci_document *d, fsc_error *err)
{
    if (strchr(name, '/') || stem(name))
        return read_file(arena, name, d, err);
    d->source = fsci_format(arena, "%s/%s.yaml", shelf->folder, name);
    if (!d->source)
        return fsci_fail_memory(err);
    const fsci_embedded *own =
        fsci_embedded_find(shelf->files, d->source + strlen(shelf->folder) + 1);
    if (!own)
        return unknown(arena, shelf, name, err);
    d->text = (const char *)own->bytes;
    d->length = own->length;
    return FSC_OK;
}

/* ---- errors ---- */

fsc_status fsci_document_fail(const fsci_document *d, fsci_span at, fsc_error *err,
                              const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fsci_place place = fsci_yaml_place(d->source, d->text, d->length, at);
    return fsci_fail_at(err, FSC_EINPUT, &place, "%s", message);
}

fsc_status fsci_document_blame(const fsci_document *d, fsci_span at, fsc_status status,
                               fsc_error *err)
{
    if (!err || (status != FSC_EUSAGE && status != FSC_EINPUT))
        return status;
    fsc_error inner = *err;
    return fsci_document_fail(d, at, err, "%s", inner.message);
}

/* ---- shapes ---- */

static const char *kind_name(fsci_yaml_kind kind)
{
    static const char *const names[] = {"a single value", "a list", "members (name: value)"};
    return names[kind];
}

static fsc_status unknown_member(const fsci_document *d, const fsci_yaml *entry,
                                 const fsci_shape *shape, fsc_error *err)
{
    const char *names[MOST_NAMES] = {NULL};
    size_t n = 0;
    for (; shape[n].name && n < MOST_NAMES; n++)
        names[n] = shape[n].name;
    const char *near = fsci_nearest(entry->key, names, n);
    if (near)
        return fsci_document_fail(d, entry->key_at, err, "no '%.60s' here; did you mean '%s'?",
                                  entry->key, near);
    const char *all = fsci_join(d->arena, names, n, ", ");
    return fsci_document_fail(d, entry->key_at, err, "no '%.60s' here; what may stand here is %s",
                              entry->key, all ? all : "something else");
}

static fsc_status check_map(const fsci_document *d, const fsci_yaml *map, const fsci_shape *shape,
                            fsc_error *err);

static fsc_status check_member(const fsci_document *d, const fsci_yaml *entry,
                               const fsci_shape *shape, fsc_error *err)
{
    if (entry->kind != shape->kind)
        return fsci_document_fail(d, entry->key_at, err, "'%s' is %s, not %s", shape->name,
                                  kind_name(shape->kind), kind_name(entry->kind));
    if (!shape->inside)
        return FSC_OK;
    if (entry->kind == FSCI_YAML_MAP)
        return check_map(d, entry, shape->inside, err);
    FSCI_YAML_EACH (item, entry) {
        if (item->kind != FSCI_YAML_MAP)
            return fsci_document_fail(d, item->at, err, "'%s' is a list of %s, not of %s",
                                      shape->name, kind_name(FSCI_YAML_MAP), kind_name(item->kind));
        FSCI_TRY(check_map(d, item, shape->inside, err));
    }
    return FSC_OK;
}

static fsc_status check_map(const fsci_document *d, const fsci_yaml *map, const fsci_shape *shape,
                            fsc_error *err)
{
    FSCI_YAML_EACH (entry, map) {
        const fsci_shape *s = shape;
        while (s->name && strcmp(s->name, entry->key))
            s++;
        if (!s->name)
            return unknown_member(d, entry, shape, err);
        FSCI_TRY(check_member(d, entry, s, err));
    }
    for (const fsci_shape *s = shape; s->name; s++)
        if (s->needed && !fsci_yaml_get(map, s->name))
            return fsci_document_fail(d, map->at, err, "'%s' is missing here", s->name);
    return FSC_OK;
}

fsc_status fsci_document_read(fsci_arena *arena, const fsci_shelf *shelf, const char *name,
                              fsci_document *document, fsc_error *err)
{
    fsci_document d = {.arena = arena};
    fsci_yaml *root;
    FSCI_TRY(find_text(arena, shelf, name, &d, err));
    FSCI_TRY(fsci_yaml_read(arena, d.source, d.text, d.length, &root, err));
    d.root = root;
    if (root->kind != FSCI_YAML_MAP)
        return fsci_document_fail(&d, root->at, err, "a %s is %s, not %s", shelf->what,
                                  kind_name(FSCI_YAML_MAP), kind_name(root->kind));
    FSCI_TRY(check_map(&d, root, shelf->shape, err));
    *document = d;
    return FSC_OK;
}

const char *fsci_document_text(const fsci_yaml *map, const char *key)
{
    const fsci_yaml *node = fsci_yaml_get(map, key);
    return node && node->kind == FSCI_YAML_SCALAR ? node->text : NULL;
}
