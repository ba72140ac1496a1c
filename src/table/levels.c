#include "table/levels.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 16 };

typedef struct fsci_level_slot {
    uint32_t hash;
    uint32_t code; /* UINT32_MAX in a free slot */
} slot;

/* Multiply and fold, eight bytes at a time. Only speed depends on it, never the order of levels. */
static uint32_t hash_of(const char *text, size_t length)
{
    uint64_t h = length;
    while (length) {
        uint64_t bytes = 0;
        size_t n = length < 8 ? length : 8;
        memcpy(&bytes, text, n);
        h = (h ^ bytes) * 0x9e3779b97f4a7c15;
        h ^= h >> 32;
        text += n;
        length -= n;
    }
    return (uint32_t)h;
}

/* The slot that holds `text`, or the free one where it belongs. */
static slot *probe(const fsci_levels *levels, uint32_t hash, const char *text, size_t length)
{
    for (size_t i = hash;; i++) {
        slot *s = &levels->slots[i & (levels->n_slots - 1)];
        if (s->code == UINT32_MAX)
            return s;
        const fsci_level *level = &levels->items[s->code];
        if (s->hash == hash && level->length == length && !memcmp(level->text, text, length))
            return s;
    }
}

static bool grow_slots(fsci_levels *levels)
{
    size_t n = levels->n_slots ? levels->n_slots * 2 : FIRST_SLOTS;
    slot *old = levels->slots, *slots = malloc(n * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0xff, n * sizeof *slots);
    for (size_t i = 0; i < levels->n_slots; i++) {
        size_t at = old[i].hash;
        if (old[i].code == UINT32_MAX)
            continue;
        while (slots[at & (n - 1)].code != UINT32_MAX)
            at++;
        slots[at & (n - 1)] = old[i];
    }
    free(old);
    levels->slots = slots;
    levels->n_slots = n;
    return true;
}

static bool grow_items(fsci_levels *levels)
{
    size_t room = levels->room + levels->room / 2 + FIRST_SLOTS / 2;
    fsci_level *items = realloc(levels->items, room * sizeof *items);
    if (!items)
        return false;
    levels->items = items;
    levels->room = room;
    return true;
}

uint32_t fsci_levels_find(const fsci_levels *levels, const char *text, size_t length)
{
    if (levels->n == 0)
        return UINT32_MAX;
    return probe(levels, hash_of(text, length), text, length)->code;
}

static uint32_t add_new(fsci_levels *levels, fsci_arena *arena, slot *s, const char *text,
                        size_t length)
{
    if (length > UINT32_MAX || levels->n == UINT32_MAX - 1 ||
        (levels->n == levels->room && !grow_items(levels)))
        return UINT32_MAX;
    const char *copy = fsci_copy_text(arena, text, length);
    if (!copy)
        return UINT32_MAX;
    s->code = (uint32_t)levels->n++;
    levels->items[s->code] = (fsci_level){copy, (uint32_t)length, s->code};
    return s->code;
}

uint32_t fsci_levels_add(fsci_levels *levels, fsci_arena *arena, const char *text, size_t length)
{
    uint32_t guess = fsci_levels_guess(levels, text, length);
    if (guess != UINT32_MAX)
        return levels->last = guess;
    uint32_t hash = hash_of(text, length);
    if (2 * levels->n >= levels->n_slots && !grow_slots(levels))
        return UINT32_MAX;
    slot *s = probe(levels, hash, text, length);
    if (s->code == UINT32_MAX && add_new(levels, arena, s, text, length) == UINT32_MAX)
        return UINT32_MAX;
    s->hash = hash;
    levels->items[levels->last].next = s->code;
    return levels->last = s->code;
}

void fsci_levels_free(fsci_levels *levels)
{
    free(levels->items);
    free(levels->slots);
    *levels = (fsci_levels){0};
}
