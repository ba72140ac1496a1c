/* Operators on small tables whose answers are known by hand. */
#include "prepare/prepare.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static fsci_arena *arena;
static fsc_error err;
static fsci_prepared prepared;

static int open_arena(void **state)
{
    (void)state;
    arena = fsci_arena_new();
    return !arena;
}

static int close_arena(void **state)
{
    (void)state;
    fsci_table_free(prepared.table);
    prepared.table = NULL;
    fsci_arena_free(arena);
    return 0;
}

static const char *segments_text;

static fsc_status load(const char *path, fsc_table **table, fsc_error *e)
{
    return fsci_table_parse(path, segments_text, strlen(segments_text), NULL, table, e);
}

static fsc_status prepare(const char *csv, const char *text)
{
    fsc_table *table;
    fsci_call call;
    assert_int_equal(fsci_table_parse("t.csv", csv, strlen(csv), NULL, &table, &err), FSC_OK);
    fsc_status status = fsci_call_parse(arena, text, &call, &err);
    if (status == FSC_OK)
        status = fsci_prepare_run(arena, &call, table, load, &prepared, &err);
    fsci_table_free(table);
    return status;
}

static void prepared_as(const char *csv, const char *text, size_t rows)
{
    if (prepare(csv, text) != FSC_OK)
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(fsci_table_rows(prepared.table), rows);
}

static bool remarked(const char *code)
{
    for (size_t i = 0; i < prepared.n_remarks; i++)
        if (!strcmp(prepared.remarks[i].code, code))
            return true;
    return false;
}

static double value(const char *column, size_t row)
{
    const fsci_column *c = fsci_table_find(prepared.table, column);
    if (!c || !c->numbers)
        fail_msg("no column of numbers '%s'", column);
    return c->numbers[row];
}

static void near(const char *column, size_t row, double want)
{
    if (!(fabs(value(column, row) - want) <= 1e-12 * fmax(1, fabs(want))))
        fail_msg("%s[%zu] is %.17g, should be %.17g", column, row, value(column, row), want);
}

static const char runs[] =
    "size,data,run,loss\n"
    "1,10,a,3.0\n1,10,b,2.5\n2,10,a,2.0\n1,10,c,2.5\n2,20,b,1.5\n2,10,c,2.2\n";

static void best_of_each_group(void **state)
{
    (void)state;
    prepared_as(runs, "best(loss, by=[size, data])", 3);
    near("loss", 0, 2.5);
    near("loss", 1, 2.0);
    near("loss", 2, 1.5);
    assert_int_equal(fsci_table_line(prepared.table, 0), 3); /* the first of equals */
}

static void last_of_each_group(void **state)
{
    (void)state;
    prepared_as(runs, "last(by=run)", 3);
    near("loss", 0, 2.0); /* a */
    near("loss", 1, 1.5); /* b */
    near("loss", 2, 2.2); /* c */
}

static void mean_of_each_group(void **state)
{
    (void)state;
    prepared_as("size,loss\n2,1\n1,4\n2,2\n1,\n2,6\n", "mean(loss, by=size)", 2);
    near("loss", 0, 3);
    near("size", 0, 2);
    near("loss", 1, 4);
}

static void pareto_front(void **state)
{
    (void)state;
    prepared_as("C,e\n4,0.5\n1,0.9\n2,0.7\n2,0.8\n3,0.7\n5,0.6\n8,0.4\n", "pareto(C, e)", 4);
    near("C", 0, 4);
    near("C", 1, 1);
    near("C", 2, 2);
    near("C", 3, 8);
}

static void pareto_front_of_bins(void **state)
{
    (void)state;
    /* bins [1, 10), [10, 100), {100}: 5 hides 2, though 2 is on the front */
    prepared_as("C,e\n2,0.8\n5,0.6\n1,0.9\n20,0.5\n50,0.55\n100,0.7\n", "pareto(C, e, bins=2)", 2);
    near("C", 0, 5);
    near("C", 1, 20);
}

