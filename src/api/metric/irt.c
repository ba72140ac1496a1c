/* metric item-response: abilities of models and difficulties of items, and what to ask next. */
#include "api/samples.h"

#include "latent/irt.h"
#include "num/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_metric_column columns[] = {FSCI_SAMPLE_COLUMNS, {0}};
static const fsci_metric_setting settings[] = {
    FSCI_SAMPLE_SETTINGS,
    {"model", "1pl|2pl|3pl", "2pl", "one discrimination; one for each item; and guessing"},
    {"sign", "difficulty|easiness", "difficulty", "b as a difficulty, or -b as R's mirt has it"},
    {"sd-log-a", "NUMBER", "0.5", "prior of ln a: its spread over the items"},
    {"sd-d", "NUMBER", "3", "prior of the intercept d = -a b: its spread over the items"},
    {"mean-c", "NUMBER", "0.2", "prior of guessing"},
    {"nodes", "N", "0", "of the quadrature; 0: 15 for few items per model, 3 for hundreds"},
    {"next", "N", "0", "the next N items to ask each model, by what they tell at its ability"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (model), value (ability), lo, hi, se, n (items answered), mean (score on them), "
     "p_irt (forecast of the score on all items), misfit (mean squared standardised residual; 1 "
     "when the model fits)"},
    {"items", "item, a, b, c, se_a, se_b, n, mean, information (at ability 0), misfit"},
    {"fit", "log_likelihood, penalised, iterations, converged, reliability, cells, components"},
    {"information", "ability, information (of all items and the prior), se"},
    {"next", "group, item, information"},
    {0}};

/* Cells of the kept items, and who they belong to. */
typedef struct cells {
    fsci_responses r;
    uint32_t *model, *item;
    float *right, *trials;
    const char **names; /* of items */
    size_t constant;
    bool counts; /* some cell has more than one trial */
} cells;

typedef struct named {
    const char *name;
    uint32_t group, at; /* at: position in its group */
    uint32_t order;     /* of appearance, so that items keep it */
} named;

static int by_name(const void *left, const void *right)
{
    const named *l = left, *r = right;
    int names = l->name == r->name ? 0 : strcmp(l->name, r->name);
    return names ? names : (l->order > r->order) - (l->order < r->order);
}

/* All cells with their items numbered by name; items that all models answer alike are left out. */
static fsc_status collect(fsci_metric_run *run, const fsci_samples *s, cells *c, fsc_error *err)
{
    size_t n = 0, used = 0;
    for (size_t g = 0; g < s->n_groups; g++)
        n += s->groups[g].items;
    named *all = malloc((n + 1) * sizeof *all);
    fsci_arena *a = run->arena;
    c->model = FSCI_NEW(a, uint32_t, n + 1);
    c->item = FSCI_NEW(a, uint32_t, n + 1);
    c->right = FSCI_NEW(a, float, n + 1);
    c->trials = FSCI_NEW(a, float, n + 1);
    c->names = FSCI_NEW(a, const char *, n + 1);
    if (!all || fsci_arena_failed(a)) {
        free(all);
        return fsci_fail_memory(err);
    }
    for (size_t g = 0, i = 0; g < s->n_groups; g++)
        for (size_t k = 0; k < s->groups[g].items; k++, i++)
            all[i] = (named){s->groups[g].item[k], (uint32_t)g, (uint32_t)k, (uint32_t)i};
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0, next; i < n; i = next) {
        double right = 0, trials = 0;
        for (next = i; next < n && !strcmp(all[next].name, all[i].name); next++) {
            right += s->groups[all[next].group].c[all[next].at];
            trials += s->groups[all[next].group].n[all[next].at];
        }
        if (right == 0 || right == trials) {
            c->constant++;
            continue;
        }
        for (size_t k = i; k < next; k++) {
            const fsci_samples_group *g = &s->groups[all[k].group];
            c->model[used] = all[k].group;
            c->item[used] = (uint32_t)c->r.items;
            c->right[used] = (float)g->c[all[k].at];
            c->trials[used] = (float)g->n[all[k].at];
            c->counts = c->counts || c->trials[used] != 1;
            used++;
        }
        c->names[c->r.items++] = all[i].name;
    }
    free(all);
    c->r.models = s->n_groups;
    c->r.cells = used;
    c->r.model = c->model;
    c->r.item = c->item;
    c->r.right = c->right;
    c->r.trials = c->counts ? c->trials : NULL;
    return FSC_OK;
}

/* Groups of models that items join, by merging sets. */
static size_t root_of(size_t *parent, size_t v)
{
    while (parent[v] != v)
        v = parent[v] = parent[parent[v]];
    return v;
}

static size_t count_components(fsci_metric_run *run, const cells *c)
{
    size_t all = c->r.models + c->r.items, components = all;
    size_t *parent = FSCI_NEW(run->arena, size_t, all + 1);
    for (size_t v = 0; v < all && parent; v++)
        parent[v] = v;
    for (size_t i = 0; i < c->r.cells && parent; i++) {
        size_t a = root_of(parent, c->model[i]), b = root_of(parent, c->r.models + c->item[i]);
        components -= a != b;
        parent[a] = b;
    }
    return components;
}

