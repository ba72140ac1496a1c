/* metric pass-until, beta-binomial-forecast, coverage-law: further answers from counts. */
#include "api/metric/success.h"

#include "base/number.h"
#include "metric/beta_binomial.h"
#include "metric/pass.h"
#include "metric/rates.h"
#include "metric/resample.h"

#include <math.h>

static const fsci_metric_column columns[] = {FSCI_SAMPLE_COLUMNS, {0}};

/* ---- pass-until ------------------------------------------------------------------------------ */

static const fsci_metric_setting until_settings[] = {
    FSCI_SAMPLE_SETTINGS,
    {"r", "NUMBER", NULL,
     "sampling of an item was to end at its r-th success: checked, and needed for "
     "the unbiased estimate when no column says how sampling ended"},
    {"prior-a", "NUMBER", "1", "of the Beta prior of the posterior mean"},
    {"prior-b", "NUMBER", "1", "of the Beta prior of the posterior mean"},
    {0}};
static const fsci_metric_result until_results[] = {
    {"rows", "group, value (mean over items of c/n), lo, hi, n (items), censored (items without a "
             "success), pooled (all c over all n), unbiased (mean over items that have one), "
             "n_unbiased, draws, successes, size"},
    {"items", "group, item, n, c, stop, mle, unbiased, lo, hi, posterior_mean"},
    {0}};

static void mean_rate(void *context, const double *weight, double *out)
{
    const fsci_samples_group *g = context;
    double sum = 0, total = 0;
    for (size_t i = 0; i < g->items; i++) {
        sum += weight[i] * g->c[i] / g->n[i];
        total += weight[i];
    }
    *out = sum / total;
}

/* With --param stop=until alone the last draw need not be a success: batches end later. */
static bool ends_at_success(const fsci_metric_run *run, const fsci_samples *samples)
{
    return samples->stop_column || isfinite(fsci_metric_number(run, "r"));
}

static double unbiased_of(const fsci_samples_group *g, size_t i, bool exact)
{
    if (g->stop[i] == FSCI_STOP_UNTIL && !exact)
        return NAN;
    return fsci_draws_unbiased(g->stop[i], g->n[i], g->c[i]);
}

static void add_item(fsci_metric_run *run, const fsci_samples_group *g, size_t i, bool exact)
{
    static const char *const rules[] = {"fixed", "until", "capped"};
    double a = fsci_metric_number(run, "prior-a"), b = fsci_metric_number(run, "prior-b");
    fsci_json *item = fsci_metric_item(run, "items", g->label);
    bool until = exact && g->stop[i] == FSCI_STOP_UNTIL;
    fsci_interval limits =
        fsci_rate_interval(until ? FSCI_RATE_DRAWS : FSCI_RATE_EXACT, g->c[i], g->n[i], run->level);
    fsci_metric_word(run, item, "item", g->item[i]);
    fsci_metric_set(run, item, "n", g->n[i]);
    fsci_metric_set(run, item, "c", g->c[i]);
    fsci_metric_word(run, item, "stop", rules[g->stop[i]]);
    fsci_metric_set(run, item, "mle", g->c[i] / g->n[i]);
    fsci_metric_set(run, item, "unbiased", unbiased_of(g, i, exact));
    fsci_metric_set(run, item, "lo", limits.lo);
    fsci_metric_set(run, item, "hi", limits.hi);
    fsci_metric_set(run, item, "posterior_mean", (g->c[i] + a) / (g->n[i] + a + b));
}

