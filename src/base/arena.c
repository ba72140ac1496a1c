#include "base/arena.h"

#include "base/number.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
} chunk;

struct fsci_arena {
    chunk *head; /* the chunk being filled; older and outsize chunks follow */
    size_t bytes;
    bool failed;
};

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

fsci_arena *fsci_arena_new(void)
{
    return calloc(1, sizeof(fsci_arena));
}

void fsci_arena_free(fsci_arena *arena)
{
    if (!arena)
        return;
    for (chunk *c = arena->head; c;) {
        chunk *next = c->next;
        free(c);
        c = next;
    }
    free(arena);
}

bool fsci_arena_failed(const fsci_arena *arena)
{
    return arena->failed;
}

size_t fsci_arena_bytes(const fsci_arena *arena)
{
    return arena->bytes;
}

static chunk *add_chunk(fsci_arena *arena, size_t need)
{
    size_t size = arena->head ? arena->head->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    bool outsize = need > size / 2;
    if (outsize)
        size = need;
    if (size > SIZE_MAX - sizeof(chunk))
        return NULL;
    chunk *c = calloc(1, sizeof(chunk) + size);
    if (!c)
        return NULL;
    c->size = size;
    arena->bytes += sizeof(chunk) + size;
    if (outsize && arena->head) { /* keep filling the present head */
        c->next = arena->head->next;
        arena->head->next = c;
    } else {
        c->next = arena->head;
        arena->head = c;
    }
    return c;
}

void *fsci_alloc(fsci_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - alignof(max_align_t)) {
        arena->failed = true;
        return NULL;
    }
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (bytes == 0)
        bytes = alignof(max_align_t);
    chunk *c = arena->head;
    if (!c || c->size - c->used < bytes)
        c = add_chunk(arena, bytes);
    if (!c) {
        arena->failed = true;
        return NULL;
    }
    void *block = c->bytes + c->used;
    c->used += bytes;
    return block;
}

void *fsci_alloc_aligned(fsci_arena *arena, size_t bytes)
{
    enum { LINE = 64 };
    if (bytes > SIZE_MAX - LINE) {
        arena->failed = true;
        return NULL;
    }
    unsigned char *block = fsci_alloc(arena, bytes + LINE, 1);
    return block ? block + (LINE - (uintptr_t)block % LINE) % LINE : NULL;
}

void *fsci_copy_array(fsci_arena *arena, const void *from, size_t count, size_t size)
{
    void *to = fsci_alloc(arena, count, size);
    if (to && count)
        memcpy(to, from, count * size);
    return to;
}

char *fsci_copy_text(fsci_arena *arena, const char *text, size_t length)
{
    char *to = fsci_alloc(arena, length + 1, 1);
    if (to && length)
        memcpy(to, text, length);
    return to;
}

char *fsci_copy_string(fsci_arena *arena, const char *string)
{
    return fsci_copy_text(arena, string, strlen(string));
}

char *fsci_format(fsci_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *to = length < 0 ? NULL : fsci_alloc(arena, (size_t)length + 1, 1);
    if (to)
        vsnprintf(to, (size_t)length + 1, format, again);
    va_end(again);
    return to;
}

char *fsci_join(fsci_arena *arena, const char *const *names, size_t n, const char *last)
{
    size_t length = strlen(last);
    for (size_t i = 0; i < n; i++)
        length += strlen(names[i]) + strlen(", ");
    char *text = fsci_alloc(arena, length + 1, 1), *to = text;
    if (!text)
        return NULL;
    *to = '\0';
    for (size_t i = 0; i < n; i++)
        to = stpcpy(stpcpy(to, !i ? "" : i + 1 < n ? ", " : last), names[i]);
    return text;
}

const char *fsci_brief(fsci_arena *arena, double value, int digits)
{
    char text[FSCI_NUMBER_TEXT];
    const char *copy = fsci_copy_text(arena, text, fsci_number_brief(value, digits, text));
    return copy ? copy : "";
}
