/* Sorting doubles: by comparisons when they are few, else byte by byte from the least, which takes
 * the same few passes whatever the values. */
#include "num/summary.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 1024, BYTES = sizeof(double), VALUES = 256 };

typedef struct keyed {
    uint64_t key;
    size_t place;
} keyed;

/* Unsigned integers in the order of the doubles: the bits of negative ones run backwards. */
static uint64_t key_of(double x)
{
    uint64_t bits, sign = (uint64_t)1 << 63;
    memcpy(&bits, &x, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

static double value_of(uint64_t key)
{
    uint64_t sign = (uint64_t)1 << 63, bits = key & sign ? key & ~sign : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Where the entries of each value of a byte begin; false when all have the same. */
static bool begin_at(size_t n, size_t count[VALUES])
{
    size_t begin = 0;
    for (size_t v = 0; v < VALUES; v++) {
        size_t own = count[v];
        if (own == n)
            return false;
        count[v] = begin;
        begin += own;
    }
    return true;
}

/* The sorted keys are where it returns: `key` or `other`. */
static uint64_t *sort_keys(uint64_t *key, uint64_t *other, size_t n)
{
    size_t count[BYTES][VALUES] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < BYTES; b++)
            count[b][key[i] >> 8 * b & 0xff]++;
    for (size_t b = 0; b < BYTES; b++) {
        if (!begin_at(n, count[b]))
            continue;
        for (size_t i = 0; i < n; i++)
            other[count[b][key[i] >> 8 * b & 0xff]++] = key[i];
        uint64_t *swap = key;
        key = other;
        other = swap;
    }
    return key;
}

static keyed *sort_keyed(keyed *key, keyed *other, size_t n)
{
    size_t count[BYTES][VALUES] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < BYTES; b++)
            count[b][key[i].key >> 8 * b & 0xff]++;
    for (size_t b = 0; b < BYTES; b++) {
        if (!begin_at(n, count[b]))
            continue;
        for (size_t i = 0; i < n; i++)
            other[count[b][key[i].key >> 8 * b & 0xff]++] = key[i];
        keyed *swap = key;
        key = other;
        other = swap;
    }
    return key;
}

void fsci_sort(double *x, size_t n)
{
    uint64_t *key = n > FEW ? malloc(2 * n * sizeof *key) : NULL;
    if (key) {
        for (size_t i = 0; i < n; i++)
            key[i] = key_of(x[i]);
        const uint64_t *sorted = sort_keys(key, key + n, n);
        for (size_t i = 0; i < n; i++)
            x[i] = value_of(sorted[i]);
    } else if (n) {
        qsort(x, n, sizeof *x, ascending);
    }
    free(key);
}

bool fsci_centred_ranks(const double *x, size_t n, double *rank)
{
    keyed *key = malloc((2 * n + 1) * sizeof *key);
    if (!key)
        return false;
    for (size_t i = 0; i < n; i++)
        key[i] = (keyed){key_of(x[i] + 0.0), i}; /* -0 is 0 */
    const keyed *order = sort_keyed(key, key + n, n);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && order[j].key == order[i].key;)
            j++;
        for (size_t k = i; k < j; k++)
            rank[order[k].place] = 0.5 * (double)(i + j - 1) - 0.5 * (double)(n - 1);
    }
    free(key);
    return true;
}
