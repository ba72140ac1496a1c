/* scarce: memory that runs out when a test says so. The allocator is the program's own, over that
 * of the C library; one file of a program includes this. With SCARCE_FOR_LIBRARIES defined before,
 * what shared libraries ask for runs out as well. */
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
#ifdef SCARCE_FOR_LIBRARIES
#define REPLACED __attribute__((visibility("default")))
#else
#define REPLACED
#endif
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

REPLACED void *malloc(size_t size)
{
    return refused() ? NULL : counted(__libc_malloc(size));
}

REPLACED void *calloc(size_t count, size_t size)
{
    return refused() ? NULL : counted(__libc_calloc(count, size));
}

REPLACED void *aligned_alloc(size_t alignment, size_t size)
{
    return refused() ? NULL : counted(__libc_memalign(alignment, size));
}

REPLACED void *realloc(void *block, size_t size)
{
    void *other = refused() ? NULL : __libc_realloc(block, size);
    live += !block && other;
    return other;
}

REPLACED void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}
#endif

#endif
