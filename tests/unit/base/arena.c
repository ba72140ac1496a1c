#include "base/arena.h"
#include "unit.h"

static void names_are_joined_as_a_sentence_has_them(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c"};
    fsci_arena *arena = fsci_arena_new();
    assert_string_equal(fsci_join(arena, names, 0, " and "), "");
    assert_string_equal(fsci_join(arena, names, 1, " and "), "a");
    assert_string_equal(fsci_join(arena, names, 2, " and "), "a and b");
    assert_string_equal(fsci_join(arena, names, 3, " and "), "a, b and c");
    assert_string_equal(fsci_join(arena, names, 3, ", "), "a, b, c");
    fsci_arena_free(arena);
}

/* Blocks are zero, apart, and where any type may lie, whatever their size. */
static void blocks_are_apart_and_empty(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    unsigned char *blocks[40];
    for (size_t i = 0; i < 40; i++) {
        size_t n = i * i * i;
        blocks[i] = fsci_alloc(arena, n, 1);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)i, n);
    }
    for (size_t i = 0; i < 40; i++)
        for (size_t k = 0; k < i * i * i; k++)
            assert_int_equal(blocks[i][k], i);
    assert_null(fsci_alloc(arena, SIZE_MAX / 2, 4));
    assert_true(fsci_arena_failed(arena));
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_joined_as_a_sentence_has_them),
        cmocka_unit_test(blocks_are_apart_and_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
