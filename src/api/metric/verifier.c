/* metric verifier-limits: resampling until a verifier accepts, and where that ends. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/regress.h"
#include "metric/resample.h"
#include "metric/verifier.h"

#include <math.h>

static const fsci_metric_column columns[] = {
    {"solve", FSCI_METRIC_SHARE, false, "r|rate", "types: probability that one attempt is right"},
    {"weight", FSCI_METRIC_SHARE, false, "w|share", "types: share of tasks, summing to 1"},
    {"n", FSCI_METRIC_COUNT, false, "samples|attempts", "tasks: samples drawn"},
    {"accepted", FSCI_METRIC_COUNT, false, "passed|v", "tasks: samples the verifier accepted"},
    {"right", FSCI_METRIC_COUNT, false, "accepted_right|g",
     "tasks: accepted samples that are right"},
    {"single", FSCI_METRIC_SHARE, false, "single_sample", "models: accuracy of one sample"},
    {"ceiling", FSCI_METRIC_SHARE, false, "accepted_accuracy",
     "models: accuracy of accepted samples"},
    {"model", FSCI_METRIC_KEY, false, "name", "models"},
    {"cluster", FSCI_METRIC_KEY, false, "topic", "tasks resampled together"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"completeness", "NUMBER", "1", "P(accept | right)"},
    {"soundness", "NUMBER", NULL, "P(reject | wrong); needed with types"},
    {"value", "NUMBER", "1", "of a right answer"},
    {"wrong", "NUMBER", "0", "of a wrong answer that is given, 0 or less"},
    {"cost", "NUMBER", "0", "of an attempt"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "k, value (reward), right, wrong, abstain, draws, with_fallback (types: right, a random "
     "rejected answer being given in place of none); with tasks lo, hi and n"},
    {"best",
     "k (last attempt with a positive marginal value, or where the curve of tasks is highest; "
     "null: no last one), reward, flat_from, flat_to (k of tasks whose reward is within the "
     "best one's interval)"},
    {"limit",
     "right, wrong, abstain, reward without a cap on attempts: the ceiling; precision of one "
     "accepted attempt"},
    {"models", "pearson, spearman, slope, intercept of ceiling on single; n"},
    {"above",
     "model, single, models whose ceiling is below that single-sample accuracy, and others "
     "above it"},
    {0}};

static fsc_status read_verifier(const fsci_metric_run *run, fsci_verifier *v, fsc_error *err)
{
    v->completeness = fsci_metric_number(run, "completeness");
    v->soundness = fsci_metric_number(run, "soundness");
    v->value = fsci_metric_number(run, "value");
    v->wrong = fsci_metric_number(run, "wrong");
    v->cost = fsci_metric_number(run, "cost");
    if (!(v->completeness >= 0 && v->completeness <= 1))
        return fsci_fail(err, FSC_EUSAGE, "--param completeness is a probability");
    if (v->types && !(v->soundness >= 0 && v->soundness <= 1))
        return fsci_fail(err, FSC_EUSAGE,
                         "how often are wrong answers rejected? give --param "
                         "soundness=P, a probability");
    if (v->cost < 0)
        return fsci_fail(err, FSC_EUSAGE, "--param cost is 0 or more");
    return FSC_OK;
}

static void draw(fsci_metric_run *run, const double *k, const double *reward, const double *right,
                 size_t n)
{
    fsci_json *figure =
        fsci_metric_figure(run, "attempts", "Attempts until accepted", "attempts allowed", "log",
                           "share of tasks, reward", "linear");
    fsci_metric_line(run, figure, "reward", NULL, k, reward, n);
    fsci_metric_line(run, figure, "right", "dashed", k, right, n);
}

/* ---- a mix of types
 * ------------------------------------------------------------------------------ */

static void add_attempts(fsci_metric_run *run, fsci_json *row, const fsci_attempts *a)
{
    fsci_metric_set(run, row, "right", a->right);
    fsci_metric_set(run, row, "wrong", a->wrong);
    fsci_metric_set(run, row, "abstain", a->abstain);
    fsci_metric_set(run, row, "draws", a->draws);
    fsci_metric_set(run, row, "with_fallback", a->with_fallback);
}

