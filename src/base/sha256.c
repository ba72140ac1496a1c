#include "base/sha256.h"

#include <nettle/base16.h>

void fsci_sha256_end(struct sha256_ctx *hash, char text[FSCI_SHA256_TEXT])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    base16_encode_update(text, sizeof digest, digest);
    text[FSCI_SHA256_TEXT - 1] = '\0';
}

void fsci_sha256_of(const void *bytes, size_t length, char text[FSCI_SHA256_TEXT])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, length, bytes);
    fsci_sha256_end(&hash, text);
}
