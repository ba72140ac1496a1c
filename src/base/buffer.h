/* buffer: text that grows. A failed growth makes the buffer `failed`, later calls do nothing, and
 * the caller checks once at the end. */
#ifndef FSCI_BASE_BUFFER_H
#define FSCI_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_buffer {
    char *data; /* NUL-ended when not NULL */
    size_t length, capacity;
    bool failed;
} fsci_buffer;

void fsci_buffer_add(fsci_buffer *b, const char *text, size_t length);
void fsci_buffer_puts(fsci_buffer *b, const char *string);
void fsci_buffer_putc(fsci_buffer *b, char c);
void fsci_buffer_printf(fsci_buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void fsci_buffer_free(fsci_buffer *b);
/* Hands the text over (malloc'd, NUL-ended; NULL when the buffer failed) and empties the buffer. */
char *fsci_buffer_take(fsci_buffer *b);

#endif
