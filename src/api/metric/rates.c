/* metric trial-rates, rare-event-rates: success rates and whether they differ. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/beta_binomial.h"
#include "metric/rates.h"

#include <math.h>
#include <string.h>

/* ---- what both read ----------------------------------------------------------------------------
 */

typedef struct trials {
    fsci_keys group, variation;
    const double *n, *c;
    size_t rows;
} trials;

static fsc_status read_trials(fsci_metric_run *run, trials *t, fsc_error *err)
{
    const double *failures = NULL;
    t->rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "group", &t->group, err));
    FSCI_TRY(fsci_metric_numbers(run, "correct", &t->c, err));
    FSCI_TRY(fsci_metric_numbers(run, "trials", &t->n, err));
    FSCI_TRY(fsci_metric_numbers(run, "failures", &failures, err));
    if (!t->n && failures) {
        double *sum = FSCI_NEW(run->arena, double, t->rows);
        for (size_t i = 0; sum && i < t->rows; i++)
            sum[i] = t->c[i] + failures[i];
        t->n = sum;
    }
    if (!t->n)
        return fsci_fail(
            err, FSC_EINPUT,
            "metric %s needs a column of trials, or one of failures: name it with --map "
            "trials=COLUMN",
            run->metric->id);
    for (size_t i = 0; i < t->rows; i++) {
        if (t->c[i] > t->n[i])
            return fsci_metric_fail(run, i, err, "%s right of %s trials",
                                    fsci_briefly(t->c[i], 6).text, fsci_briefly(t->n[i], 6).text);
        if (t->n[i] == 0 && !failures)
            return fsci_metric_fail(run, i, err,
                                    "0 trials say nothing; leave the row out with --where "
                                    "'%s > 0'",
                                    fsci_metric_bound(run, "trials")->name);
    }
    return FSC_OK;
}

#define TRIAL_COLUMNS                                                                              \
    {"correct", FSCI_METRIC_COUNT, true, "successes|c|solved|passed", "trials that went right"},   \
        {"trials", FSCI_METRIC_COUNT, false, "n|samples|attempts", "trials"},                      \
        {"failures", FSCI_METRIC_COUNT, false, "wrong|failed",                                     \
         "trials that went wrong, where there is no column of all trials"},                        \
    {                                                                                              \
        "group", FSCI_METRIC_KEY, false, "model|system", "models or conditions"                    \
    }

static fsci_rate_method method_of(const fsci_metric_run *run)
{
    static const char *const names[] = {"exact", "jeffreys", "wilson", "posterior"};
    for (int i = 0; i < 4; i++)
        if (fsci_metric_is(run, "method", names[i]))
            return (fsci_rate_method)i;
    return FSCI_RATE_EXACT;
}

#define METHOD_SETTING                                                                             \
    {                                                                                              \
        "method", "exact|jeffreys|wilson|posterior", "exact",                                      \
            "of the intervals: Clopper-Pearson; Jeffreys; Wilson; Beta(c+1, n-c+1)"                \
    }

/* ---- trial-rates
 * --------------------------------------------------------------------------------- */

static const fsci_metric_column trial_columns[] = {
    TRIAL_COLUMNS,
    {"variation", FSCI_METRIC_KEY, false, "problem_variation|item|task",
     "variations of one problem, between which rates may differ; also the strata"},
    {"condition", FSCI_METRIC_KEY, false, "prompt_type|treatment|arm",
     "two or more conditions, each compared with the first within every variation"},
    {0}};
static const fsci_metric_setting trial_settings[] = {
    METHOD_SETTING,
    {"draws", "N", "100000", "random tables for the p-value when an expected count is below 5"},
    {0}};
static const fsci_metric_result trial_results[] = {
    {"rows", "group, value (pooled rate), lo, hi, n (trials), c, mean (over variations), "
             "posterior_mean, posterior_sd, rank, ties_with_next (intervals overlap)"},
    {"homogeneity", "group, variations, x2, df, p, p_method, least_expected, sd (of the rates), "
                    "rho_moments, rho (1/(a+b+1) of the beta-binomial fit)"},
    {"stratified",
     "group, condition, against, odds_ratio, lo, hi, x2, p, strata (Mantel-Haenszel)"},
    {"cells", "group, variation, trials, correct, rate, lo, hi, posterior_mean, posterior_sd"},
    {0}};

/* Counts of one group by variation. */
typedef struct cells {
    double *n, *c;
    size_t *key, v;
} cells;

