#include "num/random.h"
#include "num/distribution.h"
#include "unit.h"

/* The known-answer vectors published with Random123 (kat_vectors, philox4x32 10). */
static void philox_gives_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        fsci_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

/* The third vector again: counter words 0-1 are the block, 2-3 the stream, the key the seed. Block
 * 0x05a308d3243f6a88 is the largest part of it that a 64-bit draw index reaches. */
static void a_stream_lays_out_counter_and_key_as_documented(void **state)
{
    (void)state;
    fsci_stream zero = fsci_stream_new(0, 0);
    assert_true(fsci_random_bits(&zero) == 0xe169c58d6627e8d5);
    assert_true(fsci_random_bits(&zero) == 0x9b00dbd8bc57ac4c);

    fsci_stream stream = fsci_stream_new(0x299f31d0a4093822, 0x0370734413198a2e);
    const uint32_t counter[4] = {0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344};
    const uint32_t key[2] = {0xa4093822, 0x299f31d0};
    uint32_t out[4];
    fsci_philox(counter, key, out);
    stream.next = 2 * 0x05a308d3243f6a88u + 1;
    assert_true(fsci_random_bits(&stream) == ((uint64_t)out[3] << 32 | out[2]));
}

static void a_jump_lands_where_drawing_does(void **state)
{
    (void)state;
    uint64_t drawn[20];
    fsci_stream stream = fsci_stream_new(7, 3);
    for (size_t i = 0; i < 20; i++)
        drawn[i] = fsci_random_bits(&stream);
    for (size_t i = 0; i < 20; i++) {
        fsci_stream jumped = fsci_stream_new(7, 3);
        jumped.next = i;
        assert_true(fsci_random_bits(&jumped) == drawn[i]);
        if (i + 1 < 20)
            assert_true(fsci_random_bits(&jumped) == drawn[i + 1]);
    }
}

static void streams_and_seeds_differ(void **state)
{
    (void)state;
    fsci_stream a = fsci_stream_new(1, 0), b = fsci_stream_new(1, 1), c = fsci_stream_new(2, 0);
    size_t equal = 0;
    for (size_t i = 0; i < 1000; i++) {
        uint64_t x = fsci_random_bits(&a), y = fsci_random_bits(&b), z = fsci_random_bits(&c);
        equal += (x == y) + (y == z) + (x == z);
    }
    assert_int_equal(equal, 0);
}

/* Pearson's statistic of equal cells, as an upper tail. */
static double evenness(const size_t *count, size_t cells, size_t n)
{
    double expected = (double)n / (double)cells, sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    return fsci_chi2_upper(sum, (double)(cells - 1));
}

static void uniforms_fill_the_unit_interval(void **state)
{
    (void)state;
    enum { n = 200000, cells = 64 };
    size_t count[cells] = {0};
    fsci_stream stream = fsci_stream_new(20, 4);
    for (size_t i = 0; i < n; i++) {
        double u = fsci_random_uniform(&stream);
        assert_true(u >= 0 && u < 1);
        assert_true(u * 0x1p53 == floor(u * 0x1p53));
        count[(size_t)(u * cells)]++;
    }
    double tail = evenness(count, cells, n);
    assert_true(tail > 1e-4 && tail < 1 - 1e-4);
}

static void bounded_integers_are_even_and_in_range(void **state)
{
    (void)state;
    enum { n = 70000, sides = 7 };
    size_t count[sides] = {0};
    fsci_stream stream = fsci_stream_new(5, 5);
    for (size_t i = 0; i < n; i++) {
        uint64_t k = fsci_random_below(&stream, sides);
        assert_true(k < sides);
        count[k]++;
    }
    double tail = evenness(count, sides, n);
    assert_true(tail > 1e-4 && tail < 1 - 1e-4);
    assert_true(fsci_random_below(&stream, 0) == 0);
    assert_true(fsci_random_below(&stream, 1) == 0);
}

static void a_bound_of_three_quarters_of_the_range_is_unbiased(void **state)
{
    (void)state;
    /* Multiply-and-shift without rejection would hit every third value twice as often. */
    enum { n = 60000 };
    size_t count[3] = {0};
    fsci_stream stream = fsci_stream_new(9, 1);
    for (size_t i = 0; i < n; i++)
        count[fsci_random_below(&stream, (uint64_t)3 << 62) % 3]++;
    double tail = evenness(count, 3, n);
    assert_true(tail > 1e-4 && tail < 1 - 1e-4);
    assert_true(stream.next > n); /* some draws were refused */
}

static void normals_have_the_normal_law(void **state)
{
    (void)state;
    enum { n = 200000, cells = 50 };
    size_t count[cells] = {0};
    double sum = 0, squares = 0;
    fsci_stream stream = fsci_stream_new(31, 2);
    for (size_t i = 0; i < n; i++) {
        double z = fsci_random_normal(&stream);
        sum += z;
        squares += z * z;
        count[(size_t)(fsci_normal_cdf(z) * cells)]++;
    }
    assert_int_equal(stream.next, n);
    assert_near(sum / n, 0, 4 / sqrt(n));
    assert_near(squares / n, 1, 4 * sqrt(2.0 / n));
    double tail = evenness(count, cells, n);
    assert_true(tail > 1e-4 && tail < 1 - 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(a_stream_lays_out_counter_and_key_as_documented),
        cmocka_unit_test(a_jump_lands_where_drawing_does),
        cmocka_unit_test(streams_and_seeds_differ),
        cmocka_unit_test(uniforms_fill_the_unit_interval),
        cmocka_unit_test(bounded_integers_are_even_and_in_range),
        cmocka_unit_test(a_bound_of_three_quarters_of_the_range_is_unbiased),
        cmocka_unit_test(normals_have_the_normal_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