/* Squared standardised residuals by model and by item. */
static void add_misfit(const cells *c, const fsci_irt *fit, double *model, double *item,
                       double *seen, double *asked)
{
    for (size_t i = 0; i < c->r.cells; i++) {
        double P = fsci_irt_probability(&fit->item[c->item[i]], fit->theta[c->model[i]]);
        double off = c->right[i] - c->trials[i] * P, z = off * off / (c->trials[i] * P * (1 - P));
        model[c->model[i]] += z;
        item[c->item[i]] += z;
        seen[c->model[i]]++;
        asked[c->item[i]]++;
    }
}

/* lambda times the mean seen plus (1 - lambda) times the mean probability of the items not seen
 * (Maia Polo et al. 2024, tinyBenchmarks). */
static double p_irt(const cells *c, const fsci_irt *fit, size_t m, double seen_mean,
                    const bool *seen)
{
    double sum = 0, unseen = 0;
    for (size_t i = 0; i < c->r.items; i++)
        if (!seen[i]) {
            sum += fsci_irt_probability(&fit->item[i], fit->theta[m]);
            unseen++;
        }
    double n = (double)c->r.items, lambda = (n - unseen) / n;
    return unseen > 0 ? lambda * seen_mean + (1 - lambda) * sum / unseen : seen_mean;
}

static fsc_status add_models(fsci_metric_run *run, const fsci_samples *s, const cells *c,
                             const fsci_irt *fit, const double *misfit, const double *seen_n,
                             fsc_error *err)
{
    double z = fsci_normal_quantile(0.5 + run->level / 2);
    size_t next = (size_t)fsci_metric_number(run, "next"), at = 0;
    bool *seen = FSCI_NEW(run->arena, bool, c->r.items + 1);
    size_t *first = FSCI_NEW(run->arena, size_t, c->r.models + 2),
           *cell = FSCI_NEW(run->arena, size_t, c->r.cells + 1);
    if (!seen || !first || !cell)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->r.cells; i++)
        first[c->model[i] + 1]++;
    for (size_t m = 0; m < c->r.models; m++)
        first[m + 1] += first[m];
    for (size_t i = 0; i < c->r.cells; i++)
        cell[first[c->model[i]]++] = i;
    for (size_t m = 0; m < c->r.models; m++) {
        double right = 0, trials = 0, se = fit->se[m];
        memset(seen, 0, c->r.items * sizeof *seen);
        for (; at < first[m]; at++) {
            seen[c->item[cell[at]]] = true;
            right += c->right[cell[at]] / c->trials[cell[at]];
            trials++;
        }
        fsci_json *row = fsci_metric_row(run, s->groups[m].label);
        fsci_metric_estimate(run, row, fit->theta[m],
                             (fsci_interval){fit->theta[m] - z * se, fit->theta[m] + z * se});
        fsci_metric_set(run, row, "se", se);
        fsci_metric_set(run, row, "n", trials);
        fsci_metric_set(run, row, "mean", right / trials);
        fsci_metric_set(run, row, "p_irt", p_irt(c, fit, m, right / trials, seen));
        fsci_metric_set(run, row, "misfit", misfit[m] / seen_n[m]);
        for (size_t k = 0; k < next; k++) {
            size_t i = fsci_irt_next(fit->item, seen, c->r.items, fit->theta[m]);
            if (i == c->r.items)
                break;
            seen[i] = true;
            fsci_json *item = fsci_metric_item(run, "next", s->groups[m].label);
            fsci_metric_word(run, item, "item", c->names[i]);
            fsci_metric_set(run, item, "information",
                            fsci_irt_information(&fit->item[i], fit->theta[m]));
        }
    }
    return FSC_OK;
}

static void add_items(fsci_metric_run *run, const cells *c, const fsci_irt *fit,
                      const double *misfit, const double *asked, const double *score)
{
    double sign = fsci_metric_is(run, "sign", "easiness") ? -1 : 1;
    for (size_t i = 0; i < c->r.items; i++) {
        const fsci_irt_item *p = &fit->item[i];
        fsci_json *item = fsci_metric_item(run, "items", "");
        fsci_metric_word(run, item, "item", c->names[i]);
        fsci_metric_set(run, item, "a", p->a);
        fsci_metric_set(run, item, "b", sign * -p->d / p->a);
        fsci_metric_set(run, item, "c", p->c);
        fsci_metric_set(run, item, "se_a", p->se_a);
        fsci_metric_set(run, item, "se_b", p->se_d / p->a);
        fsci_metric_set(run, item, "n", asked[i]);
        fsci_metric_set(run, item, "mean", score[i] / asked[i]);
        fsci_metric_set(run, item, "information", fsci_irt_information(p, 0));
        fsci_metric_set(run, item, "misfit", misfit[i] / asked[i]);
    }
}

