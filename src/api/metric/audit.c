/* metric results-table-audit: averages recomputed, standard errors, tests, what a table claims. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/compare.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"model", FSCI_METRIC_KEY, true, "system", "models"},
    {"benchmark", FSCI_METRIC_KEY, true, "task", "benchmarks"},
    {"mean", FSCI_METRIC_NUMBER, true, "mean_percent|mean_pct|score", "mean over the runs"},
    {"sd", FSCI_METRIC_NUMBER, false, "sd_percent|sd_pct", "standard deviation over the runs"},
    {"runs", FSCI_METRIC_POSITIVE, false, "n|repeats", "repeated runs"},
    {"questions", FSCI_METRIC_POSITIVE, false, "items", "questions of the benchmark"},
    {"average", FSCI_METRIC_NUMBER, false, "printed_average_percent|reported_avg_pct|reported",
     "the average that the table prints for the model"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"unit", "percent|fraction", NULL,
     "of mean and sd. Needed with questions: it is never guessed"},
    {"model", "NAME", NULL, "compare this model with every other one (default: the first)"},
    {"digits", "N", "1", "digits after the point that averages are printed with"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (model), value (plain average over benchmarks), se, printed, difference, weights "
     "(the simplest that give the printed average), n"},
    {"average_rule", "rule, matches, of, largest_error: over all models"},
    {"tests", "benchmark, against, difference, t, p_holm, p, df, relative"},
    {"cells", "group, benchmark, mean, se, binomial_sd (of one run on its questions), below_floor"},
    {0}};

typedef struct audit {
    fsci_keys model, benchmark;
    const double *mean, *sd, *runs, *questions, *average;
    size_t rows, *at; /* at[model * benchmarks + benchmark]: row + 1, 0 when empty */
} audit;

static fsc_status read_audit(fsci_metric_run *run, audit *a, fsc_error *err)
{
    a->rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "model", &a->model, err));
    FSCI_TRY(fsci_metric_keys(run, "benchmark", &a->benchmark, err));
    FSCI_TRY(fsci_metric_numbers(run, "mean", &a->mean, err));
    FSCI_TRY(fsci_metric_numbers(run, "sd", &a->sd, err));
    FSCI_TRY(fsci_metric_numbers(run, "runs", &a->runs, err));
    FSCI_TRY(fsci_metric_numbers(run, "questions", &a->questions, err));
    FSCI_TRY(fsci_metric_numbers(run, "average", &a->average, err));
    a->at = FSCI_NEW(run->arena, size_t, a->model.n * a->benchmark.n);
    if (!a->at)
        return fsci_fail_memory(err);
    if (a->questions && !fsci_metric_text(run, "unit"))
        return fsci_fail(err, FSC_EUSAGE,
                         "are means percentages or fractions? give --param unit=percent "
                         "or unit=fraction");
    for (size_t i = 0; i < a->rows; i++) {
        size_t *cell = &a->at[a->model.codes[i] * a->benchmark.n + a->benchmark.codes[i]];
        if (a->sd && a->sd[i] < 0)
            return fsci_metric_fail(run, i, err, "sd %s is negative",
                                    fsci_briefly(a->sd[i], 6).text);
        if (a->sd && isfinite(a->sd[i]) && !a->runs)
            return fsci_fail(err, FSC_EINPUT,
                             "a standard deviation needs the number of runs: name the "
                             "column with --map runs=COLUMN");
        if (*cell)
            return fsci_metric_fail(run, i, err, "%s has %s twice",
                                    a->model.labels[a->model.codes[i]],
                                    a->benchmark.labels[a->benchmark.codes[i]]);
        *cell = i + 1;
    }
    return FSC_OK;
}

static double se_of(const audit *a, size_t row)
{
    return a->sd && a->runs ? a->sd[row] / sqrt(a->runs[row]) : NAN;
}

