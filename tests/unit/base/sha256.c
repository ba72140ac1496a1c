#include "base/sha256.h"

#include "unit.h"

#include <string.h>

static void examples_of_the_standard(void **state)
{
    (void)state;
    char text[FSCI_SHA256_TEXT];
    fsci_sha256_of("", 0, text);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    fsci_sha256_of("abc", 3, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    fsci_sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, text);
    assert_string_equal(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_are_the_whole(void **state)
{
    (void)state;
    uint8_t bytes[1000];
    char whole[FSCI_SHA256_TEXT], text[FSCI_SHA256_TEXT];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + i / 7);
    for (size_t length = 0; length <= sizeof bytes; length += 111) {
        struct sha256_ctx hash;
        fsci_sha256_of(bytes, length, whole);
        sha256_init(&hash);
        for (size_t at = 0; at < length; at += 31)
            sha256_update(&hash, length - at < 31 ? length - at : 31, bytes + at);
        fsci_sha256_end(&hash, text);
        assert_string_equal(text, whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(pieces_are_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
