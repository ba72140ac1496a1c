/* metric tradeoff-curve, family-steps: what a change gives and costs; steps between sizes. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/compare.h"
#include "metric/rank.h"
#include "metric/regress.h"
#include "num/distribution.h"

#include <math.h>
#include <string.h>

/* ---- tradeoff-curve
 * ---------------------------------------------------------------------------------- */

static const fsci_metric_column trade_columns[] = {
    {"size", FSCI_METRIC_POSITIVE, true, "params|parameters", "parameters"},
    {"stage", FSCI_METRIC_KEY, true, "step|phase", "before and after, or steps in order"},
    {"target", FSCI_METRIC_NUMBER, true, "target_score", "score on the target task"},
    {"general", FSCI_METRIC_NUMBER, false, "general_score", "score on general tasks"},
    {0}};
static const fsci_metric_setting trade_settings[] = {
    FSCI_UNIT_SETTING,
    {"before", "STAGE", NULL, "stage to compare with (default: the first in the table)"},
    {"after", "STAGE", NULL, "stage compared (default: the last in the table)"},
    {0}};
static const fsci_metric_result trade_results[] = {
    {"rows",
     "stage, score (target or general), value (slope per decade), lo, hi, intercept, r2, n"},
    {"slopes", "score, difference, se, t, df, p, shift (of the line, slopes taken as equal)"},
    {"exchange", "size, target_gain, general_gain, rate (general per target)"},
    {"pareto", "size, stage, target, general"},
    {0}};

typedef struct trade {
    fsci_keys stage;
    const double *size, *target, *general;
    size_t before, after, rows;
} trade;

static fsc_status find_stage(const fsci_metric_run *run, const trade *t, const char *setting,
                             size_t otherwise, size_t *stage, fsc_error *err)
{
    const char *name = fsci_metric_text(run, setting);
    *stage = otherwise;
    for (size_t i = 0; i < t->stage.n && name; i++)
        if (!strcmp(t->stage.labels[i], name)) {
            *stage = i;
            return FSC_OK;
        }
    return name ? fsci_fail(err, FSC_EUSAGE, "--param %s: there is no stage '%s'", setting, name)
                : FSC_OK;
}

static fsc_status read_trade(fsci_metric_run *run, trade *t, fsc_error *err)
{
    t->rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "stage", &t->stage, err));
    FSCI_TRY(fsci_metric_numbers(run, "size", &t->size, err));
    FSCI_TRY(fsci_metric_scores(run, "target", &t->target, err));
    FSCI_TRY(fsci_metric_scores(run, "general", &t->general, err));
    FSCI_TRY(find_stage(run, t, "before", 0, &t->before, err));
    FSCI_TRY(find_stage(run, t, "after", t->stage.n - 1, &t->after, err));
    if (t->before == t->after)
        return fsci_fail(err, FSC_EINPUT, "a tradeoff needs two stages, and there is only '%s'",
                         t->stage.labels[0]);
    return FSC_OK;
}

