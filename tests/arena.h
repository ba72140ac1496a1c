/* arena: the memory of one test, opened before it and gone after it. */
#ifndef TESTS_ARENA_H
#define TESTS_ARENA_H

#include "base/arena.h"

static fsci_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = fsci_arena_new();
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    fsci_arena_free(arena);
    return 0;
}

#endif
