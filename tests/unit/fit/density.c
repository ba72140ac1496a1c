/* Densities, their distributions and the quantiles of new observations, against scipy.stats 1.10
 * (betabinom, nbinom, binom, norm, lognorm) and scipy.integrate.quad for averages. */
#include "fit/density.h"
#include "unit.h"

#include <stdlib.h>

static double cdf(const char *name, double y, double mu, double s, double n)
{
    return fsci_density_find(name)->cdf(y, mu, s, n);
}

static void distributions(void **unused)
{
    (void)unused;
    assert_rel(cdf("beta-binomial", 3, 0.3, 0.05, 20), 0.20241256291423698, 1e-12);
    assert_rel(cdf("beta-binomial", 0, 0.01, 0.4, 100), 0.9335282631272968, 1e-12);
    assert_rel(cdf("beta-binomial", 990, 0.97, 0.001, 1000), 0.999527333194263, 1e-12);
    assert_rel(cdf("beta-binomial", 10, 0.5, 0.2, 10), 1, 1e-15);
    assert_rel(cdf("negative-binomial", 0, 1.3, 0.7, NAN), 0.3967562356238778, 1e-12);
    assert_rel(cdf("negative-binomial", 12, 10, 0.2, NAN), 0.7186025543424469, 1e-12);
    assert_rel(cdf("negative-binomial", 1000, 900, 0.05, NAN), 0.7091151089916414, 1e-11);
}

static double quantile(const char *name, double tail, double mu, double sd, double s, double n)
{
    return fsci_density_quantile(fsci_density_find(name), tail, (fsci_known_mean){mu, sd, sd}, s,
                                 n);
}

static void new_observations(void **unused)
{
    (void)unused;
    assert_near(quantile("beta-binomial", 0.025, 0.3, 0, 0.05, 200), 23.0 / 200, 0);
    assert_near(quantile("beta-binomial", 0.975, 0.3, 0, 0.05, 200), 106.0 / 200, 0);
    assert_near(quantile("negative-binomial", 0.025, 10, 0, 0.2, NAN), 2, 0);
    assert_near(quantile("negative-binomial", 0.975, 10, 0, 0.2, NAN), 23, 0);
    assert_near(quantile("binomial", 0.025, 0.62, 0, NAN, 1319), 783.0 / 1319, 0);
    assert_near(quantile("binomial", 0.975, 0.62, 0, NAN, 1319), 852.0 / 1319, 0);
    /* a mean of logit 0.4 known to 0.1 */
    double mu = 1 / (1 + exp(-0.4));
    assert_near(quantile("binomial", 0.025, mu, 0.1, NAN, 1000), 0.542, 0);
    assert_near(quantile("binomial", 0.975, mu, 0.1, NAN, 1000), 0.654, 0);
    assert_rel(quantile("lognormal", 0.975, 2.5, 0.1, 0.3, NAN), 4.646367651738418, 1e-13);
    assert_rel(quantile("normal", 0.025, 2.5, 0.1, 0.3, NAN), 1.8802049676954384, 1e-13);
    assert_true(isnan(quantile("binomial", 0.025, 0.62, 0, NAN, NAN)));
    assert_true(isnan(quantile("beta-binomial", 0.025, 0.62, 0, NAN, 100)));
}

/* -log density of one row as the objective computes it. */
static double minus_log(const char *name, double y, double k, double n, double mu, double s)
{
    fsci_arena *arena = fsci_arena_new();
    const fsci_density *density = fsci_density_find(name);
    const fsci_symbol symbols[] = {
        {.name = FSCI_DENSITY_Y, .kind = FSCI_SYMBOL_NUMBERS, .numbers = &y},
        {.name = FSCI_DENSITY_K, .kind = FSCI_SYMBOL_NUMBERS, .numbers = &k},
        {.name = FSCI_DENSITY_N, .kind = FSCI_SYMBOL_NUMBERS, .numbers = &n},
        {.name = "m", .kind = FSCI_SYMBOL_PARAMETER, .first = 0},
        {.name = "d", .kind = FSCI_SYMBOL_PARAMETER, .first = 1}};
    const fsci_scope scope = {.symbols = symbols, .n_symbols = 5, .n_rows = 1, .n_parameters = 2};
    const double theta[] = {mu, s};
    const fsci_node *node;
    fsci_formula *mean;
    fsci_program *program;
    fsc_error err;
    double value;
    assert_int_equal(fsci_formula_parse(arena, "mean", 1, 1, "m", &mean, &err), FSC_OK);
    assert_int_equal(fsci_density_node(arena, density, mean->right,
                                       density->dispersion ? "d" : NULL, &node, &err),
                     FSC_OK);
    if (fsci_program_new(arena, mean, &node, 1, &scope, &program, &err) != FSC_OK)
        fail_msg("%s", err.message);
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) + 63) / 64 * 64);
    fsci_program_values(program, scratch, theta, 0, 1, &value, 1);
    free(scratch);
    fsci_arena_free(arena);
    return value;
}

static void densities(void **unused)
{
    (void)unused;
    assert_rel(minus_log("beta-binomial", 0.15, 3, 20, 0.3, 0.05), 2.324867963100866, 1e-13);
    assert_rel(minus_log("negative-binomial", 7, 7, NAN, 10, 0.2), 2.5322245456371726, 1e-13);
    assert_rel(minus_log("binomial", 0.15, 3, 20, 0.3, NAN), 2.6366089185477204, 1e-13);
    assert_rel(minus_log("normal", 1.2, NAN, NAN, 0.7, 0.4), 0.7838978013305177, 1e-14);
    assert_rel(minus_log("lognormal", 1.2, NAN, NAN, 0.7, 0.4), 1.0928356950059772, 1e-14);
    /* what did not happen costs nothing where it could not */
    assert_near(minus_log("binomial", 1, 20, 20, 1, NAN), 0, 1e-13);
    assert_near(minus_log("binomial", 0, 0, 20, 0, NAN), 0, 1e-13);
    /* without overdispersion: binomial, and Poisson */
    assert_near(minus_log("beta-binomial", 0.15, 3, 20, 0.3, 1e-6), 2.6366089185477204, 1e-4);
    assert_near(minus_log("negative-binomial", 7, 7, NAN, 10, 1e-8), 10 - 7 * log(10) + lgamma(8),
                1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions),
        cmocka_unit_test(new_observations),
        cmocka_unit_test(densities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
