/* Reads the table FILE once and prints what it took, as one JSON object. Heap is counted by this
 * program's own allocator over that of the C library; `xor` is of the bits of all numbers, to
 * compare with another reader. */
#include "table/table.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static size_t live, peak;

static void *count(void *block)
{
    live += block ? malloc_usable_size(block) : 0;
    peak = live > peak ? live : peak;
    return block;
}

void *malloc(size_t size)
{
    return count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return count(__libc_calloc(n, size));
}

void *realloc(void *block, size_t size)
{
    size_t before = block ? malloc_usable_size(block) : 0;
    void *other = __libc_realloc(block, size);
    live -= other ? before : 0;
    return other ? count(other) : NULL;
}

void free(void *block)
{
    live -= block ? malloc_usable_size(block) : 0;
    __libc_free(block);
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static uint64_t xor_of_bits(const fsc_table *table)
{
    uint64_t all = 0, bits;
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *column = fsci_table_column(table, i);
        for (size_t row = 0; column->numbers && row < fsci_table_rows(table); row++) {
            memcpy(&bits, &column->numbers[row], sizeof bits);
            all ^= bits;
        }
    }
    return all;
}

int main(int argc, char **argv)
{
    fsc_table *table;
    fsc_error err;
    if (argc != 2)
        return fprintf(stderr, "usage: %s FILE\n", argv[0]), 2;
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (fsci_table_read(argv[1], NULL, &table, &err) != FSC_OK)
        return fprintf(stderr, "%s\n", err.message), 3;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    size_t heap = peak;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"wall\": %.4f, \"cpu\": %.4f, \"heap\": %zu, \"resident\": %ld, \"rows\": %zu, "
           "\"xor\": \"%016llx\"}\n",
           wall, cpu, heap, usage.ru_maxrss * 1024L, fsci_table_rows(table),
           (unsigned long long)xor_of_bits(table));
    fsci_table_free(table);
    return 0;
}
