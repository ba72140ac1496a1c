#include "num/sequence.h"
#include "num/random.h"
#include "unit.h"

#include <stdlib.h>

static void points_lie_in_the_unit_cube_and_repeat(void **state)
{
    (void)state;
    fsci_sequence *a = fsci_sequence_new(FSCI_SEQUENCE_DIMENSIONS, 1);
    fsci_sequence *b = fsci_sequence_new(3, 1), *other = fsci_sequence_new(3, 2);
    double x[FSCI_SEQUENCE_DIMENSIONS], y[3], z[3];
    size_t same = 0;
    for (uint64_t i = 0; i < 2000; i++) {
        fsci_sequence_point(a, i, x);
        fsci_sequence_point(b, i, y);
        fsci_sequence_point(other, i, z);
        for (size_t j = 0; j < FSCI_SEQUENCE_DIMENSIONS; j++)
            assert_true(x[j] >= 0 && x[j] < 1);
        assert_memory_equal(x, y, sizeof y);
        same += y[2] == z[2];
    }
    assert_int_equal(same, 0);
    fsci_sequence_point(a, ((uint64_t)1 << 44) - 1, x);
    for (size_t j = 0; j < FSCI_SEQUENCE_DIMENSIONS; j++)
        assert_true(x[j] >= 0 && x[j] < 1);
    fsci_sequence_free(a), fsci_sequence_free(b), fsci_sequence_free(other);
    assert_null(fsci_sequence_new(FSCI_SEQUENCE_DIMENSIONS + 1, 1));
    fsci_sequence_free(NULL);
}

/* Every stretch of cells points has one in each elementary interval: the definition of Halton's
 * equidistribution, which permuting digits keeps. */
static void assert_one_point_per_box(size_t j, size_t k, size_t across, size_t up, uint64_t from)
{
    fsci_sequence *sequence = fsci_sequence_new(k + 1, 11);
    size_t *count = calloc(across * up, sizeof *count);
    double x[FSCI_SEQUENCE_DIMENSIONS];
    for (uint64_t i = 0; i < across * up; i++) {
        fsci_sequence_point(sequence, from * across * up + i, x);
        /* Box edges are multiples of base^-k, coordinates of base^-digits: none is near an edge. */
        size_t column = (size_t)(x[j] * (double)across + 1e-9);
        size_t row = (size_t)(x[k] * (double)up + 1e-9);
        count[column * up + row]++;
    }
    for (size_t box = 0; box < across * up; box++)
        assert_int_equal(count[box], 1);
    free(count);
    fsci_sequence_free(sequence);
}

static void every_elementary_box_holds_one_point(void **state)
{
    (void)state;
    assert_one_point_per_box(0, 1, 16, 27, 0);
    assert_one_point_per_box(0, 1, 16, 27, 5);
    assert_one_point_per_box(1, 2, 9, 25, 3);
    assert_one_point_per_box(3, 11, 7, 37, 2);
    assert_one_point_per_box(10, 11, 31, 37, 0);
    assert_one_point_per_box(5, 59, 13, 281, 0);
}

/* Squared L2 star discrepancy of the points' coordinates j and k (Warnock 1972). */
static double discrepancy(const double *points, size_t n, size_t dimensions, size_t j, size_t k)
{
    double singles = 0, pairs = 0;
    for (size_t a = 0; a < n; a++) {
        const double *p = points + a * dimensions;
        singles += (1 - p[j] * p[j]) * (1 - p[k] * p[k]);
        for (size_t b = 0; b < n; b++) {
            const double *q = points + b * dimensions;
            pairs += (1 - fmax(p[j], q[j])) * (1 - fmax(p[k], q[k]));
        }
    }
    double N = (double)n;
    return 1.0 / 9 - singles / (2 * N) + pairs / (N * N);
}

/* n independent points have the expectation (2^-2 - 3^-2)/n. */
static void pairs_of_coordinates_beat_independent_points(void **state)
{
    (void)state;
    enum { n = 300, d = 12 };
    static double points[n * d];
    fsci_sequence *sequence = fsci_sequence_new(d, 0);
    for (uint64_t i = 0; i < n; i++)
        fsci_sequence_point(sequence, i, points + i * d);
    double independent = (1.0 / 4 - 1.0 / 9) / n, sum = 0, worst = 0;
    for (size_t j = 0; j < d; j++)
        for (size_t k = 0; k < j; k++) {
            double here = discrepancy(points, n, d, j, k) / independent;
            sum += here;
            worst = fmax(worst, here);
        }
    assert_true(sum / (d * (d - 1) / 2) < 0.1);
    assert_true(worst < 0.35);
    fsci_sequence_free(sequence);
}

/* The plain sequence fails here: its coordinates of bases 31 and 37 rise together at first. */
static void neighbouring_large_bases_are_not_correlated(void **state)
{
    (void)state;
    enum { n = 200 };
    fsci_sequence *sequence = fsci_sequence_new(60, 0);
    double x[60], worst = 0;
    static double centred[60][n];
    for (uint64_t i = 0; i < n; i++) {
        fsci_sequence_point(sequence, i, x);
        for (size_t j = 0; j < 60; j++)
            centred[j][i] = x[j] - 0.5;
    }
    for (size_t j = 0; j < 60; j++)
        for (size_t k = 0; k < j; k++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += centred[j][i] * centred[k][i];
            worst = fmax(worst, fabs(sum * 12 / n));
        }
    assert_true(worst < 0.3); /* 4.2 standard deviations of independent points, over 1770 pairs */
    fsci_sequence_free(sequence);
}

/* Mean of prod (1 + (x_j - 1/2)) is 1; independent points err by sqrt((13/12)^8 - 1)/sqrt(n). */
static void integrates_a_product_better_than_chance(void **state)
{
    (void)state;
    enum { n = 4096, d = 8 };
    fsci_sequence *sequence = fsci_sequence_new(d, 0);
    double x[d], sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        double product = 1;
        fsci_sequence_point(sequence, i, x);
        for (size_t j = 0; j < d; j++)
            product *= x[j] + 0.5;
        sum += product;
    }
    double chance = sqrt(pow(13.0 / 12, d) - 1) / sqrt(n);
    assert_near(sum / n, 1, chance / 5);
    fsci_sequence_free(sequence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_lie_in_the_unit_cube_and_repeat),
        cmocka_unit_test(every_elementary_box_holds_one_point),
        cmocka_unit_test(pairs_of_coordinates_beat_independent_points),
        cmocka_unit_test(neighbouring_large_bases_are_not_correlated),
        cmocka_unit_test(integrates_a_product_better_than_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