/* Average of a model when benchmark `twice` counts double; twice >= benchmarks: plain. */
static double average_of(const audit *a, size_t model, size_t twice, double *se, size_t *n)
{
    double sum = 0, weight = 0, variance = 0;
    *n = 0;
    for (size_t b = 0; b < a->benchmark.n; b++) {
        size_t row = a->at[model * a->benchmark.n + b];
        double w = b == twice ? 2 : 1;
        if (!row)
            continue;
        sum += w * a->mean[row - 1];
        variance += w * w * se_of(a, row - 1) * se_of(a, row - 1);
        weight += w;
        ++*n;
    }
    *se = sqrt(variance) / weight;
    return sum / weight;
}

static double printed_of(const audit *a, size_t model)
{
    for (size_t i = 0; i < a->rows && a->average; i++)
        if (a->model.codes[i] == model && isfinite(a->average[i]))
            return a->average[i];
    return NAN;
}

/* How many printed averages a rule reproduces. */
static void add_rule(fsci_metric_run *run, const audit *a, size_t twice, double rounding)
{
    double matches = 0, of = 0, largest = 0, se;
    size_t n;
    for (size_t m = 0; m < a->model.n; m++) {
        double printed = printed_of(a, m), off = fabs(average_of(a, m, twice, &se, &n) - printed);
        if (isnan(off))
            continue;
        of++;
        matches += off <= rounding;
        largest = fmax(largest, off);
    }
    if (of == 0)
        return;
    fsci_json *item = fsci_metric_item(run, "average_rule", "");
    fsci_metric_word(run, item, "rule",
                     twice < a->benchmark.n
                         ? fsci_format(run->arena, "%s counts twice", a->benchmark.labels[twice])
                         : "plain average");
    fsci_metric_set(run, item, "matches", matches);
    fsci_metric_set(run, item, "of", of);
    fsci_metric_set(run, item, "largest_error", largest);
}

static void add_model(fsci_metric_run *run, const audit *a, size_t m, double rounding)
{
    double se, other, printed = printed_of(a, m);
    size_t n;
    double plain = average_of(a, m, SIZE_MAX, &se, &n);
    const char *weights = isnan(printed) ? NULL : "none of the simple ones";
    for (size_t b = a->benchmark.n; b-- > 0;)
        if (fabs(average_of(a, m, b, &other, &n) - printed) <= rounding)
            weights = fsci_format(run->arena, "%s twice", a->benchmark.labels[b]);
    if (fabs(plain - printed) <= rounding)
        weights = "plain";
    fsci_json *row = fsci_metric_row(run, a->model.labels[m]);
    fsci_metric_set(run, row, "value", plain);
    fsci_metric_set(run, row, "se", se);
    fsci_metric_set(run, row, "printed", printed);
    fsci_metric_set(run, row, "difference", printed - plain);
    fsci_metric_word(run, row, "weights", weights);
    fsci_metric_set(run, row, "n", (double)n);
}

static void add_cells(fsci_metric_run *run, const audit *a)
{
    double full = fsci_metric_is(run, "unit", "percent") ? 100 : 1;
    for (size_t i = 0; i < a->rows; i++) {
        fsci_json *cell = fsci_metric_item(run, "cells", a->model.labels[a->model.codes[i]]);
        fsci_metric_word(run, cell, "benchmark", a->benchmark.labels[a->benchmark.codes[i]]);
        fsci_metric_set(run, cell, "mean", a->mean[i]);
        fsci_metric_set(run, cell, "se", se_of(a, i));
        if (!a->questions)
            continue;
        double p = a->mean[i] / full, floor = full * sqrt(p * (1 - p) / a->questions[i]);
        fsci_metric_set(run, cell, "binomial_sd", floor);
        fsci_json_set_bool(run->arena, cell, "below_floor", a->sd && a->sd[i] < floor);
    }
}

