/* Item-response models: quadrature, recovery of what data were made from, the optimum itself. */
#include "latent/irt.h"

#include "num/random.h"
#include "unit.h"

#include <stdlib.h>

enum { MODELS = 300, ITEMS = 40 };

typedef struct world {
    double theta[MODELS];
    fsci_irt_item item[ITEMS];
    uint32_t model[MODELS * ITEMS], which[MODELS * ITEMS];
    float right[MODELS * ITEMS];
    size_t cells;
} world;

/* Share `seen` of the cells of models x items, made by the model itself. */
static void make(world *w, uint64_t seed, fsci_irt_kind kind, double seen)
{
    fsci_stream s = fsci_stream_new(seed, 0);
    w->cells = 0;
    for (size_t m = 0; m < MODELS; m++)
        w->theta[m] = fsci_random_normal(&s);
    for (size_t i = 0; i < ITEMS; i++) {
        double b = fsci_random_normal(&s), a = exp(0.4 * fsci_random_normal(&s));
        a = kind == FSCI_IRT_1PL ? 1.3 : a;
        w->item[i] = (fsci_irt_item){.a = a, .d = -a * b, .c = kind == FSCI_IRT_3PL ? 0.2 : 0};
    }
    for (uint32_t m = 0; m < MODELS; m++)
        for (uint32_t i = 0; i < ITEMS; i++) {
            if (fsci_random_uniform(&s) >= seen)
                continue;
            w->model[w->cells] = m;
            w->which[w->cells] = i;
            w->right[w->cells++] =
                fsci_random_uniform(&s) < fsci_irt_probability(&w->item[i], w->theta[m]);
        }
}

typedef struct fit {
    fsci_irt irt;
    fsci_irt_item item[ITEMS];
    double theta[MODELS], se[MODELS];
} fit;

static void run(const world *w, fsci_irt_options options, fit *f)
{
    fsci_responses r = {MODELS, ITEMS, w->cells, w->model, w->which, w->right, NULL};
    f->irt = (fsci_irt){.item = f->item, .theta = f->theta, .se = f->se};
    assert_true(fsci_irt_fit(&r, &options, &f->irt));
}

static void moments_of_the_normal_law(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 31; n += 5) {
        double x[31], w[31], zero = 0, two = 0, four = 0;
        assert_true(fsci_gauss_hermite(n, x, w));
        for (size_t k = 0; k < n; k++) {
            zero += w[k];
            two += w[k] * x[k] * x[k];
            four += w[k] * pow(x[k], 4);
        }
        assert_near(zero, sqrt(M_PI), 1e-12);
        if (n > 2) {
            assert_near(two, sqrt(M_PI) / 2, 1e-12);
            assert_near(four, 0.75 * sqrt(M_PI), 1e-12);
        }
    }
}

static void recovers(fsci_irt_kind kind, double least_coverage)
{
    static world w;
    static fit f;
    double squares = 0, stated = 0, inside = 0;
    make(&w, 3, kind, 0.7);
    run(&w, (fsci_irt_options){.kind = kind}, &f);
    assert_true(f.irt.converged);
    for (size_t m = 0; m < MODELS; m++) {
        double off = f.theta[m] - w.theta[m];
        squares += off * off / MODELS;
        stated += f.se[m] * f.se[m] / MODELS;
        inside += fabs(off) < 1.96 * f.se[m];
    }
    assert_near(squares, stated, 0.25 * stated);
    assert_true(inside / MODELS > least_coverage);
    for (size_t i = 0; i < ITEMS && kind == FSCI_IRT_2PL; i++) {
        assert_near(f.item[i].a, w.item[i].a, 5 * f.item[i].se_a);
        assert_near(f.item[i].d, w.item[i].d, 5 * f.item[i].se_d);
    }
    if (kind == FSCI_IRT_1PL)
        assert_near(f.item[7].a, 1.3, 5 * f.item[7].se_a);
    assert_true(f.irt.reliability > 0.6 && f.irt.reliability < 1);
}

static void all_three_models(void **state)
{
    (void)state;
    recovers(FSCI_IRT_2PL, 0.91);
    if (is_quick())
        return;
    recovers(FSCI_IRT_1PL, 0.91);
    recovers(FSCI_IRT_3PL, 0.90);
}

/* ln of the integral by the trapezoidal rule. */
enum { NODES = 201 };

