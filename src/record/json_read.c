/* The only file that knows json-c. Its tree is copied into the arena and released at once. */
#include "record/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum { DEPTH_LIMIT = 64 };

/* json-c stops counting at the largest 64-bit whole number; what it was then cannot be told. */
static bool is_saturated(json_object *from)
{
    return json_object_get_uint64(from) == UINT64_MAX || json_object_get_int64(from) == INT64_MIN;
}

static fsci_json *copy(fsci_arena *arena, json_object *from, bool *beyond)
{
    fsci_json *to;
    switch (json_object_get_type(from)) {
    case json_type_boolean:
        return fsci_json_bool(arena, json_object_get_boolean(from));
    case json_type_int:
        *beyond = *beyond || is_saturated(from);
        return fsci_json_number(arena, json_object_get_double(from));
    case json_type_double:
        return fsci_json_number(arena, json_object_get_double(from));
    case json_type_string:
        return fsci_json_string(arena, json_object_get_string(from));
    case json_type_array:
        to = fsci_json_array(arena);
        for (size_t i = 0; i < json_object_array_length(from); i++)
            fsci_json_push(to, copy(arena, json_object_array_get_idx(from, i), beyond));
        return to;
    case json_type_object:
        to = fsci_json_object(arena);
        json_object_object_foreach(from, key, value)
        {
            fsci_json_set(arena, to, key, copy(arena, value, beyond));
        }
        return to;
    case json_type_null:
        break;
    }
    return fsci_json_null(arena);
}

static fsc_status bad_json(const char *source, const char *text, size_t length, size_t offset,
                           const char *what, fsc_error *err)
{
    fsci_place place = {.source = source, .line = 1, .len = 1};
    size_t start = 0;
    if (offset > length)
        offset = length;
    for (size_t i = 0; i < offset; i++)
        if (text[i] == '\n') {
            place.line++;
            start = i + 1;
        }
    const char *end = memchr(text + start, '\n', length - start);
    place.text = text + start;
    place.text_len = end ? (size_t)(end - place.text) : length - start;
    place.col = (int32_t)(offset - start) + 1;
    return fsci_fail_at(err, FSC_EINPUT, &place, "not valid JSON: %s", what);
}

fsc_status fsci_json_read(fsci_arena *arena, const char *source, const char *text, size_t length,
                          fsci_json **value, fsc_error *err)
{
    *value = NULL;
    if (length > INT_MAX)
        return fsci_fail(err, FSC_EINPUT, "%s: a JSON document over 2 GB; split it", source);
    json_tokener *parser = json_tokener_new_ex(DEPTH_LIMIT);
    if (!parser)
        return fsci_fail_memory(err);
    json_object *tree = json_tokener_parse_ex(parser, text, (int)length);
    size_t used = json_tokener_get_parse_end(parser), fault = used;
    if (json_tokener_get_error(parser) == json_tokener_continue) {
        tree = json_tokener_parse_ex(parser, "", 1); /* a bare number ends where the text does */
        used = length;
    }
    enum json_tokener_error problem = json_tokener_get_error(parser);
    while (used < length && strchr(" \t\r\n", text[used]))
        used++;
    fsc_status status = FSC_OK;
    bool beyond = false;
    if (problem != json_tokener_success)
        status = bad_json(source, text, length, fault, json_tokener_error_desc(problem), err);
    else if (used < length)
        status = bad_json(source, text, length, used, "more text after the end of the value", err);
    else if (!(*value = copy(arena, tree, &beyond)))
        status = fsci_fail_memory(err);
    else if (beyond)
        status = fsci_fail(err, FSC_EINPUT,
                           "%s holds a whole number beyond 64 bits; write it as 3.3e21", source);
    json_object_put(tree);
    json_tokener_free(parser);
    return status;
}
