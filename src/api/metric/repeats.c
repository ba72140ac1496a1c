/* metric repeat-aggregates: best, worst, majority and mean of repeated runs.
 * metric coverage-law: the law of a coverage curve that is given as a curve. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/pass.h"
#include "metric/resample.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"item", FSCI_METRIC_KEY, true, "question|problem|task|prompt", "items, repeated"},
    {"score", FSCI_METRIC_SHARE, true, "correct|right|success", "score of one run, 0 to 1"},
    {"group", FSCI_METRIC_KEY, false, "run|model|system", "models or conditions"},
    {"answer", FSCI_METRIC_KEY, false, "answer_class|label",
     "the answer given: equal answers of an item are equal; needed for majorities"},
    {"cost", FSCI_METRIC_NUMBER, false, "tokens|duration_s|seconds", "what a run took"},
    {"cluster", FSCI_METRIC_KEY, false, "topic", "items resampled together"},
    {"round", FSCI_METRIC_COUNT, false, "feedback_round|feedback_rounds",
     "of attempts in sequence: how often a critic had spoken before, 0 for the first"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"conventional", "GROUP", NULL, "the group whose best-of-k is to close the gap ..."},
    {"reasoning", "GROUP", NULL, "... to the average of this one"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group, statistic (average, best-of-all, worst-of-all, majority, best-of-k, worst-of-k, "
     "pass@k, pass^k; with a column round: after-rounds, solved-within), k (rounds), value, lo, "
     "hi, n (items that have the runs)"},
    {"costs", "group, mean, sd (pooled over all runs), sd_within (of repeats of one item), runs"},
    {"gap", "k, closed: share of the gap between two groups closed by k calls"},
    {0}};

/* Statistics of one group: value[s * items + i] of item i. */
typedef struct aggregates {
    size_t items, n;
    double *value;
    const char **names;
    double *k;
} aggregates;

static void means(void *context, const double *weight, double *out)
{
    const aggregates *a = context;
    for (size_t s = 0; s < a->n; s++) {
        double sum = 0, total = 0;
        for (size_t i = 0; i < a->items; i++) {
            double value = a->value[s * a->items + i]; /* NaN: fewer runs than k */
            sum += isnan(value) ? 0 : weight[i] * value;
            total += isnan(value) ? 0 : weight[i];
        }
        out[s] = sum / total;
    }
}

enum { MOST_ROUNDS = 1000 };

typedef struct repeats {
    fsci_keys group, item, answer, cluster;
    const double *score, *cost, *round;
    double last; /* round */
    size_t rows;
    bool answers, binary;
    size_t *index, *labels, *scratch; /* [rows] */
    double *sorted, *right;
} repeats;

static fsc_status read_repeats(fsci_metric_run *run, repeats *r, fsc_error *err)
{
    r->rows = fsci_metric_rows(run);
    r->answers = fsci_metric_bound(run, "answer") != NULL;
    FSCI_TRY(fsci_metric_keys(run, "item", &r->item, err));
    FSCI_TRY(fsci_metric_keys(run, "group", &r->group, err));
    FSCI_TRY(fsci_metric_keys(run, "answer", &r->answer, err));
    FSCI_TRY(fsci_metric_keys(run, "cluster", &r->cluster, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &r->score, err));
    FSCI_TRY(fsci_metric_numbers(run, "cost", &r->cost, err));
    FSCI_TRY(fsci_metric_numbers(run, "round", &r->round, err));
    r->binary = true;
    for (size_t i = 0; i < r->rows && r->round; i++) {
        r->last = fmax(r->last, r->round[i]);
        if (isnan(r->round[i]) || r->round[i] > MOST_ROUNDS)
            return fsci_metric_fail(run, i, err, "a round is a whole number from 0 to %d",
                                    MOST_ROUNDS);
    }
    for (size_t i = 0; i < r->rows; i++)
        r->binary = r->binary && (r->score[i] == 0 || r->score[i] == 1);
    r->index = FSCI_NEW(run->arena, size_t, r->rows);
    r->labels = FSCI_NEW(run->arena, size_t, r->rows);
    r->scratch = FSCI_NEW(run->arena, size_t, r->rows);
    r->sorted = FSCI_NEW(run->arena, double, r->rows);
    r->right = FSCI_NEW(run->arena, double, r->rows);
    return r->index && r->labels && r->scratch && r->sorted && r->right ? FSC_OK
                                                                        : fsci_fail_memory(err);
}

