/* metric passk: coverage of k attempts, its law, and the Beta law behind it. */
#include "api/metric/success.h"

#include "api/source.h"
#include "base/number.h"
#include "metric/beta_binomial.h"
#include "metric/pass.h"
#include "metric/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_metric_column columns[] = {FSCI_SAMPLE_COLUMNS, {0}};
static const fsci_metric_setting settings[] = {
    FSCI_SAMPLE_SETTINGS,
    {"law-grid", "standard|k", "standard",
     "which k the coverage law is fitted on: the 101 "
     "values of Brown et al. and Schaeffer et al. up "
     "to the samples there are, or those of --k"},
    {"published", "TABLE", NULL, "printed laws to set beside ours: columns model, a, b"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows", "group, k, value, lo, hi, n_items, predicted (of the Beta law), beyond_samples"},
    {"coverage_law",
     "group, a, b, lo and hi of each, r2, n points of `of`, early and late (b of "
     "either half of ln k), power_law, printed_a, printed_b, as_printed: -ln(pass@k) = a k^-b"},
    {"beta_binomial", "group, a, b, log_likelihood, se_log_a, se_log_b, aicc, status, no_success "
                      "(share of items with c = 0), fit_x2, fit_df, fit_p (Pearson's test of the "
                      "Beta law, where all items have the same n)"},
    {0}};

/* What one group needs beside its counts. */
typedef struct curve {
    const fsci_samples_group *group;
    const double *grid; /* those asked for, then those of the law */
    size_t n_asked, n_law;
    const size_t *order; /* items, those of one kind together: with equal counts, as many have */
    const size_t *first; /* [n_kinds + 1], where in `order` a kind begins */
    size_t n_kinds;
    double *pass; /* [n_kinds * n_grid], NaN where the samples do not reach */
} curve;

enum { MOST_ASKED = 128, MOST_K = 256 };

/* Until a success every k beyond it passes; a fixed n says nothing beyond itself. */
static void pass_of(const fsci_samples_group *g, size_t item, const double *k, size_t n_k,
                    double *out)
{
    double n = g->n[item], c = g->c[item];
    bool passes = g->stop[item] == FSCI_STOP_UNTIL && c > 0;
    fsci_pass_curve(n, c, k, n_k, out);
    for (size_t j = 0; j < n_k; j++)
        if (k[j] > n)
            out[j] = passes ? 1 : NAN;
}

/* Mean pass@k over items that count weight[i] times each. */
static void mean_curve(const curve *c, const double *weight, double *mean)
{
    size_t n = c->n_asked + c->n_law;
    double total = 0;
    memset(mean, 0, n * sizeof *mean);
    for (size_t kind = 0; kind < c->n_kinds; kind++) {
        double w = 0;
        for (size_t i = c->first[kind]; i < c->first[kind + 1]; i++)
            w += weight[c->order[i]];
        for (size_t j = 0; j < n && w > 0; j++)
            mean[j] += w * c->pass[kind * n + j];
        total += w;
    }
    for (size_t j = 0; j < n; j++)
        mean[j] /= total;
}

static void curve_statistics(void *context, const double *weight, double *out)
{
    const curve *c = context;
    double mean[MOST_K];
    mean_curve(c, weight, mean);
    memcpy(out, mean, c->n_asked * sizeof *out);
    fsci_coverage_law law = fsci_coverage_fit(c->grid + c->n_asked, mean + c->n_asked, c->n_law);
    out[c->n_asked] = law.a;
    out[c->n_asked + 1] = law.b;
}

typedef struct counts {
    double n, c;
    fsci_stop_rule stop;
    size_t item;
} counts;

static int by_kind(const void *left, const void *right)
{
    const counts *l = left, *r = right;
    if (l->n != r->n)
        return l->n < r->n ? -1 : 1;
    if (l->c != r->c)
        return l->c < r->c ? -1 : 1;
    return (l->stop > r->stop) - (l->stop < r->stop);
}

static int by_kind_and_item(const void *left, const void *right)
{
    const counts *l = left, *r = right;
    int kinds = by_kind(l, r);
    return kinds ? kinds : (l->item > r->item) - (l->item < r->item);
}

static fsc_status find_kinds(fsci_metric_run *run, curve *c, fsc_error *err)
{
    const fsci_samples_group *g = c->group;
    counts *all = malloc((g->items + 1) * sizeof *all);
    size_t *order = FSCI_NEW(run->arena, size_t, g->items + 1),
           *first = FSCI_NEW(run->arena, size_t, g->items + 1);
    if (!all || !order || !first) {
        free(all);
        return fsci_fail_memory(err);
    }
    for (size_t i = 0; i < g->items; i++)
        all[i] = (counts){g->n[i], g->c[i], g->stop[i], i};
    qsort(all, g->items, sizeof *all, by_kind_and_item);
    for (size_t i = 0; i < g->items; i++) {
        order[i] = all[i].item;
        if (!i || by_kind(&all[i - 1], &all[i]))
            first[c->n_kinds++] = i;
    }
    first[c->n_kinds] = g->items;
    free(all);
    c->order = order;
    c->first = first;
    return FSC_OK;
}

static fsc_status fill_curve(fsci_metric_run *run, curve *c, fsc_error *err)
{
    size_t n = c->n_asked + c->n_law;
    FSCI_TRY(find_kinds(run, c, err));
    c->pass = FSCI_NEW(run->arena, double, n * c->n_kinds + 1);
    if (!c->pass)
        return fsci_fail_memory(err);
    for (size_t kind = 0; kind < c->n_kinds; kind++) {
        size_t item = c->order[c->first[kind]];
        double *own = c->pass + kind * n;
        pass_of(c->group, item, c->grid, c->n_asked, own);
        pass_of(c->group, item, c->grid + c->n_asked, c->n_law, own + c->n_asked);
    }
    return FSC_OK;
}

static double reach(const fsci_samples_group *g)
{
    double least = INFINITY;
    for (size_t i = 0; i < g->items; i++)
        if (!(g->stop[i] == FSCI_STOP_UNTIL && g->c[i] > 0))
            least = fmin(least, g->n[i]);
    return least;
}

static fsc_status make_curve(fsci_metric_run *run, const fsci_samples_group *g, const double *k,
                             size_t n_k, curve *c, fsc_error *err)
{
    bool asked = fsci_metric_is(run, "law-grid", "k");
    double most = reach(g), *grid = FSCI_NEW(run->arena, double, n_k + fsci_pass_grid_size);
    *c = (curve){.group = g, .grid = grid, .n_asked = n_k};
    if (!grid)
        return fsci_fail_memory(err);
    memcpy(grid, k, n_k * sizeof *k);
    const double *law = asked ? k : fsci_pass_grid;
    for (size_t j = 0; j < (asked ? n_k : fsci_pass_grid_size); j++)
        if (law[j] <= most)
            grid[n_k + c->n_law++] = law[j];
    return fill_curve(run, c, err);
}

static const char *const bb_words[] = {
    [FSCI_BB_OK] = "ok",
    [FSCI_BB_NO_SUCCESS] = "no success: only an upper bound",
    [FSCI_BB_NO_FAILURE] = "no failure: only a lower bound",
    [FSCI_BB_ONE_ITEM] = "one item: no spread to see",
    [FSCI_BB_NO_SPREAD] = "no more spread than chance: a and b grow without bound",
};

static void add_beta(fsci_metric_run *run, const fsci_samples_group *g, const fsci_beta_binomial *f)
{
    fsci_json *item = fsci_metric_item(run, "beta_binomial", g->label);
    double none = 0;
    for (size_t i = 0; i < g->items; i++)
        none += g->c[i] == 0;
    fsci_metric_set(run, item, "a", f->a);
    fsci_metric_set(run, item, "b", f->b);
    fsci_metric_set(run, item, "no_success", none / (double)g->items);
    fsci_metric_fit_test(run, item, g, f);
    fsci_metric_set(run, item, "log_likelihood", f->log_likelihood);
    fsci_metric_set(run, item, "se_log_a", sqrt(f->covariance[0]));
    fsci_metric_set(run, item, "se_log_b", sqrt(f->covariance[3]));
    fsci_metric_set(run, item, "aicc", f->aicc);
    fsci_json_set_string(run->arena, item, "status", bb_words[f->status]);
}

/* A power law has one exponent; an exponential's grows with k. Of the thirteen published power laws
 * none has halves further apart than a fifth. */
static bool is_power_law(const fsci_coverage_law *law)
{
    const double apart = 1.5;
    return law->late < apart * law->early && law->early < apart * law->late;
}

static void add_law(fsci_metric_run *run, const curve *c, const double *point,
                    const fsci_interval *interval)
{
    const double *mean = point;
    fsci_coverage_law law = fsci_coverage_fit(c->grid + c->n_asked, mean + c->n_asked, c->n_law);
    fsci_json *item = fsci_metric_item(run, "coverage_law", c->group->label);
    fsci_metric_set(run, item, "a", law.a);
    fsci_metric_set(run, item, "b", law.b);
    fsci_metric_set(run, item, "a_lo", interval[0].lo);
    fsci_metric_set(run, item, "a_hi", interval[0].hi);
    fsci_metric_set(run, item, "b_lo", interval[1].lo);
    fsci_metric_set(run, item, "b_hi", interval[1].hi);
    fsci_json_set_bool(run->arena, item, "power_law", is_power_law(&law));
    fsci_metric_set(run, item, "r2", law.r2);
    fsci_metric_set(run, item, "n", (double)law.n);
    fsci_metric_set(run, item, "of", (double)c->n_law);
    if (isfinite(c->group->size))
        fsci_metric_set(run, item, "size", c->group->size);
    fsci_metric_set(run, item, "early", law.early);
    fsci_metric_set(run, item, "late", law.late);
}

static void add_rows(fsci_metric_run *run, const curve *c, const double *mean,
                     const fsci_interval *interval, const fsci_beta_binomial *f)
{
    for (size_t j = 0; j < c->n_asked; j++) {
        fsci_json *row = fsci_metric_row(run, c->group->label);
        bool modelled = f->status == FSCI_BB_OK, beyond = isnan(mean[j]);
        fsci_metric_set(run, row, "k", c->grid[j]);
        fsci_interval i = interval[j];
        if (beyond && modelled)
            fsci_beta_binomial_interval(f, c->grid[j], run->level, &i.lo, &i.hi);
        double predicted = modelled ? fsci_beta_binomial_pass(f, c->grid[j]) : NAN;
        fsci_metric_estimate(run, row, beyond ? predicted : mean[j], i);
        fsci_metric_set(run, row, "n_items", (double)c->group->items);
        fsci_metric_set(run, row, "predicted", predicted);
        fsci_json_set_bool(run->arena, row, "beyond_samples", beyond);
        if (isfinite(c->group->size))
            fsci_metric_set(run, row, "size", c->group->size);
    }
}

static void draw(fsci_metric_run *run, const curve *c, const double *mean)
{
    const double *law = c->grid + c->n_asked;
    fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
    if (!figure)
        figure = fsci_metric_figure(run, "coverage", "Coverage", "attempts k", "log",
                                    "share of items solved", "linear");
    if (fsci_json_count(fsci_json_get(figure, "series")) < 8)
        fsci_metric_line(run, figure, *c->group->label ? c->group->label : "pass@k", NULL, law,
                         mean + c->n_asked, c->n_law);
}

static fsc_status one_group(fsci_metric_run *run, const fsci_samples_group *g, const double *k,
                            size_t n_k, fsc_error *err)
{
    curve c;
    FSCI_TRY(make_curve(run, g, k, n_k, &c, err));
    size_t n_out = n_k + 2, n_grid = n_k + c.n_law;
    double *mean = FSCI_NEW(run->arena, double, n_grid),
           *once = FSCI_NEW(run->arena, double, g->items + 1);
    fsci_interval *interval = FSCI_NEW(run->arena, fsci_interval, n_out);
    fsci_resampling r = {.items = g->items,
                         .cluster = g->cluster,
                         .n_resamples = run->n_resamples,
                         .seed = run->seed,
                         .level = run->level,
                         .threads = run->threads};
    if (!mean || !once || !interval ||
        !fsci_resample(&r, curve_statistics, &c, n_out, interval, NULL))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < g->items; i++)
        once[i] = 1;
    mean_curve(&c, once, mean);
    fsci_beta_binomial f = fsci_beta_binomial_fit(g->n, g->c, g->items, false);
    if (f.status == FSCI_BB_NO_MEMORY)
        return fsci_fail_memory(err);
    add_rows(run, &c, mean, interval, &f);
    add_law(run, &c, mean, interval + n_k);
    add_beta(run, g, &f);
    draw(run, &c, mean);
    return FSC_OK;
}