static double brute(const world *w, const fsci_irt_item *item, size_t model)
{
    static double log_p[NODES];
    double most = -INFINITY, sum = 0;
    for (int g = 0; g < NODES; g++) {
        double theta = -8 + 16.0 * g / (NODES - 1);
        log_p[g] = -0.5 * theta * theta;
        for (size_t i = model * ITEMS; i < (model + 1) * ITEMS; i++) {
            double P = fsci_irt_probability(&item[w->which[i]], theta);
            log_p[g] += w->right[i] > 0 ? log(P) : log1p(-P);
        }
        most = fmax(most, log_p[g]);
    }
    for (int g = 0; g < NODES; g++)
        sum += exp(log_p[g] - most) * 16 / (NODES - 1);
    return most + log(sum) - 0.5 * log(2 * M_PI);
}

/* The likelihood is the integral, and no item's parameter can better it: direct maximisation. */
static void the_optimum_is_one(void **state)
{
    (void)state;
    static world w;
    static fit f;
    make(&w, 8, FSCI_IRT_2PL, 1);
    w.cells = 25 * ITEMS; /* of 25 models */
    fsci_responses r = {25, ITEMS, w.cells, w.model, w.which, w.right, NULL};
    fsci_irt_options options = {.kind = FSCI_IRT_2PL, .nodes = 31, .tolerance = 1e-9};
    f.irt = (fsci_irt){.item = f.item, .theta = f.theta, .se = f.se};
    assert_true(fsci_irt_fit(&r, &options, &f.irt));
    double likelihood = 0;
    for (size_t m = 0; m < 25; m++)
        likelihood += brute(&w, f.item, m);
    assert_near(f.irt.log_likelihood, likelihood, 1e-6);
    for (int which = 0; which < 2; which++) {
        fsci_irt_item kept = f.item[4];
        const double h = 1e-3;
        double prior = 0, slope = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
            f.item[4] = kept;
            if (which)
                f.item[4].a = kept.a * exp(sign * h);
            else
                f.item[4].d = kept.d + sign * h;
            double value = 0;
            for (size_t m = 0; m < 25; m++)
                value += brute(&w, f.item, m);
            slope += sign * value / (2 * h);
        }
        f.item[4] = kept;
        double mean_log_a = 0, mean_d = 0;
        for (int i = 0; i < ITEMS; i++) {
            mean_log_a += log(f.item[i].a) / ITEMS;
            mean_d += f.item[i].d / ITEMS;
        }
        prior = which ? -(log(kept.a) - mean_log_a) / 0.25 : -(kept.d - mean_d) / 9;
        assert_near(slope + prior, 0, 1e-4);
    }
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static world w;
    static fit one, two;
    make(&w, 5, FSCI_IRT_2PL, 0.5);
    run(&w, (fsci_irt_options){.kind = FSCI_IRT_2PL}, &one);
    run(&w, (fsci_irt_options){.kind = FSCI_IRT_2PL, .threads = 2}, &two);
    assert_memory_equal(one.theta, two.theta, sizeof one.theta);
    assert_memory_equal(one.item, two.item, sizeof one.item);
}

/* Items chosen by what they tell give a better ability than as many at random. */
static void adaptive_choice(void **state)
{
    (void)state;
    static world w;
    double adaptive = 0, random = 0;
    make(&w, 9, FSCI_IRT_2PL, 1);
    for (size_t m = 0; m < 100; m++) {
        bool used[ITEMS] = {false};
        size_t which[8];
        double right[8], theta = 0, se = 1;
        for (size_t n = 0; n < 8; n++) {
            which[n] = fsci_irt_next(w.item, used, ITEMS, theta);
            used[which[n]] = true;
            right[n] = w.right[m * ITEMS + which[n]];
            fsci_irt_ability(w.item, which, right, n + 1, &theta, &se);
        }
        adaptive += se / 100;
        for (size_t n = 0; n < 8; n++) {
            which[n] = n;
            right[n] = w.right[m * ITEMS + n];
        }
        fsci_irt_ability(w.item, which, right, 8, &theta, &se);
        random += se / 100;
    }
    assert_true(adaptive < 0.85 * random);
    assert_near(fsci_irt_information(&(fsci_irt_item){.a = 2}, 0), 1, 1e-15);
    assert_near(fsci_irt_information(&(fsci_irt_item){.a = 2, .c = 0.2}, 0),
                4 * 0.4 / 0.6 * pow(0.4 / 0.8, 2), 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_of_the_normal_law), cmocka_unit_test(all_three_models),
        cmocka_unit_test(the_optimum_is_one),        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(adaptive_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