/* Rows of a group item by item: those of item j are rows[first[j]..first[j + 1]). */
typedef struct by_item {
    size_t items, *first, *rows, *item;
} by_item;

static fsc_status sort_items(fsci_metric_run *run, const repeats *r, size_t group, by_item *b,
                             fsc_error *err)
{
    fsci_arena *a = run->arena;
    size_t *count = FSCI_NEW(a, size_t, r->item.n + 1), n = 0, at = 0;
    b->rows = FSCI_NEW(a, size_t, r->rows + 1);
    b->first = FSCI_NEW(a, size_t, r->item.n + 1);
    b->item = FSCI_NEW(a, size_t, r->item.n + 1);
    if (!count || !b->rows || !b->first || !b->item)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < r->rows; i++)
        count[r->item.codes[i]] += r->group.codes[i] == group;
    for (size_t k = 0; k < r->item.n; k++) {
        size_t size = count[k];
        if (size) {
            b->item[n] = k;
            b->first[n++] = at;
        }
        count[k] = at;
        at += size;
    }
    b->first[n] = at;
    b->items = n;
    for (size_t i = 0; i < r->rows; i++)
        if (r->group.codes[i] == group)
            b->rows[count[r->item.codes[i]]++] = i;
    return FSC_OK;
}

static void set(aggregates *a, size_t *s, const char *name, double k, size_t item, double value)
{
    a->names[*s] = name;
    a->k[*s] = k;
    a->value[*s * a->items + item] = value;
    ++*s;
}

/* Attempts in sequence: where the item stands after each number of rounds, its latest attempts
 * averaged, and whether any attempt so far was right. An item that stopped keeps its last answer.
 */
static void follow(const repeats *r, const by_item *b, size_t item, aggregates *a)
{
    size_t n = b->first[item + 1] - b->first[item], s = 0;
    const size_t *rows = b->rows + b->first[item];
    double now = NAN, best = NAN;
    for (double round = 0; round <= r->last; round++) {
        double sum = 0, count = 0;
        for (size_t i = 0; i < n; i++)
            if (r->round[rows[i]] == round) {
                sum += r->score[rows[i]];
                best = fmax(best, r->score[rows[i]]);
                count++;
            }
        now = count > 0 ? sum / count : now;
        set(a, &s, "after-rounds", round, item, now);
        set(a, &s, "solved-within", round, item, best);
    }
}

/* All statistics of one item whose runs are independent. */
static void aggregate(const repeats *r, const by_item *b, size_t item, const double *k, size_t n_k,
                      aggregates *a)
{
    size_t n = b->first[item + 1] - b->first[item], s = 0;
    const size_t *rows = b->rows + b->first[item];
    double c = 0;
    for (size_t i = 0; i < n; i++) {
        r->sorted[i] = r->right[i] = r->score[rows[i]];
        r->labels[i] = r->answer.codes[rows[i]];
        c += r->score[rows[i]];
    }
    fsci_sort(r->sorted, n);
    set(a, &s, "average", NAN, item, c / (double)n);
    set(a, &s, "best-of-all", NAN, item, r->sorted[n - 1]);
    set(a, &s, "worst-of-all", NAN, item, r->sorted[0]);
    if (r->answers)
        set(a, &s, "majority", NAN, item, fsci_majority(r->labels, r->right, n, r->scratch));
    for (size_t j = 0; j < n_k; j++) {
        bool enough = k[j] <= (double)n;
        size_t whole = enough ? (size_t)k[j] : 0;
        if (r->binary) {
            set(a, &s, "pass@k", k[j], item, enough ? fsci_pass_at((double)n, c, k[j]) : NAN);
            set(a, &s, "pass^k", k[j], item, enough ? fsci_pass_all((double)n, c, k[j]) : NAN);
        } else {
            set(a, &s, "best-of-k", k[j], item, enough ? fsci_best_of(r->sorted, n, whole) : NAN);
            set(a, &s, "worst-of-k", k[j], item, enough ? fsci_worst_of(r->sorted, n, whole) : NAN);
        }
    }
}