/* What all items together tell at an ability, and the standard error that leaves. */
static void add_information(fsci_metric_run *run, const cells *c, const fsci_irt *fit)
{
    for (int k = -16; k <= 16; k++) {
        double theta = k / 4.0, information = 1; /* of the prior */
        for (size_t i = 0; i < c->r.items; i++)
            information += fsci_irt_information(&fit->item[i], theta);
        fsci_json *item = fsci_metric_item(run, "information", "");
        fsci_metric_set(run, item, "ability", theta);
        fsci_metric_set(run, item, "information", information);
        fsci_metric_set(run, item, "se", 1 / sqrt(information));
    }
}

static void add_fit(fsci_metric_run *run, const cells *c, const fsci_irt *fit, size_t components)
{
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "fit");
    fsci_metric_set(run, item, "log_likelihood", fit->log_likelihood);
    fsci_metric_set(run, item, "penalised", fit->penalised);
    fsci_metric_set(run, item, "iterations", fit->iterations);
    fsci_json_set_bool(run->arena, item, "converged", fit->converged);
    fsci_metric_set(run, item, "reliability", fit->reliability);
    fsci_metric_set(run, item, "cells", (double)c->r.cells);
    fsci_metric_set(run, item, "components", (double)components);
    if (c->constant)
        fsci_record_warn(run->arena, run->root, "W-CONSTANT-ITEMS",
                         "%zu items that all models answer alike are left out", c->constant);
    if (components > 1)
        fsci_record_warn(
            run->arena, run->root, "W-APART",
            "no item joins the models of %zu separate sets: their abilities are on one scale "
            "only by the prior",
            components);
}

static const fsci_metric_plot plots[] = {
    {"abilities", "Ability and score", "rows", NULL, "models", "points", "mean",
     "score on the items answered", "linear", "value", "ability", "linear", "lo", "hi"},
    {"error", "Where the items tell abilities apart", "information", NULL, "standard error", "line",
     "ability", "ability", "linear", "se", "standard error", "linear", NULL, NULL},
    {0}};

static fsc_status run_irt(fsci_metric_run *run, fsc_error *err)
{
    fsci_samples s;
    cells c = {0};
    FSCI_TRY(fsci_samples_read(run, &s, err));
    FSCI_TRY(collect(run, &s, &c, err));
    if (c.r.models < 2 || c.r.items < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu models and %zu items that tell them apart; two of each are "
                         "needed",
                         c.r.models, c.r.items);
    fsci_irt_options o = {.kind = fsci_metric_is(run, "model", "1pl")   ? FSCI_IRT_1PL
                                  : fsci_metric_is(run, "model", "2pl") ? FSCI_IRT_2PL
                                                                        : FSCI_IRT_3PL,
                          .nodes = (size_t)fsci_metric_number(run, "nodes"),
                          .sd_log_a = fsci_metric_number(run, "sd-log-a"),
                          .sd_d = fsci_metric_number(run, "sd-d"),
                          .mean_c = fsci_metric_number(run, "mean-c"),
                          .threads = run->threads};
    fsci_arena *a = run->arena;
    fsci_irt fit = {.item = FSCI_NEW(a, fsci_irt_item, c.r.items),
                    .theta = FSCI_NEW(a, double, c.r.models),
                    .se = FSCI_NEW(a, double, c.r.models)};
    double *by_model = FSCI_NEW(a, double, 2 * c.r.models),
           *by_item = FSCI_NEW(a, double, 3 * c.r.items);
    if (fsci_arena_failed(a) || !fsci_irt_fit(&c.r, &o, &fit))
        return fsci_fail_memory(err);
    double *score = by_item + 2 * c.r.items;
    add_misfit(&c, &fit, by_model, by_item, by_model + c.r.models, by_item + c.r.items);
    for (size_t i = 0; i < c.r.cells; i++)
        score[c.item[i]] += c.right[i] / c.trials[i];
    fsci_metric_intervals(run, "posterior", "answers");
    FSCI_TRY(add_models(run, &s, &c, &fit, by_model, by_model + c.r.models, err));
    add_items(run, &c, &fit, by_item, by_item + c.r.items, score);
    add_information(run, &c, &fit);
    add_fit(run, &c, &fit, count_components(run, &c));
    fsci_metric_say(run, "%zu models on %zu items; reliability of the abilities %.3f.", c.r.models,
                    c.r.items, fit.reliability);
    return FSC_OK;
}

const fsci_metric fsci_metric_item_response = {
    .id = "item-response",
    .summary =
        "abilities of models and difficulties of items (1PL, 2PL, 3PL), and what to ask next",
    .source = "Bock & Aitkin 1981; Maia Polo et al. 2024 (arXiv:2402.14992); Truong et al. 2025 "
              "(arXiv:2503.13335)",
    .text = "P = c + (1-c) sigmoid(a (theta - b)) with theta ~ N(0, 1), by maximum marginal "
            "likelihood with priors on the spread of ln a and of the intercept over the items, and "
            "on guessing; only observed cells count, and n may be above 1. Abilities are posterior "
            "means. p_irt forecasts the score on all items from those answered. Such scales fail "
            "for a model better than all it was calibrated on. Items that all models answer alike "
            "are left out; models that no item joins are said to be apart.",
    .example = "item-response answers.csv --param model=2pl,next=5",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_irt,
    .streams = true};
