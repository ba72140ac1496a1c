/* metric two-stage-vote: majorities within conditions and across them, with early exits. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/pass.h"
#include "metric/resample.h"
#include "metric/vote.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"item", FSCI_METRIC_KEY, true, "question|problem|task|prompt", "items"},
    {"condition", FSCI_METRIC_KEY, true, "temperature|run", "conditions, as temperatures"},
    {"answer", FSCI_METRIC_KEY, true, "answer_class|label",
     "the answer given: equal answers of an item are equal"},
    {"score", FSCI_METRIC_SHARE, true, "correct|right|success", "whether it is right, 0 to 1"},
    {"group", FSCI_METRIC_KEY, false, "model|system", "models"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"threshold", "X:Y:...", "0.125:0.25:0.5:0.75:1",
     "shares of its samples that must give one answer in every condition for drawing to end"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group, threshold, value (score with early exits), lo, hi, full (of all samples), saved "
     "(share of samples not drawn), exits (share of items that ended early), changed "
     "(share of items whose outcome differs), n (items)"},
    {"voting",
     "group, rule (two-stage, pooled majority, a condition alone, a single sample), value, "
     "lo, hi"},
    {0}};

typedef struct votes {
    fsci_keys item, condition, answer, group;
    const double *score;
    double *threshold;
    size_t n_thresholds, rows;
    /* one item, round by round */
    size_t *row, *of_condition, *of_answer, *round, *local;
    double *right, *scratch;
} votes;

static fsc_status read_votes(fsci_metric_run *run, votes *v, fsc_error *err)
{
    fsci_arena *a = run->arena;
    size_t n = v->rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "item", &v->item, err));
    FSCI_TRY(fsci_metric_keys(run, "condition", &v->condition, err));
    FSCI_TRY(fsci_metric_keys(run, "answer", &v->answer, err));
    FSCI_TRY(fsci_metric_keys(run, "group", &v->group, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &v->score, err));
    FSCI_TRY(fsci_metric_values(run, "threshold", &v->threshold, &v->n_thresholds, err));
    for (size_t i = 0; i < v->n_thresholds; i++)
        if (!(v->threshold[i] > 0 && v->threshold[i] <= 1))
            return fsci_fail(err, FSC_EUSAGE,
                             "--param threshold: %s is no share; give values above 0, at most 1",
                             fsci_briefly(v->threshold[i], 6).text);
    if (v->condition.n < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "there is one condition only, %s; votes of one condition are metric "
                         "repeat-aggregates'",
                         v->condition.labels[0]);
    v->row = FSCI_NEW(a, size_t, n);
    v->of_condition = FSCI_NEW(a, size_t, n);
    v->of_answer = FSCI_NEW(a, size_t, n);
    v->round = FSCI_NEW(a, size_t, n);
    v->local = FSCI_NEW(a, size_t, v->answer.n + n); /* answers of an item; votes of a majority */
    v->right = FSCI_NEW(a, double, n);
    bool ready = v->row && v->of_condition && v->of_answer && v->round && v->local && v->right;
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* The rows of each item of a group: rows[first[k]..first[k + 1]) of item k, in order. */
static fsc_status sort_rows(fsci_metric_run *run, const votes *v, size_t group, size_t **rows,
                            size_t **first, fsc_error *err)
{
    size_t n = v->item.n;
    *rows = FSCI_NEW(run->arena, size_t, v->rows + 1);
    *first = FSCI_NEW(run->arena, size_t, n + 2);
    if (!*rows || !*first)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < v->rows; i++)
        if (v->group.codes[i] == group)
            (*first)[v->item.codes[i] + 2]++;
    for (size_t k = 2; k <= n; k++)
        (*first)[k] += (*first)[k - 1];
    for (size_t i = 0; i < v->rows;
         i++) /* first[k + 1] moves from where item k begins to its end */
        if (v->group.codes[i] == group)
            (*rows)[(*first)[v->item.codes[i] + 1]++] = i;
    return FSC_OK;
}