static void add_costs(fsci_metric_run *run, const repeats *r, const by_item *b, const char *label)
{
    size_t runs = b->first[b->items];
    double within = 0, df = 0;
    if (!r->cost)
        return;
    for (size_t j = 0; j < b->items; j++) {
        size_t n = b->first[j + 1] - b->first[j];
        for (size_t i = 0; i < n; i++)
            r->sorted[i] = r->cost[b->rows[b->first[j] + i]];
        double sd = fsci_sd(r->sorted, n);
        within += n > 1 ? sd * sd * (double)(n - 1) : 0;
        df += (double)(n - 1);
    }
    for (size_t i = 0; i < runs; i++)
        r->sorted[i] = r->cost[b->rows[i]];
    fsci_json *item = fsci_metric_item(run, "costs", label);
    fsci_metric_set(run, item, "mean", fsci_mean(r->sorted, runs));
    fsci_metric_set(run, item, "sd", fsci_sd(r->sorted, runs));
    fsci_metric_set(run, item, "sd_within", sqrt(within / df));
    fsci_metric_set(run, item, "runs", (double)runs);
}

static fsc_status one_group(fsci_metric_run *run, const repeats *r, size_t group, const double *k,
                            size_t n_k, bool *uneven, size_t *short_of, fsc_error *err)
{
    by_item b = {0};
    FSCI_TRY(sort_items(run, r, group, &b, err));
    if (!b.items)
        return FSC_OK;
    aggregates a = {.items = b.items, .n = 3 + r->answers + 2 * n_k};
    if (r->round)
        a.n = 2 * ((size_t)r->last + 1);
    uint32_t *cluster = FSCI_NEW(run->arena, uint32_t, b.items);
    fsci_interval *limits = FSCI_NEW(run->arena, fsci_interval, a.n);
    double *all = FSCI_NEW(run->arena, double, b.items), *mean = FSCI_NEW(run->arena, double, a.n);
    a.value = FSCI_NEW(run->arena, double, a.n *b.items);
    a.names = FSCI_NEW(run->arena, const char *, a.n);
    a.k = FSCI_NEW(run->arena, double, a.n);
    if (!cluster || !limits || !all || !mean || !a.value || !a.names || !a.k)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < b.items; j++) {
        if (r->round)
            follow(r, &b, j, &a);
        else
            aggregate(r, &b, j, k, n_k, &a);
        cluster[j] = r->cluster.codes[b.rows[b.first[j]]];
        all[j] = 1;
        *uneven = *uneven || b.first[j + 1] - b.first[j] != b.first[1] - b.first[0];
    }
    fsci_resampling how = {b.items,          r->cluster.n > 1 ? cluster : NULL,
                           run->n_resamples, run->seed,
                           run->level,       run->threads};
    if (!fsci_resample(&how, means, &a, a.n, limits, NULL))
        return fsci_fail_memory(err);
    means(&a, all, mean);
    const char *label = r->group.labels[group];
    for (size_t s = 0; s < a.n; s++) {
        fsci_json *row = fsci_metric_row(run, label);
        fsci_metric_word(run, row, "statistic", a.names[s]);
        fsci_metric_set(run, row, "k", a.k[s]);
        fsci_metric_estimate(run, row, mean[s], limits[s]);
        double n = 0;
        for (size_t j = 0; j < b.items; j++)
            n += !isnan(a.value[s * b.items + j]);
        fsci_metric_set(run, row, "n", n);
        *short_of += n < (double)b.items;
    }
    add_costs(run, r, &b, label);
    return FSC_OK;
}

static double value_of(const fsci_metric_run *run, const char *group, const char *statistic,
                       double k)
{
    FSCI_JSON_EACH (row, run->list) {
        const char *own = fsci_json_get_string(row, "group");
        const char *name = fsci_json_get_string(row, "statistic");
        double at = fsci_json_get_number(row, "k");
        bool mine = own && group ? !strcmp(own, group) : own == group;
        if (mine && (at == k || (isnan(at) && isnan(k))) && name && !strcmp(name, statistic))
            return fsci_json_get_number(row, "value");
    }
    return NAN;
}

