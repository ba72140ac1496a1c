/* The particle filter: weights by hand, unbiased resampling, an answer known by enumeration. */
#include "sim/particles.h"

#include "unit.h"

static const double start[] = {0.5, 0.3, 0.2};
static const double transition[] = {0.6, 0.3, 0.1, 0.2, 0.5, 0.3, 0.1, 0.2, 0.7};
static const double reward[] = {0.3, 0.6, 0.9};

static fsci_chain_world world(double temperature, size_t steps)
{
    return (fsci_chain_world){3, steps, start, transition, reward, temperature, temperature};
}

static void weights(void **state)
{
    (void)state;
    const double rho[] = {0.5, 0.8, 0.9}, edge[] = {0, 1, 0.5};
    double w[3];
    size_t clipped;
    double log_mean = fsci_particle_weights(rho, 3, 1, w, &clipped);
    assert_near(w[0], 1.0 / 14, 1e-15);
    assert_near(w[2], 9.0 / 14, 1e-15);
    assert_near(fsci_effective_size(w, 3), 2, 1e-14);
    assert_near(exp(log_mean), 14.0 / 3, 1e-13);
    fsci_particle_weights(rho, 3, 2, w, &clipped);
    assert_near(w[0], 1.0 / 6, 1e-15);
    assert_near(w[1], 1.0 / 3, 1e-15);
    assert_int_equal(clipped, 0);
    fsci_particle_weights(edge, 3, 1, w, &clipped);
    assert_int_equal(clipped, 2);
    assert_near(w[1], 1, 1e-12);
}

/* Means of the copies are n w in every scheme; their variances are those of the scheme. */
static void resampling_is_unbiased(void **state)
{
    (void)state;
    enum { N = 10, REPEATS = 20000 };
    const double w[N] = {0.5, 0.3, 0.2};
    for (int scheme = 0; scheme < 4; scheme++) {
        double sum[3] = {0}, squares[3] = {0};
        fsci_stream stream = fsci_stream_new(4, (uint64_t)scheme);
        for (int r = 0; r < REPEATS; r++) {
            uint32_t ancestor[N];
            double scratch[N], copies[N] = {0};
            fsci_particle_resample((fsci_resample_scheme)scheme, w, N, &stream, ancestor, scratch);
            for (int i = 0; i < N; i++) {
                copies[ancestor[i]]++;
                assert_true(i == 0 || ancestor[i] >= ancestor[i - 1]);
            }
            for (int i = 0; i < 3; i++) {
                sum[i] += copies[i];
                squares[i] += copies[i] * copies[i];
            }
        }
        for (int i = 0; i < 3; i++) {
            double mean = sum[i] / REPEATS, v = squares[i] / REPEATS - mean * mean;
            double want = N * w[i] * (1 - w[i]);
            assert_near(mean, N * w[i], 4 * sqrt(want / REPEATS));
            if (scheme == FSCI_RESAMPLE_MULTINOMIAL)
                assert_near(v, want, 4 * want * sqrt(2.5 / REPEATS));
            else if (scheme != FSCI_RESAMPLE_STRATIFIED)
                assert_near(v, 0, 1e-9); /* 5, 3 and 2 copies for every offset */
        }
    }
}

static void uneven_residuals(void **state)
{
    (void)state;
    enum { N = 4, REPEATS = 40000 };
    const double w[N] = {0.4, 0.35, 0.15, 0.1};
    double sum[N] = {0};
    fsci_stream stream = fsci_stream_new(6, 0);
    for (int r = 0; r < REPEATS; r++) {
        uint32_t ancestor[N];
        double scratch[N];
        fsci_particle_resample(FSCI_RESAMPLE_RESIDUAL, w, N, &stream, ancestor, scratch);
        for (int i = 0; i < N; i++)
            sum[ancestor[i]] += 1.0 / REPEATS;
    }
    for (int i = 0; i < N; i++)
        assert_near(sum[i], N * w[i], 4 * sqrt(0.7 / REPEATS));
}

/* Enumeration of all paths of two steps against the recursion. */
static void exact_by_enumeration(void **state)
{
    (void)state;
    fsci_chain_world w = world(1, 2);
    double p[3], log_constant, brute[3] = {0}, sum = 0;
    for (int s = 0; s < 3; s++)
        for (int t = 0; t < 3; t++) {
            double mass = start[s] * reward[s] / (1 - reward[s]) * transition[s * 3 + t] *
                          reward[t] / (1 - reward[t]);
            brute[t] += mass;
            sum += mass;
        }
    assert_true(fsci_chain_exact(&w, p, &log_constant));
    for (int t = 0; t < 3; t++)
        assert_near(p[t], brute[t] / sum, 1e-14);
    assert_near(exp(log_constant), sum, 1e-13);
}