static fsc_status check_types(fsci_metric_run *run, const fsci_verifier *v, fsc_error *err)
{
    double sum = 0;
    for (size_t t = 0; t < v->types; t++)
        sum += v->w[t];
    if (!(fabs(sum - 1) < 1e-6))
        return fsci_fail(err, FSC_EINPUT, "the weights of the types sum to %s, not 1",
                         fsci_briefly(sum, 6).text);
    for (size_t t = 0; t < v->types; t++)
        if (v->completeness * v->r[t] + (1 - v->soundness) * (1 - v->r[t]) <= 0)
            return fsci_metric_fail(run, t, err, "nothing of this type is ever accepted");
    return FSC_OK;
}

static fsc_status run_types(fsci_metric_run *run, fsci_verifier *v, const double *k, size_t n_k,
                            fsc_error *err)
{
    double *reward = FSCI_NEW(run->arena, double, n_k), *right = FSCI_NEW(run->arena, double, n_k);
    FSCI_TRY(check_types(run, v, err));
    if (!reward || !right)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < n_k; j++) {
        fsci_attempts a = fsci_verifier_after(v, k[j]);
        fsci_json *row = fsci_metric_row(run, "");
        fsci_metric_set(run, row, "k", k[j]);
        fsci_metric_set(run, row, "value", reward[j] = a.reward);
        add_attempts(run, row, &a);
        right[j] = a.right;
    }
    double best = fsci_verifier_best(v);
    fsci_attempts top = fsci_verifier_after(v, best), end = fsci_verifier_after(v, INFINITY);
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "best");
    fsci_metric_set(run, item, "k", best);
    fsci_metric_set(run, item, "reward", best > 0 ? top.reward : 0);
    item = fsci_json_set_object(run->arena, run->root, "limit");
    add_attempts(run, item, &end);
    fsci_metric_set(run, item, "reward", end.reward);
    fsci_metric_set(run, item, "precision", fsci_verifier_precision(v));
    draw(run, k, reward, right, n_k);
    if (isinf(best))
        fsci_metric_say(run, "Every further attempt pays; the limit is %s.",
                        fsci_briefly(end.reward, 6).text);
    else
        fsci_metric_say(run,
                        "Best with at most %.0f attempts: reward %s. No number of attempts gets "
                        "more than %s right.",
                        best, fsci_briefly(best > 0 ? top.reward : 0, 6).text,
                        fsci_briefly(end.right, 6).text);
    return FSC_OK;
}

/* ---- counts of tasks
 * ------------------------------------------------------------------------------ */

typedef struct tasks {
    const double *n, *v, *g, *k;
    size_t items, n_k;
    fsci_verifier worth;
    double *reward; /* [n_k * items] */
} tasks;

static void mean_reward(void *context, const double *weight, double *out)
{
    const tasks *t = context;
    double total = 0;
    for (size_t i = 0; i < t->items; i++)
        total += weight[i];
    for (size_t j = 0; j < t->n_k; j++) {
        out[j] = 0;
        for (size_t i = 0; i < t->items; i++)
            out[j] += weight[i] * t->reward[j * t->items + i] / total;
    }
}

static void add_task_rows(fsci_metric_run *run, const tasks *t, const fsci_interval *limits,
                          double *reward, double *rights)
{
    for (size_t j = 0; j < t->n_k; j++) {
        double right = 0, wrong = 0, draws = 0, r, w, N = (double)t->items;
        for (size_t i = 0; i < t->items; i++) {
            fsci_verifier_task(t->n[i], t->v[i], t->g[i], t->k[j], &r, &w);
            double d = fsci_verifier_task_draws(t->n[i], t->v[i], t->k[j]);
            right += r / N;
            wrong += w / N;
            draws += d / N;
            t->reward[j * t->items + i] =
                t->worth.value * r + t->worth.wrong * w - t->worth.cost * d;
            reward[j] += t->reward[j * t->items + i] / N;
        }
        fsci_json *row = fsci_metric_row(run, "");
        fsci_metric_set(run, row, "k", t->k[j]);
        fsci_metric_estimate(run, row, reward[j], limits[j]);
        fsci_metric_set(run, row, "right", right);
        fsci_metric_set(run, row, "wrong", wrong);
        fsci_metric_set(run, row, "abstain", 1 - right - wrong);
        fsci_metric_set(run, row, "draws", draws);
        fsci_metric_set(run, row, "n", N);
        rights[j] = right;
    }
}

