#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(fsci_buffer *b, size_t more)
{
    if (b->failed || more > SIZE_MAX / 2 - b->length - 1) {
        b->failed = true;
        return false;
    }
    size_t need = b->length + more + 1;
    if (need <= b->capacity)
        return true;
    size_t capacity = b->capacity ? b->capacity * 2 : 256;
    if (capacity < need)
        capacity = need;
    char *data = realloc(b->data, capacity);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

void fsci_buffer_add(fsci_buffer *b, const char *text, size_t length)
{
    if (!reserve(b, length) || !b->data)
        return;
    if (length)
        memcpy(b->data + b->length, text, length);
    b->length += length;
    b->data[b->length] = '\0';
}

void fsci_buffer_puts(fsci_buffer *b, const char *string)
{
    fsci_buffer_add(b, string, strlen(string));
}

void fsci_buffer_putc(fsci_buffer *b, char c)
{
    fsci_buffer_add(b, &c, 1);
}

/* Into the room there is; what is longer is written once more when it has got its room. */
void fsci_buffer_printf(fsci_buffer *b, const char *format, ...)
{
    va_list args, again;
    size_t room = b->capacity - b->length;
    if (b->failed)
        return;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(b->data ? b->data + b->length : NULL, room, format, args);
    va_end(args);
    bool fits = length >= 0 && (size_t)length < room;
    if (!fits && b->data)
        b->data[b->length] = '\0';
    if (!fits && length >= 0 && reserve(b, (size_t)length)) {
        vsnprintf(b->data + b->length, (size_t)length + 1, format, again);
        fits = true;
    }
    va_end(again);
    if (fits)
        b->length += (size_t)length;
}

void fsci_buffer_free(fsci_buffer *b)
{
    free(b->data);
    *b = (fsci_buffer){0};
}

char *fsci_buffer_take(fsci_buffer *b)
{
    if (!b->failed && !b->data)
        fsci_buffer_add(b, "", 0);
    char *data = b->failed ? NULL : b->data;
    if (!data)
        free(b->data);
    *b = (fsci_buffer){0};
    return data;
}