static fsc_status gather(fsci_metric_run *run, const trials *t, size_t group, cells *x,
                         fsc_error *err)
{
    fsci_arena *a = run->arena;
    size_t all = t->variation.n;
    double *n = FSCI_NEW(a, double, all), *c = FSCI_NEW(a, double, all);
    x->key = FSCI_NEW(a, size_t, all);
    x->v = 0;
    if (!n || !c || !x->key)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < t->rows; i++)
        if (t->group.codes[i] == group) {
            n[t->variation.codes[i]] += t->n[i];
            c[t->variation.codes[i]] += t->c[i];
        }
    for (size_t k = 0; k < all; k++)
        if (n[k] > 0) {
            n[x->v] = n[k];
            c[x->v] = c[k];
            x->key[x->v++] = k;
        }
    x->n = n;
    x->c = c;
    return FSC_OK;
}

static void add_cells(fsci_metric_run *run, const trials *t, const char *label, const cells *x)
{
    for (size_t i = 0; i < x->v; i++) {
        fsci_json *cell = fsci_metric_item(run, "cells", label);
        fsci_interval limits = fsci_rate_interval(method_of(run), x->c[i], x->n[i], run->level);
        fsci_metric_word(run, cell, "variation", t->variation.labels[x->key[i]]);
        fsci_metric_set(run, cell, "trials", x->n[i]);
        fsci_metric_set(run, cell, "correct", x->c[i]);
        fsci_metric_set(run, cell, "rate", x->c[i] / x->n[i]);
        fsci_metric_set(run, cell, "lo", limits.lo);
        fsci_metric_set(run, cell, "hi", limits.hi);
        fsci_metric_set(run, cell, "posterior_mean", fsci_rate_posterior_mean(x->c[i], x->n[i]));
        fsci_metric_set(run, cell, "posterior_sd", fsci_rate_posterior_sd(x->c[i], x->n[i]));
    }
}

static void add_homogeneity(fsci_metric_run *run, const char *label, const cells *x,
                            const fsci_homogeneity *h)
{
    const double fewest = 5;
    if (x->v < 2)
        return;
    fsci_json *item = fsci_metric_item(run, "homogeneity", label);
    bool simulate = h->least_expected < fewest && !isnan(h->p);
    fsci_beta_binomial f = fsci_beta_binomial_fit(x->n, x->c, x->v, false);
    double p = h->p;
    if (simulate)
        p = fsci_rates_equal_simulated(x->c, x->n, x->v, (size_t)fsci_metric_number(run, "draws"),
                                       run->seed);
    fsci_metric_set(run, item, "variations", (double)x->v);
    fsci_metric_set(run, item, "x2", h->x2);
    fsci_metric_set(run, item, "df", h->df);
    fsci_metric_set(run, item, "p", p);
    fsci_metric_word(run, item, "p_method",
                     isnan(h->p) ? "none: all trials agree"
                     : simulate  ? "random tables"
                                 : "chi-square");
    fsci_metric_set(run, item, "least_expected", h->least_expected);
    fsci_metric_set(run, item, "sd", h->sd);
    fsci_metric_set(run, item, "rho_moments", h->rho);
    fsci_metric_set(run, item, "rho",
                    f.status == FSCI_BB_OK          ? 1 / (f.a + f.b + 1)
                    : f.status == FSCI_BB_NO_SPREAD ? 0
                                                    : NAN);
}

static void add_group(fsci_metric_run *run, const trials *t, size_t group, const cells *x)
{
    double n = 0, c = 0;
    for (size_t i = 0; i < x->v; i++) {
        n += x->n[i];
        c += x->c[i];
    }
    if (!(n > 0))
        return;
    const char *label = t->group.labels[group];
    fsci_homogeneity h = fsci_rates_equal(x->c, x->n, x->v);
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_estimate(run, row, c / n, fsci_rate_interval(method_of(run), c, n, run->level));
    fsci_metric_set(run, row, "n", n);
    fsci_metric_set(run, row, "c", c);
    fsci_metric_set(run, row, "mean", h.mean);
    fsci_metric_set(run, row, "posterior_mean", fsci_rate_posterior_mean(c, n));
    fsci_metric_set(run, row, "posterior_sd", fsci_rate_posterior_sd(c, n));
    add_homogeneity(run, label, x, &h);
    add_cells(run, t, label, x);
}

