/* metric data-size-table: score against training examples when there are few points. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/rates.h"
#include "metric/regress.h"
#include "num/distribution.h"

#include <math.h>

static const fsci_metric_column columns[] = {
    {"group", FSCI_METRIC_KEY, false, "model", "models"},
    {"examples", FSCI_METRIC_NUMBER, true, "data_size|training_size|tasks|d",
     "training examples; 0 is the base model"},
    {"score", FSCI_METRIC_NUMBER, true, "accuracy|success", "score"},
    {"items", FSCI_METRIC_COUNT, false, "test_size", "items of the test set"},
    {0}};
static const fsci_metric_setting settings[] = {
    FSCI_UNIT_SETTING,
    {"items", "NUMBER", NULL, "items of the test set, where there is no column"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group, form (log: u + v ln D; base: s0 + A D^b with s0 the base score), value (gain per "
     "doubling of D; of base: at the largest D), lo, hi, parameters, rss, n"},
    {"points", "group, examples, score, successes, lo, hi (exact, from the test size)"},
    {"trend", "group, spearman, p (exact), n"},
    {"gains", "group, base, best, difference, ratio, relative, fisher_p (of best against base), "
              "significant"},
    {0}};

typedef struct sizes {
    const double *d, *score, *items;
    double *x, *y;
    size_t n;
    double base; /* score at 0 examples; NaN without */
} sizes;

static void add_points(fsci_metric_run *run, const char *label, const sizes *s, const size_t *index)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t r = index[i];
        fsci_json *item = fsci_metric_item(run, "points", label);
        fsci_metric_set(run, item, "examples", s->d[r]);
        fsci_metric_set(run, item, "score", s->score[r]);
        if (!s->items)
            continue;
        double c = round(s->score[r] * s->items[r]);
        fsci_interval limits = fsci_rate_interval(FSCI_RATE_EXACT, c, s->items[r], run->level);
        fsci_metric_set(run, item, "successes", c);
        fsci_metric_set(run, item, "lo", limits.lo);
        fsci_metric_set(run, item, "hi", limits.hi);
    }
}

static void add_gain(fsci_metric_run *run, const char *label, const sizes *s, const size_t *index)
{
    size_t base = index[0], best = index[0];
    for (size_t i = 1; i < s->n; i++)
        best = s->score[index[i]] > s->score[best] ? index[i] : best;
    if (s->d[base] != 0 || best == base)
        return;
    double p = NAN;
    if (s->items)
        p = fsci_fisher_exact(round(s->score[best] * s->items[best]), s->items[best],
                              round(s->score[base] * s->items[base]), s->items[base]);
    fsci_json *item = fsci_metric_item(run, "gains", label);
    fsci_metric_set(run, item, "base", s->score[base]);
    fsci_metric_set(run, item, "best", s->score[best]);
    fsci_metric_set(run, item, "difference", s->score[best] - s->score[base]);
    fsci_metric_set(run, item, "ratio", s->score[best] / s->score[base]);
    fsci_metric_set(run, item, "relative", s->score[best] / s->score[base] - 1);
    fsci_metric_set(run, item, "fisher_p", p);
    if (!isnan(p))
        fsci_json_set_bool(run->arena, item, "significant", p < 1 - run->level);
    if (s->items && p >= 1 - run->level)
        fsci_record_warn(
            run->arena, run->root, "W-NOT-SIGNIFICANT",
            "%s%sthe best score is not significantly above the base score (exact p %s) on "
            "%.0f items",
            label, *label ? ": " : "", fsci_briefly(p, 3).text, s->items[best]);
}