static void the_filter_converges(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < 4; scheme++)
        for (size_t steps = 2; steps <= 6; steps += 4) {
            fsci_chain_world w = world(1, steps);
            double answer[3], ess[6], p[3], exact, distance = 0;
            fsci_filter f = {.answer = answer, .ess = ess};
            fsci_stream stream = fsci_stream_new(1, (uint64_t)scheme);
            assert_true(
                fsci_filter_run(&w, (fsci_resample_scheme)scheme, 10000, &stream, NULL, &f));
            assert_true(fsci_chain_exact(&w, p, &exact));
            for (int t = 0; t < 3; t++)
                distance += fabs(answer[t] - p[t]) / 2;
            assert_true(distance < 0.05);
            assert_near(f.log_constant, exact, 0.1);
            assert_int_equal(f.calls, 10000 * steps);
        }
}

static void the_constant_is_unbiased(void **state)
{
    (void)state;
    enum { REPEATS = 4000 };
    fsci_chain_world w = world(1, 3);
    double answer[3], ess[3], p[3], exact, sum = 0, squares = 0;
    fsci_filter f = {.answer = answer, .ess = ess};
    fsci_stream stream = fsci_stream_new(2, 0);
    assert_true(fsci_chain_exact(&w, p, &exact));
    for (int r = 0; r < REPEATS; r++) {
        assert_true(fsci_filter_run(&w, FSCI_RESAMPLE_SYSTEMATIC, 20, &stream, NULL, &f));
        double ratio = exp(f.log_constant - exact);
        sum += ratio / REPEATS;
        squares += ratio * ratio / REPEATS;
    }
    assert_near(sum, 1, 4 * sqrt((squares - sum * sum) / REPEATS));
}

/* T large: the chain without rewards. */
static void heat_undoes_rewards(void **state)
{
    (void)state;
    fsci_chain_world hot = world(1e9, 2), plain = world(INFINITY, 2);
    double answer[3], ess[2], p[3], unused;
    fsci_filter f = {.answer = answer, .ess = ess};
    fsci_stream stream = fsci_stream_new(3, 0);
    assert_true(fsci_filter_run(&hot, FSCI_RESAMPLE_MULTINOMIAL, 20000, &stream, NULL, &f));
    assert_true(fsci_chain_exact(&plain, p, &unused));
    for (int t = 0; t < 3; t++)
        assert_near(answer[t], p[t], 4 * sqrt(2 * p[t] * (1 - p[t]) / 20000));
    assert_near(ess[0], 20000, 1e-3);
}

/* Sweeps with a retained path and few particles reach the law that few particles alone miss. */
static void gibbs(void **state)
{
    (void)state;
    enum { SWEEPS = 20000 };
    fsci_chain_world w = world(1, 4);
    double answer[3], ess[4], p[3], exact, share[3] = {0};
    uint32_t path[4] = {0, 0, 0, 0};
    fsci_filter f = {.answer = answer, .ess = ess};
    fsci_stream stream = fsci_stream_new(5, 0);
    assert_true(fsci_chain_exact(&w, p, &exact));
    for (int s = 0; s < SWEEPS; s++) {
        assert_true(fsci_filter_run(&w, FSCI_RESAMPLE_MULTINOMIAL, 4, &stream, path, &f));
        share[path[3]] += 1.0 / SWEEPS;
    }
    for (int t = 0; t < 3; t++)
        assert_near(share[t], p[t], 0.02);
}

static void searches(void **state)
{
    (void)state;
    fsci_chain_world w = world(1, 3);
    double best[3], beam[3];
    fsci_stream stream = fsci_stream_new(9, 0);
    assert_true(fsci_best_of_run(&w, 8, 2000, &stream, best));
    assert_true(fsci_beam_run(&w, 8, 2, 2000, &stream, beam));
    assert_near(best[0] + best[1] + best[2], 1, 1e-9);
    assert_near(beam[0] + beam[1] + beam[2], 1, 1e-9);
    assert_true(best[2] > 0.9 && beam[2] > 0.9); /* both go for the highest reward */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(resampling_is_unbiased),
        cmocka_unit_test(uneven_residuals),
        cmocka_unit_test(exact_by_enumeration),
        cmocka_unit_test(the_filter_converges),
        cmocka_unit_test(the_constant_is_unbiased),
        cmocka_unit_test(heat_undoes_rewards),
        cmocka_unit_test(gibbs),
        cmocka_unit_test(searches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