/* Printed laws beside ours; what differs by more than the last printed digits is said. */
static fsc_status add_published(fsci_metric_run *run, fsc_error *err)
{
    const char *path = fsci_metric_text(run, "published"), *differs = NULL;
    const double rounding = 2e-3;
    fsc_table *table;
    if (!path)
        return FSC_OK;
    FSCI_TRY(fsci_source_table(path, NULL, &table, err));
    fsci_source_provenance(run->arena, path, fsci_table_rows(table), run->inputs);
    const fsci_column *model = fsci_table_find(table, "model"), *a = fsci_table_find(table, "a"),
                      *b = fsci_table_find(table, "b");
    bool usable = model && a && b && model->codes && a->numbers && b->numbers;
    for (size_t i = 0; i < fsci_table_rows(table) && usable; i++)
        for (fsci_json *law = fsci_json_get(run->root, "coverage_law")->first; law;
             law = law->next) {
            const char *label = fsci_json_get_string(law, "group");
            if (!label || strcmp(label, model->levels[model->codes[i]]))
                continue;
            fsci_metric_set(run, law, "printed_a", a->numbers[i]);
            fsci_metric_set(run, law, "printed_b", b->numbers[i]);
            bool same = fabs(fsci_json_get_number(law, "a") - a->numbers[i]) <= rounding &&
                        fabs(fsci_json_get_number(law, "b") - b->numbers[i]) <= rounding;
            fsci_json_set_bool(run->arena, law, "as_printed", same);
            if (!same)
                differs = fsci_format(run->arena, "%s%s%s", differs ? differs : "",
                                      differs ? ", " : "", label);
        }
    fsci_table_free(table);
    if (!usable)
        return fsci_fail(err, FSC_EINPUT, "%s needs columns model, a and b to be set beside ours",
                         path);
    if (differs)
        fsci_record_warn(run->arena, run->root, "W-NOT-AS-PRINTED",
                         "the printed law differs from what the counts give for %.300s", differs);
    return FSC_OK;
}

