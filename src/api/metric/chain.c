/* metric metric-chain-correlation: where the trend with compute is lost on the way to accuracy. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/transform.h"

#include <math.h>
#include <stdlib.h>

static const fsci_metric_column columns[] = {
    {"model", FSCI_METRIC_KEY, true, "checkpoint", "models"},
    {"compute", FSCI_METRIC_POSITIVE, true, "flops|size|params", "training compute of the model"},
    {"item", FSCI_METRIC_KEY, true, "question|problem", "items"},
    {"option", FSCI_METRIC_KEY, true, "choice", "options of the item"},
    {"correct", FSCI_METRIC_SHARE, true, "is_correct|truth|label",
     "1 for the right option, 0 for others"},
    {"loglik", FSCI_METRIC_NUMBER, true, "log_likelihood|logprob",
     "log-likelihood of the option, nats"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"correlation", "pearson|spearman|kendall", "spearman", "with log10 compute, over models"},
    {"loglik", "sum|per-token|per-character", NULL,
     "how the log-likelihoods are normalised. Needed: probabilities of options differ by it"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "step (log_p, p, p_choices, minus_brier, accuracy), value (mean correlation over items), "
     "se, median, above_half (share of items above 0.5), area (under the survival function, "
     "from -1 to 1), distance_to_1 (Wasserstein), n (items defined), undefined (share)"},
    {"survival", "step, x, share (of items whose correlation is above x)"},
    {0}};

/* A row by where it belongs. */
typedef struct place {
    uint32_t item, model;
    size_t row;
} place;

static int by_item_and_model(const void *left, const void *right)
{
    const place *l = left, *r = right;
    if (l->item != r->item)
        return l->item < r->item ? -1 : 1;
    return (l->model > r->model) - (l->model < r->model);
}

typedef struct chain {
    fsci_keys model, item;
    const double *compute, *correct, *loglik;
    size_t rows;
    place *places;
} chain;

static fsc_status read_chain(fsci_metric_run *run, chain *c, fsc_error *err)
{
    c->rows = fsci_metric_rows(run);
    if (!fsci_metric_text(run, "loglik"))
        return fsci_fail(err, FSC_EUSAGE,
                         "how are the log-likelihoods normalised? give --param "
                         "loglik=sum, per-token or per-character");
    FSCI_TRY(fsci_metric_keys(run, "model", &c->model, err));
    FSCI_TRY(fsci_metric_keys(run, "item", &c->item, err));
    FSCI_TRY(fsci_metric_numbers(run, "compute", &c->compute, err));
    FSCI_TRY(fsci_metric_numbers(run, "correct", &c->correct, err));
    FSCI_TRY(fsci_metric_numbers(run, "loglik", &c->loglik, err));
    size_t above = 0;
    for (size_t i = 0; i < c->rows; i++)
        above += c->loglik[i] > 0;
    if (above && above == c->rows)
        return fsci_fail(err, FSC_EINPUT,
                         "all log-likelihoods are above 0; if they are minus log-likelihoods, "
                         "change their sign with --let");
    if (above)
        fsci_record_warn(run->arena, run->root, "W-ABOVE-ZERO",
                         "%zu log-likelihoods are above 0, which no option of text has", above);
    c->places = FSCI_NEW(run->arena, place, c->rows);
    if (!c->places)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->rows; i++)
        c->places[i] = (place){c->item.codes[i], c->model.codes[i], i};
    qsort(c->places, c->rows, sizeof *c->places, by_item_and_model);
    return FSC_OK;
}

/* Steps of one item by one model, whose options are places[from..to). */
static fsc_status steps_of(fsci_metric_run *run, const chain *c, size_t from, size_t to,
                           double *loglik, double steps[FSCI_STEPS], fsc_error *err)
{
    size_t right = 0, n_right = 0;
    for (size_t i = from; i < to; i++) {
        size_t row = c->places[i].row;
        loglik[i - from] = c->loglik[row];
        if (c->correct[row] == 1) {
            right = i - from;
            n_right++;
        }
    }
    if (n_right != 1)
        return fsci_metric_fail(
            run, c->places[from].row, err, "item %s of model %s has %zu right options, not one",
            c->item.labels[c->places[from].item], c->model.labels[c->places[from].model], n_right);
    fsci_choice_steps(loglik, to - from, right, steps);
    return FSC_OK;
}

typedef struct item_models {
    double *x, *y[FSCI_STEPS], *scratch, *loglik;
    size_t n;
} item_models;

/* All models of the item that begins at `from`; gives where the next one begins. */
static fsc_status collect(fsci_metric_run *run, const chain *c, size_t from, size_t *next,
                          item_models *m, fsc_error *err)
{
    size_t options = 0;
    m->n = 0;
    for (size_t i = from, to; i < c->rows && c->places[i].item == c->places[from].item; i = to) {
        double steps[FSCI_STEPS];
        for (to = i; to < c->rows && c->places[to].item == c->places[i].item &&
                     c->places[to].model == c->places[i].model;)
            to++;
        if (options && to - i != options)
            return fsci_metric_fail(run, c->places[i].row, err,
                                    "item %s has %zu options by model %s and %zu by another",
                                    c->item.labels[c->places[i].item], to - i,
                                    c->model.labels[c->places[i].model], options);
        options = to - i;
        FSCI_TRY(steps_of(run, c, i, to, m->loglik, steps, err));
        m->x[m->n] = log10(c->compute[c->places[i].row]);
        for (int s = 0; s < FSCI_STEPS; s++)
            m->y[s][m->n] = steps[s];
        m->n++;
        *next = to;
    }
    return FSC_OK;
}