/* Log-linear fits of one score before and after. */
static fsc_status add_lines(fsci_metric_run *run, const trade *t, const char *name,
                            const double *score, size_t *index, fsc_error *err)
{
    const size_t stages[] = {t->before, t->after};
    double *x[2], *y[2];
    size_t n[2];
    for (int s = 0; s < 2; s++) {
        n[s] = fsci_metric_pick(&t->stage, stages[s], t->rows, t->size, index);
        FSCI_TRY(fsci_metric_distinct(run, t->size, index, n[s], "size", err));
        x[s] = fsci_metric_gather(run, t->size, index, n[s]);
        y[s] = fsci_metric_gather(run, score, index, n[s]);
        if (!x[s] || !y[s])
            return fsci_fail_memory(err);
        if (n[s] < 2)
            return fsci_fail(err, FSC_EINPUT, "stage '%s' has one size; a line needs two",
                             t->stage.labels[stages[s]]);
        for (size_t i = 0; i < n[s]; i++)
            x[s][i] = log10(x[s][i]);
        fsci_polynomial line = fsci_polynomial_fit(x[s], y[s], n[s], 1);
        double slope = fsci_polynomial_leading(&line), df = (double)n[s] - 2;
        double half =
            df > 0 ? fsci_line_slope_se(&line) * fsci_t_quantile(0.5 + run->level / 2, df) : NAN;
        fsci_json *row = fsci_metric_row(run, "");
        fsci_metric_word(run, row, "stage", t->stage.labels[stages[s]]);
        fsci_metric_word(run, row, "score", name);
        fsci_metric_estimate(run, row, slope, (fsci_interval){slope - half, slope + half});
        fsci_metric_set(run, row, "intercept", fsci_line_intercept(&line));
        fsci_metric_set(run, row, "r2", line.r2);
        fsci_metric_set(run, row, "n", (double)n[s]);
    }
    fsci_slopes test = fsci_equal_slopes(x[0], y[0], n[0], x[1], y[1], n[1]);
    fsci_json *item = fsci_metric_item(run, "slopes", "");
    fsci_metric_word(run, item, "score", name);
    fsci_metric_set(run, item, "difference", test.difference);
    fsci_metric_set(run, item, "se", test.se);
    fsci_metric_set(run, item, "t", test.t);
    fsci_metric_set(run, item, "df", test.df);
    fsci_metric_set(run, item, "p", test.p);
    fsci_metric_set(run, item, "shift", test.shift);
    return FSC_OK;
}

/* Gains of every size that has both stages. */
static void add_exchange(fsci_metric_run *run, const trade *t)
{
    size_t unpaired = 0;
    for (size_t i = 0; i < t->rows; i++) {
        size_t pair = t->rows;
        for (size_t j = 0; j < t->rows; j++)
            if (t->size[j] == t->size[i] && t->stage.codes[j] == t->after)
                pair = j;
        if (t->stage.codes[i] != t->before)
            continue;
        unpaired += pair == t->rows;
        if (pair == t->rows)
            continue;
        double gain = t->target[pair] - t->target[i];
        double cost = t->general ? t->general[pair] - t->general[i] : NAN;
        fsci_json *item = fsci_metric_item(run, "exchange", "");
        fsci_metric_set(run, item, "size", t->size[i]);
        fsci_metric_set(run, item, "target_gain", gain);
        fsci_metric_set(run, item, "general_gain", cost);
        fsci_metric_set(run, item, "rate", cost / gain);
    }
    if (unpaired)
        fsci_record_warn(run->arena, run->root, "W-NO-PAIR",
                         "%zu sizes have no score after, so no exchange rate", unpaired);
}

static fsc_status add_pareto(fsci_metric_run *run, const trade *t, fsc_error *err)
{
    bool *best = FSCI_NEW(run->arena, bool, t->rows);
    if (!t->general)
        return FSC_OK;
    if (!best)
        return fsci_fail_memory(err);
    fsci_pareto(t->target, t->general, t->rows, best);
    for (size_t i = 0; i < t->rows; i++) {
        if (!best[i])
            continue;
        fsci_json *item = fsci_metric_item(run, "pareto", "");
        fsci_metric_set(run, item, "size", t->size[i]);
        fsci_metric_word(run, item, "stage", t->stage.labels[t->stage.codes[i]]);
        fsci_metric_set(run, item, "target", t->target[i]);
        fsci_metric_set(run, item, "general", t->general[i]);
    }
    fsci_json *figure = fsci_metric_figure(run, "tradeoff", "Target against general score",
                                           "target", "linear", "general", "linear");
    fsci_metric_points(run, figure, "checkpoints", t->target, t->general, t->rows);
    return FSC_OK;
}