/* The first few of a list, and how many there are. */
typedef struct names {
    const char *text;
    size_t n;
} names;

enum { NAMED = 6 };

static void add_name(fsci_arena *arena, names *list, const char *name)
{
    name = name ? name : "the table";
    if (list->n < NAMED)
        list->text = list->n ? fsci_format(arena, "%s, %.60s", list->text, name) : name;
    list->n++;
}

static const char *list_of(fsci_arena *arena, const names *list)
{
    return list->n > NAMED ? fsci_format(arena, "%s and %zu more", list->text, list->n - NAMED)
                           : list->text;
}

static void warn_about(fsci_metric_run *run, const fsci_samples *samples)
{
    size_t uneven = 0, beyond = 0;
    for (size_t g = 0; g < samples->n_groups; g++)
        for (size_t i = 1; i < samples->groups[g].items; i++)
            if (samples->groups[g].n[i] != samples->groups[g].n[0]) {
                uneven++;
                break;
            }
    names bent = {0}, ended = {0};
    FSCI_JSON_EACH (law, fsci_json_get(run->root, "coverage_law")) {
        if (!fsci_json_get_bool(law, "power_law", true))
            add_name(run->arena, &bent, fsci_json_get_string(law, "group"));
        if (fsci_json_get_number(law, "n") < fsci_json_get_number(law, "of"))
            add_name(run->arena, &ended, fsci_json_get_string(law, "group"));
    }
    if (bent.n)
        fsci_record_warn(run->arena, run->root, "W-NO-POWER-LAW",
                         "-ln(pass@k) is no power law of k for %s: its exponent changes along k",
                         list_of(run->arena, &bent));
    if (ended.n)
        fsci_record_warn(run->arena, run->root, "W-COVERAGE-ENDS",
                         "pass@k is 0 or 1 at some k, which the coverage law leaves out, for %s",
                         list_of(run->arena, &ended));
    FSCI_JSON_EACH (row, run->list)
        beyond += fsci_json_get_bool(row, "beyond_samples", false);
    if (uneven && !samples->stopped)
        fsci_record_warn(run->arena, run->root, "W-UNEQUAL-N",
                         "the number of samples differs between items; if sampling stopped at a "
                         "success, say --param stop=until");
    if (beyond)
        fsci_record_warn(run->arena, run->root, "W-BEYOND-SAMPLES",
                         "%zu values are at more attempts than some item has samples: they are the "
                         "Beta law's, not estimates",
                         beyond);
}