static fsc_status add_gap(fsci_metric_run *run, bool binary, const double *k, size_t n_k,
                          fsc_error *err)
{
    const char *from = fsci_metric_text(run, "conventional"),
               *to = fsci_metric_text(run, "reasoning");
    if (!from && !to)
        return FSC_OK;
    double low = from ? value_of(run, from, "average", NAN) : NAN;
    double high = to ? value_of(run, to, "average", NAN) : NAN;
    if (!from || isnan(low) || isnan(high))
        return fsci_fail(err, FSC_EUSAGE,
                         "--param conventional and reasoning name two groups; there "
                         "is no '%s'",
                         isnan(low) ? from ? from : ""
                         : to       ? to
                                    : "");
    for (size_t j = 0; j < n_k; j++) {
        fsci_json *item = fsci_metric_item(run, "gap", "");
        fsci_metric_set(run, item, "k", k[j]);
        fsci_metric_set(run, item, "closed",
                        (value_of(run, from, binary ? "pass@k" : "best-of-k", k[j]) - low) /
                            (high - low));
    }
    return FSC_OK;
}

static void say_rounds(fsci_metric_run *run, const repeats *r)
{
    const fsci_json *first = run->list->first, *last = run->list->last;
    const char *group = fsci_json_get_string(last, "group");
    if (r->group.n == 1)
        fsci_metric_say(run, "Score %s at first, %s after %s rounds of feedback.",
                        fsci_briefly(fsci_json_get_number(first, "value"), 4).text,
                        fsci_briefly(value_of(run, group, "after-rounds", r->last), 4).text,
                        fsci_briefly(r->last, 6).text);
    else
        fsci_metric_say(run, "Up to %s rounds of feedback in %zu groups.",
                        fsci_briefly(r->last, 6).text, r->group.n);
}

static const fsci_metric_plot plots[] = {{"repeats", "Repeated runs, by k", "rows", "statistic", "",
                                          "points", "k", "runs k, or rounds", "linear", "value",
                                          "score", "linear", "lo", "hi"},
                                         {0}};

static fsc_status run_repeats(fsci_metric_run *run, fsc_error *err)
{
    static double usual[] = {2, 4, 8};
    repeats r;
    double *k;
    size_t n_k;
    bool uneven = false;
    size_t short_of = 0;
    FSCI_TRY(fsci_metric_k(run, &k, &n_k, err));
    FSCI_TRY(read_repeats(run, &r, err));
    if (!n_k) {
        k = usual;
        n_k = 3;
    }
    fsci_metric_intervals(run, "bootstrap", r.cluster.n > 1 ? "clusters of items" : "items");
    for (size_t g = 0; g < r.group.n; g++)
        FSCI_TRY(one_group(run, &r, g, k, n_k, &uneven, &short_of, err));
    if (uneven && !r.round)
        fsci_record_warn(run->arena, run->root, "W-UNEQUAL-N",
                         "items have different numbers of runs; best and worst of all are of "
                         "different sizes");
    if (short_of)
        fsci_record_warn(run->arena, run->root, "W-TOO-FEW-RUNS",
                         "%zu values are of the items that have k runs, fewer than all: see n",
                         short_of);
    if (r.round) {
        say_rounds(run, &r);
        return FSC_OK;
    }
    fsci_metric_say(
        run, "Average %s, best of all runs %s, worst %s%s.",
        fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
        fsci_briefly(fsci_json_get_number(run->list->first->next, "value"), 4).text,
        fsci_briefly(fsci_json_get_number(run->list->first->next->next, "value"), 4).text,
        r.group.n > 1 ? " in the first group" : "");
    return add_gap(run, r.binary, k, n_k, err);
}

const fsci_metric fsci_metric_repeat_aggregates = {
    .id = "repeat-aggregates",
    .summary = "average, best, worst and majority of repeated runs, and of k out of n of them",
    .source = "Balachandran et al. 2025 (arXiv:2504.00294)",
    .text =
        "A row per item and run. Best and worst of k are unbiased from n > k runs: the expected "
        "extreme of k of them, E max = sum_i s_(i) C(i-1,k-1)/C(n,k) over sorted scores; of binary "
        "scores they are pass@k and pass^k = C(c,k)/C(n,k) (all k right). The majority answer is "
        "the most frequent one, ties split. Intervals resample items. Attempts that saw a critic's "
        "word on the one before (a column round) are no repeats: then the score after each number "
        "of rounds and the share solved by any attempt so far are reported in their place.",
    .example = "repeat-aggregates data/atts/samples.csv --k 2,4,8",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_repeats};

