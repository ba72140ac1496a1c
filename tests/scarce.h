/* scarce: memory that runs out when a test says so. The allocator is the program's own, over that
 * of the C library; one file of a program includes this. */
#ifndef TESTS_SCARCE_H
#define TESTS_SCARCE_H

#include <stdbool.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR 0 /* the sanitizer has its own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

static long until_failure = -1; /* allocations still granted; negative: all */
static long live;               /* blocks that were not freed */

#if OWN_ALLOCATOR
#define SEEN_BY_LIBRARIES __attribute__((visibility("default")))
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

static bool refused(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

SEEN_BY_LIBRARIES void *malloc(size_t size)
{
    return refused() ? NULL : counted(__libc_malloc(size));
}

SEEN_BY_LIBRARIES void *calloc(size_t count, size_t size)
{
    return refused() ? NULL : counted(__libc_calloc(count, size));
}

SEEN_BY_LIBRARIES void *aligned_alloc(size_t alignment, size_t size)
{
    return refused() ? NULL : counted(__libc_memalign(alignment, size));
}

SEEN_BY_LIBRARIES void *realloc(void *block, size_t size)
{
    void *other = refused() ? NULL : __libc_realloc(block, size);
    live += !block && other;
    return other;
}

SEEN_BY_LIBRARIES void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}
#endif

#endif
