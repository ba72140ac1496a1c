/* metric budget-split: context, batch and turns of test-time compute. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/budget.h"
#include "metric/curves.h"
#include "num/distribution.h"

#include <math.h>
#include <string.h>

static const char *const axis_names[FSCI_AXES] = {"context", "batch", "turn"};

static const fsci_metric_column columns[] = {
    {"context", FSCI_METRIC_POSITIVE, true, "c|tokens_per_attempt", "tokens of an attempt"},
    {"batch", FSCI_METRIC_POSITIVE, true, "b|parallel", "parallel candidates"},
    {"turn", FSCI_METRIC_POSITIVE, true, "t|turns|rounds", "rounds of refinement"},
    {"score", FSCI_METRIC_NUMBER, true, "accuracy|value", "score"},
    {"tokens", FSCI_METRIC_POSITIVE, false, "total_tokens",
     "tokens in all, at most context x batch x turn"},
    {0}};
static const fsci_metric_setting settings[] = {
    FSCI_UNIT_SETTING,
    {"floor", "yes|no", "yes", "an error that no budget removes"},
    {"budget", "NUMBER", NULL, "tokens to split: context x batch x turn"},
    {"iso", "X:Y:...", NULL, "scores of the table of equal scores; the median one when not given"},
    {"break", "NUMBER", NULL, "with fix and start: share of right answers a turn breaks"},
    {"fix", "NUMBER", NULL, "share of wrong answers a turn fixes"},
    {"start", "NUMBER", NULL, "share right before the first turn"},
    {"solve", "NUMBER", NULL, "with hit: probability that a candidate is right"},
    {"hit", "NUMBER", NULL, "probability that the judge picks a right one when there is one"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (axis), value (exponent), lo, hi, amounts (different ones), s_inf, s_0, tau (of the "
     "axis alone, averaged over the others; null with fewer than three amounts)"},
    {"surface", "u, floor, rss, n: ln(1 - s - floor) = u - a ln C - b ln B - d ln T"},
    {"split", "context, batch, turn, predicted (of the surface): for --param budget"},
    {"iso",
     "score, batch, turn, context (that gives the score with them), tokens, cheapest (of its "
     "score), log10_beyond (decades of context outside those measured)"},
    {"turns", "turns, value, limit: of the chain of keep, break and fix"},
    {"batches", "batch, value: right answers that the judge picks"},
    {0}};

typedef struct grid {
    const double *axis[FSCI_AXES], *score, *tokens;
    double *x; /* [n * FSCI_AXES] */
    size_t n, amounts[FSCI_AXES];
    double least[FSCI_AXES], most[FSCI_AXES];
} grid;

static fsc_status read_grid(fsci_metric_run *run, grid *g, fsc_error *err)
{
    g->n = fsci_metric_rows(run);
    for (int j = 0; j < FSCI_AXES; j++)
        FSCI_TRY(fsci_metric_numbers(run, axis_names[j], &g->axis[j], err));
    FSCI_TRY(fsci_metric_scores(run, "score", &g->score, err));
    FSCI_TRY(fsci_metric_numbers(run, "tokens", &g->tokens, err));
    g->x = FSCI_NEW(run->arena, double, g->n *FSCI_AXES);
    double *sorted = FSCI_NEW(run->arena, double, g->n);
    if (!g->x || !sorted)
        return fsci_fail_memory(err);
    for (int j = 0; j < FSCI_AXES; j++) {
        for (size_t i = 0; i < g->n; i++)
            g->x[i * FSCI_AXES + (size_t)j] = sorted[i] = g->axis[j][i];
        fsci_sort(sorted, g->n);
        g->least[j] = sorted[0];
        g->most[j] = sorted[g->n - 1];
        g->amounts[j] = 1;
        for (size_t i = 1; i < g->n; i++)
            g->amounts[j] += sorted[i] > sorted[i - 1];
    }
    for (size_t i = 0; i < g->n && g->tokens; i++) {
        double product = g->axis[0][i] * g->axis[1][i] * g->axis[2][i];
        if (g->tokens[i] > product * (1 + 1e-9))
            return fsci_metric_fail(
                run, i, err, "%s tokens are more than context x batch x turn, %s",
                fsci_briefly(g->tokens[i], 6).text, fsci_briefly(product, 6).text);
    }
    return FSC_OK;
}

/* The axis alone: scores averaged over the other two. */
static fsc_status fit_axis(fsci_metric_run *run, const grid *g, int j, fsci_fitted_form *fit,
                           fsc_error *err)
{
    double *x = FSCI_NEW(run->arena, double, g->n), *y = FSCI_NEW(run->arena, double, g->n);
    double *count = FSCI_NEW(run->arena, double, g->n);
    size_t n = 0;
    if (!x || !y || !count)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < g->n; i++) {
        size_t at = 0;
        while (at < n && x[at] != g->axis[j][i])
            at++;
        n += at == n;
        x[at] = g->axis[j][i];
        y[at] += g->score[i];
        count[at]++;
    }
    for (size_t i = 0; i < n; i++)
        y[i] /= count[i];
    if (n >= 3)
        *fit = fsci_form_fit(FSCI_FORM_SATURATING, x, y, n, false);
    return FSC_OK;
}

