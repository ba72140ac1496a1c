#include "record/json.h"

#include "base/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static fsci_json *make(fsci_arena *arena, fsci_json_kind kind)
{
    fsci_json *value = FSCI_NEW(arena, fsci_json, 1);
    if (value)
        value->kind = kind;
    return value;
}

fsci_json *fsci_json_object(fsci_arena *arena)
{
    return make(arena, FSCI_JSON_OBJECT);
}

fsci_json *fsci_json_array(fsci_arena *arena)
{
    return make(arena, FSCI_JSON_ARRAY);
}

fsci_json *fsci_json_null(fsci_arena *arena)
{
    return make(arena, FSCI_JSON_NULL);
}

fsci_json *fsci_json_string(fsci_arena *arena, const char *string)
{
    fsci_json *value = make(arena, string ? FSCI_JSON_STRING : FSCI_JSON_NULL);
    if (value && string)
        value->string = fsci_copy_string(arena, string);
    return value;
}

fsci_json *fsci_json_number(fsci_arena *arena, double number)
{
    fsci_json *value = make(arena, isfinite(number) ? FSCI_JSON_NUMBER : FSCI_JSON_NULL);
    if (value)
        value->number = number;
    return value;
}

fsci_json *fsci_json_bool(fsci_arena *arena, bool boolean)
{
    fsci_json *value = make(arena, FSCI_JSON_BOOL);
    if (value)
        value->boolean = boolean;
    return value;
}

fsci_json *fsci_json_numbers(fsci_arena *arena, const double *values, size_t count)
{
    fsci_json *array = fsci_json_array(arena);
    for (size_t i = 0; i < count; i++)
        fsci_json_push(array, fsci_json_number(arena, values[i]));
    return array;
}

static void append(fsci_json *container, fsci_json *value)
{
    if (container->last)
        container->last->next = value;
    else
        container->first = value;
    container->last = value;
    container->count++;
}

fsci_json *fsci_json_push(fsci_json *array, fsci_json *value)
{
    if (array && value)
        append(array, value);
    return value;
}

static void replace(fsci_json *object, fsci_json *old, fsci_json *value)
{
    fsci_json **link = &object->first;
    while (*link != old)
        link = &(*link)->next;
    value->next = old->next;
    *link = value;
    if (object->last == old)
        object->last = value;
}

fsci_json *fsci_json_set(fsci_arena *arena, fsci_json *object, const char *key, fsci_json *value)
{
    if (!object || !value)
        return NULL;
    value->key = fsci_copy_string(arena, key);
    fsci_json *old = (fsci_json *)fsci_json_get(object, key);
    if (old)
        replace(object, old, value);
    else
        append(object, value);
    return value;
}

fsci_json *fsci_json_add(fsci_json *object, const char *key, fsci_json *value)
{
    if (!object || !value)
        return NULL;
    value->key = key;
    append(object, value);
    return value;
}

fsci_json *fsci_json_set_string(fsci_arena *a, fsci_json *object, const char *key, const char *s)
{
    return fsci_json_set(a, object, key, fsci_json_string(a, s));
}

fsci_json *fsci_json_set_number(fsci_arena *a, fsci_json *object, const char *key, double number)
{
    return fsci_json_set(a, object, key, fsci_json_number(a, number));
}

fsci_json *fsci_json_set_bool(fsci_arena *a, fsci_json *object, const char *key, bool boolean)
{
    return fsci_json_set(a, object, key, fsci_json_bool(a, boolean));
}

fsci_json *fsci_json_set_object(fsci_arena *a, fsci_json *object, const char *key)
{
    return fsci_json_set(a, object, key, fsci_json_object(a));
}

fsci_json *fsci_json_set_array(fsci_arena *a, fsci_json *object, const char *key)
{
    return fsci_json_set(a, object, key, fsci_json_array(a));
}

fsci_json *fsci_json_copy(fsci_arena *arena, const fsci_json *value)
{
    fsci_json *to = make(arena, value->kind);
    if (!to)
        return NULL;
    to->boolean = value->boolean;
    to->number = value->number;
    to->string = value->string ? fsci_copy_string(arena, value->string) : NULL;
    FSCI_JSON_EACH (item, value) {
        fsci_json *copy = fsci_json_copy(arena, item);
        if (copy && item->key)
            copy->key = fsci_copy_string(arena, item->key);
        if (copy)
            append(to, copy);
    }
    return to;
}

const fsci_json *fsci_json_get(const fsci_json *object, const char *key)
{
    if (!object || object->kind != FSCI_JSON_OBJECT)
        return NULL;
    FSCI_JSON_EACH (member, object)
        if (member->key && !strcmp(member->key, key))
            return member;
    return NULL;
}

