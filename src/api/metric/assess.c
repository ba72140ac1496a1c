/* metric assess: single answers of a model, from item features and a few reference items. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/assess.h"
#include "metric/transform.h"
#include "num/random.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"model", FSCI_METRIC_KEY, true, "checkpoint|system", "models"},
    {"item", FSCI_METRIC_KEY, true, "question|problem|instance", "items"},
    {"correct", FSCI_METRIC_SHARE, true, "right|success|score", "1 right, 0 wrong"},
    {"reference", FSCI_METRIC_SHARE, false, NULL,
     "1 for the reference items; else --param references"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"features", "A:B:...", NULL,
     "columns of item features, as embeddings; the same in all rows of an item"},
    {"new", "MODEL", NULL, "the new model (default: each in turn, from all others)"},
    {"references", "N", "100", "reference items drawn at random, where there is no column"},
    {"item-mean", "auto|yes|no", "auto",
     "also use how the other models did on the item; auto: when there "
     "are no features"},
    {"ridge", "NUMBER", "1", "penalty of the logistic regression, on standardised inputs"},
    {"accuracy", "NUMBER", "0.9",
     "accuracy that predictions above the reject threshold are to keep"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (new model), value (AUC on its other items), brier, ece, auc_items (by the mean of "
     "the other models on the item), brier_items, threshold, kept (share at or above it), n, "
     "n_train"},
    {"predictions", "group, item, probability, observed; the first 100,000"},
    {"calibration", "group, predicted (mean of a tenth of the range), observed, n"},
    {0}};

enum { MOST_PREDICTIONS = 100000 };

typedef struct world {
    fsci_keys model, item;
    size_t models, items, p, n_references;
    double *answer;    /* [models * items], NaN where not answered */
    double *feature;   /* [items * p], standardised */
    size_t *reference; /* [n_references] items */
    bool *is_reference;
    bool item_mean; /* use how the other models did on the item */
} world;

/* ---- reading ------------------------------------------------------------------------------------
 */

static void standardise(double *x, size_t n, size_t p)
{
    for (size_t j = 0; j < p; j++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            mean += x[i * p + j] / (double)n;
        for (size_t i = 0; i < n; i++)
            squares += (x[i * p + j] - mean) * (x[i * p + j] - mean) / (double)n;
        for (size_t i = 0; i < n; i++)
            x[i * p + j] = squares > 0 ? (x[i * p + j] - mean) / sqrt(squares) : 0;
    }
}

static fsc_status read_features(fsci_metric_run *run, world *w, fsc_error *err)
{
    const char *list = fsci_metric_text(run, "features");
    for (const char *c = list; c && *c; c++)
        w->p += *c == ':';
    w->p += list != NULL;
    w->feature = FSCI_NEW(run->arena, double, w->items * w->p + 1);
    if (!w->feature)
        return fsci_fail_memory(err);
    for (size_t j = 0; list && j < w->p; j++) {
        size_t length = strcspn(list, ":");
        char *name = fsci_copy_text(run->arena, list, length);
        const fsci_column *c = name ? fsci_table_find(run->rows.table, name) : NULL;
        if (!name)
            return fsci_fail_memory(err);
        if (!c)
            return fsci_table_no_column(run->rows.table, name, err);
        if (c->kind != FSCI_COLUMN_NUMBERS)
            return fsci_table_not_numbers(run->rows.table, c, err);
        for (size_t i = 0; i < fsci_metric_rows(run); i++) {
            if (isnan(c->numbers[i]))
                return fsci_metric_fail(run, i, err, "feature %s is empty", name);
            w->feature[w->item.codes[i] * w->p + j] = c->numbers[i];
        }
        list += length + (list[length] == ':');
    }
    standardise(w->feature, w->items, w->p);
    w->item_mean = fsci_metric_is(run, "item-mean", "yes") ||
                   (fsci_metric_is(run, "item-mean", "auto") && w->p == 0);
    return FSC_OK;
}

/* Items that every model answered: of the column, or drawn. */
static fsc_status choose_references(fsci_metric_run *run, world *w, fsc_error *err)
{
    const double *marked;
    size_t wanted = (size_t)fsci_metric_number(run, "references"), n = 0;
    FSCI_TRY(fsci_metric_numbers(run, "reference", &marked, err));
    w->reference = FSCI_NEW(run->arena, size_t, w->items);
    w->is_reference = FSCI_NEW(run->arena, bool, w->items);
    if (!w->reference || !w->is_reference)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < fsci_metric_rows(run) && marked; i++)
        w->is_reference[w->item.codes[i]] = w->is_reference[w->item.codes[i]] || marked[i] == 1;
    for (size_t i = 0; i < w->items; i++) {
        bool all = true;
        for (size_t m = 0; m < w->models; m++)
            all = all && !isnan(w->answer[m * w->items + i]);
        if (marked && w->is_reference[i] && !all)
            return fsci_fail(err, FSC_EINPUT, "reference item %s is not answered by every model",
                             w->item.labels[i]);
        if (all && (!marked || w->is_reference[i]))
            w->reference[n++] = i;
    }
    fsci_stream stream = fsci_stream_new(run->seed, 0);
    for (size_t i = 0; i + 1 < n && !marked; i++) {
        size_t j = i + (size_t)fsci_random_below(&stream, n - i), kept = w->reference[i];
        w->reference[i] = w->reference[j];
        w->reference[j] = kept;
    }
    w->n_references = marked || n < wanted ? n : wanted;
    for (size_t i = 0; i < w->n_references; i++)
        w->is_reference[w->reference[i]] = true;
    if (w->n_references == 0 && w->p == 0)
        return fsci_fail(err, FSC_EINPUT,
                         "no item is answered by every model, and there are no features: "
                         "nothing to predict from");
    return FSC_OK;
}