static void add_step(fsci_metric_run *run, fsci_step step, double *r, size_t n, size_t items)
{
    double area = 0, distance = 0, high = 0;
    for (size_t i = 0; i < n; i++) {
        area += (r[i] + 1) / (double)n;
        distance += (1 - r[i]) / (double)n;
        high += (r[i] > 0.5) / (double)n;
    }
    fsci_json *row = fsci_metric_row(run, "");
    fsci_metric_word(run, row, "step", fsci_step_name(step));
    fsci_metric_set(run, row, "value", fsci_mean(r, n));
    fsci_metric_set(run, row, "se", fsci_sd(r, n) / sqrt((double)n));
    fsci_sort(r, n);
    for (int k = -20; k < 20 && n; k++) { /* P(correlation > x) */
        double x = k / 20.0, above = 0;
        for (size_t i = 0; i < n; i++)
            above += r[i] > x + 1e-12;
        fsci_json *item = fsci_metric_item(run, "survival", "");
        fsci_metric_word(run, item, "step", fsci_step_name(step));
        fsci_metric_set(run, item, "x", x);
        fsci_metric_set(run, item, "share", above / (double)n);
    }
    fsci_metric_set(run, row, "median", fsci_median(r, n));
    fsci_metric_set(run, row, "above_half", n ? high : NAN);
    fsci_metric_set(run, row, "area", n ? area : NAN);
    fsci_metric_set(run, row, "distance_to_1", n ? distance : NAN);
    fsci_metric_set(run, row, "n", (double)n);
    fsci_metric_set(run, row, "undefined", 1 - (double)n / (double)items);
}

static const fsci_metric_plot plots[] = {
    {"survival", "Correlation with compute, over items", "survival", "step", "", "line", "x",
     "correlation", "linear", "share", "share of items above", "linear", NULL, NULL},
    {0}};

/* But for rounding, whose ranks would correlate with anything. */
static bool is_constant(const double *y, size_t n)
{
    const double rounding = 1e-12;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, y[i]);
        most = fmax(most, y[i]);
    }
    return most - least <= rounding * fmax(fabs(least), fabs(most));
}

static fsc_status run_chain(fsci_metric_run *run, fsc_error *err)
{
    chain c;
    fsci_arena *a = run->arena;
    FSCI_TRY(read_chain(run, &c, err));
    size_t models = c.model.n, items = c.item.n, n[FSCI_STEPS] = {0};
    item_models m = {.x = FSCI_NEW(a, double, models + 1),
                     .scratch = FSCI_NEW(a, double, 2 * models + 2)};
    double *r[FSCI_STEPS];
    m.loglik = FSCI_NEW(a, double, c.rows + 1);
    for (int s = 0; s < FSCI_STEPS; s++) {
        m.y[s] = FSCI_NEW(a, double, models + 1);
        r[s] = FSCI_NEW(a, double, items + 1);
    }
    if (fsci_arena_failed(a))
        return fsci_fail_memory(err);
    fsci_correlation kind = fsci_metric_is(run, "correlation", "pearson")    ? FSCI_PEARSON
                            : fsci_metric_is(run, "correlation", "spearman") ? FSCI_SPEARMAN
                                                                             : FSCI_KENDALL;
    bool spread = false;
    for (size_t from = 0, next; from < c.rows; from = next) {
        next = from + 1;
        FSCI_TRY(collect(run, &c, from, &next, &m, err));
        for (size_t i = 1; i < m.n; i++)
            spread = spread || m.x[i] != m.x[0];
        for (int s = 0; s < FSCI_STEPS; s++) {
            double value =
                is_constant(m.y[s], m.n) ? NAN : fsci_correlate(kind, m.x, m.y[s], m.n, m.scratch);
            if (!isnan(value))
                r[s][n[s]++] = value;
        }
    }
    if (!spread)
        return fsci_fail(err, FSC_EINPUT,
                         "all models have one compute, so nothing correlates with it");
    for (int s = 0; s < FSCI_STEPS; s++)
        add_step(run, (fsci_step)s, r[s], n[s], items);
    fsci_metric_say(run,
                    "The mean correlation with compute falls from %s (log p) to %s (accuracy).",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 3).text,
                    fsci_briefly(fsci_json_get_number(run->list->last, "value"), 3).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_chain_correlation = {
    .id = "metric-chain-correlation",
    .summary =
        "how the correlation with compute decays from log-likelihood to multiple-choice accuracy",
    .source = "Schaeffer et al. 2024 (arXiv:2406.04391)",
    .text = "For every item: the log-likelihood of the right option, its probability, its share "
            "among the options (by log-sum-exp), minus the Brier score of those shares, and "
            "accuracy; each correlated with log10 compute over models. Items on which a step is "
            "constant have no correlation: they are counted as undefined, not as 0. The share "
            "depends on how log-likelihoods are normalised, so that has to be said.",
    .example = "metric-chain-correlation options.csv --param loglik=sum",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_chain};
