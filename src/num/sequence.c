#include "num/sequence.h"
#include "num/random.h"

#include <stdlib.h>

typedef struct axis {
    unsigned base, digits;
    double points;         /* base^digits, at most 2^53: coordinates are multiples of its inverse */
    uint16_t *permutation; /* [digits * base], lowest digit of the index first */
} axis;

struct fsci_sequence {
    size_t dimensions;
    uint16_t *permutations;
    axis axes[];
};

static const uint16_t primes[FSCI_SEQUENCE_DIMENSIONS] = {
    2,   3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,
    59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131,
    137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223,
    227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311};

static axis describe(unsigned base)
{
    axis a = {.base = base, .points = 1};
    for (; a.points * base <= 0x1p53; a.digits++)
        a.points *= base;
    return a;
}

static void shuffle(fsci_stream *stream, uint16_t *items, unsigned n)
{
    for (unsigned i = 0; i < n; i++) { /* Fisher and Yates, inside out */
        unsigned j = (unsigned)fsci_random_below(stream, i + 1);
        items[i] = items[j];
        items[j] = (uint16_t)i;
    }
}

fsci_sequence *fsci_sequence_new(size_t dimensions, uint64_t seed)
{
    if (dimensions > FSCI_SEQUENCE_DIMENSIONS)
        return NULL;
    fsci_sequence *sequence = calloc(1, sizeof *sequence + dimensions * sizeof(axis));
    if (!sequence)
        return NULL;
    sequence->dimensions = dimensions;
    size_t total = 0;
    for (size_t j = 0; j < dimensions; j++) {
        sequence->axes[j] = describe(primes[j]);
        total += (size_t)sequence->axes[j].digits * sequence->axes[j].base;
    }
    uint16_t *next = sequence->permutations = calloc(total + 1, sizeof *next);
    if (!next) {
        free(sequence);
        return NULL;
    }
    for (size_t j = 0; j < dimensions; j++) {
        axis *a = &sequence->axes[j];
        fsci_stream stream = fsci_stream_new(seed, j);
        a->permutation = next;
        for (unsigned k = 0; k < a->digits; k++, next += a->base)
            shuffle(&stream, next, a->base);
    }
    return sequence;
}

void fsci_sequence_free(fsci_sequence *sequence)
{
    if (!sequence)
        return;
    free(sequence->permutations);
    free(sequence);
}

void fsci_sequence_point(const fsci_sequence *sequence, uint64_t index, double *x)
{
    for (size_t j = 0; j < sequence->dimensions; j++) {
        const axis *a = &sequence->axes[j];
        const uint16_t *permutation = a->permutation;
        uint64_t mirrored = 0, rest = index; /* exact: mirrored < base^digits <= 2^53 */
        for (unsigned k = 0; k < a->digits; k++, permutation += a->base) {
            mirrored = mirrored * a->base + permutation[rest % a->base];
            rest /= a->base;
        }
        x[j] = (double)mirrored / a->points;
    }
}