static fsc_status until_group(fsci_metric_run *run, const fsci_samples_group *g, bool exact,
                              fsc_error *err)
{
    double draws = 0, successes = 0, censored = 0, unbiased = 0, n_unbiased = 0, mle = 0;
    fsci_resampling r = {g->items,  g->cluster, run->n_resamples,
                         run->seed, run->level, run->threads};
    fsci_interval limits;
    if (!fsci_resample(&r, mean_rate, (void *)g, 1, &limits, NULL))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < g->items; i++) {
        double u = unbiased_of(g, i, exact);
        draws += g->n[i];
        successes += g->c[i];
        censored += g->c[i] == 0;
        mle += g->c[i] / g->n[i] / (double)g->items;
        unbiased += isnan(u) ? 0 : u;
        n_unbiased += !isnan(u);
        add_item(run, g, i, exact);
    }
    fsci_json *row = fsci_metric_row(run, g->label);
    fsci_metric_estimate(run, row, mle, limits);
    fsci_metric_set(run, row, "n", (double)g->items);
    fsci_metric_set(run, row, "censored", censored);
    fsci_metric_set(run, row, "pooled", successes / draws);
    fsci_metric_set(run, row, "unbiased", n_unbiased > 0 ? unbiased / n_unbiased : NAN);
    fsci_metric_set(run, row, "n_unbiased", n_unbiased);
    fsci_metric_set(run, row, "draws", draws);
    fsci_metric_set(run, row, "successes", successes);
    if (isfinite(g->size))
        fsci_metric_set(run, row, "size", g->size);
    return FSC_OK;
}

/* Items that are said to have ended at the r-th success have r of them. */
static fsc_status check_r(const fsci_metric_run *run, const fsci_samples_group *g, fsc_error *err)
{
    double r = fsci_metric_number(run, "r");
    for (size_t i = 0; i < g->items && isfinite(r); i++)
        if (g->stop[i] == FSCI_STOP_UNTIL && g->c[i] != r)
            return fsci_fail(
                err, FSC_EINPUT,
                "item %s has %s successes where sampling was to end at %s; if it ended at "
                "a cap, mark it capped in a column stop",
                g->item[i], fsci_briefly(g->c[i], 6).text, fsci_briefly(r, 6).text);
    return FSC_OK;
}

static const fsci_metric_plot until_plots[] = {{"items", "Success rates of items", "items", "group",
                                                "items", "points", "n", "draws", "log", "mle",
                                                "success rate", "log", NULL, NULL},
                                               {0}};

