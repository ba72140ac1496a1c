/* document: a YAML file of this room, the library's own or a user's, whose members are checked
 * against a table of what may stand where. */
#ifndef FSCI_API_DOCUMENT_H
#define FSCI_API_DOCUMENT_H

#include "base/embedded.h"
#include "law/yaml.h"

typedef struct fsci_document {
    fsci_arena *arena;  /* borrowed; holds everything */
    const char *source; /* in messages: the path, or "studies/emergent.yaml" */
    const char *text;
    size_t length;
    const fsci_yaml *root;
} fsci_document;

/* What one member may be. A list of these ends with a NULL name. */
typedef struct fsci_shape fsci_shape;
struct fsci_shape {
    const char *name;
    fsci_yaml_kind kind;
    bool needed;
    const fsci_shape *inside; /* members of the map, or of each map of the list; NULL: anything */
};

/* Files of one kind that the library carries. */
typedef struct fsci_shelf {
    const char *what;   /* one of them, in messages: "study" */
    const char *folder; /* where they stand in the sources: "studies" */
    const fsci_embedded *files;
    const fsci_shape *shape;
} fsci_shelf;

/* Reads NAME.yaml of the shelf or, when `name` holds a '/' or ends in .yaml, the file of that path.
 * Errors: FSC_EINPUT for an unknown name (with the nearest, or all) and, with line and column, for
 * what is no YAML or has another shape. */
fsc_status fsci_document_read(fsci_arena *arena, const fsci_shelf *shelf, const char *name,
                              fsci_document *document, fsc_error *err);

/* An error at a place of the document. */
fsc_status fsci_document_fail(const fsci_document *document, fsci_span at, fsc_error *err,
                              const char *format, ...) FSCI_PRINTF(4, 5);
/* The same for an error that another room found in what stands there; FSC_ENOMEM stays so. */
fsc_status fsci_document_blame(const fsci_document *document, fsci_span at, fsc_status status,
                               fsc_error *err);

/* As in base/error.h: the static analyzer cannot see that these return their status. */
#if defined(__clang_analyzer__) && !defined(FSCI_DOCUMENT_C)
#define fsci_document_fail(...) (fsci_document_fail(__VA_ARGS__), FSC_EINPUT)
#define fsci_document_blame(document, at, status, err)                                             \
    (fsci_document_blame(document, at, status, err), (status))
#endif

/* The scalar member `key`, NULL when absent. */
const char *fsci_document_text(const fsci_yaml *map, const char *key);

#endif