static fsc_status read_world(fsci_metric_run *run, world *w, fsc_error *err)
{
    const double *correct;
    FSCI_TRY(fsci_metric_keys(run, "model", &w->model, err));
    FSCI_TRY(fsci_metric_keys(run, "item", &w->item, err));
    FSCI_TRY(fsci_metric_numbers(run, "correct", &correct, err));
    w->models = w->model.n;
    w->items = w->item.n;
    w->answer = FSCI_NEW(run->arena, double, w->models * w->items);
    if (!w->answer)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < w->models * w->items; i++)
        w->answer[i] = NAN;
    for (size_t i = 0; i < fsci_metric_rows(run); i++) {
        if (correct[i] != 0 && correct[i] != 1)
            return fsci_metric_fail(run, i, err, "%s is neither right (1) nor wrong (0)",
                                    fsci_briefly(correct[i], 6).text);
        w->answer[w->model.codes[i] * w->items + w->item.codes[i]] = correct[i];
    }
    if (w->models < 3)
        return fsci_fail(err, FSC_EINPUT, "%zu models; an assessor learns from two others at least",
                         w->models);
    FSCI_TRY(read_features(run, w, err));
    return choose_references(run, w, err);
}

/* ---- one new model
 * ---------------------------------------------------------------------------------- */

/* Features of the item, then the model's answers to the references; between them, if it is used,
 * the share of other models that were right on the item, which is given back. */
static double fill_row(const world *w, size_t model, size_t item, size_t left_out, double *row)
{
    double sum = 0, n = 0;
    memcpy(row, w->feature + item * w->p, w->p * sizeof *row);
    for (size_t m = 0; m < w->models; m++)
        if (m != left_out && m != model && !isnan(w->answer[m * w->items + item])) {
            sum += w->answer[m * w->items + item];
            n++;
        }
    double share = n > 0 ? sum / n : 0.5;
    row[w->p] = w->item_mean ? 2 * share - 1 : 0;
    for (size_t r = 0; r < w->n_references; r++)
        row[w->p + 1 + r] = 2 * w->answer[model * w->items + w->reference[r]] - 1;
    return share;
}

typedef struct scored {
    double *x, *y, *beta, *probability, *others;
    size_t *order, *item;
} scored;

static size_t fill_training(const world *w, size_t new_model, scored *s)
{
    size_t p = w->p + 1 + w->n_references, n = 0;
    for (size_t m = 0; m < w->models; m++)
        for (size_t i = 0; i < w->items && m != new_model; i++) {
            double answer = w->answer[m * w->items + i];
            if (w->is_reference[i] || isnan(answer))
                continue;
            fill_row(w, m, i, new_model, s->x + n * p);
            s->y[n++] = answer;
        }
    return n;
}

/* Mean prediction and share right in tenths of the range. */
static void add_bins(fsci_metric_run *run, const char *label, const scored *s, size_t n)
{
    enum { BINS = 10 };
    double predicted[BINS] = {0}, observed[BINS] = {0}, count[BINS] = {0};
    for (size_t i = 0; i < n; i++) {
        size_t b = (size_t)fmin(BINS - 1, floor(BINS * s->probability[i]));
        predicted[b] += s->probability[i];
        observed[b] += s->y[i];
        count[b]++;
    }
    for (size_t b = 0; b < BINS; b++) {
        if (!(count[b] > 0))
            continue;
        fsci_json *item = fsci_metric_item(run, "calibration", label);
        fsci_metric_set(run, item, "predicted", predicted[b] / count[b]);
        fsci_metric_set(run, item, "observed", observed[b] / count[b]);
        fsci_metric_set(run, item, "n", count[b]);
    }
}