static const fsci_json *step(const fsci_json *value, const char *name, size_t length)
{
    char key[128];
    if (!value || length >= sizeof key)
        return NULL;
    memcpy(key, name, length);
    key[length] = '\0';
    if (value->kind == FSCI_JSON_OBJECT)
        return fsci_json_get(value, key);
    size_t index = (size_t)strtoul(key, NULL, 10);
    const fsci_json *item = value->kind == FSCI_JSON_ARRAY ? value->first : NULL;
    while (item && index--)
        item = item->next;
    return item;
}

const fsci_json *fsci_json_at(const fsci_json *value, const char *path)
{
    while (value && *path) {
        size_t length = strcspn(path, ".");
        value = step(value, path, length);
        path += length + (path[length] == '.');
    }
    return value;
}

double fsci_json_get_number(const fsci_json *object, const char *key)
{
    const fsci_json *value = fsci_json_get(object, key);
    return value && value->kind == FSCI_JSON_NUMBER ? value->number : NAN;
}

const char *fsci_json_get_string(const fsci_json *object, const char *key)
{
    const fsci_json *value = fsci_json_get(object, key);
    return value && value->kind == FSCI_JSON_STRING ? value->string : NULL;
}

bool fsci_json_get_bool(const fsci_json *object, const char *key, bool fallback)
{
    const fsci_json *value = fsci_json_get(object, key);
    return value && value->kind == FSCI_JSON_BOOL ? value->boolean : fallback;
}

size_t fsci_json_count(const fsci_json *value)
{
    return value ? value->count : 0;
}

static void write_string(const char *string, fsci_buffer *out)
{
    static const char named[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    fsci_buffer_putc(out, '"');
    for (const char *s = string; *s;) {
        size_t plain = 0;
        while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
            plain++;
        fsci_buffer_add(out, s, plain);
        s += plain;
        const char *hit = *s ? strchr(named, *s) : NULL;
        if (hit)
            fsci_buffer_printf(out, "\\%c", letter[hit - named]);
        else if (*s)
            fsci_buffer_printf(out, "\\u%04x", (unsigned char)*s);
        s += *s != '\0';
    }
    fsci_buffer_putc(out, '"');
}

static void new_line(int indent, int depth, fsci_buffer *out)
{
    if (!indent)
        return;
    fsci_buffer_putc(out, '\n');
    for (int i = 0; i < indent * depth; i++)
        fsci_buffer_putc(out, ' ');
}

static bool is_flat(const fsci_json *value)
{
    FSCI_JSON_EACH (item, value)
        if (item->kind == FSCI_JSON_ARRAY || item->kind == FSCI_JSON_OBJECT)
            return false;
    return true;
}

static void write_value(const fsci_json *value, int indent, int depth, fsci_buffer *out);

/* Containers without containers inside stay on one line, so that a record reads as rows. */
static void write_container(const fsci_json *value, int indent, int depth, fsci_buffer *out)
{
    bool object = value->kind == FSCI_JSON_OBJECT;
    int inner = is_flat(value) ? 0 : indent;
    fsci_buffer_putc(out, object ? '{' : '[');
    FSCI_JSON_EACH (item, value) {
        new_line(inner, depth + 1, out);
        if (object) {
            write_string(item->key, out);
            fsci_buffer_puts(out, indent ? ": " : ":");
        }
        write_value(item, indent, depth + 1, out);
        if (item->next)
            fsci_buffer_puts(out, indent && !inner ? ", " : ",");
    }
    if (value->count)
        new_line(inner, depth, out);
    fsci_buffer_putc(out, object ? '}' : ']');
}

static void write_value(const fsci_json *value, int indent, int depth, fsci_buffer *out)
{
    char number[FSCI_NUMBER_TEXT];
    switch (value->kind) {
    case FSCI_JSON_NULL:
        fsci_buffer_puts(out, "null");
        break;
    case FSCI_JSON_BOOL:
        fsci_buffer_puts(out, value->boolean ? "true" : "false");
        break;
    case FSCI_JSON_NUMBER:
        fsci_buffer_add(out, number, fsci_number_write(value->number, number));
        break;
    case FSCI_JSON_STRING:
        write_string(value->string, out);
        break;
    case FSCI_JSON_ARRAY:
    case FSCI_JSON_OBJECT:
        write_container(value, indent, depth, out);
        break;
    }
}

void fsci_json_write(const fsci_json *value, int indent, fsci_buffer *out)
{
    if (value)
        write_value(value, indent, 0, out);
}