/* ---- coverage-law
 * ---------------------------------------------------------------------------------- */

static const fsci_metric_column law_columns[] = {
    {"k", FSCI_METRIC_POSITIVE, true, "attempts|samples", "attempts"},
    {"coverage", FSCI_METRIC_SHARE, true, "value|pass|pass_at_k", "share of items solved"},
    {"group", FSCI_METRIC_KEY, false, "model", "models"},
    {0}};
static const fsci_metric_setting law_settings[] = {
    {"at", "X:Y:...", NULL, "predict coverage at these k"}, {0}};
static const fsci_metric_result law_results[] = {
    {"rows", "group, value (b), a, r2, n (points used), dropped (points at 0 or 1)"},
    {"predictions", "group, k, value, log10_beyond"},
    {0}};

static fsc_status run_law(fsci_metric_run *run, fsc_error *err)
{
    fsci_keys group;
    const double *k, *coverage;
    double *at;
    size_t n_at, rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "k", &k, err));
    FSCI_TRY(fsci_metric_numbers(run, "coverage", &coverage, err));
    FSCI_TRY(fsci_metric_values(run, "at", &at, &n_at, err));
    size_t *index = FSCI_NEW(run->arena, size_t, rows);
    double *x = FSCI_NEW(run->arena, double, rows), *y = FSCI_NEW(run->arena, double, rows);
    if (!index || !x || !y)
        return fsci_fail_memory(err);
    fsci_json *figure =
        fsci_metric_figure(run, "law", "Coverage", "attempts k", "log", "-ln(coverage)", "log");
    for (size_t g = 0; g < group.n; g++) {
        size_t n = fsci_metric_pick(&group, g, rows, k, index), drawn = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = k[index[i]];
            y[i] = coverage[index[i]];
        }
        fsci_coverage_law law = fsci_coverage_fit(x, y, n);
        if (isnan(law.b))
            return fsci_fail(err, FSC_EINPUT,
                             "%s: a coverage law needs two k with coverage between 0 "
                             "and 1",
                             *group.labels[g] ? group.labels[g] : fsci_table_name(run->rows.table));
        fsci_json *row = fsci_metric_row(run, group.labels[g]);
        fsci_metric_set(run, row, "value", law.b);
        fsci_metric_set(run, row, "a", law.a);
        fsci_metric_set(run, row, "r2", law.r2);
        fsci_metric_set(run, row, "n", (double)law.n);
        fsci_metric_set(run, row, "dropped", (double)(n - law.n));
        for (size_t j = 0; j < n_at; j++) {
            fsci_json *item = fsci_metric_item(run, "predictions", group.labels[g]);
            fsci_metric_set(run, item, "k", at[j]);
            fsci_metric_set(run, item, "value", exp(-law.a * pow(at[j], -law.b)));
            fsci_metric_set(run, item, "log10_beyond", fmax(0, log10(at[j] / x[n - 1])));
        }
        for (size_t i = 0; i < n; i++)
            if (y[i] > 0 && y[i] < 1) {
                x[drawn] = x[i];
                y[drawn++] = -log(y[i]);
            }
        fsci_metric_points(run, figure, *group.labels[g] ? group.labels[g] : "coverage", x, y,
                           drawn);
    }
    fsci_metric_say(run, "-ln(coverage) = %s k^-%s%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "a"), 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_coverage_law = {
    .id = "coverage-law",
    .summary = "the power law -ln(coverage) = a k^-b of a curve that is given as a curve",
    .source = "Brown et al. 2024 (arXiv:2407.21787); Schaeffer et al. 2025 (arXiv:2502.17578)",
    .text = "A line of ln(-ln coverage) on ln k, unweighted. Its points share their samples, so it "
            "has no honest interval of its own: from counts use passk, which resamples items. "
            "Coverage is a power law of k only when success rates near 0 have a density like "
            "p^(b-1); one rate for all items gives an exponential, whose b here comes out near 1.",
    .example = "coverage-law curve.csv --param at=100000",
    .columns = law_columns,
    .settings = law_settings,
    .results = law_results,
    .run = run_law};
