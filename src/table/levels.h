/* levels: distinct byte strings numbered 0, 1, 2… in the order they were first added. The texts
 * live in an arena of the caller's; the rest is freed by fsci_levels_free. */
#ifndef FSCI_TABLE_LEVELS_H
#define FSCI_TABLE_LEVELS_H

#include "base/arena.h"

#include <stdint.h>
#include <string.h>

typedef struct fsci_level {
    const char *text; /* NUL-ended, though NULs inside are kept too */
    uint32_t length;
    uint32_t next; /* the level that was added after this one the last time: a good guess */
} fsci_level;

typedef struct fsci_levels {
    fsci_level *items;
    size_t n, room;
    struct fsci_level_slot *slots; /* open addressing, at most half full */
    size_t n_slots;                /* a power of two */
    uint32_t last;                 /* added */
} fsci_levels;

/* The number of `text` when it came after the last one added before: keys mostly come in the order
 * they came in before. Else UINT32_MAX. */
static inline uint32_t fsci_levels_guess(const fsci_levels *levels, const char *text, size_t length)
{
    if (!levels->n)
        return UINT32_MAX;
    uint32_t guess = levels->items[levels->last].next;
    const fsci_level *level = &levels->items[guess];
    return level->length == length && !memcmp(level->text, text, length) ? guess : UINT32_MAX;
}

/* The number of `text`, UINT32_MAX when it is not there. */
uint32_t fsci_levels_find(const fsci_levels *levels, const char *text, size_t length);
/* The same, adding it first when it is not there; UINT32_MAX when out of memory. */
uint32_t fsci_levels_add(fsci_levels *levels, fsci_arena *arena, const char *text, size_t length);
void fsci_levels_free(fsci_levels *levels);

#endif
