#include "api/tally.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024, PATIENCE = 8, AGAIN = 64 }; /* guesses that may fail; one in so many */

static size_t slot_of(const fsci_tally *t, uint32_t group, uint32_t item)
{
    uint64_t key = (uint64_t)group << 32 | item;
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (t->n_slots - 1);
}

static bool grow_slots(fsci_tally *t)
{
    size_t n = t->n_slots ? 2 * t->n_slots : FIRST_SLOTS;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    for (size_t i = 0; i < t->n; i++) {
        size_t at = slot_of(t, t->cells[i].group, t->cells[i].item);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    return true;
}

static bool grow_cells(fsci_tally *t)
{
    size_t room = t->room + t->room / 2 + FIRST_SLOTS / 2;
    fsci_tally_cell *cells = realloc(t->cells, room * sizeof *cells);
    if (!cells)
        return false;
    t->cells = cells;
    t->room = room;
    return true;
}

static uint32_t search(fsci_tally *t, uint32_t group, uint32_t item)
{
    if (2 * (t->n + 1) > t->n_slots && !grow_slots(t))
        return UINT32_MAX;
    size_t at = slot_of(t, group, item);
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        const fsci_tally_cell *found = &t->cells[t->slots[at] - 1];
        if (found->group == group && found->item == item)
            return t->slots[at] - 1;
    }
    if (t->n == UINT32_MAX - 1 || (t->n == t->room && !grow_cells(t)))
        return UINT32_MAX;
    t->cells[t->n] = (fsci_tally_cell){
        .group = group, .item = item, .cluster = UINT32_MAX, .next = (uint32_t)t->n};
    t->slots[at] = (uint32_t)++t->n;
    return (uint32_t)t->n - 1;
}

fsci_tally_cell *fsci_tally_find(fsci_tally *t, uint32_t group, uint32_t item)
{
    if (t->n && (t->luck || t->asked++ % AGAIN == 0)) {
        uint32_t guess = t->cells[t->last].next;
        fsci_tally_cell *cell = &t->cells[guess];
        if (cell->group == group && cell->item == item) {
            t->last = guess;
            t->luck = PATIENCE;
            return cell;
        }
        t->luck -= t->luck > 0;
    }
    uint32_t found = search(t, group, item);
    if (found == UINT32_MAX)
        return NULL;
    t->cells[t->last].next = found;
    t->last = found;
    return &t->cells[found];
}

void fsci_tally_far(const fsci_tally *t, uint32_t group, uint32_t item)
{
    __builtin_prefetch(&t->slots[slot_of(t, group, item)]);
}

void fsci_tally_near(const fsci_tally *t, uint32_t group, uint32_t item)
{
    uint32_t found = t->slots[slot_of(t, group, item)];
    if (found)
        __builtin_prefetch(&t->cells[found - 1], 1);
}

void fsci_tally_free(fsci_tally *t)
{
    free(t->cells);
    free(t->slots);
    *t = (fsci_tally){0};
}