static fsc_status run_tasks(fsci_metric_run *run, tasks *t, fsc_error *err)
{
    size_t n_k = t->n_k, best = 0;
    fsci_keys cluster;
    fsci_interval *limits = FSCI_NEW(run->arena, fsci_interval, n_k);
    double *reward = FSCI_NEW(run->arena, double, n_k), *right = FSCI_NEW(run->arena, double, n_k);
    t->reward = FSCI_NEW(run->arena, double, n_k * t->items);
    FSCI_TRY(fsci_metric_keys(run, "cluster", &cluster, err));
    if (!limits || !reward || !right || !t->reward)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < t->items; i++) {
        if (t->v[i] > t->n[i] || t->g[i] > t->v[i])
            return fsci_metric_fail(run, i, err, "%s right of %s accepted of %s samples",
                                    fsci_briefly(t->g[i], 6).text, fsci_briefly(t->v[i], 6).text,
                                    fsci_briefly(t->n[i], 6).text);
        if (t->n[i] < t->k[n_k - 1])
            return fsci_metric_fail(run, i, err, "%s samples do not reach k = %s; give smaller --k",
                                    fsci_briefly(t->n[i], 6).text,
                                    fsci_briefly(t->k[n_k - 1], 6).text);
    }
    add_task_rows(run, t, limits, reward, right);
    fsci_resampling r = {t->items,         cluster.n > 1 ? cluster.codes : NULL,
                         run->n_resamples, run->seed,
                         run->level,       run->threads};
    if (!fsci_resample(&r, mean_reward, t, n_k, limits, NULL))
        return fsci_fail_memory(err);
    size_t j = 0;
    for (fsci_json *row = run->list->first; row; row = row->next, j++) {
        fsci_metric_set(run, row, "lo", limits[j].lo);
        fsci_metric_set(run, row, "hi", limits[j].hi);
        best = reward[j] > reward[best] ? j : best;
    }
    size_t from = best, to = best;
    while (from > 0 && reward[from - 1] >= limits[best].lo)
        from--;
    while (to + 1 < n_k && reward[to + 1] >= limits[best].lo)
        to++;
    fsci_metric_intervals(run, "bootstrap", cluster.n > 1 ? "clusters of tasks" : "tasks");
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "best");
    fsci_metric_set(run, item, "k", t->k[best]);
    fsci_metric_set(run, item, "reward", reward[best]);
    fsci_metric_set(run, item, "flat_from", t->k[from]);
    fsci_metric_set(run, item, "flat_to", t->k[to]);
    draw(run, t->k, reward, right, n_k);
    fsci_metric_say(run, "Highest reward %s at %s attempts; %s to %s attempts are not told apart.",
                    fsci_briefly(reward[best], 4).text, fsci_briefly(t->k[best], 6).text,
                    fsci_briefly(t->k[from], 6).text, fsci_briefly(t->k[to], 6).text);
    return FSC_OK;
}

/* ---- ceilings of models
 * ---------------------------------------------------------------------------- */