static fsc_status run_until(fsci_metric_run *run, fsc_error *err)
{
    fsci_samples samples;
    double a = fsci_metric_number(run, "prior-a"), b = fsci_metric_number(run, "prior-b");
    size_t biased = 0;
    if (!(a > 0) || !(b > 0))
        return fsci_fail(err, FSC_EUSAGE, "--param prior-a and prior-b are above 0");
    FSCI_TRY(fsci_samples_read(run, &samples, err));
    fsci_metric_intervals(run, "bootstrap", samples.clustered ? "clusters of items" : "items");
    for (size_t g = 0; g < samples.n_groups; g++) {
        const fsci_samples_group *group = &samples.groups[g];
        bool exact = ends_at_success(run, &samples);
        FSCI_TRY(check_r(run, group, err));
        FSCI_TRY(until_group(run, group, exact, err));
        for (size_t i = 0; i < group->items; i++)
            biased += group->stop[i] == FSCI_STOP_UNTIL && isnan(unbiased_of(group, i, exact));
    }
    if (biased)
        fsci_record_warn(run->arena, run->root, "W-BIASED-UPWARD",
                         "%zu items were sampled until one success, or until a batch held one: no "
                         "unbiased estimate exists, and c/n is too high on average",
                         biased);
    fsci_metric_say(run, "Mean success rate %s over %.0f items%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    fsci_json_get_number(run->list->first, "n"),
                    samples.n_groups > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_pass_until = {
    .id = "pass-until",
    .summary = "success rates when sampling went on until successes came, or a cap",
    .source = "Hu et al. 2023 (arXiv:2310.03262)",
    .text =
        "With r successes at the K-th draw the likelihood is that of a fixed number of draws, so "
        "c/n stays the maximum-likelihood estimate and a Beta posterior stays what it was; but "
        "r/K is biased upward, and (r-1)/(K-1), which needs r of 2 or more, is not. Items that "
        "reached the cap without a success bound their rate from above only. Limits of an item "
        "are exact for its own stopping rule. The mean over items and the pooled ratio differ "
        "when draws do: neither stands for the other.",
    .example = "pass-until data/jailbreak-attempts/attempts.csv --param stop=until",
    .columns = columns,
    .settings = until_settings,
    .results = until_results,
    .plots = until_plots,
    .run = run_until,
    .streams = true};

/* ---- beta-binomial-forecast --------------------------------------------------------------------
 */

static const fsci_metric_setting beta_settings[] = {
    FSCI_SAMPLE_SETTINGS,
    {"inflated", "no|yes", "no", "allow a share of items that no attempt ever solves"},
    {"laws", "no|yes", "no",
     "fit the Kumaraswamy law, and both on (0, s) with the largest rate s free, beside the Beta"},
    {"budget", "NUMBER", NULL, "plan this many more samples"},
    {"plan-k", "NUMBER", "100", "the k whose plug-in estimate the static shares are best for"},
    {0}};
static const fsci_metric_result beta_results[] = {
    {"rows", "group, k, value (pass@k of the fitted law), lo, hi, n (items), log10_beyond (decades "
             "of k beyond the samples)"},
    {"beta_binomial", "group, a, b, zero_share, ceiling, log_likelihood, aicc, se_log_a, se_log_b, "
                      "status, bound (of the mean rate, when there is no fit), fit_x2, fit_df, "
                      "fit_p (Pearson's test, where all items have the same n)"},
    {"laws", "group, law, a, b, ceiling (s), delta_aicc (above the best), fit_p, fit_x2, fit_df, "
             "tail (1 - pass@k goes to tail k^-a), log_likelihood: for --param laws=yes"},
    {"law_forecasts", "group, law, k, value: pass@k by each of them"},
    {"plan", "group, item, n, c, add (next samples, fewest successes first), share (of a static "
             "plan)"},
    {0}};

static const char *const bb_words[] = {
    [FSCI_BB_OK] = "ok",
    [FSCI_BB_NO_SUCCESS] = "no success: a and b are not identified, bound is an upper limit",
    [FSCI_BB_NO_FAILURE] = "no failure: a and b are not identified, bound is a lower limit",
    [FSCI_BB_ONE_ITEM] = "one item: a spread needs two",
    [FSCI_BB_NO_SPREAD] = "no more spread than chance: a and b grow without bound",
};

static void add_fit(fsci_metric_run *run, const fsci_samples_group *g, const fsci_beta_binomial *f)
{
    fsci_json *item = fsci_metric_item(run, "beta_binomial", g->label);
    double draws = 0;
    for (size_t i = 0; i < g->items; i++)
        draws += g->n[i];
    size_t p = f->n_parameters;
    fsci_metric_set(run, item, "a", f->a);
    fsci_metric_set(run, item, "b", f->b);
    if (p == 3)
        fsci_metric_set(run, item, "zero_share", f->z);
    fsci_metric_set(run, item, "ceiling", 1 - f->z);
    fsci_metric_set(run, item, "log_likelihood", f->log_likelihood);
    fsci_metric_set(run, item, "aicc", f->aicc);
    fsci_metric_set(run, item, "se_log_a", sqrt(f->covariance[0]));
    fsci_metric_set(run, item, "se_log_b", sqrt(f->covariance[p + 1]));
    if (f->status == FSCI_BB_NO_SUCCESS)
        fsci_metric_set(run, item, "bound", fsci_rate_zero_limit(draws, run->level));
    if (f->status == FSCI_BB_NO_FAILURE)
        fsci_metric_set(run, item, "bound", 1 - fsci_rate_zero_limit(draws, run->level));
    fsci_metric_word(run, item, "status", bb_words[f->status]);
    fsci_metric_fit_test(run, item, g, f);
}

static fsc_status add_plan(fsci_metric_run *run, const fsci_samples_group *g,
                           const fsci_beta_binomial *f, fsc_error *err)
{
    double budget = fsci_metric_number(run, "budget"), k = fsci_metric_number(run, "plan-k");
    double *add = FSCI_NEW(run->arena, double, g->items),
           *share = FSCI_NEW(run->arena, double, g->items),
           *p = FSCI_NEW(run->arena, double, g->items);
    if (isnan(budget))
        return FSC_OK;
    if (!add || !share || !p || !fsci_next_samples(g->n, g->c, g->items, budget, add))
        return fsci_fail_memory(err);
    bool fitted = f->status == FSCI_BB_OK;
    for (size_t i = 0; i < g->items; i++) /* posterior means: a rate of 0 would get nothing */
        p[i] = (g->c[i] + (fitted ? f->a : 0.5)) / (g->n[i] + (fitted ? f->a + f->b : 1));
    fsci_best_shares(p, g->items, k, share);
    for (size_t i = 0; i < g->items; i++) {
        fsci_json *item = fsci_metric_item(run, "plan", g->label);
        fsci_metric_word(run, item, "item", g->item[i]);
        fsci_metric_set(run, item, "n", g->n[i]);
        fsci_metric_set(run, item, "c", g->c[i]);
        fsci_metric_set(run, item, "add", add[i]);
        fsci_metric_set(run, item, "share", share[i]);
    }
    return FSC_OK;
}

static void add_forecasts(fsci_metric_run *run, const fsci_samples_group *g,
                          const fsci_beta_binomial *f, const double *k, size_t n_k)
{
    double most = 0;
    for (size_t i = 0; i < g->items; i++)
        most = fmax(most, g->n[i]);
    for (size_t j = 0; j < n_k; j++) {
        fsci_json *row = fsci_metric_row(run, g->label);
        fsci_interval limits = {NAN, NAN};
        bool fitted = f->status == FSCI_BB_OK;
        if (fitted)
            fsci_beta_binomial_interval(f, k[j], run->level, &limits.lo, &limits.hi);
        fsci_metric_set(run, row, "k", k[j]);
        fsci_metric_estimate(run, row, fitted ? fsci_beta_binomial_pass(f, k[j]) : NAN, limits);
        fsci_metric_set(run, row, "n", (double)g->items);
        fsci_metric_set(run, row, "log10_beyond", fmax(0, log10(k[j] / most)));
    }
}

/* pass@k as it was seen: at powers of ten that every item has samples for. Where sampling stopped
 * at successes there is no such estimate. */
static bool draw_seen(fsci_metric_run *run, fsci_json *figure, const fsci_samples_group *g)
{
    enum { DECADES = 16 };
    double k[DECADES], seen[DECADES] = {0}, own[DECADES], least = INFINITY;
    size_t n = 0;
    for (size_t i = 0; i < g->items; i++) {
        least = fmin(least, g->n[i]);
        if (g->stop[i] != FSCI_STOP_FIXED)
            return false;
    }
    for (double at = 1; at <= least && n < DECADES; at *= 10)
        k[n++] = at;
    for (size_t i = 0; i < g->items; i++) {
        fsci_pass_curve(g->n[i], g->c[i], k, n, own);
        for (size_t j = 0; j < n; j++)
            seen[j] += own[j] / (double)g->items;
    }
    fsci_metric_points(run, figure, *g->label ? g->label : "pass@k", k, seen, n);
    return true;
}

/* The last series drawn in one of the figure's colors; its name is in the legend once. */
static void paint(fsci_metric_run *run, fsci_json *figure, size_t color, bool named)
{
    fsci_json *last = fsci_json_get(figure, "series")->last;
    fsci_json_set_number(run->arena, last, "color", (double)color);
    if (!named)
        fsci_json_set_string(run->arena, last, "label", "none");
}

static void draw_forecast(fsci_metric_run *run, const fsci_samples_group *g,
                          const fsci_beta_binomial *f, double most, size_t color, bool alone)
{
    enum { POINTS = 61, MOST_LINES = 7 };
    double x[POINTS], y[POINTS], lo[POINTS], hi[POINTS];
    fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
    if (f->status != FSCI_BB_OK || color >= MOST_LINES)
        return;
    for (size_t i = 0; i < POINTS; i++) {
        x[i] = pow(most, (double)i / (POINTS - 1));
        y[i] = fsci_beta_binomial_pass(f, x[i]);
        fsci_beta_binomial_interval(f, x[i], run->level, &lo[i], &hi[i]);
    }
    if (!figure)
        figure = fsci_metric_figure(run, "forecast", "Coverage, seen and of the fitted Beta law",
                                    "attempts k", "log", "share of items solved", "linear");
    if (alone)
        fsci_metric_band(run, figure, "interval", x, lo, hi, POINTS);
    fsci_metric_line(run, figure, *g->label ? g->label : "pass@k", NULL, x, y, POINTS);
    paint(run, figure, color, true);
    if (draw_seen(run, figure, g))
        paint(run, figure, color, false);
}

static fsc_status run_beta(fsci_metric_run *run, fsc_error *err)
{
    static double usual[] = {1, 10, 100, 1000, 10000, 100000};
    fsci_samples samples;
    double *k, most = 2;
    size_t n_k;
    FSCI_TRY(fsci_metric_k(run, &k, &n_k, err));
    FSCI_TRY(fsci_samples_read(run, &samples, err));
    if (!n_k) {
        k = usual;
        n_k = sizeof usual / sizeof *usual;
    }
    for (size_t j = 0; j < n_k; j++)
        most = fmax(most, k[j]);
    fsci_metric_intervals(run, "delta method", "items");
    for (size_t g = 0; g < samples.n_groups; g++) {
        const fsci_samples_group *group = &samples.groups[g];
        fsci_beta_binomial f = fsci_beta_binomial_fit(group->n, group->c, group->items,
                                                      fsci_metric_is(run, "inflated", "yes"));
        if (f.status == FSCI_BB_NO_MEMORY)
            return fsci_fail_memory(err);
        if (f.status != FSCI_BB_OK)
            fsci_record_warn(run->arena, run->root, "W-NOT-IDENTIFIED", "%s%s%s", group->label,
                             *group->label ? ": " : "", bb_words[f.status]);
        add_forecasts(run, group, &f, k, n_k);
        add_fit(run, group, &f);
        if (fsci_metric_is(run, "laws", "yes"))
            fsci_metric_add_laws(run, group, k, n_k);
        FSCI_TRY(add_plan(run, group, &f, err));
        draw_forecast(run, group, &f, most, g, samples.n_groups == 1);
    }
    const fsci_json *last = run->list->last;
    const char *label = fsci_json_get_string(last, "group");
    if (isfinite(fsci_json_get_number(last, "value")))
        fsci_metric_say(run, "pass@%s%s%s is forecast as %s.",
                        fsci_metric_short(run, fsci_json_get_number(last, "k")),
                        label ? " of " : "", label ? label : "",
                        fsci_briefly(fsci_json_get_number(last, "value"), 4).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_beta_binomial = {
    .id = "beta-binomial-forecast",
    .summary =
        "pass@k far beyond the samples, from a Beta law of success rates; where to sample next",
    .source = "Kazdan et al. 2025 (arXiv:2510.05197); Schaeffer et al. 2025 (arXiv:2502.17578)",
    .text =
        "Counts c of n with rates p ~ Beta(a, b), fitted by maximum likelihood; pass@k = 1 - B(a, "
        "b+k)/B(a, b). When some items are impossible a plain Beta law forecasts too much: "
        "inflated=yes gives them a share, and the forecast a ceiling. The likelihood holds for "
        "sampling that stopped at successes too. With budget=N the plan gives each next sample to "
        "the item with the fewest successes, of equals the fewest attempts, as if none succeeded; "
        "share is the static plan n ~ sqrt(p (1-p)^(2k-1)) that is best for the plug-in estimate "
        "at plan-k. How coverage grows far out hangs on how many items have rates near 0, which "
        "the form of the law assumes: laws=yes sets three others beside it, their forecasts and "
        "how well they fit.",
    .example = "beta-binomial-forecast data/monkeys/problems.csv --k 100,10000,1e6",
    .columns = columns,
    .settings = beta_settings,
    .results = beta_results,
    .run = run_beta,
    .streams = true};
