/* Operators on small tables whose answers are known by hand. */
#include "base/buffer.h"
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

/* Three runs whose losses are lines in log10 C; sizes 1, 2 and 4 cross at C = 10^4 and 10^6. */
static const char lines[] = "run,size,C,tokens,loss\n"
                            "a,1,1e2,100,3.9\nb,2,1e2,50,4.1\nc,4,1e2,25,4.5\na,1,1e7,1e7,3.4\n"
                            "b,2,1e4,5e3,3.7\nb,2,1e7,5e6,3.1\nc,4,1e7,2.5e6,3.0\n";

static void envelope_of_curves(void **state)
{
    (void)state;
    static const double loss[] = {3.9, 3.8, 3.7, 3.5, 3.3, 3.0};
    prepared_as(lines, "envelope(C, size, loss, by=run, points=6, edges=keep)", 6);
    for (size_t i = 0; i < 6; i++) {
        near("C", i, pow(10, 2 + (double)i));
        near("loss", i, loss[i]);
        near("runs_compared", i, 3);
    }
    near("size", 0, 1);
    near("size", 3, 2);
    near("size", 5, 4);
    near("tokens", 3, 5e4); /* between two rows of b */
    assert_true(remarked("W-EDGE"));
    assert_false(remarked("W-NOISY"));
    fsci_table_free(prepared.table);
    prepared_as(lines, "envelope(C, size, loss, by=run, points=8)", 3);
    for (size_t i = 0; i < 3; i++)
        near("size", i, 2);
}

/* Loss 5 - 0.5 log10 C of run 1, 0.1 above it of runs 0 and 2; every other row `noise` above. */
static void parallel_curves(char *text, double noise)
{
    strcpy(text, "run,size,C,loss\n");
    for (int i = 0; i <= 60; i++)
        for (int r = 0; r < 3; r++)
            text += strlen(text),
                snprintf(text, 80, "r%d,%d,%.17g,%.17g\n", r, r + 1, pow(10, 0.05 * i),
                         5 - 0.025 * i + 0.1 * abs(r - 1) + (i % 2 ? noise : -noise));
}

static void smoothed_envelope(void **state)
{
    (void)state;
    static char text[16384];
    parallel_curves(text, 0);
    prepared_as(text, "envelope(C, size, loss, by=run, points=7, smooth=0.1)", 7);
    for (size_t i = 0; i < 7; i++) /* a line stays one, at its ends too */
        near("loss", i, 5 - 0.25 * (double)i);
    fsci_table_free(prepared.table);
    parallel_curves(text, 0.05);
    prepared_as(text, "envelope(C, size, loss, by=run, points=7)", 7);
    assert_true(remarked("W-NOISY"));
    assert_true(fabs(value("loss", 3) - 4.25) > 0.04);
    fsci_table_free(prepared.table);
    prepared_as(text, "envelope(C, size, loss, by=run, points=7, smooth=0.1)", 7);
    assert_false(remarked("W-NOISY"));
    for (size_t i = 1; i < 6; i++)
        assert_true(fabs(value("loss", i) - (5 - 0.25 * (double)i)) < 1e-3);
}

static void akima_passes_through_the_points(void **state)
{
    (void)state;
    prepared_as("budget,C,N,loss\na,1,1e4,4\na,1,1e5,1\na,1,1e6,0\na,1,1e7,1\na,1,1e8,4\n",
                "isoflop(C, N, loss, by=budget, method=akima)", 1);
    near("N", 0, 1e6);
    near("loss", 0, 0);
}