static fsc_status add_tests(fsci_metric_run *run, const audit *a, fsc_error *err)
{
    const char *name = fsci_metric_text(run, "model");
    size_t chosen = 0, n = 0, m = a->model.n, b = a->benchmark.n;
    while (name && chosen < m && strcmp(a->model.labels[chosen], name))
        chosen++;
    if (chosen == m)
        return fsci_fail(err, FSC_EUSAGE, "--param model: there is no '%s'", name);
    double *p = FSCI_NEW(run->arena, double, m *b);
    size_t *order = FSCI_NEW(run->arena, size_t, m * b);
    fsci_json **items = FSCI_NEW(run->arena, fsci_json *, m * b);
    if (!p || !order || !items)
        return fsci_fail_memory(err);
    for (size_t other = 0; other < m; other++)
        for (size_t k = 0; k < b; k++) {
            size_t own = a->at[chosen * b + k], row = a->at[other * b + k];
            if (other == chosen || !own || !row || isnan(se_of(a, own - 1)) ||
                isnan(se_of(a, row - 1)))
                continue;
            fsci_welch w = fsci_welch_test(a->mean[own - 1], a->sd[own - 1], a->runs[own - 1],
                                           a->mean[row - 1], a->sd[row - 1], a->runs[row - 1]);
            fsci_json *item = fsci_metric_item(run, "tests", "");
            fsci_metric_word(run, item, "benchmark", a->benchmark.labels[k]);
            fsci_metric_word(run, item, "against", a->model.labels[other]);
            fsci_metric_set(run, item, "difference", w.difference);
            fsci_metric_set(run, item, "t", w.t);
            fsci_metric_set(run, item, "p_holm", NAN); /* its place */
            fsci_metric_set(run, item, "p", w.p);
            fsci_metric_set(run, item, "df", w.df);
            fsci_metric_set(run, item, "relative", a->mean[own - 1] / a->mean[row - 1] - 1);
            p[n] = w.p;
            items[n++] = item;
        }
    fsci_holm_adjust(p, n, order);
    for (size_t i = 0; i < n; i++)
        fsci_metric_set(run, items[i], "p_holm", p[i]);
    return FSC_OK;
}

static void warn_runs(fsci_metric_run *run, const audit *a)
{
    bool mixed = false;
    for (size_t i = 1; i < a->rows && a->runs; i++)
        mixed = mixed || a->runs[i] != a->runs[0];
    if (mixed)
        fsci_record_warn(run->arena, run->root, "W-MIXED-RUNS",
                         "averages mix cells of different numbers of runs");
}

static const fsci_metric_plot plots[] = {{"averages", "Averages, printed and recomputed", "rows",
                                          NULL, "models", "points", "printed", "as printed",
                                          "linear", "value", "recomputed", "linear", NULL, NULL},
                                         {0}};

static fsc_status run_audit(fsci_metric_run *run, fsc_error *err)
{
    audit a;
    double half = 0.5 * pow(10, -fsci_metric_number(run, "digits")) * (1 + 1e-9) + 1e-9, off = 0,
           n = 0;
    FSCI_TRY(read_audit(run, &a, err));
    for (size_t m = 0; m < a.model.n; m++)
        add_model(run, &a, m, half);
    for (size_t twice = 0; twice <= a.benchmark.n; twice++)
        add_rule(run, &a, twice ? twice - 1 : SIZE_MAX, half);
    FSCI_TRY(add_tests(run, &a, err));
    add_cells(run, &a);
    warn_runs(run, &a);
    FSCI_JSON_EACH (row, run->list) {
        double d = fabs(fsci_json_get_number(row, "difference"));
        off += d > half;
        n += !isnan(d);
    }
    if (off > 0)
        fsci_record_warn(run->arena, run->root, "W-AVERAGE-DIFFERS",
                         "%.0f of %.0f printed averages are not the plain average of the columns",
                         off, n);
    fsci_metric_say(run, "%.0f of %.0f printed averages differ from the plain average.", off, n);
    return FSC_OK;
}

const fsci_metric fsci_metric_results_table_audit = {
    .id = "results-table-audit",
    .summary = "averages recomputed, standard errors, pairwise tests with Holm's correction",
    .source = "Welch 1947; Holm 1979; the table of arXiv:2509.21070",
    .text =
        "The plain average over benchmarks beside the printed one, and whether counting one "
        "benchmark twice explains it for all models. Standard errors are sd/sqrt(runs); two models "
        "are compared by Welch's t with Holm's correction over all tests. One run on M questions "
        "has a standard deviation of sqrt(p(1-p)/M) over questions; over repeats of the same "
        "questions it may be smaller. relative is a relative gain, difference one in points.",
    .example = "results-table-audit data/scalediff/results.csv --param model=ScaleDiff-7B",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_audit};