/* Ranks by the rate, and whether the interval overlaps that of the next lower one. */
static void add_ranks(fsci_metric_run *run)
{
    for (fsci_json *row = run->list->first; row; row = row->next) {
        double own = fsci_json_get_number(row, "value"), rank = 1, next = -INFINITY, next_hi = NAN;
        for (const fsci_json *other = run->list->first; other; other = other->next) {
            double value = fsci_json_get_number(other, "value");
            rank += value > own;
            if (value < own && value > next) {
                next = value;
                next_hi = fsci_json_get_number(other, "hi");
            }
        }
        fsci_metric_set(run, row, "rank", rank);
        fsci_json_set_bool(run->arena, row, "ties_with_next",
                           next_hi >= fsci_json_get_number(row, "lo"));
    }
}

/* Each further condition against the first, variations as strata. */
static fsc_status add_stratified(fsci_metric_run *run, const trials *t, size_t group,
                                 fsc_error *err)
{
    fsci_keys condition;
    size_t strata = t->variation.n;
    FSCI_TRY(fsci_metric_keys(run, "condition", &condition, err));
    double *counts = FSCI_NEW(run->arena, double, 4 * strata * condition.n);
    if (!counts)
        return fsci_fail_memory(err);
    for (size_t k = 1; k < condition.n; k++) {
        double *a = counts + 4 * strata * k, *n1 = a + strata, *c = n1 + strata, *n2 = c + strata;
        for (size_t i = 0; i < t->rows; i++) {
            size_t s = t->variation.codes[i];
            if (t->group.codes[i] == group && condition.codes[i] == k) {
                a[s] += t->c[i];
                n1[s] += t->n[i];
            } else if (t->group.codes[i] == group && condition.codes[i] == 0) {
                c[s] += t->c[i];
                n2[s] += t->n[i];
            }
        }
        fsci_stratified m = fsci_mantel_haenszel(a, n1, c, n2, strata, run->level);
        if (!m.strata)
            continue;
        fsci_json *item = fsci_metric_item(run, "stratified", t->group.labels[group]);
        fsci_metric_word(run, item, "condition", condition.labels[k]);
        fsci_metric_word(run, item, "against", condition.labels[0]);
        fsci_metric_set(run, item, "odds_ratio", m.odds_ratio);
        fsci_metric_set(run, item, "lo", m.lo);
        fsci_metric_set(run, item, "hi", m.hi);
        fsci_metric_set(run, item, "x2", m.x2);
        fsci_metric_set(run, item, "p", m.p);
        fsci_metric_set(run, item, "strata", (double)m.strata);
    }
    return FSC_OK;
}

static const fsci_metric_plot trial_plots[] = {{"rates", "Rates in order", "rows", NULL, "groups",
                                                "points", "rank", "rank", "linear", "value", "rate",
                                                "linear", "lo", "hi"},
                                               {0}};