static void convex_hull(void **state)
{
    (void)state;
    /* powers of ten: log-log points (0,0), (0,-1), (1,-1.2), (2,-3), (3,-2) */
    prepared_as("C,L\n1,1\n1,0.1\n10,0.063\n100,0.001\n1000,0.01\n", "hull(C, L)", 3);
    near("L", 0, 1);
    near("L", 1, 0.1);
    near("L", 2, 0.001);
}

static void bins_from_below(void **state)
{
    (void)state;
    prepared_as("C,e\n1,0.9\n2,0.8\n10,0.5\n50,0.6\n100,0.3\n",
                "lower_bins(C, e, bins=2, beyond=0)", 2);
    near("e", 0, 0.8);
    near("C", 0, pow(10, 0.5));
    near("e", 1, 0.3);
    near("C", 1, pow(10, 1.5));
}

/* loss = 2 + (log10 N - 6)^2 at budget a; b has its least at the end; c is a straight line. */
static const char isoflop[] = "budget,C,N,loss\n"
                              "a,10,1e5,3\na,12,1e6,2\na,14,1e7,3\na,12,1e8,6\n"
                              "b,20,1e5,5\nb,20,1e6,3\nb,20,1e7,2\nb,20,1e8,1.9\n"
                              "c,30,1e5,5\nc,30,1e6,4\nc,30,1e7,3\nc,30,1e8,2\n";

static void isoflop_minima(void **state)
{
    (void)state;
    prepared_as(isoflop, "isoflop(C, N, loss, by=budget)", 2);
    near("C", 0, 12);
    near("N", 0, 1e6);
    near("loss", 0, 2);
    near("budget_rows", 0, 4);
    assert_true(remarked("W-NO-MINIMUM"));
}

/* Noise-free losses of a law at seven sizes around the best one of each budget, which lies `off`
 * (in log10) beside their middle at the first budget and `off + drift` at the last; exponent of the
 * minima found. */
static double exponent_found(double off, double drift)
{
    enum { BUDGETS = 4, SIZES = 7 };
    char text[BUDGETS * SIZES * 80] = "budget,C,N,loss\n";
    const double alpha = 0.34, beta = 0.28, A = 406.4, B = 410.7;
    for (int b = 0; b < BUDGETS; b++)
        for (int i = 0; i < SIZES; i++) {
            double C = pow(10, 18 + b), share = beta / (alpha + beta);
            double best = pow(alpha * A / (beta * B), 1 / (alpha + beta)) * pow(C / 6, share);
            double x = log10(best) - off - drift * b / (BUDGETS - 1) + 0.6 * (i - 3) / 3;
            double N = pow(10, x), D = C / (6 * N);
            snprintf(text + strlen(text), 80, "b%d,%.17g,%.17g,%.17g\n", b, C, N,
                     1.69 + A * pow(N, -alpha) + B * pow(D, -beta));
        }
    fsci_table_free(prepared.table);
    prepared_as(text, "isoflop(C, N, loss, by=budget)", BUDGETS);
    return log10(value("N", BUDGETS - 1) / value("N", 0)) / (BUDGETS - 1);
}

static void parabolas_off_their_centre(void **state)
{
    (void)state;
    const double truth = 0.28 / (0.34 + 0.28);
    assert_true(fabs(exponent_found(0, 0) - truth) < 1e-6);
    assert_false(remarked("W-PARAB"));
    assert_true(fabs(exponent_found(0.1, 0) - truth) < 1e-6);
    assert_false(remarked("W-PARAB"));
    double drifting = exponent_found(0, 0.48); /* to a factor of three */
    assert_true(fabs(drifting - truth) > 0.005);
    assert_true(remarked("W-PARAB"));
}

static void isoflop_at_the_edge(void **state)
{
    (void)state;
    prepared_as("budget,C,N,loss\na,1,1e5,16\na,1,1e6,9\na,1,1e7,4\na,1,1e8,1\n",
                "isoflop(C, N, loss, by=budget)", 1);
    assert_int_equal(prepared.n_remarks, 1);
    assert_string_equal(prepared.remarks[0].code, "W-EDGE");
}