static fsc_status run_trade(fsci_metric_run *run, fsc_error *err)
{
    trade t;
    size_t *index = FSCI_NEW(run->arena, size_t, fsci_metric_rows(run));
    FSCI_TRY(read_trade(run, &t, err));
    if (!index)
        return fsci_fail_memory(err);
    FSCI_TRY(add_lines(run, &t, "target", t.target, index, err));
    if (t.general)
        FSCI_TRY(add_lines(run, &t, "general", t.general, index, err));
    add_exchange(run, &t);
    FSCI_TRY(add_pareto(run, &t, err));
    fsci_metric_intervals(run, "Student's t", "sizes");
    const fsci_json *test = fsci_json_at(run->root, "slopes.0");
    fsci_metric_say(run, "The target line moves by %s; its slope by %s per decade (p %s).",
                    fsci_briefly(fsci_json_get_number(test, "shift"), 4).text,
                    fsci_briefly(fsci_json_get_number(test, "difference"), 4).text,
                    fsci_briefly(fsci_json_get_number(test, "p"), 3).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_tradeoff_curve = {
    .id = "tradeoff-curve",
    .summary = "what specialising gives on the target and costs in general, by size",
    .source = "Fu et al. 2023 (arXiv:2301.12726)",
    .text =
        "Score = u + v log10(size) before and after, a test that the slopes are equal, the shift "
        "of the line when they are taken to be, the exchange rate of each size (general gain per "
        "target gain) and the Pareto set of all checkpoints.",
    .example = "tradeoff-curve checkpoints.csv --param unit=percent",
    .columns = trade_columns,
    .settings = trade_settings,
    .results = trade_results,
    .run = run_trade};

/* ---- family-steps
 * ------------------------------------------------------------------------------------ */

static const fsci_metric_column step_columns[] = {
    {"group", FSCI_METRIC_KEY, false, "family|task", "families and tasks: --group family,task"},
    {"size", FSCI_METRIC_POSITIVE, true, "params|chars|parameters",
     "size: total or active parameters"},
    {"score", FSCI_METRIC_NUMBER, true, "mean|f1|accuracy", "mean score"},
    {"n", FSCI_METRIC_POSITIVE, false, "repeats|answers|runs", "repeats behind a row"},
    {"sd", FSCI_METRIC_NUMBER, false, NULL, "standard deviation over the repeats"},
    {0}};
static const fsci_metric_setting step_settings[] = {
    {"z", "NUMBER", "1.96", "standard errors a step must exceed"},
    {"tolerance", "NUMBER", "0.02", "and the difference it must exceed"},
    {"ceiling", "NUMBER", "1", "best possible score"},
    {0}};
static const fsci_metric_result step_results[] = {
    {"rows",
     "group, value (mean score over its rows), cost_effective (smallest size within tolerance "
     "of the best), kendall, spearman (score and size, over answers), non_monotone (share of steps "
     "down), first_bin_outlier (the smallest size scores lowest by more than the tolerance "
     "though the rest do not rise), n (sizes), rows"},
    {"steps", "group, from, to, change, se, step (rise, plateau, drop, ceiling)"},
    {"pooled", "slope (per decade, intercept for each group), se, n"},
    {0}};

/* Rows of one size become one: weighted mean, and its standard deviation and repeats. */
typedef struct by_size {
    double *size, *mean, *sd, *n;
    size_t sizes;
} by_size;

static fsc_status merge_sizes(fsci_metric_run *run, const double *const in[4], const size_t *index,
                              size_t rows, by_size *b, fsc_error *err)
{
    const double *size = in[0], *score = in[1], *n = in[2], *sd = in[3];
    fsci_arena *a = run->arena;
    *b = (by_size){FSCI_NEW(a, double, rows), FSCI_NEW(a, double, rows), FSCI_NEW(a, double, rows),
                   FSCI_NEW(a, double, rows), 0};
    if (!b->size || !b->mean || !b->sd || !b->n)
        return fsci_fail_memory(err);
    for (size_t i = 0, next; i < rows; i = next, b->sizes++) {
        double total = 0, mean = 0, squares = 0;
        for (next = i; next < rows && size[index[next]] == size[index[i]]; next++) {
            double w = n ? n[index[next]] : 1;
            total += w;
            mean += w * score[index[next]];
        }
        mean /= total;
        for (size_t j = i; j < next; j++) {
            size_t r = index[j];
            double w = n ? n[r] : 1, own = sd && isfinite(sd[r]) ? sd[r] : 0;
            squares += w * (score[r] - mean) * (score[r] - mean) + (w - 1) * own * own;
        }
        b->size[b->sizes] = size[index[i]];
        b->mean[b->sizes] = mean;
        b->n[b->sizes] = total;
        b->sd[b->sizes] = total > 1 ? sqrt(squares / (total - 1)) : NAN;
    }
    return FSC_OK;
}

static double add_steps(fsci_metric_run *run, const char *label, const by_size *b)
{
    double z = fsci_metric_number(run, "z"), tolerance = fsci_metric_number(run, "tolerance");
    double down = 0;
    for (size_t i = 0; i + 1 < b->sizes; i++) {
        double v = b->sd[i] * b->sd[i] / b->n[i] + b->sd[i + 1] * b->sd[i + 1] / b->n[i + 1];
        double se = isfinite(v) ? sqrt(v) : 0;
        fsci_size_step step = fsci_step_between(b->mean[i], b->mean[i + 1], se, z, tolerance,
                                                fsci_metric_number(run, "ceiling"));
        fsci_json *item = fsci_metric_item(run, "steps", label);
        fsci_metric_set(run, item, "from", b->size[i]);
        fsci_metric_set(run, item, "to", b->size[i + 1]);
        fsci_metric_set(run, item, "change", b->mean[i + 1] - b->mean[i]);
        fsci_metric_set(run, item, "se", isfinite(v) ? se : NAN);
        fsci_metric_word(run, item, "step", fsci_size_step_name(step));
        down += b->mean[i + 1] < b->mean[i];
    }
    return down / (double)(b->sizes - 1);
}

/* The smallest size is far below all others, which do not rise themselves: no trend in size. */
static bool first_is_outlier(const by_size *b, double tolerance, double *scratch)
{
    double least = INFINITY;
    for (size_t i = 1; i < b->sizes; i++)
        least = fmin(least, b->mean[i]);
    return b->sizes > 3 && b->mean[0] < least - tolerance &&
           !(fsci_spearman(b->size + 1, b->mean + 1, b->sizes - 1, scratch) > 0.5);
}

/* Spearman's coefficient over single answers; a row that stands for n of them counts n times. */
static fsc_status row_trend(fsci_metric_run *run, const double *const in[4], const size_t *index,
                            size_t n, double *trend, fsc_error *err)
{
    size_t answers = 0, m = 0;
    for (size_t i = 0; i < n; i++)
        answers += in[2] ? (size_t)in[2][index[i]] : 1;
    *trend = NAN;
    if (answers > 20000) /* ranks are quadratic */
        return FSC_OK;
    double *x = FSCI_NEW(run->arena, double, answers + 1),
           *y = FSCI_NEW(run->arena, double, answers + 1);
    double *scratch = FSCI_NEW(run->arena, double, 2 * answers + 2);
    if (!x || !y || !scratch)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = in[2] ? (size_t)in[2][index[i]] : 1; j > 0; j--) {
            x[m] = in[0][index[i]];
            y[m++] = in[1][index[i]];
        }
    *trend = fsci_spearman(x, y, answers, scratch);
    return FSC_OK;
}

static fsc_status step_group(fsci_metric_run *run, const fsci_keys *group, size_t g,
                             const double *const in[4], size_t *index, double *pool, fsc_error *err)
{
    const char *label = group->labels[g];
    size_t n = fsci_metric_pick(group, g, fsci_metric_rows(run), in[0], index);
    double mean = 0, total = 0, trend;
    by_size b;
    FSCI_TRY(row_trend(run, in, index, n, &trend, err));
    FSCI_TRY(merge_sizes(run, in, index, n, &b, err));
    double *scratch = FSCI_NEW(run->arena, double, 2 * b.sizes + 2);
    if (!scratch)
        return fsci_fail_memory(err);
    if (b.sizes < 2)
        return fsci_fail(err, FSC_EINPUT, "%s has one size; steps need two",
                         *label ? label : "the table");
    for (size_t i = 0; i < b.sizes; i++) {
        mean += b.n[i] * b.mean[i];
        total += b.n[i];
    }
    double centre = 0, height = 0, tolerance = fsci_metric_number(run, "tolerance");
    for (size_t i = 0; i < b.sizes; i++) {
        centre += log10(b.size[i]) / (double)b.sizes;
        height += b.mean[i] / (double)b.sizes;
    }
    for (size_t i = 0; i < b.sizes; i++) { /* within groups, for the pooled slope */
        double u = log10(b.size[i]) - centre, v = b.mean[i] - height;
        pool[0] += u * u;
        pool[1] += u * v;
        pool[2] += v * v;
        pool[3]++;
    }
    double down = add_steps(run, label, &b);
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_set(run, row, "value", mean / total);
    fsci_metric_set(run, row, "cost_effective",
                    b.size[fsci_cost_effective(b.mean, b.sizes, tolerance)]);
    fsci_metric_set(run, row, "kendall", fsci_kendall(b.size, b.mean, b.sizes));
    fsci_metric_set(run, row, "spearman", trend);
    fsci_metric_set(run, row, "non_monotone", down);
    fsci_json_set_bool(run->arena, row, "first_bin_outlier",
                       first_is_outlier(&b, tolerance, scratch));
    fsci_metric_set(run, row, "n", (double)b.sizes);
    fsci_metric_set(run, row, "rows", total);
    fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
    if (g < 8)
        fsci_metric_line(run, figure, *label ? label : "score", "marked", b.size, b.mean, b.sizes);
    return FSC_OK;
}

static const fsci_metric_plot step_plots[] = {
    {"steps", "Steps from one size to the next", "steps", "step", "", "points", "to",
     "size stepped to", "log", "change", "change of the score", "linear", NULL, NULL},
    {0}};

static fsc_status run_steps(fsci_metric_run *run, fsc_error *err)
{
    fsci_keys group;
    const double *in[4];
    double pool[4] = {0};
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "size", &in[0], err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &in[1], err));
    FSCI_TRY(fsci_metric_numbers(run, "n", &in[2], err));
    FSCI_TRY(fsci_metric_numbers(run, "sd", &in[3], err));
    for (size_t i = 0; i < rows && in[3]; i++)
        if (in[3][i] < 0)
            return fsci_metric_fail(run, i, err, "sd %s is negative",
                                    fsci_briefly(in[3][i], 6).text);
    if (!index)
        return fsci_fail_memory(err);
    fsci_metric_figure(run, "sizes", "Score by size", "size", "log", "score", "linear");
    for (size_t g = 0; g < group.n; g++)
        FSCI_TRY(step_group(run, &group, g, in, index, pool, err));
    double slope = pool[1] / pool[0], df = pool[3] - (double)group.n - 1;
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "pooled");
    fsci_metric_set(run, item, "slope", slope);
    fsci_metric_set(run, item, "se",
                    df > 0 ? sqrt(fmax(0, pool[2] - slope * pool[1]) / df / pool[0]) : NAN);
    fsci_metric_set(run, item, "n", pool[3]);
    fsci_metric_say(run, "%s per decade of size within groups.", fsci_briefly(slope, 4).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_family_steps = {
    .id = "family-steps",
    .summary = "rises, plateaus and drops from one size of a family to the next",
    .source = "Heim et al. 2025 (arXiv:2505.16276)",
    .text =
        "Rows of one size are merged (weighted by their repeats). A step is a rise or a drop when "
        "it exceeds both z standard errors and the tolerance, else a plateau; at the ceiling when "
        "both sizes are. The cost-effective size is the smallest one within the tolerance of the "
        "best. The pooled slope has an intercept for every family. A smallest size far below all "
        "others is pointed out: one line through it says nothing about size.",
    .example = "family-steps data/kg-friends/f1.csv --where 'version == 3.1' --group model",
    .columns = step_columns,
    .settings = step_settings,
    .results = step_results,
    .plots = step_plots,
    .run = run_steps};
