/* Intervals from draws, against the same formulas in NumPy and SciPy. */
#include "fit/interval/interval.h"
#include "unit.h"

enum { DRAWS = 199, LEFT_OUT = 20 };

typedef struct expected {
    double level;
    fsci_interval interval;
} expected;

typedef struct sample {
    double draw[DRAWS], se[DRAWS], left_out[LEFT_OUT], scratch[DRAWS];
    fsci_draws draws;
} sample;

static void fill(sample *s)
{
    for (int i = 0; i < DRAWS; i++) {
        double b = i + 1;
        s->draw[i] = 10 + 3 * sin(b * 1.7) + 0.02 * b + ((i + 1) % 7) * ((i + 1) % 7) * 0.05;
        s->se[i] = 1 + 0.01 * b;
    }
    for (int k = 0; k < LEFT_OUT; k++)
        s->left_out[k] = 10 + 0.1 * k * k / 50;
    s->draws = (fsci_draws){11.3, 1.5, s->draw, s->se, DRAWS, s->left_out, LEFT_OUT};
}

static void check(fsci_interval_method method, const expected *want, size_t n)
{
    sample s;
    fill(&s);
    for (size_t i = 0; i < n; i++) {
        fsci_interval got = fsci_interval_find(method, want[i].level, &s.draws, s.scratch);
        assert_rel(got.lo, want[i].interval.lo, 1e-9);
        assert_rel(got.hi, want[i].interval.hi, 1e-9);
    }
}

static void bca(void **state)
{
    (void)state;
    const expected want[] = {{0.5, {8.674651077948814, 11.906873983497427}},
                             {0.9, {7.597724539546772, 14.618836273126009}}};
    check(FSCI_INTERVAL_BCA, want, sizeof want / sizeof *want);
}

static void studentised(void **state)
{
    (void)state;
    const expected want[] = {{0.5, {8.7728985011424, 11.74536461757219}},
                             {0.9, {7.72903064696621, 14.207765984483604}}};
    check(FSCI_INTERVAL_STUDENTISED, want, sizeof want / sizeof *want);
}

/* Without bias and acceleration BCa is the percentile interval; NaN draws are not there. */
static void plain(void **state)
{
    (void)state;
    double draw[102], scratch[102];
    for (int b = 0; b < 101; b++)
        draw[b] = 50 - b;
    draw[101] = NAN;
    const fsci_draws d = {.value = 0, .draw = draw, .n = 102};
    fsci_interval a = fsci_interval_find(FSCI_INTERVAL_BCA, 0.8, &d, scratch);
    fsci_interval b = fsci_interval_find(FSCI_INTERVAL_PERCENTILE, 0.8, &d, scratch);
    assert_near(a.lo, -40, 1e-9);
    assert_near(b.lo, -40, 1e-12);
    assert_near(b.hi, 40, 1e-12);
}

static void no_interval(void **state)
{
    (void)state;
    double draw[] = {1, 2, 3}, scratch[3];
    const fsci_draws aside = {.value = 9, .se = NAN, .draw = draw, .draw_se = draw, .n = 3};
    assert_true(isnan(fsci_interval_find(FSCI_INTERVAL_BCA, 0.9, &aside, scratch).lo));
    assert_true(isnan(fsci_interval_find(FSCI_INTERVAL_STUDENTISED, 0.9, &aside, scratch).hi));
    const fsci_draws none = {.value = 1};
    assert_true(isnan(fsci_interval_find(FSCI_INTERVAL_PERCENTILE, 0.9, &none, scratch).lo));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bca), cmocka_unit_test(studentised),
                                       cmocka_unit_test(plain), cmocka_unit_test(no_interval)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
