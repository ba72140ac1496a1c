/* json: the tree every record is made of, its one reader and its one writer.
 *
 * Values live in an arena and are never freed one by one. Objects keep the order in which members
 * were added. Builders accept NULL (from a failed allocation) and give NULL, so a record is built
 * without checks and fsci_arena_failed() is asked once. A number that is not finite is `null`. */
#ifndef FSCI_RECORD_JSON_H
#define FSCI_RECORD_JSON_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

typedef enum fsci_json_kind {
    FSCI_JSON_NULL,
    FSCI_JSON_BOOL,
    FSCI_JSON_NUMBER,
    FSCI_JSON_STRING,
    FSCI_JSON_ARRAY,
    FSCI_JSON_OBJECT
} fsci_json_kind;

typedef struct fsci_json fsci_json;
struct fsci_json {
    fsci_json_kind kind;
    bool boolean;
    double number;
    const char *string; /* NUL-ended UTF-8; a NUL inside is not kept */
    const char *key;    /* name of this value in the object that holds it */
    fsci_json *next;    /* next member or element */
    fsci_json *first, *last;
    size_t count;
};

/* Building. */
fsci_json *fsci_json_object(fsci_arena *arena);
fsci_json *fsci_json_array(fsci_arena *arena);
fsci_json *fsci_json_string(fsci_arena *arena, const char *string); /* copies; NULL gives null */
fsci_json *fsci_json_number(fsci_arena *arena, double number);
fsci_json *fsci_json_bool(fsci_arena *arena, bool boolean);
fsci_json *fsci_json_null(fsci_arena *arena);
fsci_json *fsci_json_numbers(fsci_arena *arena, const double *values, size_t count);

/* Adds `value` under `key` (copied) or replaces the member of that name in place; gives `value`. */
fsci_json *fsci_json_set(fsci_arena *arena, fsci_json *object, const char *key, fsci_json *value);
/* The same under a key that is kept, not copied, and that no member has yet: nothing is searched.
 */
fsci_json *fsci_json_add(fsci_json *object, const char *key, fsci_json *value);
fsci_json *fsci_json_set_string(fsci_arena *a, fsci_json *object, const char *key, const char *s);
fsci_json *fsci_json_set_number(fsci_arena *a, fsci_json *object, const char *key, double number);
fsci_json *fsci_json_set_bool(fsci_arena *a, fsci_json *object, const char *key, bool boolean);
fsci_json *fsci_json_set_object(fsci_arena *a, fsci_json *object, const char *key);
fsci_json *fsci_json_set_array(fsci_arena *a, fsci_json *object, const char *key);
/* Appends to an array; gives `value`. */
fsci_json *fsci_json_push(fsci_json *array, fsci_json *value);

/* A deep copy in another arena. */
fsci_json *fsci_json_copy(fsci_arena *arena, const fsci_json *value);

/* Reading a tree. Missing members and wrong kinds give NULL, NaN, "" or the fallback. */
const fsci_json *fsci_json_get(const fsci_json *object, const char *key);
/* A path of member names and array positions: "pca.loadings.0.mmlu". */
const fsci_json *fsci_json_at(const fsci_json *value, const char *path);
double fsci_json_get_number(const fsci_json *object, const char *key);      /* NaN when absent */
const char *fsci_json_get_string(const fsci_json *object, const char *key); /* NULL when absent */
bool fsci_json_get_bool(const fsci_json *object, const char *key, bool fallback);
size_t fsci_json_count(const fsci_json *value); /* 0 for NULL */

#define FSCI_JSON_EACH(item, container)                                                            \
    for (const fsci_json *item = (container) ? (container)->first : NULL; item; item = item->next)

/* Canonical text: members in order, shortest numbers. indent 0 is one line; 2 is for people. */
void fsci_json_write(const fsci_json *value, int indent, fsci_buffer *out);

/* Parses text of any program (tolerant of bare NaN and Infinity, which become null). `source` names
 * it in errors. FSC_EINPUT with line and column of the fault. */
fsc_status fsci_json_read(fsci_arena *arena, const char *source, const char *text, size_t length,
                          fsci_json **value, fsc_error *err);

#endif