static fsc_status run_trials(fsci_metric_run *run, fsc_error *err)
{
    trials t;
    size_t single = 0;
    FSCI_TRY(read_trials(run, &t, err));
    FSCI_TRY(fsci_metric_keys(run, "variation", &t.variation, err));
    fsci_metric_intervals(run, fsci_metric_text(run, "method"), "trials");
    for (size_t g = 0; g < t.group.n; g++) {
        cells x;
        FSCI_TRY(gather(run, &t, g, &x, err));
        add_group(run, &t, g, &x);
        FSCI_TRY(add_stratified(run, &t, g, err));
        single += x.v == 1;
    }
    size_t alone =
        fsci_json_count(run->list) - fsci_json_count(fsci_json_get(run->root, "homogeneity"));
    if (alone)
        fsci_record_warn(run->arena, run->root, "W-ONE-VARIATION",
                         "%zu of %zu groups have one variation only: nothing says whether rates "
                         "differ there",
                         alone, fsci_json_count(run->list));
    add_ranks(run);
    if (single)
        fsci_record_warn(run->arena, run->root, "W-ONE-VARIATION",
                         "%zu groups have one variation only: whether rates differ between "
                         "variations is not known",
                         single);
    const fsci_json *first = run->list->first;
    if (first)
        fsci_metric_say(run, "%s%s%s (%s to %s), %s of %s trials.",
                        fsci_json_get_string(first, "group") ? fsci_json_get_string(first, "group")
                                                             : "Rate",
                        fsci_json_get_string(first, "group") ? ": " : " ",
                        fsci_briefly(fsci_json_get_number(first, "value"), 4).text,
                        fsci_briefly(fsci_json_get_number(first, "lo"), 4).text,
                        fsci_briefly(fsci_json_get_number(first, "hi"), 4).text,
                        fsci_briefly(fsci_json_get_number(first, "c"), 6).text,
                        fsci_briefly(fsci_json_get_number(first, "n"), 6).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_trial_rates = {
    .id = "trial-rates",
    .summary = "success rates from repeated trials, and whether they differ between variations",
    .source = "Nezhurina et al. 2024 (arXiv:2406.02061)",
    .text = "Every group gets its pooled rate and the mean over variations, which differ when "
            "trials do. Pearson's X2 with V-1 degrees of freedom asks whether the variations have "
            "one rate; where an expected count is below 5 its p-value comes from random tables "
            "with the same margins. rho is the overdispersion. With a column of conditions each is "
            "compared with the first one, within variations (Mantel-Haenszel, variance of Robins, "
            "Breslow and Greenland).",
    .example = "trial-rates data/aiw/trials.csv --group model,problem --map variation=variation",
    .columns = trial_columns,
    .settings = trial_settings,
    .results = trial_results,
    .plots = trial_plots,
    .run = run_trials};

/* ---- rare-event-rates
 * ------------------------------------------------------------------------------ */

static const fsci_metric_column rare_columns[] = {
    TRIAL_COLUMNS,
    {"milestone", FSCI_METRIC_KEY, false, "stage|step",
     "stages that must all be passed; the rate of the whole is the product"},
    {"bin", FSCI_METRIC_NUMBER, false, "human_minutes|difficulty|minutes",
     "a number by which tasks are binned at the edges of --param bins"},
    {"choices", FSCI_METRIC_POSITIVE, false, "proposals|best_of",
     "with milestones: of how many proposals an expert chose one at each step"},
    {0}};
static const fsci_metric_setting rare_settings[] = {
    METHOD_SETTING, {"bins", "X:Y:...", NULL, "edges of bins (X, Y], as 0:5:15:60"}, {0}};
static const fsci_metric_result rare_results[] = {
    {"rows",
     "group, value, lo, hi, n, c, jeffreys_lo, jeffreys_hi, wilson_lo, wilson_hi, zero_limit "
     "(one-sided upper limit when c is 0)"},
    {"milestones",
     "group, value (product), se_log, lo, hi, stages, bound (true: some stage was never "
     "passed, hi alone is known), bits (an expert's choices gave the model), unassisted (value "
     "times the product of 1/choices: too low, since the model proposes what is likely)"},
    {"bins", "from, to, value, lo, hi, n, c, rows"},
    {"total", "value, c, n over all groups"},
    {0}};

static void add_rate(fsci_metric_run *run, const char *label, double c, double n)
{
    fsci_json *row = fsci_metric_row(run, label);
    fsci_interval j = fsci_rate_interval(FSCI_RATE_JEFFREYS, c, n, run->level);
    fsci_interval w = fsci_rate_interval(FSCI_RATE_WILSON, c, n, run->level);
    fsci_metric_estimate(run, row, c / n, fsci_rate_interval(method_of(run), c, n, run->level));
    fsci_metric_set(run, row, "n", n);
    fsci_metric_set(run, row, "c", c);
    fsci_metric_set(run, row, "jeffreys_lo", j.lo);
    fsci_metric_set(run, row, "jeffreys_hi", j.hi);
    fsci_metric_set(run, row, "wilson_lo", w.lo);
    fsci_metric_set(run, row, "wilson_hi", w.hi);
    if (c == 0)
        fsci_metric_set(run, row, "zero_limit", fsci_rate_zero_limit(n, run->level));
}

static fsc_status add_milestones(fsci_metric_run *run, const trials *t, size_t group,
                                 fsc_error *err)
{
    fsci_keys stage;
    if (!fsci_metric_bound(run, "milestone"))
        return FSC_OK;
    const double *choices;
    double bits = 0;
    FSCI_TRY(fsci_metric_keys(run, "milestone", &stage, err));
    FSCI_TRY(fsci_metric_numbers(run, "choices", &choices, err));
    double *n = FSCI_NEW(run->arena, double, stage.n), *c = FSCI_NEW(run->arena, double, stage.n);
    size_t stages = 0;
    if (!n || !c)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < t->rows; i++)
        if (t->group.codes[i] == group) {
            bits += choices && n[stage.codes[i]] == 0 ? log2(choices[i]) : 0; /* once a stage */
            n[stage.codes[i]] += t->n[i];
            c[stage.codes[i]] += t->c[i];
        }
    for (size_t k = 0; k < stage.n; k++)
        if (n[k] > 0) {
            n[stages] = n[k];
            c[stages++] = c[k];
        }
    fsci_chain chain = fsci_milestones(c, n, stages, run->level);
    fsci_json *item = fsci_metric_item(run, "milestones", t->group.labels[group]);
    fsci_metric_estimate(run, item, chain.p, (fsci_interval){chain.lo, chain.hi});
    fsci_metric_set(run, item, "se_log", chain.se_log);
    fsci_metric_set(run, item, "stages", (double)stages);
    fsci_json_set_bool(run->arena, item, "bound", chain.bound);
    if (choices) {
        fsci_metric_set(run, item, "bits", bits);
        fsci_metric_set(run, item, "unassisted", chain.p * exp2(-bits));
    }
    const char *label = t->group.labels[group];
    if (chain.bound)
        fsci_record_warn(run->arena, run->root, "W-NO-SUCCESS",
                         "%s%sa milestone was never passed, so the product is 0 and only its upper "
                         "bound means anything",
                         label, *label ? ": " : "");
    return FSC_OK;
}

static fsc_status add_bins(fsci_metric_run *run, const trials *t, fsc_error *err)
{
    const double *x;
    double *edges;
    size_t n_edges;
    FSCI_TRY(fsci_metric_values(run, "bins", &edges, &n_edges, err));
    FSCI_TRY(fsci_metric_numbers(run, "bin", &x, err));
    if (n_edges && !x)
        return fsci_fail(err, FSC_EUSAGE,
                         "--param bins needs the column they are of: --map bin=COLUMN");
    for (size_t b = 0; b + 1 < n_edges; b++) {
        double n = 0, c = 0, rows = 0;
        for (size_t i = 0; i < t->rows; i++)
            if (x[i] > edges[b] && x[i] <= edges[b + 1]) {
                n += t->n[i];
                c += t->c[i];
                rows++;
            }
        fsci_json *item = fsci_metric_item(run, "bins", "");
        fsci_metric_set(run, item, "from", edges[b]);
        fsci_metric_set(run, item, "to", edges[b + 1]);
        fsci_metric_estimate(run, item, c / n,
                             fsci_rate_interval(method_of(run), c, n, run->level));
        fsci_metric_set(run, item, "n", n);
        fsci_metric_set(run, item, "c", c);
        fsci_metric_set(run, item, "rows", rows);
    }
    return FSC_OK;
}

static const fsci_metric_plot rare_plots[] = {{"bins", "Rate by bin", "bins", NULL, "bins",
                                               "points", "from", "lower end of the bin", "linear",
                                               "value", "rate", "linear", "lo", "hi"},
                                              {0}};

static fsc_status run_rare(fsci_metric_run *run, fsc_error *err)
{
    trials t;
    double all_n = 0, all_c = 0;
    FSCI_TRY(read_trials(run, &t, err));
    fsci_metric_intervals(run, fsci_metric_text(run, "method"), "trials");
    for (size_t g = 0; g < t.group.n; g++) {
        double n = 0, c = 0;
        for (size_t i = 0; i < t.rows; i++)
            if (t.group.codes[i] == g) {
                n += t.n[i];
                c += t.c[i];
            }
        if (n > 0)
            add_rate(run, t.group.labels[g], c, n);
        all_n += n;
        all_c += c;
        FSCI_TRY(add_milestones(run, &t, g, err));
    }
    fsci_json *total = fsci_json_set_object(run->arena, run->root, "total");
    fsci_metric_set(run, total, "value", all_c / all_n);
    fsci_metric_set(run, total, "c", all_c);
    fsci_metric_set(run, total, "n", all_n);
    fsci_metric_say(run, "%s successes in %s trials: %s.", fsci_briefly(all_c, 6).text,
                    fsci_briefly(all_n, 6).text, fsci_briefly(all_c / all_n, 4).text);
    return add_bins(run, &t, err);
}

const fsci_metric fsci_metric_rare_event_rates = {
    .id = "rare-event-rates",
    .summary = "rates of rare successes with exact limits, and products of milestones",
    .source = "Hojmark et al. 2024 (arXiv:2409.16125); Clopper & Pearson 1934",
    .text =
        "Exact (Clopper-Pearson), Jeffreys and Wilson intervals of each group's rate; without a "
        "success only an upper limit. Milestones that must all be passed give prod s/n, with the "
        "variance sum (1-p)/(n p) of its logarithm. That is unbiased only if the milestones are "
        "necessary and later stages start from a representative earlier success; otherwise it is "
        "too low. Trials that ended in an error belong to neither column.",
    .example = "rare-event-rates data/agents/trials.csv --param bins=0:5:15:60",
    .columns = rare_columns,
    .settings = rare_settings,
    .results = rare_results,
    .plots = rare_plots,
    .run = run_rare};