/* The ballot of an item from its n rows. */
static fsci_ballot arrange(votes *v, const size_t *rows, size_t n)
{
    size_t placed = 0, answers = 0;
    for (size_t i = 0; i < n; i++)
        v->local[v->answer.codes[rows[i]]] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t *local = &v->local[v->answer.codes[rows[i]]];
        *local = *local == SIZE_MAX ? answers++ : *local;
    }
    for (size_t round = 0; placed < n; round++)
        for (size_t c = 0; c < v->condition.n; c++)
            for (size_t i = 0, seen = 0; i < n; i++) {
                if (v->condition.codes[rows[i]] != c || seen++ != round)
                    continue;
                v->of_condition[placed] = c;
                v->of_answer[placed] = v->local[v->answer.codes[rows[i]]];
                v->right[placed] = v->score[rows[i]];
                v->round[placed++] = round;
                break;
            }
    return (fsci_ballot){n,        v->of_condition, v->of_answer, v->round,
                         v->right, v->condition.n,  answers};
}

/* What is averaged over items: value[s * items + item]. */
typedef struct outcomes {
    size_t items, n;
    double *value;
} outcomes;

static void means(void *context, const double *weight, double *out)
{
    const outcomes *o = context;
    for (size_t s = 0; s < o->n; s++) {
        double sum = 0, total = 0;
        for (size_t i = 0; i < o->items; i++) {
            double value = o->value[s * o->items + i];
            sum += isnan(value) ? 0 : weight[i] * value;
            total += isnan(value) ? 0 : weight[i];
        }
        out[s] = sum / total;
    }
}

/* One condition alone; NaN where the item has no sample of it. */
static double alone(votes *v, const fsci_ballot *b, size_t condition)
{
    size_t *answer = v->row, n = 0;
    double *right = v->scratch + fsci_vote_scratch(b);
    for (size_t i = 0; i < b->n; i++)
        if (condition == SIZE_MAX || b->condition[i] == condition) {
            answer[n] = b->answer[i];
            right[n++] = b->right[i];
        }
    return fsci_majority(answer, right, n, v->local);
}

enum { PER_THRESHOLD = 4 }; /* value, saved, exits, changed */

static void decide(votes *v, const fsci_ballot *b, size_t item, outcomes *o)
{
    size_t s = 0, drawn;
    double full = fsci_vote(b, v->scratch), single = 0;
    for (size_t t = 0; t < v->n_thresholds; t++) {
        double value = fsci_vote_early(b, v->threshold[t], &drawn, v->scratch);
        o->value[s++ * o->items + item] = value;
        o->value[s++ * o->items + item] = 1 - (double)drawn / (double)b->n;
        o->value[s++ * o->items + item] = drawn < b->n;
        o->value[s++ * o->items + item] = fabs(value - full) > 1e-9;
    }
    o->value[s++ * o->items + item] = full;
    o->value[s++ * o->items + item] = alone(v, b, SIZE_MAX);
    for (size_t c = 0; c < v->condition.n; c++)
        o->value[s++ * o->items + item] = alone(v, b, c);
    for (size_t i = 0; i < b->n; i++)
        single += b->right[i] / (double)b->n;
    o->value[s * o->items + item] = single;
}

static void write_rows(fsci_metric_run *run, const votes *v, const char *label, const double *mean,
                       const fsci_interval *limits, size_t items)
{
    size_t s = PER_THRESHOLD * v->n_thresholds;
    for (size_t t = 0; t < v->n_thresholds; t++) {
        size_t at = PER_THRESHOLD * t;
        fsci_json *row = fsci_metric_row(run, label);
        fsci_metric_set(run, row, "threshold", v->threshold[t]);
        fsci_metric_estimate(run, row, mean[at], limits[at]);
        fsci_metric_set(run, row, "full", mean[s]);
        fsci_metric_set(run, row, "saved", mean[at + 1]);
        fsci_metric_set(run, row, "exits", mean[at + 2]);
        fsci_metric_set(run, row, "changed", mean[at + 3]);
        fsci_metric_set(run, row, "n", (double)items);
    }
    for (size_t r = 0; r < v->condition.n + 3; r++) {
        fsci_json *item = fsci_metric_item(run, "voting", label);
        const char *rule = r == 0   ? "two-stage"
                           : r == 1 ? "pooled majority"
                           : r < v->condition.n + 2
                               ? fsci_format(run->arena, "%s alone", v->condition.labels[r - 2])
                               : "a single sample";
        fsci_metric_word(run, item, "rule", rule);
        fsci_metric_estimate(run, item, mean[s + r], limits[s + r]);
    }
}