static fsc_status run_models(fsci_metric_run *run, const double *single, const double *ceiling,
                             fsc_error *err)
{
    fsci_keys model;
    size_t n = fsci_metric_rows(run), top = 0;
    double *scratch = FSCI_NEW(run->arena, double, 2 * n + 2);
    FSCI_TRY(fsci_metric_keys(run, "model", &model, err));
    if (!scratch)
        return fsci_fail_memory(err);
    fsci_polynomial line = fsci_polynomial_fit(single, ceiling, n, 1);
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "models");
    fsci_metric_set(run, item, "pearson", fsci_pearson(single, ceiling, n));
    fsci_metric_set(run, item, "spearman", fsci_spearman(single, ceiling, n, scratch));
    fsci_metric_set(run, item, "slope", line.ok ? fsci_polynomial_leading(&line) : NAN);
    fsci_metric_set(run, item, "intercept", line.ok ? fsci_line_intercept(&line) : NAN);
    fsci_metric_set(run, item, "n", (double)n);
    for (size_t i = 0; i < n; i++) {
        double below = 0;
        for (size_t j = 0; j < n; j++)
            below += j != i && ceiling[j] < single[i];
        top = single[i] > single[top] ? i : top;
        item = fsci_metric_item(run, "above", "");
        fsci_metric_word(run, item, "model", model.labels[model.codes[i]]);
        fsci_metric_set(run, item, "single", single[i]);
        fsci_metric_set(run, item, "below", below);
        fsci_metric_set(run, item, "above", (double)n - 1 - below);
    }
    fsci_json *figure =
        fsci_metric_figure(run, "ceilings", "Ceiling of resampling", "accuracy of one sample",
                           "linear", "accuracy of accepted samples", "linear");
    fsci_metric_points(run, figure, "models", single, ceiling, n);
    fsci_metric_say(run,
                    "Ceiling and single-sample accuracy correlate by %s; one sample of the best "
                    "model (%s) is out of reach for all but those above it.",
                    fsci_briefly(fsci_pearson(single, ceiling, n), 4).text,
                    fsci_briefly(single[top], 4).text);
    return FSC_OK;
}

static fsc_status run_verifier(fsci_metric_run *run, fsc_error *err)
{
    static double usual[] = {1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100};
    const double *single, *ceiling;
    double *k;
    size_t n_k, rows = fsci_metric_rows(run);
    tasks t = {.items = rows};
    fsci_verifier v = {0};
    FSCI_TRY(fsci_metric_k(run, &k, &n_k, err));
    FSCI_TRY(fsci_metric_numbers(run, "solve", &v.r, err));
    FSCI_TRY(fsci_metric_numbers(run, "weight", &v.w, err));
    if (v.r && v.w) {
        v.types = rows;
        FSCI_TRY(read_verifier(run, &v, err));
        return run_types(run, &v, n_k ? k : usual, n_k ? n_k : sizeof usual / sizeof *usual, err);
    }
    FSCI_TRY(fsci_metric_numbers(run, "n", &t.n, err));
    FSCI_TRY(fsci_metric_numbers(run, "right", &t.g, err));
    if (t.n && t.g) {
        double least = INFINITY;
        FSCI_TRY(fsci_metric_numbers(run, "accepted", &t.v, err));
        FSCI_TRY(read_verifier(run, &v, err));
        for (size_t i = 0; i < rows; i++)
            least = fmin(least, t.n[i]);
        t.worth = v;
        t.k = n_k ? k : usual;
        t.n_k = n_k;
        while (!n_k && t.n_k < sizeof usual / sizeof *usual && usual[t.n_k] <= least)
            t.n_k++;
        if (t.v && t.n_k)
            return run_tasks(run, &t, err);
    }
    FSCI_TRY(fsci_metric_numbers(run, "single", &single, err));
    FSCI_TRY(fsci_metric_numbers(run, "ceiling", &ceiling, err));
    if (single && ceiling)
        return run_models(run, single, ceiling, err);
    return fsci_fail(err, FSC_EINPUT,
                     "metric verifier-limits takes types (solve, weight), tasks (n, "
                     "accepted, right) or models (single, ceiling); name columns with --map");
}

const fsci_metric fsci_metric_verifier_limits = {
    .id = "verifier-limits",
    .summary = "how far sampling until a verifier accepts can get, and the best number of attempts",
    .source = "Stroebl et al. 2024 (arXiv:2411.17501)",
    .text = "Types of tasks with solve rates and weights, a verifier of given completeness and "
            "soundness: what is right, wrong and left open after k attempts, the limit, and K*, "
            "the last attempt whose marginal value sum w beta^(k-1)(V a + F f - cost) is positive "
            "(the type is weighted by its prior; weighting by the posterior as well would count "
            "the rejections twice). With one type the sign never changes: K* is 0 or there is "
            "none. From counts of tasks the same without replacement; a highest point of a flat "
            "curve is noise, so its flat stretch is given. A table of models compares "
            "single-sample accuracy with ceilings.",
    .example = "verifier-limits types.csv --param soundness=0.75,wrong=-1",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_verifier};
