/* metric multi-condition-coverage: samples spread over temperatures or other conditions. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/mixture.h"
#include "metric/resample.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"item", FSCI_METRIC_KEY, true, "question|problem|variation", "items"},
    {"condition", FSCI_METRIC_KEY, true, "temperature|run|prompt", "conditions, as temperatures"},
    {"n", FSCI_METRIC_COUNT, false, "samples|trials", "samples of the item in the condition"},
    {"c", FSCI_METRIC_COUNT, false, "successes", "samples that were right"},
    {"correct", FSCI_METRIC_COUNT, false, "right",
     "1 or 0 in a table of one row per sample, or the number right beside n"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"often", "NUMBER", "0.5", "rate from which an item is solved often, for its class"},
    {"most-tried", "NUMBER", "20000", "compositions tried before the allocation is greedy"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (condition, or equal split, or best split), k (total samples), value (pass), lo, hi "
     "(best split: of the allocation as it stands, which was chosen on these items), n (items)"},
    {"allocation", "k, condition, samples, exhaustive"},
    {"complementarity", "condition, against, only (items solved by the one and not the other)"},
    {"union", "share of items that some condition solved"},
    {"classes",
     "easy, medium, hard, impossible: items solved often by all, by all, by some, by none"},
    {0}};

typedef struct mix {
    fsci_mixture m;
    fsci_keys condition;
    size_t *k; /* of the statistic at hand */
} mix;

static fsc_status read_mix(fsci_metric_run *run, mix *x, fsc_error *err)
{
    fsci_keys item;
    const double *n, *c, *correct;
    size_t rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "item", &item, err));
    FSCI_TRY(fsci_metric_keys(run, "condition", &x->condition, err));
    FSCI_TRY(fsci_metric_numbers(run, "n", &n, err));
    FSCI_TRY(fsci_metric_numbers(run, "c", &c, err));
    FSCI_TRY(fsci_metric_numbers(run, "correct", &correct, err));
    c = c ? c : correct;
    if (!c)
        return fsci_fail(err, FSC_EINPUT,
                         "metric multi-condition-coverage needs n and c, or a column "
                         "correct: name them with --map");
    size_t conditions = x->condition.n;
    double *N = FSCI_NEW(run->arena, double, item.n *conditions);
    double *C = FSCI_NEW(run->arena, double, item.n *conditions);
    x->k = FSCI_NEW(run->arena, size_t, conditions);
    if (!N || !C || !x->k)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++) {
        size_t at = item.codes[i] * conditions + x->condition.codes[i];
        double samples = n ? n[i] : 1;
        if (c[i] > samples)
            return fsci_metric_fail(run, i, err, "%s right of %s samples",
                                    fsci_briefly(c[i], 6).text, fsci_briefly(samples, 6).text);
        N[at] += samples;
        C[at] += c[i];
    }
    for (size_t at = 0; at < item.n * conditions; at++)
        if (N[at] == 0)
            return fsci_fail(err, FSC_EINPUT, "item %s has no samples in condition %s",
                             item.labels[at / conditions], x->condition.labels[at % conditions]);
    x->m = (fsci_mixture){item.n, conditions, N, C};
    return FSC_OK;
}

static void weighted_pass(void *context, const double *weight, double *out)
{
    const mix *x = context;
    double sum = 0, total = 0;
    for (size_t i = 0; i < x->m.items; i++) {
        fsci_mixture one = {1, x->m.conditions, x->m.n + i * x->m.conditions,
                            x->m.c + i * x->m.conditions};
        if (weight[i] == 0)
            continue;
        sum += weight[i] * fsci_mixture_pass(&one, x->k);
        total += weight[i];
    }
    *out = sum / total;
}

static fsc_status add_row(fsci_metric_run *run, const mix *x, const char *label, double k,
                          fsc_error *err)
{
    fsci_interval limits;
    fsci_resampling r = {x->m.items, NULL, run->n_resamples, run->seed, run->level, run->threads};
    if (!fsci_resample(&r, weighted_pass, (void *)x, 1, &limits, NULL))
        return fsci_fail_memory(err);
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_set(run, row, "k", k);
    fsci_metric_estimate(run, row, fsci_mixture_pass(&x->m, x->k), limits);
    fsci_metric_set(run, row, "n", (double)x->m.items);
    return FSC_OK;
}

