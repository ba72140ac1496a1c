/* yaml: a strict YAML tree that remembers where everything stood.
 *
 * Scalars stay text (a law file says which are numbers), maps keep their order, and one document is
 * all there is: no anchors, aliases, tags, directives, duplicate keys or keys that are not scalars.
 * Lines and columns count from 1, columns and lengths in bytes, as a caret needs them. */
#ifndef FSCI_LAW_YAML_H
#define FSCI_LAW_YAML_H

#include "base/arena.h"
#include "base/error.h"

/* Limits, so that hostile text is refused cleanly. */
enum { FSCI_YAML_BYTES = 1 << 18, FSCI_YAML_DEPTH = 24, FSCI_YAML_ENTRIES = 1024 };

typedef enum fsci_yaml_kind { FSCI_YAML_SCALAR, FSCI_YAML_LIST, FSCI_YAML_MAP } fsci_yaml_kind;

typedef struct fsci_span {
    int32_t line, col, len; /* len >= 1, within one line */
} fsci_span;

typedef struct fsci_yaml fsci_yaml;
struct fsci_yaml {
    fsci_yaml_kind kind;
    const char *text; /* scalar, NUL-ended, without quotes */
    size_t length;
    bool verbatim;       /* scalar: `text` stands in the file byte for byte, on one line, at `at` */
    fsci_span at;        /* of the value: a scalar's text, a container's first line */
    const char *key;     /* name of this value in the map that holds it, NULL elsewhere */
    fsci_span key_at;    /* of the key */
    const fsci_yaml *up; /* the container, NULL at the root */
    fsci_yaml *next;     /* next entry of the container */
    fsci_yaml *first, *last;
    size_t count;
};

/* Reads `text` into `arena`. Errors: FSC_EINPUT with source, line, column and excerpt. */
fsc_status fsci_yaml_read(fsci_arena *arena, const char *source, const char *text, size_t length,
                          fsci_yaml **root, fsc_error *err);

const fsci_yaml *fsci_yaml_get(const fsci_yaml *map, const char *key); /* NULL when absent */

#define FSCI_YAML_EACH(entry, container)                                                           \
    for (const fsci_yaml *entry = (container)->first; entry; entry = entry->next)

/* The place of a span for an error message, with the line of `text` it lies on. */
fsci_place fsci_yaml_place(const char *source, const char *text, size_t length, fsci_span at);

#endif