static fsc_status vote_group(fsci_metric_run *run, votes *v, size_t group, fsc_error *err)
{
    fsci_arena *a = run->arena;
    size_t *rows, *first, items = 0;
    FSCI_TRY(sort_rows(run, v, group, &rows, &first, err));
    for (size_t k = 0; k < v->item.n; k++)
        items += first[k + 1] > first[k];
    if (!items)
        return FSC_OK;
    outcomes o = {items, PER_THRESHOLD * v->n_thresholds + v->condition.n + 3, NULL};
    o.value = FSCI_NEW(a, double, o.n *items);
    double *mean = FSCI_NEW(a, double, o.n), *once = FSCI_NEW(a, double, items);
    fsci_interval *limits = FSCI_NEW(a, fsci_interval, o.n);
    if (!o.value || !mean || !once || !limits)
        return fsci_fail_memory(err);
    for (size_t k = 0, i = 0; k < v->item.n; k++) {
        size_t n = first[k + 1] - first[k];
        if (!n)
            continue;
        fsci_ballot b = arrange(v, rows + first[k], n);
        v->scratch = FSCI_NEW(a, double, fsci_vote_scratch(&b) + n);
        if (!v->scratch)
            return fsci_fail_memory(err);
        once[i] = 1;
        decide(v, &b, i++, &o);
    }
    fsci_resampling how = {items, NULL, run->n_resamples, run->seed, run->level, run->threads};
    if (!fsci_resample(&how, means, &o, o.n, limits, NULL))
        return fsci_fail_memory(err);
    means(&o, once, mean);
    write_rows(run, v, v->group.labels[group], mean, limits, items);
    return FSC_OK;
}

static void draw(fsci_metric_run *run, const votes *v)
{
    fsci_json *figure = fsci_metric_figure(run, "saved", "Samples saved by early exits",
                                           "threshold", "linear", "share", "linear");
    double *saved = FSCI_NEW(run->arena, double, v->n_thresholds),
           *changed = FSCI_NEW(run->arena, double, v->n_thresholds);
    size_t n = 0;
    FSCI_JSON_EACH (row, run->list) {
        if (n == v->n_thresholds || !saved || !changed)
            break;
        saved[n] = fsci_json_get_number(row, "saved");
        changed[n++] = fsci_json_get_number(row, "changed");
    }
    fsci_metric_line(run, figure, "samples saved", NULL, v->threshold, saved, n);
    fsci_metric_line(run, figure, "items decided otherwise", NULL, v->threshold, changed, n);
}

static fsc_status run_vote(fsci_metric_run *run, fsc_error *err)
{
    votes v = {0};
    FSCI_TRY(read_votes(run, &v, err));
    fsci_metric_intervals(run, "bootstrap", "items");
    for (size_t g = 0; g < v.group.n; g++)
        FSCI_TRY(vote_group(run, &v, g, err));
    draw(run, &v);
    const fsci_json *row = run->list->first;
    fsci_metric_say(run,
                    "Ending at agreement in %s of the samples saves %s of them and decides "
                    "%s of the items otherwise%s.",
                    fsci_briefly(fsci_json_get_number(row, "threshold"), 4).text,
                    fsci_briefly(fsci_json_get_number(row, "saved"), 3).text,
                    fsci_briefly(fsci_json_get_number(row, "changed"), 3).text,
                    v.group.n > 1 ? ", in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_two_stage_vote = {
    .id = "two-stage-vote",
    .summary = "majorities within temperatures and across them, and what early exits save",
    .source = "arXiv:2510.02611",
    .text =
        "A row per sample. Each condition votes for its most frequent answer, and the answer of "
        "most conditions wins; ties split a condition's vote, and between answers the one of more "
        "samples wins. Samples are drawn in rounds, one of each condition, in the order of the "
        "table. With a threshold drawing ends once every condition has given the same answer in "
        "that share of all the samples it was to give. Above one half nothing that is still to "
        "come could change the outcome, so it is that of all samples; below it the vote may come "
        "out differently, and changed says how often. Intervals resample items.",
    .example = "two-stage-vote data/atts/samples.csv --map condition=run",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_vote};
