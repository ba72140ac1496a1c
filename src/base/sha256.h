/* sha256: what names the bytes of an input (FIPS 180-4). By the processor's own instructions where
 * it has them, at the speed of reading. */
#ifndef FSCI_BASE_SHA256_H
#define FSCI_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { FSCI_SHA256_TEXT = 65 }; /* hexadecimal digits and a NUL */

typedef struct fsci_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
} fsci_sha256;

void fsci_sha256_begin(fsci_sha256 *hash);
void fsci_sha256_add(fsci_sha256 *hash, const void *bytes, size_t length);
/* Ends the hash and writes it. */
void fsci_sha256_end(fsci_sha256 *hash, char text[FSCI_SHA256_TEXT]);
/* All at once. */
void fsci_sha256_of(const void *bytes, size_t length, char text[FSCI_SHA256_TEXT]);

/* The ways of hashing whole blocks that this processor has, the best last; for tests. */
typedef void fsci_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t n_blocks);
size_t fsci_sha256_ways(fsci_sha256_blocks *ways[2]);

#endif
