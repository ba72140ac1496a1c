/* Verifiers, conformal thresholds, Elo, mixtures: closed forms and what simulation says. */
#include "metric/conformal.h"
#include "metric/mixture.h"
#include "metric/tournament.h"
#include "metric/verifier.h"
#include "num/random.h"
#include "num/summary.h"
#include "unit.h"

static void ranks_at_the_edge(void **state)
{
    (void)state;
    assert_int_equal(fsci_conformal_rank(9, 0.1), 9);
    assert_int_equal(fsci_conformal_rank(8, 0.1), 9);
    assert_int_equal(fsci_conformal_rank(19, 0.05), 19);
    assert_int_equal(fsci_conformal_rank(99, 0.43), 57); /* a bare ceil gives 58 */
    const double scores[] = {1, 2, 3, 4, 5, 6, 7, 8};
    assert_true(isinf(fsci_conformal_threshold(scores, 8, 0.1)));
    for (int percent = 1; percent < 100; percent++)
        assert_int_equal(fsci_conformal_rank(99, percent / 100.0), 100 - percent);
}

static void p_values(void **state)
{
    (void)state;
    double scores[6] = {1, 2, 2, 4, 5};
    assert_near(fsci_conformal_p(scores, 5, 2), 5.0 / 6, 1e-15);
    assert_near(fsci_conformal_p(scores, 5, 9), 1.0 / 6, 1e-15);
    assert_near(fsci_conformal_p_randomised(scores, 5, 2, 0.5), (2 + 0.5 * 3) / 6, 1e-15);
    assert_near(fsci_conformal_rank_share(scores, 5, 2), 0.2, 1e-15);
    fsci_conformal_insert(scores, 5, 3);
    assert_near(scores[3], 3, 0);
    assert_near(scores[5], 5, 0);
}

static void coverage_is_what_it_says(void **state)
{
    (void)state;
    double scores[99], covered = 0, draws = cases_of(10000);
    for (uint64_t draw = 0; draw < (uint64_t)draws; draw++) {
        fsci_stream s = fsci_stream_new(11, draw);
        for (int i = 0; i < 99; i++)
            scores[i] = fsci_random_uniform(&s);
        fsci_sort(scores, 99);
        covered += fsci_random_uniform(&s) <= fsci_conformal_threshold(scores, 99, 0.1);
    }
    assert_near(covered / draws, 0.9, 4 * sqrt(0.09 / draws));
}

static void elo(void **state)
{
    (void)state;
    double r[2] = {1400, 1200};
    const fsci_game upset = {0, 1, 0};
    fsci_elo_run(&upset, 1, 32, r);
    assert_near(r[0], 1375.688098, 5e-7);
    assert_near(r[1], 1224.311902, 5e-7);
    assert_near(fsci_elo_expected(1600, 1200), 10.0 / 11, 1e-15);
}

/* A chain of wins: nobody's rating is finite, whatever the number of games. */
static void a_chain_of_wins(void **state)
{
    (void)state;
    const fsci_game games[] = {{0, 1, 1}, {1, 2, 1}, {0, 2, 1}};
    double rating[3], se[3];
    size_t component[3];
    int8_t bound[3];
    fsci_bradley_terry bt = {rating, se, component, bound, 0, false, false};
    assert_true(fsci_bradley_terry_fit(games, 3, 3, 1200, 0, &bt));
    assert_int_equal(bt.components, 3);
    assert_true(!bt.connected && bt.weakly && bound[0] == 1 && bound[2] == -1 && bound[1] == 0);
    assert_true(fsci_bradley_terry_fit(games, 3, 3, 1200, 0.5, &bt));
    assert_true(bt.connected && rating[0] > rating[1] && rating[1] > rating[2]);
    assert_near(rating[0] + rating[1] + rating[2], 3600, 1e-9);
}

static void attempts_add_up(void **state)
{
    (void)state;
    const double r[] = {0.87, 0.13}, w[] = {0.58, 0.42};
    fsci_verifier v = {r, w, 2, 0.9, 0.75, 1, -0.7, 0.01};
    double reward = 0;
    for (double k = 1; k <= 30; k++) {
        fsci_attempts a = fsci_verifier_after(&v, k);
        reward += fsci_verifier_marginal(&v, k);
        assert_near(a.right + a.wrong + a.abstain, 1, 1e-14);
        assert_near(a.reward, reward, 1e-13);
    }
    double best = fsci_verifier_best(&v);
    assert_true(fsci_verifier_marginal(&v, best) > 0 && fsci_verifier_marginal(&v, best + 1) <= 0);
    double right, wrong;
    fsci_verifier_task(10, 4, 3, 10, &right, &wrong);
    assert_near(right, 0.75, 1e-15);
    assert_near(fsci_verifier_task_draws(10, 1, 10), 5.5, 1e-13);
}

static void mixtures_of_probabilities(void **state)
{
    (void)state;
    const double p[] = {0.5, 0, 0, 0.5}, one_each[] = {1, 1}, ten[] = {10, 10}, cold[] = {20, 0};
    assert_near(fsci_mixture_pass_of(p, 2, 2, one_each), 0.5, 0);
    assert_near(fsci_mixture_pass_of(p, 2, 2, ten), 1 - pow(2, -10), 1e-15);
    assert_near(fsci_mixture_pass_of(p, 2, 2, cold), 0.5 * (1 - pow(2, -20)), 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_at_the_edge),         cmocka_unit_test(p_values),
        cmocka_unit_test(coverage_is_what_it_says),  cmocka_unit_test(elo),
        cmocka_unit_test(a_chain_of_wins),           cmocka_unit_test(attempts_add_up),
        cmocka_unit_test(mixtures_of_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
