#include "num/random.h"
#include "num/distribution.h"

#include <string.h>

void fsci_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4], k0 = key[0], k1 = key[1];
    memcpy(c, counter, sizeof c);
    for (int round = 0; round < 10; round++) {
        uint64_t even = (uint64_t)0xD2511F53 * c[0], odd = (uint64_t)0xCD9E8D57 * c[2];
        c[0] = (uint32_t)(odd >> 32) ^ c[1] ^ k0;
        c[1] = (uint32_t)odd;
        c[2] = (uint32_t)(even >> 32) ^ c[3] ^ k1;
        c[3] = (uint32_t)even;
        k0 += 0x9E3779B9; /* the golden ratio */
        k1 += 0xBB67AE85; /* sqrt(3) - 1 */
    }
    memcpy(out, c, sizeof c);
}

fsci_stream fsci_stream_new(uint64_t seed, uint64_t id)
{
    return (fsci_stream){.seed = seed, .id = id};
}

/* Fills drawn[] with the two draws of block `index`. */
static void draw_block(fsci_stream *stream, uint64_t index)
{
    const uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream->id,
                                 (uint32_t)(stream->id >> 32)};
    const uint32_t key[2] = {(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)};
    uint32_t out[4];
    fsci_philox(counter, key, out);
    stream->block = index + 1;
    stream->drawn[0] = (uint64_t)out[1] << 32 | out[0];
    stream->drawn[1] = (uint64_t)out[3] << 32 | out[2];
}

uint64_t fsci_random_bits(fsci_stream *stream)
{
    uint64_t at = stream->next++;
    if (stream->block != at / 2 + 1)
        draw_block(stream, at / 2);
    return stream->drawn[at % 2];
}

double fsci_random_uniform(fsci_stream *stream)
{
    return (double)(fsci_random_bits(stream) >> 11) * 0x1p-53;
}

uint64_t fsci_random_below(fsci_stream *stream, uint64_t n)
{
    if (n == 0)
        return 0;
    unsigned __int128 product = (unsigned __int128)fsci_random_bits(stream) * n;
    if ((uint64_t)product < n) {
        uint64_t unfair = -n % n; /* 2^64 mod n values have one product too many */
        while ((uint64_t)product < unfair)
            product = (unsigned __int128)fsci_random_bits(stream) * n;
    }
    return (uint64_t)(product >> 64);
}

double fsci_random_normal(fsci_stream *stream)
{
    double middle = (double)(fsci_random_bits(stream) >> 12) + 0.5; /* of one of 2^52 cells */
    return fsci_normal_quantile(middle * 0x1p-52);
}