static void akima_passes_through_the_points(void **state)
{
    (void)state;
    prepared_as("budget,C,N,loss\na,1,1e4,4\na,1,1e5,1\na,1,1e6,0\na,1,1e7,1\na,1,1e8,4\n",
                "isoflop(C, N, loss, by=budget, method=akima)", 1);
    near("N", 0, 1e6);
    near("loss", 0, 0);
}

static void passes_over_a_pool(void **state)
{
    (void)state;
    prepared_as("n,pool\n50,100\n100,100\n250,100\n", "epochs(n, pool, most=3)", 3);
    near("first_pass", 0, 50);
    near("gain1", 0, 0);
    near("first_pass", 2, 100);
    near("gain1", 2, log(2));
    near("gain2", 2, log(1.25));
    near("gain3", 2, 0);
}

static void sums_over_a_schedule(void **state)
{
    (void)state;
    /* steps 1 to 4 at rates 1, 1, 0.5, 0.5; rate 0 at step 0 */
    segments_text = "run,from,to,shape,lr_from,lr_to\nx,1,2,constant,1,1\nx,3,4,constant,0.5,0.5\n";
    prepared_as("run,step,lr\nx,2,1\nx,4,0.5\n",
                "annealing(step, lr, by=run, lambda=0.5, warmup=1, segments=s.csv)", 2);
    near("S1", 0, 2);
    near("S2", 0, 0);
    near("S1", 1, 3);
    near("S2", 1, 0.5 + 0.25);
}

static void rates_between_rows(void **state)
{
    (void)state;
    /* warm-up to 1 at step 2, a slow fall to 0.9 at step 4, a drop to 0.5 at step 6 */
    prepared_as("step,lr\n2,1\n4,0.9\n6,0.5\n", "annealing(step, lr, warmup=2, lambda=0)", 3);
    near("S1", 0, 1.5);
    near("S1", 1, 1.5 + 0.95 + 0.9);
    near("S1", 2, 1.5 + 0.95 + 0.9 + 0.9 + 0.5);
    near("S2", 2, 0.5);
}

static void refusals(void **state)
{
    (void)state;
    assert_int_equal(prepare(runs, "best(los, by=size)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "did you mean 'loss'?"));
    assert_int_equal(prepare(runs, "best(run, by=size)"), FSC_EINPUT);
    assert_int_equal(prepare(runs, "best(loss, at=size)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "no option 'at'"));
    assert_int_equal(prepare(isoflop, "isoflop(C, N, loss)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "by=COLUMN"));
    assert_int_equal(prepare("step,lr\n1,1\n1,1\n", "annealing(step, lr)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "step 1 stands twice"));
    assert_int_equal(prepare("C,L\n0,1\n1,2\n", "hull(C, L)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "line 2, column C"));
}

static void calls_are_read_as_written(void **state)
{
    (void)state;
    fsci_call call;
    assert_int_equal(fsci_call_parse(arena, "op(`a b`, c, k=1.5, by=[x, `y z`])", &call, &err),
                     FSC_OK);
    assert_string_equal(call.name, "op");
    assert_int_equal(call.n_columns, 2);
    assert_string_equal(call.columns[0], "a b");
    assert_string_equal(fsci_call_option_find(&call, "by")->values[1], "y z");
    double k;
    assert_int_equal(fsci_call_number(&call, "k", 0, &k, &err), FSC_OK);
    assert_true(k == 1.5);
    static const char *const bad[] = {"",           "op",      "op(",       "op(a",  "op(a,)",
                                      "op(k=1, a)", "op(a) b", "op(by=[a)", "op(`a)"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fsci_call_parse(arena, bad[i], &call, &err), FSC_EINPUT);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(best_of_each_group),
        CASE(last_of_each_group),
        CASE(mean_of_each_group),
        CASE(pareto_front),
        CASE(pareto_front_of_bins),
        CASE(convex_hull),
        CASE(bins_from_below),
        CASE(isoflop_minima),
        CASE(isoflop_at_the_edge),
        CASE(parabolas_off_their_centre),
        CASE(akima_passes_through_the_points),
        CASE(passes_over_a_pool),
        CASE(sums_over_a_schedule),
        CASE(rates_between_rows),
        CASE(refusals),
        CASE(calls_are_read_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