static void add_split(fsci_metric_run *run, const grid *g, const fsci_surface *s,
                      const fsci_saturation *axes, bool saturated)
{
    double budget = fsci_metric_number(run, "budget"), x[FSCI_AXES];
    if (isnan(budget))
        return;
    if (!saturated) {
        fsci_record_warn(
            run->arena, run->root, "W-NO-SPLIT",
            "a product of powers has no best split inside: everything goes to the axis of "
            "the largest exponent; three amounts of each axis are needed to see them "
            "saturate");
        return;
    }
    if (!fsci_budget_split(axes, g->least, g->most, budget, x)) {
        fsci_record_warn(run->arena, run->root, "W-NO-SPLIT",
                         "no split of %s lies within the amounts that were measured",
                         fsci_briefly(budget, 6).text);
        return;
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "split");
    for (int j = 0; j < FSCI_AXES; j++)
        fsci_metric_set(run, item, axis_names[j], x[j]);
    fsci_metric_set(run, item, "predicted", fsci_surface_at(s, x));
    fsci_metric_say(run, "Split %s into context %s, batch %s, turns %s.",
                    fsci_briefly(budget, 6).text, fsci_briefly(x[0], 4).text,
                    fsci_briefly(x[1], 4).text, fsci_briefly(x[2], 4).text);
}

/* The different amounts of an axis, ascending. */
static fsc_status list_amounts(fsci_metric_run *run, const grid *g, int axis, double **amounts,
                               fsc_error *err)
{
    size_t n = 0;
    *amounts = fsci_copy_array(run->arena, g->axis[axis], g->n, sizeof **amounts);
    if (!*amounts)
        return fsci_fail_memory(err);
    fsci_sort(*amounts, g->n);
    for (size_t i = 0; i < g->n; i++)
        if (!n || (*amounts)[i] > (*amounts)[n - 1])
            (*amounts)[n++] = (*amounts)[i];
    return FSC_OK;
}

/* What context gives one score with each batch and number of turns that was measured. */
static void add_iso_score(fsci_metric_run *run, const grid *g, const fsci_surface *s, double score,
                          double *const amounts[FSCI_AXES])
{
    fsci_json *cheapest = NULL;
    double least = INFINITY;
    for (size_t b = 0; b < g->amounts[1]; b++)
        for (size_t t = 0; t < g->amounts[2]; t++) {
            double x[FSCI_AXES] = {1, amounts[1][b], amounts[2][t]};
            double context = fsci_surface_amount(s, score, 0, x), tokens = context * x[1] * x[2];
            fsci_json *item = fsci_metric_item(run, "iso", "");
            fsci_metric_set(run, item, "score", score);
            fsci_metric_set(run, item, "batch", x[1]);
            fsci_metric_set(run, item, "turn", x[2]);
            fsci_metric_set(run, item, "context", context);
            fsci_metric_set(run, item, "tokens", tokens);
            fsci_json_set_bool(run->arena, item, "cheapest", false);
            double beyond = fmax(log10(context / g->most[0]), log10(g->least[0] / context));
            fsci_metric_set(run, item, "log10_beyond", fmax(0, beyond));
            if (tokens < least) {
                least = tokens;
                cheapest = item;
            }
        }
    if (cheapest)
        fsci_json_set_bool(run->arena, cheapest, "cheapest", true);
}

static fsc_status add_iso(fsci_metric_run *run, const grid *g, const fsci_surface *s,
                          fsc_error *err)
{
    double *scores, *amounts[FSCI_AXES] = {NULL};
    size_t n;
    FSCI_TRY(fsci_metric_values(run, "iso", &scores, &n, err));
    for (int j = 1; j < FSCI_AXES; j++)
        FSCI_TRY(list_amounts(run, g, j, &amounts[j], err));
    if (!n) {
        double *sorted = fsci_copy_array(run->arena, g->score, g->n, sizeof *sorted);
        if (!sorted)
            return fsci_fail_memory(err);
        fsci_sort(sorted, g->n);
        sorted[0] = fsci_median(sorted, g->n);
        scores = sorted;
        n = 1;
    }
    for (size_t i = 0; i < n; i++)
        if (isnan(fsci_surface_amount(s, scores[i], 0, (double[]){1, 1, 1})))
            fsci_record_warn(run->arena, run->root, "W-OUT-OF-REACH",
                             "no context gives a score of %s: the floor leaves at most %s",
                             fsci_briefly(scores[i], 6).text, fsci_briefly(1 - s->floor, 4).text);
        else
            add_iso_score(run, g, s, scores[i], amounts);
    return FSC_OK;
}

