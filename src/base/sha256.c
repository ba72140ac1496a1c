#include "base/sha256.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* ---- any processor ------------------------------------------------------------------------ */

static inline uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static inline uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void portable_blocks(uint32_t state[8], const uint8_t *bytes, size_t n_blocks)
{
    uint32_t w[64], s[8];
    for (; n_blocks; n_blocks--, bytes += 64) {
        for (int i = 0; i < 16; i++)
            w[i] = big_endian(bytes + (size_t)4 * (size_t)i);
        for (int i = 16; i < 64; i++)
            w[i] = w[i - 16] + w[i - 7] +
                   (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
                   (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
        memcpy(s, state, sizeof s);
        for (int i = 0; i < 64; i++) {
            uint32_t one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                           ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[i] + w[i];
            uint32_t two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                           ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            memmove(s + 1, s, 7 * sizeof *s);
            s[4] += one;
            s[0] = one + two;
        }
        for (int i = 0; i < 8; i++)
            state[i] += s[i];
    }
}

/* ---- processors with SHA instructions ------------------------------------------------------- */

#if defined(__x86_64__)

static bool has_instructions(void)
{
    unsigned a, b, c, d;
    const unsigned sha = 1u << 29;
    return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & sha);
}

/* The instructions hold the state as the words a, b, e, f and c, d, g, h, the highest first. */
__attribute__((target("sha,sse4.1"))) static void own_blocks(uint32_t state[8],
                                                             const uint8_t *bytes, size_t n_blocks)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
    for (; n_blocks; n_blocks--, bytes += 64) {
        __m128i abef_was = abef, cdgh_was = cdgh, w[4];
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i *now = &w[i & 3], before = w[(i + 3) & 3];
            if (i < 4) {
                *now = _mm_loadu_si128((const __m128i *)bytes + i);
                *now = _mm_shuffle_epi8(*now, swap);
            } else {
                *now = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) & 3]),
                                     _mm_alignr_epi8(before, w[(i + 2) & 3], 4));
                *now = _mm_sha256msg2_epu32(*now, before);
            }
            __m128i add = _mm_add_epi32(
                *now, _mm_loadu_si128((const __m128i *)(rounds + (size_t)4 * (size_t)i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, add);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(add, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_was);
        cdgh = _mm_add_epi32(cdgh, cdgh_was);
    }
    low = _mm_shuffle_epi32(abef, 0x1b);
    high = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

#endif

size_t fsci_sha256_ways(fsci_sha256_blocks *ways[2])
{
    size_t n = 0;
    ways[n++] = portable_blocks;
#if defined(__x86_64__)
    if (has_instructions())
        ways[n++] = own_blocks;
#endif
    return n;
}

/* ---- pieces of any length ------------------------------------------------------------------- */

static void add_blocks(fsci_sha256 *hash, const uint8_t *bytes, size_t n_blocks)
{
    fsci_sha256_blocks *ways[2] = {NULL, NULL};
    size_t n = fsci_sha256_ways(ways);
    ways[n - 1](hash->state, bytes, n_blocks);
}

void fsci_sha256_begin(fsci_sha256 *hash)
{
    *hash = (fsci_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                    0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void fsci_sha256_add(fsci_sha256 *hash, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;
    size_t held = hash->length % 64;
    hash->length += length;
    if (held) {
        size_t take = length < 64 - held ? length : 64 - held;
        memcpy(hash->block + held, p, take);
        p += take;
        length -= take;
        if (held + take < 64)
            return;
        add_blocks(hash, hash->block, 1);
    }
    if (length >= 64)
        add_blocks(hash, p, length / 64);
    if (length % 64)
        memcpy(hash->block, p + length / 64 * 64, length % 64);
}

void fsci_sha256_end(fsci_sha256 *hash, char text[FSCI_SHA256_TEXT])
{
    static const uint8_t padding[64] = {0x80};
    uint64_t bits = 8 * hash->length;
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    fsci_sha256_add(hash, padding, 1 + (119 - hash->length % 64) % 64);
    fsci_sha256_add(hash, length, sizeof length);
    for (int i = 0; i < 64; i++)
        text[i] = "0123456789abcdef"[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    text[64] = '\0';
}

void fsci_sha256_of(const void *bytes, size_t length, char text[FSCI_SHA256_TEXT])
{
    fsci_sha256 hash;
    fsci_sha256_begin(&hash);
    fsci_sha256_add(&hash, bytes, length);
    fsci_sha256_end(&hash, text);
}