static void say_last(fsci_metric_run *run)
{
    const fsci_json *last = run->list->last;
    if (!last)
        return;
    const char *group = fsci_json_get_string(last, "group"), *within = "";
    double lo = fsci_json_get_number(last, "lo"), hi = fsci_json_get_number(last, "hi");
    if (lo <= hi)
        within = fsci_format(run->arena, " (%s %% interval %s to %s)",
                             fsci_briefly(100 * run->level, 6).text, fsci_briefly(lo, 4).text,
                             fsci_briefly(hi, 4).text);
    fsci_metric_say(run, "pass@%s%s%s is %s%s.",
                    fsci_metric_short(run, fsci_json_get_number(last, "k")), group ? " of " : "",
                    group ? group : "", fsci_briefly(fsci_json_get_number(last, "value"), 4).text,
                    within ? within : "");
}

static fsc_status run_passk(fsci_metric_run *run, fsc_error *err)
{
    static double usual[] = {1, 10, 100, 1000, 10000};
    fsci_samples samples;
    double *k;
    size_t n_k;
    FSCI_TRY(fsci_metric_k(run, &k, &n_k, err));
    FSCI_TRY(fsci_samples_read(run, &samples, err));
    double most = 1;
    for (size_t g = 0; g < samples.n_groups; g++)
        most = fmax(most, reach(&samples.groups[g]));
    if (!n_k) {
        k = usual;
        while (n_k < 5 && usual[n_k] <= most)
            n_k++;
    }
    if (n_k > MOST_ASKED)
        return fsci_fail(err, FSC_EUSAGE, "--k takes up to %d values, not %zu", MOST_ASKED, n_k);
    fsci_metric_intervals(run, "bootstrap", samples.clustered ? "clusters of items" : "items");
    for (size_t g = 0; g < samples.n_groups; g++)
        FSCI_TRY(one_group(run, &samples.groups[g], k, n_k, err));
    FSCI_TRY(add_published(run, err));
    warn_about(run, &samples);
    say_last(run);
    return FSC_OK;
}

const fsci_metric fsci_metric_passk = {
    .id = "passk",
    .summary = "share of items solved within k attempts, its law in k, and the Beta law behind it",
    .source =
        "Chen et al. 2021 (arXiv:2107.03374); Brown et al. 2024 (arXiv:2407.21787); Schaeffer "
        "et al. 2025 (arXiv:2502.17578)",
    .text =
        "pass@k is the mean over items of 1 - C(n-c,k)/C(n,k), unbiased for k <= n when n was "
        "fixed in advance. Where sampling stopped at a success (stop = until) it is 1 beyond n. "
        "The law -ln(pass@k) = a k^-b is a line of ln(-ln(mean pass@k)) on ln k. Items are "
        "resampled, never samples. The Beta law of per-item success probabilities is fitted to the "
        "counts by maximum likelihood; beyond the samples its prediction stands in for the "
        "estimate, and is marked.",
    .example = "passk data/monkeys/problems.csv --k 1,10,100 --group model",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_passk,
    .streams = true};