static fsc_status add_total(fsci_metric_run *run, mix *x, double total, double *gain,
                            fsc_error *err)
{
    size_t T = x->m.conditions, whole = (size_t)total;
    bool exhaustive;
    double most = 0;
    for (size_t t = 0; t < T; t++) {
        memset(x->k, 0, T * sizeof *x->k);
        x->k[t] = whole;
        double value = fsci_mixture_pass(&x->m, x->k);
        if (isnan(value))
            continue;
        most = fmax(most, value);
        FSCI_TRY(add_row(run, x, x->condition.labels[t], total, err));
    }
    for (size_t t = 0; t < T; t++)
        x->k[t] = whole / T + (t < whole % T);
    if (isfinite(fsci_mixture_pass(&x->m, x->k)))
        FSCI_TRY(add_row(run, x, "equal split", total, err));
    if (!fsci_mixture_best(&x->m, whole, fsci_metric_number(run, "most-tried"), x->k, &exhaustive))
        return fsci_fail(err, FSC_EINPUT, "k = %s is more than the samples of all conditions",
                         fsci_briefly(total, 6).text);
    FSCI_TRY(add_row(run, x, "best split", total, err));
    *gain = fsci_mixture_pass(&x->m, x->k) - most;
    for (size_t t = 0; t < T; t++) {
        fsci_json *item = fsci_metric_item(run, "allocation", "");
        fsci_metric_set(run, item, "k", total);
        fsci_metric_word(run, item, "condition", x->condition.labels[t]);
        fsci_metric_set(run, item, "samples", (double)x->k[t]);
        fsci_json_set_bool(run->arena, item, "exhaustive", exhaustive);
    }
    return FSC_OK;
}

static void add_overlap(fsci_metric_run *run, const mix *x)
{
    size_t T = x->m.conditions;
    const double *c = x->m.c, *n = x->m.n;
    double any = 0, easy = 0, medium = 0, hard = 0, often = fsci_metric_number(run, "often");
    for (size_t a = 0; a < T; a++)
        for (size_t b = 0; b < T; b++) {
            double only = 0;
            for (size_t i = 0; i < x->m.items && a != b; i++)
                only += c[i * T + a] > 0 && c[i * T + b] == 0;
            if (a == b)
                continue;
            fsci_json *item = fsci_metric_item(run, "complementarity", "");
            fsci_metric_word(run, item, "condition", x->condition.labels[a]);
            fsci_metric_word(run, item, "against", x->condition.labels[b]);
            fsci_metric_set(run, item, "only", only);
        }
    for (size_t i = 0; i < x->m.items; i++) {
        bool all = true, some = false, frequent = true;
        for (size_t t = 0; t < T; t++) {
            all = all && c[i * T + t] > 0;
            some = some || c[i * T + t] > 0;
            frequent = frequent && c[i * T + t] >= often * n[i * T + t];
        }
        any += some;
        easy += all && frequent;
        medium += all && !frequent;
        hard += some && !all;
    }
    fsci_json_set_number(run->arena, run->root, "union", any / (double)x->m.items);
    fsci_json *classes = fsci_json_set_object(run->arena, run->root, "classes");
    fsci_metric_set(run, classes, "easy", easy);
    fsci_metric_set(run, classes, "medium", medium);
    fsci_metric_set(run, classes, "hard", hard);
    fsci_metric_set(run, classes, "impossible", (double)x->m.items - any);
}

static const fsci_metric_plot plots[] = {{"coverage", "Coverage by condition and split", "rows",
                                          "group", "", "marked", "k", "samples in all", "log",
                                          "value", "share of items solved", "linear", "lo", "hi"},
                                         {0}};

static fsc_status run_mix(fsci_metric_run *run, fsc_error *err)
{
    mix x;
    double *k, gain = 0, usual[2];
    size_t n_k;
    FSCI_TRY(fsci_metric_k(run, &k, &n_k, err));
    FSCI_TRY(read_mix(run, &x, err));
    if (x.m.conditions < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "there is one condition only, %s; samples of one condition are "
                         "metric passk's",
                         x.condition.labels[0]);
    if (!n_k) {
        double least = INFINITY;
        for (size_t at = 0; at < x.m.items * x.m.conditions; at++)
            least = fmin(least, x.m.n[at]);
        usual[0] = fmin(least, (double)x.m.conditions);
        usual[1] = least;
        k = usual;
        n_k = usual[1] > usual[0] ? 2 : 1;
    }
    fsci_metric_intervals(run, "bootstrap", "items");
    for (size_t j = 0; j < n_k; j++)
        FSCI_TRY(add_total(run, &x, k[j], &gain, err));
    add_overlap(run, &x);
    fsci_metric_say(run,
                    "With %s samples the best split solves %s more than the best single condition.",
                    fsci_briefly(k[n_k - 1], 6).text, fsci_briefly(gain, 4).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_multi_condition = {
    .id = "multi-condition-coverage",
    .summary =
        "coverage of samples spread over temperatures or other conditions, and the best spread",
    .source = "arXiv:2510.02611",
    .text =
        "pass of k_t samples in each condition t is the mean over items of 1 - prod_t "
        "C(n-c,k_t)/C(n,k_t), unbiased since conditions are sampled independently. The best "
        "allocation of k is found among all compositions where there are few, else greedily by "
        "marginal gain. It is chosen on the items it is scored on, so its interval is that of the "
        "allocation, not of the choice.",
    .example = "multi-condition-coverage data/atts/samples.csv --map condition=run --k 3,6",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_mix};
