/* The ensemble sampler on a law known in closed form, and the posterior of an emergence law. */
#include "metric/emergence.h"

#include "num/random.h"
#include "num/summary.h"
#include "unit.h"

#include <stdlib.h>

/* Two correlated normals of very different scales, and an exponential: density of (x, y, z). */
static double correlated(void *context, const double *x)
{
    (void)context;
    double a = x[0], b = (x[1] - 1000 * x[0]) / 500;
    return x[2] < 0 ? -INFINITY : -a * a / 2 - b * b / 2 - x[2] / 3;
}

static void draws_from_a_known_law(void **state)
{
    (void)state;
    enum { WALKERS = 20, STEPS = 1000, N = FSCI_ENSEMBLES * WALKERS * STEPS };
    static const double start[] = {3, 0, 1}, away[] = {1, 1, .1};
    double *draws = malloc(N * 3 * sizeof *draws), *again = malloc(N * 3 * sizeof *again);
    double *x = malloc(N * sizeof *x), accepted, same;
    fsci_ensemble e = {3, WALKERS, 500, STEPS, start, away, 7, 1};
    assert_true(fsci_ensemble_draw(&e, correlated, NULL, draws, &accepted));
    assert_true(accepted > .3 && accepted < .8);
    static const double mean[] = {0, 0, 3},
                        sd[] = {1, 1118.033988749895, 3}; /* sqrt(1000^2 + 500^2) */
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < N; i++)
            x[i] = draws[3 * i + (size_t)k];
        assert_near(fsci_mean(x, N), mean[k], .1 * sd[k]);
        assert_rel(fsci_sd(x, N), sd[k], .1);
        assert_true(fsci_ensemble_spread(x, N / FSCI_ENSEMBLES) < 1.05);
    }
    e.threads = 2;
    assert_true(fsci_ensemble_draw(&e, correlated, NULL, again, &same));
    assert_memory_equal(draws, again, N * 3 * sizeof *draws);
    free(draws);
    free(again);
    free(x);
}

static double nowhere(void *context, const double *x)
{
    (void)context;
    return x[0] > 1e9 ? 0 : -INFINITY;
}

static void a_density_that_is_nowhere(void **state)
{
    (void)state;
    static const double start[] = {0}, away[] = {1};
    double draws[FSCI_ENSEMBLES * 4], accepted;
    fsci_ensemble e = {1, 4, 1, 1, start, away, 1, 1};
    assert_false(fsci_ensemble_draw(&e, nowhere, NULL, draws, &accepted));
}

/* Where the truth lies among draws of E(10), from elbows of known error: uniform ranks on average.
 */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    enum { N = 6 };
    const uint64_t repeats = is_quick() ? 2 : 10;
    static const double d[N] = {50, 150, 500, 1500, 5000, 20000};
    fsci_emergence truth = {1.9, .05, 1.5, NAN, NAN},
                   *draws = malloc(FSCI_EMERGENCE_DRAWS * sizeof *draws);
    double log_d[N], elbow[N], se[N], accepted, inside = 0;
    for (uint64_t repeat = 0; repeat < repeats; repeat++) {
        fsci_stream s = fsci_stream_new(repeat, 99);
        for (size_t i = 0; i < N; i++) {
            log_d[i] = log(d[i]);
            se[i] = .05;
            elbow[i] = fsci_emergence_at(&truth, log_d[i]) + se[i] * fsci_random_normal(&s);
        }
        fsci_emergence_data data = {N, log_d, elbow, se, NULL, NULL};
        assert_true(fsci_emergence_draw(&data, &truth, repeat, 1, draws, &accepted));
        double below = 0, at = fsci_emergence_at(&truth, log(10));
        for (size_t i = 0; i < FSCI_EMERGENCE_DRAWS; i++)
            below += fsci_emergence_at(&draws[i], log(10)) < at;
        double rank = below / (double)FSCI_EMERGENCE_DRAWS;
        inside += rank > .05 && rank < .95;
    }
    assert_true(inside >= (double)repeats / 2); /* at 90 %: fewer of 10 has probability 1e-4 */
    free(draws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_from_a_known_law),
        cmocka_unit_test(a_density_that_is_nowhere),
        cmocka_unit_test(intervals_hold_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