/* Two-parameter forms only; three would need more points than such tables have. */
static void add_table_forms(fsci_metric_run *run, const char *label, const sizes *s)
{
    if (s->n < 2)
        return;
    double *x = s->x, *y = s->y;
    for (size_t i = 0; i < s->n; i++)
        x[i] = log(x[i]);
    fsci_polynomial line = fsci_polynomial_fit(x, y, s->n, 1);
    double df = (double)s->n - 2, gain = log(2) * fsci_polynomial_leading(&line);
    double half =
        df > 0 ? log(2) * fsci_line_slope_se(&line) * fsci_t_quantile(0.5 + run->level / 2, df)
               : NAN;
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_word(run, row, "form", "log");
    fsci_metric_estimate(run, row, gain, (fsci_interval){gain - half, gain + half});
    fsci_metric_set(run, row, "u", fsci_line_intercept(&line));
    fsci_metric_set(run, row, "v", fsci_polynomial_leading(&line));
    fsci_metric_set(run, row, "rss", line.rss);
    fsci_metric_set(run, row, "n", (double)s->n);
    bool above = isfinite(s->base);
    for (size_t i = 0; i < s->n; i++)
        above = above && y[i] > s->base;
    if (!above)
        return;
    for (size_t i = 0; i < s->n; i++)
        y[i] = log(y[i] - s->base);
    fsci_polynomial power = fsci_polynomial_fit(x, y, s->n, 1);
    double b = fsci_polynomial_leading(&power), A = exp(fsci_line_intercept(&power));
    row = fsci_metric_row(run, label);
    fsci_metric_word(run, row, "form", "base");
    fsci_metric_estimate(run, row, A * exp(b * x[s->n - 1]) * (pow(2, b) - 1),
                         (fsci_interval){NAN, NAN});
    fsci_metric_set(run, row, "s0", s->base);
    fsci_metric_set(run, row, "A", A);
    fsci_metric_set(run, row, "b", b);
    fsci_metric_set(run, row, "rss", power.rss);
    fsci_metric_set(run, row, "n", (double)s->n);
}

static fsc_status table_group(fsci_metric_run *run, const char *label, sizes *s, size_t *index,
                              fsc_error *err)
{
    size_t all = s->n;
    FSCI_TRY(fsci_metric_distinct(run, s->d, index, all, "a data size of", err));
    add_points(run, label, s, index);
    add_gain(run, label, s, index);
    double *d = fsci_metric_gather(run, s->d, index, all),
           *y = fsci_metric_gather(run, s->score, index, all);
    double *scratch = FSCI_NEW(run->arena, double, 2 * all + 2);
    s->x = FSCI_NEW(run->arena, double, all + 1);
    s->y = FSCI_NEW(run->arena, double, all + 1);
    if (!d || !y || !scratch || !s->x || !s->y)
        return fsci_fail_memory(err);
    fsci_json *item = fsci_metric_item(run, "trend", label);
    fsci_metric_set(run, item, "spearman", fsci_spearman(d, y, all, scratch));
    fsci_metric_set(run, item, "p", fsci_spearman_p(d, y, all, run->seed));
    fsci_metric_set(run, item, "n", (double)all);
    s->base = d[0] == 0 ? y[0] : NAN;
    s->n = 0;
    for (size_t i = 0; i < all; i++)
        if (d[i] > 0) {
            s->x[s->n] = d[i];
            s->y[s->n++] = y[i];
        }
    add_table_forms(run, label, s);
    return FSC_OK;
}

static const fsci_metric_plot plots[] = {{"sizes", "Score by training examples", "points", "group",
                                          "score", "points", "examples", "training examples", "log",
                                          "score", "score", "linear", "lo", "hi"},
                                         {0}};

static fsc_status run_table(fsci_metric_run *run, fsc_error *err)
{
    fsci_keys group;
    sizes s = {0};
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    double given = fsci_metric_number(run, "items"), *same = FSCI_NEW(run->arena, double, rows);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "examples", &s.d, err));
    FSCI_TRY(fsci_metric_scores(run, "score", &s.score, err));
    FSCI_TRY(fsci_metric_numbers(run, "items", &s.items, err));
    if (!index || !same)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++) {
        same[i] = given;
        if (s.d[i] < 0)
            return fsci_metric_fail(run, i, err, "%s examples: a count is 0 or more",
                                    fsci_briefly(s.d[i], 6).text);
    }
    if (!s.items && isfinite(given))
        s.items = same;
    for (size_t g = 0; g < group.n; g++) {
        s.n = fsci_metric_pick(&group, g, rows, s.d, index);
        FSCI_TRY(table_group(run, group.labels[g], &s, index, err));
    }
    fsci_metric_intervals(run, "Student's t", "data sizes");
    if (run->list->first)
        fsci_metric_say(run, "%s per doubling of the data%s.",
                        fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                        group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_data_size_table = {
    .id = "data-size-table",
    .summary =
        "score against training examples when there are few points: gains, trend, honest bars",
    .source = "the form of table in arXiv:2506.08140",
    .text = "With three to five points only two-parameter forms are honest: u + v ln D, and s0 + A "
            "D^b with the base score s0 fixed. The trend is tested by all permutations; the best "
            "score against the base score by Fisher's exact test on the counts that the test size "
            "implies.",
    .example = "data-size-table scores.csv --param items=102,unit=percent",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_table};