static void the_middle_of_a_learning_curve(void **state)
{
    (void)state;
    /* a guesser at 2 up to x = 8, then 2 (x/8)^-1/2, then a floor at 0.25 */
    prepared_as("m,err\n1,2\n2,2.01\n4,1.99\n8,2\n16,1.41\n32,1\n64,0.71\n128,0.5\n256,0.353\n"
                "512,0.25\n1024,0.251\n2048,0.249\n4096,0.25\n",
                "power_region(m, err)", 5);
    near("m", 0, 16);
    near("m", 4, 256);
    fsci_table_free(prepared.table);
    prepared_as("m,err\n1,1\n2,0.5\n4,0.25\n8,0.125\n16,0.0625\n", "power_region(m, err)", 5);
    fsci_table_free(prepared.table);
    prepared_as("run,m,err\na,4,0.5\na,2,1\na,1,1\na,0.5,1\na,8,0.25\na,16,0.125\nb,1,1\nb,2,0.5\n",
                "power_region(m, err, by=run)", 6);
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

static void ends_of_schedules(void **state)
{
    (void)state;
    prepared_as("step,lr\n2,1\n4,0.5\n6,0\n", "annealing(step, lr, warmup=2, lambda=0)", 3);
    assert_true(remarked("W-ZERO-LR"));
    assert_false(remarked("W-WARMUP"));
    fsci_table_free(prepared.table);
    prepared_as("step,lr\n1,0.5\n4,0.5\n6,0.1\n", "annealing(step, lr, warmup=2, lambda=0)", 3);
    assert_false(remarked("W-ZERO-LR"));
    assert_true(remarked("W-WARMUP"));
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

static void changes_of_a_short_schedule(void **state)
{
    (void)state;
    /* up by 0.5 at steps 1 and 2, down by 0.4 at step 4 */
    prepared_as("step,lr\n2,1\n3,1\n5,0.6\n", "changes(step, lr, warmup=2)", 3);
    near("S1", 0, 1.5);
    near("S1", 2, 1.5 + 1 + 1 + 0.6);
    near("fall_1", 0, -0.5);
    near("rate_1", 0, 0.5);
    near("lag_1", 0, 1.5);
    near("fall_2", 1, -0.5);
    near("lag_2", 1, 2);
    near("fall_3", 1, 0); /* later changes are not seen */
    near("lag_3", 1, 0);
    near("fall_3", 2, 0.4);
    near("rate_3", 2, 0.6);
    near("lag_3", 2, 0.6);
}

static double effect(double fall, double rate, double lag, double C, double gamma, double beta)
{
    return fall * (1 - pow(1 + C * pow(rate, -gamma) * lag, -beta));
}

/* The sum over all changes at the step of row i, one by one. */
static double direct(const double *rate, size_t step, double C, double gamma, double beta)
{
    double sum = 0, lag = 0;
    for (size_t k = step; k > 0; k--) {
        lag += rate[k];
        sum += effect(rate[k - 1] - rate[k], rate[k], lag, C, gamma, beta);
    }
    return sum;
}

enum { MOST_CHANGES = 400 };

/* fall_k, rate_k and lag_k, and how many there are. */
static size_t find_changes(const double *change[MOST_CHANGES][3])
{
    static const char *const sets[] = {"fall", "rate", "lag"};
    for (size_t k = 0; k < MOST_CHANGES; k++)
        for (size_t i = 0; i < 3; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s_%zu", sets[i], k + 1);
            const fsci_column *column = fsci_table_find(prepared.table, name);
            if (!column)
                return k;
            change[k][i] = column->numbers;
        }
    return MOST_CHANGES;
}

static void many_changes_are_condensed(void **state)
{
    enum { STEPS = 6000 };
    static double rate[STEPS + 1];
    static const double at[][3] = {
        {2e-3, 1.36, 0.24}, {0.5, 0.66, 0.27}, {2, 0.65, 0.6}, {1e-6, 2.4, 0.1}, {40, 0.2, 1.9}};
    fsci_buffer text = {0};
    (void)state;
    segments_text = "run,from,to,shape,lr_from,lr_to\nx,0,499,linear,0,3e-4\n"
                    "x,500,6000,cosine,3e-4,2e-5\nx,4000,6000,constant,1e-5,1e-5\n";
    for (size_t k = 0; k <= STEPS; k++)
        rate[k] = k < 500 ? 3e-4 * (double)k / 499
                  : k < 4000
                      ? 2e-5 + 2.8e-4 * 0.5 * (1 + cos(acos(-1.0) * (double)(k - 500) / 5500))
                      : 1e-5;
    fsci_buffer_puts(&text, "run,step,lr");
    for (int step = 1; step <= STEPS; step += 7)
        fsci_buffer_printf(&text, "\nx,%d,1e-4", step);
    assert_int_equal(prepare(text.data, "changes(step, lr, by=run, segments=s.csv)"), FSC_OK);
    fsci_buffer_free(&text);
    assert_int_equal(prepared.n_remarks, 0);
    const double *change[MOST_CHANGES][3];
    size_t n_changes = find_changes(change);
    assert_true(n_changes < MOST_CHANGES);
    for (size_t row = 0; row < fsci_table_rows(prepared.table); row += 13)
        for (size_t j = 0; j < sizeof at / sizeof *at; j++) {
            double want = direct(rate, 7 * row + 1, at[j][0], at[j][1], at[j][2]);
            double got = 0;
            for (size_t k = 0; k < n_changes; k++)
                got += effect(change[k][0][row], change[k][1][row], change[k][2][row], at[j][0],
                              at[j][1], at[j][2]);
            assert_true(fabs(got - want) <= 3e-4 * 1e-10); /* of the highest rate */
        }
}

static void rough_schedules_are_grouped_more_coarsely(void **state)
{
    fsci_buffer text = {0};
    (void)state;
    fsci_buffer_puts(&text, "step,lr");
    for (int step = 1; step <= 4000; step += 2) /* a wave on a slow fall */
        fsci_buffer_printf(&text, "\n%d,%.17g", step,
                           3e-4 - 5e-8 * step + 1e-9 * sin(0.9 * step) * sin(1e-3 * step));
    assert_int_equal(prepare(text.data, "changes(step, lr)"), FSC_OK);
    assert_int_equal(prepared.n_remarks, 1);
    assert_string_equal(prepared.remarks[0].code, "W-ROUGH-LR");
    fsci_table_free(prepared.table);
    assert_int_equal(prepare(text.data, "changes(step, lr, tolerance=1e-9)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "too rough"));
    fsci_buffer_free(&text);
}

static void refusals(void **state)
{
    (void)state;
    assert_int_equal(prepare(runs, "best(los, by=size)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "did you mean 'loss'?"));
    assert_int_equal(prepare(runs, "best(run, by=size)"), FSC_EINPUT);
    assert_int_equal(prepare(runs, "best(loss, at=size)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "no option 'at'"));
    assert_int_equal(prepare("b,C,N,L\nx,1e18,1e7,3\ny,1e19,3e7,2\n", "isoflop(C, N, L, by=b)"),
                     FSC_EINPUT);
    assert_non_null(strstr(err.message, "leaves no row of "));
    assert_non_null(strstr(err.message, "the budget near 1e18"));
    assert_int_equal(prepare(isoflop, "isoflop(C, N, loss)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "by=COLUMN"));
    assert_int_equal(prepare(lines, "envelope(C, size, loss)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "by=COLUMN"));
    assert_int_equal(prepare(lines, "envelope(C, tokens, loss, by=run)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "line 5: operator envelope: a run has tokens 1e7 here"));
    assert_int_equal(prepare(lines, "envelope(C, size, loss, by=run, points=1)"), FSC_EINPUT);
    assert_int_equal(prepare(lines, "envelope(C, size, loss, by=run, edges=no)"), FSC_EINPUT);
    assert_int_equal(prepare(runs, "envelope(loss, size, data, by=[run, size, data])"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "leaves no row"));
    assert_int_equal(prepare("step,lr\n1,1\n1,1\n", "annealing(step, lr)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "step 1 stands twice"));
    assert_int_equal(prepare("step,lr\n1,1\n3,0\n4,0\n5,1\n", "changes(step, lr)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "is 0 at step 4 and rises again"));
    assert_int_equal(prepare("step,lr\n1,1\n2,1\n", "changes(step, lr, tolerance=0)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "give more than 0"));
    assert_int_equal(prepare("C,L\n0,1\n1,2\n", "hull(C, L)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "line 2, column C"));
}

static void refuse_segments(const char *rows, const char *said)
{
    char text[400];
    snprintf(text, sizeof text, "run,from,to,shape,lr_from,lr_to\n%s", rows);
    segments_text = text;
    assert_int_equal(
        prepare("run,step,lr\na,2,1\na,4,1\n", "annealing(step, lr, by=run, segments=s.csv)"),
        FSC_EINPUT);
    if (!strstr(err.message, said))
        fail_msg("'%s' is not in '%s'", said, err.message);
}

static void schedules_that_are_none(void **state)
{
    (void)state;
    refuse_segments("a,0,4,cosin,1,0\n",
                    "s.csv, line 2: 'cosin' is no shape; did you mean 'cosine'?");
    refuse_segments("a,0,4,exponential,1,0\n", "line 2: an exponential segment has no rate of 0");
    refuse_segments("a,0,4,linear,1,-1\n", "line 2: a segment goes from a step");
    refuse_segments("a,4,0,linear,1,0\n", "line 2: a segment goes from a step");
    refuse_segments("a,0,1,constant,1,1\na,3,4,constant,1,1\n",
                    "no segment of schedule 'a' has step 2");
    refuse_segments("b,0,4,constant,1,1\n", "has no schedule 'a'");
    assert_int_equal(prepare("step,lr\n1,1\n2,-1\n", "annealing(step, lr)"), FSC_EINPUT);
    assert_non_null(strstr(err.message,
                           "line 3: operator annealing takes learning rates of 0 or more, "
                           "and -1 is none"));
    assert_int_equal(prepare("step,lr\n1,1\n2,\n", "changes(step, lr)"), FSC_EINPUT);
    assert_non_null(strstr(err.message, "and an empty cell is none"));
    assert_int_equal(prepare("step,lr\n1,1\n2,1\n3,0.5\n4,0.7\n5,0.6\n", "annealing(step, lr)"),
                     FSC_OK);
    assert_int_equal(prepared.n_remarks, 1);
    assert_string_equal(prepared.remarks[0].code, "W-RANGE");
    assert_non_null(
        strstr(prepared.remarks[0].text, "rises after the 0 steps of warm-up (first to step 4)"));
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
        CASE(envelope_of_curves),
        CASE(smoothed_envelope),
        CASE(akima_passes_through_the_points),
        CASE(the_middle_of_a_learning_curve),
        CASE(sums_over_a_schedule),
        CASE(ends_of_schedules),
        CASE(rates_between_rows),
        CASE(changes_of_a_short_schedule),
        CASE(many_changes_are_condensed),
        CASE(rough_schedules_are_grouped_more_coarsely),
        CASE(refusals),
        CASE(schedules_that_are_none),
        CASE(calls_are_read_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