static void add_model(fsci_metric_run *run, const world *w, size_t m, size_t n_train, scored *s)
{
    size_t p = w->p + 1 + w->n_references, n = 0;
    double brier = 0, brier_items = 0, largest, kept;
    for (size_t i = 0; i < w->items; i++) {
        double answer = w->answer[m * w->items + i];
        if (w->is_reference[i] || isnan(answer))
            continue;
        s->others[n] = fill_row(w, m, i, m, s->x);
        s->probability[n] = fsci_logit_at(s->beta, s->x, p);
        s->item[n] = i;
        s->y[n++] = answer;
    }
    for (size_t i = 0; i < n; i++) {
        brier += (s->probability[i] - s->y[i]) * (s->probability[i] - s->y[i]) / (double)n;
        brier_items += (s->others[i] - s->y[i]) * (s->others[i] - s->y[i]) / (double)n;
        if (fsci_json_count(fsci_json_get(run->root, "predictions")) >= MOST_PREDICTIONS)
            continue;
        fsci_json *item = fsci_metric_item(run, "predictions", w->model.labels[m]);
        fsci_metric_word(run, item, "item", w->item.labels[s->item[i]]);
        fsci_metric_set(run, item, "probability", s->probability[i]);
        fsci_metric_set(run, item, "observed", s->y[i]);
    }
    add_bins(run, w->model.labels[m], s, n);
    fsci_json *row = fsci_metric_row(run, w->model.labels[m]);
    fsci_metric_set(run, row, "value", fsci_auc(s->probability, s->y, n, s->order));
    fsci_metric_set(run, row, "brier", brier);
    fsci_metric_set(run, row, "ece",
                    fsci_calibration_error(s->probability, s->y, NULL, n, 10, &largest));
    fsci_metric_set(run, row, "auc_items", fsci_auc(s->others, s->y, n, s->order));
    fsci_metric_set(run, row, "brier_items", brier_items);
    fsci_metric_set(run, row, "threshold",
                    fsci_reject_threshold(s->probability, s->y, n,
                                          fsci_metric_number(run, "accuracy"), s->order, &kept));
    fsci_metric_set(run, row, "kept", kept);
    fsci_metric_set(run, row, "n", (double)n);
    fsci_metric_set(run, row, "n_train", (double)n_train);
}

static fsc_status check_references(const world *w, size_t m, fsc_error *err)
{
    double sum = 0;
    for (size_t r = 0; r < w->n_references; r++)
        sum += w->answer[m * w->items + w->reference[r]];
    if (w->n_references > 0 && (sum == 0 || sum == (double)w->n_references))
        return fsci_fail(err, FSC_EINPUT,
                         "model %s answers all %zu reference items alike, so they say "
                         "nothing about it; take harder or easier ones",
                         w->model.labels[m], w->n_references);
    return FSC_OK;
}

static const fsci_metric_plot plots[] = {{"calibration", "Calibration", "calibration", "group", "",
                                          "marked", "predicted", "predicted probability", "linear",
                                          "observed", "share right", "linear", NULL, NULL},
                                         {0}};

static fsc_status run_assess(fsci_metric_run *run, fsc_error *err)
{
    world w = {0};
    const char *new_model = fsci_metric_text(run, "new");
    bool found = false;
    FSCI_TRY(read_world(run, &w, err));
    fsci_arena *a = run->arena;
    size_t p = w.p + 1 + w.n_references, cells = w.models * w.items;
    scored s = {FSCI_NEW(a, double, cells *p + p), FSCI_NEW(a, double, cells),
                FSCI_NEW(a, double, p + 1),        FSCI_NEW(a, double, w.items),
                FSCI_NEW(a, double, w.items),      FSCI_NEW(a, size_t, w.items),
                FSCI_NEW(a, size_t, w.items)};
    if (fsci_arena_failed(a))
        return fsci_fail_memory(err);
    double sum = 0, n_rows = 0;
    for (size_t m = 0; m < w.models; m++) {
        if (new_model && strcmp(w.model.labels[m], new_model))
            continue;
        found = true;
        FSCI_TRY(check_references(&w, m, err));
        size_t n = fill_training(&w, m, &s);
        if (n == 0)
            return fsci_fail(err, FSC_EINPUT,
                             "every item is a reference item: none is left to predict");
        fsci_logit_fit fit =
            fsci_logit_ridge(s.x, s.y, n, p, fsci_metric_number(run, "ridge"), s.beta);
        if (!fit.ok)
            return fsci_fail(err, FSC_EINPUT,
                             "the regression for %s did not converge; raise --param ridge",
                             w.model.labels[m]);
        add_model(run, &w, m, n, &s);
        sum += fsci_json_get_number(run->list->last, "value");
        n_rows++;
    }
    if (!found)
        return fsci_fail(err, FSC_EUSAGE, "--param new: there is no model '%s'", new_model);
    fsci_json_set_number(a, run->root, "references", (double)w.n_references);
    fsci_metric_say(run, "AUC %.3f on average over %.0f new models, from %zu reference items.",
                    sum / n_rows, n_rows, w.n_references);
    return FSC_OK;
}

const fsci_metric fsci_metric_assess = {
    .id = "assess",
    .summary =
        "single answers of a new model, from item features and its answers to a few references",
    .source = "Pacchiardi, Cheke & Hernandez-Orallo 2024 (arXiv:2409.03563)",
    .text = "A logistic regression over all other models and items, on the features of the item "
            "(given as columns: no embeddings are computed) or else the share of other models "
            "right on it, and the model's answers to the reference items; the new model is then "
            "predicted on all other items. Random references do as well as clever ones within a "
            "distribution; none of it holds outside it, least of all for a model better than those "
            "learnt from.",
    .example = "assess answers.csv --param features=e1:e2:e3,references=100,new=gpt-5",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_assess};
