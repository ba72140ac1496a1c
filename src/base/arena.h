/* arena: memory that is freed all at once. A parse, a table, a fit each own one.
 *
 * Blocks are zeroed and aligned for any type. A request that cannot be met, or whose size
 * overflows, gives NULL and marks the arena failed; callers may check once at the end. */
#ifndef FSCI_BASE_ARENA_H
#define FSCI_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_arena fsci_arena;

fsci_arena *fsci_arena_new(void); /* NULL when out of memory */
void fsci_arena_free(fsci_arena *arena);
bool fsci_arena_failed(const fsci_arena *arena);
size_t fsci_arena_bytes(const fsci_arena *arena);

void *fsci_alloc(fsci_arena *arena, size_t count, size_t size);
#define FSCI_NEW(arena, type, count) ((type *)fsci_alloc((arena), (count), sizeof(type)))
/* Bytes that begin at a multiple of 64, as the scratch memory of programs must. */
void *fsci_alloc_aligned(fsci_arena *arena, size_t bytes);

char *fsci_copy_text(fsci_arena *arena, const char *text, size_t length); /* adds a NUL */
char *fsci_copy_string(fsci_arena *arena, const char *string);
char *fsci_format(fsci_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The names with ", " between them and `last` (", ", " and ") before the last: "a, b and c". NULL
 * when out of memory, "" of none. */
char *fsci_join(fsci_arena *arena, const char *const *names, size_t n, const char *last);
/* The text of fsci_number_brief; "" when out of memory. */
const char *fsci_brief(fsci_arena *arena, double value, int digits);
void *fsci_copy_array(fsci_arena *arena, const void *from, size_t count, size_t size);

#endif