static void add_chains(fsci_metric_run *run)
{
    static const double turns[] = {0, 1, 2, 3, 4, 5, 8, 16}, batches[] = {1, 2, 4, 8, 16, 32};
    double b = fsci_metric_number(run, "break"), g = fsci_metric_number(run, "fix");
    double x0 = fsci_metric_number(run, "start"), p = fsci_metric_number(run, "solve");
    double hit = fsci_metric_number(run, "hit");
    for (size_t i = 0; i < sizeof turns / sizeof *turns && !isnan(b + g + x0); i++) {
        fsci_json *item = fsci_metric_item(run, "turns", "");
        fsci_metric_set(run, item, "turns", turns[i]);
        fsci_metric_set(run, item, "value", fsci_turn_chain(x0, b, g, turns[i]));
        fsci_metric_set(run, item, "limit", fsci_turn_limit(b, g));
    }
    for (size_t i = 0; i < sizeof batches / sizeof *batches && !isnan(p + hit); i++) {
        fsci_json *item = fsci_metric_item(run, "batches", "");
        fsci_metric_set(run, item, "batch", batches[i]);
        fsci_metric_set(run, item, "value", fsci_batch_judged(p, batches[i], hit));
    }
}

static const fsci_metric_plot plots[] = {
    {"iso", "Equal scores: context by turns and batch", "iso", "batch", "batch", "marked", "turn",
     "turns", "log", "context", "context that gives the score", "log", NULL, NULL},
    {"turns", "Right after turns", "turns", NULL, "share right", "marked", "turns", "turns",
     "linear", "value", "share right", "linear", NULL, NULL},
    {"batches", "Right answers picked by the judge", "batches", NULL, "share right", "marked",
     "batch", "candidates", "log", "value", "share right", "linear", NULL, NULL},
    {0}};

static fsc_status run_budget(fsci_metric_run *run, fsc_error *err)
{
    grid g;
    fsci_saturation axes[FSCI_AXES];
    bool saturated = true;
    size_t varied = 0;
    FSCI_TRY(read_grid(run, &g, err));
    for (int j = 0; j < FSCI_AXES; j++)
        varied += g.amounts[j] > 1;
    if (varied < FSCI_AXES)
        return fsci_fail(err, FSC_EINPUT,
                         "only %zu of context, batch and turn vary; a joint fit needs all "
                         "three (metric axis-saturation takes one)",
                         varied);
    bool floor = fsci_metric_is(run, "floor", "yes");
    fsci_surface s = fsci_surface_fit(g.x, g.score, g.n, floor);
    if (!s.ok)
        return fsci_fail(err, FSC_EINPUT, "%zu points do not determine the surface", g.n);
    double z = fsci_normal_quantile(0.5 + run->level / 2);
    fsci_metric_intervals(run, "local", "points");
    for (int j = 0; j < FSCI_AXES; j++) {
        fsci_fitted_form fit = {0};
        FSCI_TRY(fit_axis(run, &g, j, &fit, err));
        fsci_json *row = fsci_metric_row(run, axis_names[j]);
        fsci_metric_estimate(run, row, s.a[j],
                             (fsci_interval){s.a[j] - z * s.se[j], s.a[j] + z * s.se[j]});
        fsci_metric_set(run, row, "amounts", (double)g.amounts[j]);
        fsci_metric_set(run, row, "s_inf", fit.ok ? fit.p[0] : NAN);
        fsci_metric_set(run, row, "s_0", fit.ok ? fit.p[1] : NAN);
        fsci_metric_set(run, row, "tau", fit.ok ? fit.p[2] : NAN);
        axes[j] = (fsci_saturation){fit.p[0], fit.p[1], fit.p[2]};
        saturated = saturated && fit.ok && fit.p[2] > 0 && fit.p[0] > fit.p[1];
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "surface");
    fsci_metric_set(run, item, "u", s.u);
    fsci_metric_set(run, item, "floor", s.floor);
    fsci_metric_set(run, item, "rss", s.rss);
    fsci_metric_set(run, item, "n", (double)g.n);
    fsci_metric_say(run, "Exponents %s of context, %s of batch, %s of turns; floor %s.",
                    fsci_briefly(s.a[0], 4).text, fsci_briefly(s.a[1], 4).text,
                    fsci_briefly(s.a[2], 4).text, fsci_briefly(s.floor, 4).text);
    add_split(run, &g, &s, axes, saturated);
    add_chains(run);
    return add_iso(run, &g, &s, err);
}

const fsci_metric fsci_metric_budget_split = {
    .id = "budget-split",
    .summary = "exponents of context, batch and turns, and the best split of a token budget",
    .source = "arXiv:2511.15738",
    .text =
        "ln(1 - s - floor) = u - a ln C - b ln B - d ln T by least squares in s, and a saturating "
        "exponential for each axis alone. A product of powers puts all of a budget on its largest "
        "exponent, so the split maximises the product of the saturating axes within the amounts "
        "measured. Optional chains: x' = x(1-b) + (1-x)g over turns, and hit (1-(1-p)^B) for a "
        "judge.",
    .example = "budget-split runs.csv --param budget=1e6",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_budget};
