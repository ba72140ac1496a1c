/* Votes within and across conditions, by hand and by the identity of early exits. */
#include "metric/vote.h"

#include "num/random.h"
#include "unit.h"

#include <stdbool.h>

enum { ROOM = 256 };

static void votes_by_hand(void **state)
{
    (void)state;
    /* condition 0: x x y; condition 1: y z y; condition 2: x z z, round by round */
    static const size_t condition[] = {0, 1, 2, 0, 1, 2, 0, 1, 2},
                        round[] = {0, 0, 0, 1, 1, 1, 2, 2, 2};
    static const size_t answer[] = {0, 1, 0, 0, 2, 2, 1, 1, 2};
    static const double right[] = {1, 0, 1, 1, 0, 0, 0, 0, 0};
    double scratch[ROOM];
    size_t drawn;
    fsci_ballot b = {9, condition, answer, round, right, 3, 3};
    assert_near(fsci_vote(&b, scratch), 1.0 / 3,
                1e-15); /* x, y, z: one condition, three samples each */
    b.n = 6;            /* x x; y z split; x z split: x has 1.5 votes */
    assert_near(fsci_vote(&b, scratch), 1, 0);
    assert_near(fsci_vote_early(&b, .4, &drawn, scratch), 1, 0); /* conditions never agree */
    assert_int_equal(drawn, 6);
    static const size_t alike[] = {0, 0, 0, 0, 0, 0, 1, 1, 1};
    fsci_ballot same = {9, condition, alike, round, right, 3, 2};
    assert_near(fsci_vote_early(&same, .3, &drawn, scratch), 3.0 / 6, 1e-15);
    assert_int_equal(drawn, 3);
    fsci_vote_early(&same, .6, &drawn, scratch);
    assert_int_equal(drawn, 6);
    fsci_vote_early(&same, 1, &drawn, scratch);
    assert_int_equal(drawn, 9);
}

/* Above one half, and so at unanimity of every sample, early exits change no answer. */
static void early_exit_identity(void **state)
{
    (void)state;
    fsci_stream s = fsci_stream_new(5, 0);
    size_t condition[64], answer[64], round[64], saved = 0, differ = 0;
    double right[64], scratch[ROOM];
    for (int repeat = 0; repeat < 2000; repeat++) {
        size_t conditions = 1 + (size_t)fsci_random_below(&s, 4), n = 0;
        size_t rounds = 1 + (size_t)fsci_random_below(&s, 15),
               kinds = 1 + (size_t)fsci_random_below(&s, 5);
        double agree = fsci_random_uniform(&s);
        for (size_t r = 0; r < rounds; r++)
            for (size_t c = 0; c < conditions; c++, n++) {
                bool usual = fsci_random_uniform(&s) < agree;
                condition[n] = c;
                round[n] = r;
                answer[n] = usual ? 0 : (size_t)fsci_random_below(&s, kinds);
                right[n] = answer[n] == 0;
            }
        fsci_ballot b = {n, condition, answer, round, right, conditions, kinds};
        double full = fsci_vote(&b, scratch);
        for (double threshold = .51; threshold <= 1; threshold += .07) {
            size_t drawn;
            assert_near(fsci_vote_early(&b, threshold, &drawn, scratch), full, 0);
            saved += n - drawn;
        }
        size_t drawn;
        assert_near(fsci_vote_early(&b, 1, &drawn, scratch), full, 0);
        assert_int_equal(drawn, n);
        differ += fsci_vote_early(&b, .1, &drawn, scratch) != full;
    }
    assert_true(saved > 1000 && differ > 10); /* so the identity is not for want of exits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(votes_by_hand),
        cmocka_unit_test(early_exit_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
