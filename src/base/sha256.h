/* sha256: what names the bytes of an input (FIPS 180-4), in hexadecimal. Nettle's, which uses the
 * processor's own instructions where there are any: at the speed of reading. */
#ifndef FSCI_BASE_SHA256_H
#define FSCI_BASE_SHA256_H

#include <nettle/sha2.h>
#include <stddef.h>

enum { FSCI_SHA256_TEXT = 2 * SHA256_DIGEST_SIZE + 1 }; /* digits and a NUL */

/* Ends a hash that nettle's sha256_init and sha256_update made, and writes it. */
void fsci_sha256_end(struct sha256_ctx *hash, char text[FSCI_SHA256_TEXT]);
/* All at once. */
void fsci_sha256_of(const void *bytes, size_t length, char text[FSCI_SHA256_TEXT]);

#endif
