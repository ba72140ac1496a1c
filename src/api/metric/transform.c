/* metric metric-transform, calibration, metric-chain-correlation: one output under several metrics.
 */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/rates.h"
#include "metric/regress.h"
#include "metric/shape.h"
#include "metric/transform.h"

#include <math.h>
#include <string.h>

/* ---- metric-transform
 * ------------------------------------------------------------------------------ */

static const fsci_metric_column transform_columns[] = {
    {"size", FSCI_METRIC_POSITIVE, true, "params|parameters|flops|compute", "size of the model"},
    {"value", FSCI_METRIC_NUMBER, true, "nll|accuracy|loss",
     "the metric's value, see --param metric"},
    {"item", FSCI_METRIC_KEY, false, "problem|question", "items, when there is a row for each"},
    {"length", FSCI_METRIC_POSITIVE, false, "tokens|n_tokens",
     "tokens L of the answer; else --param"},
    {"group", FSCI_METRIC_KEY, false, "family|task", "families"},
    {0}};
static const fsci_metric_setting transform_settings[] = {
    {"metric", "accuracy|cross-entropy|sum-nll", NULL,
     "what value is: exact-match accuracy, nats per token, or minus the log-likelihood summed over "
     "the answer. Needed: it is never guessed"},
    {"length", "NUMBER", NULL, "tokens L of the answer, where there is no column"},
    {"items", "NUMBER", NULL, "size of the test set: resolution, and bounds where accuracy is 0"},
    {"at-least", "NUMBER", NULL, "also the probability that this many of L tokens are right"},
    {"chance-of-one", "NUMBER", "0.95", "for the items needed to see one success"},
    {"size-unit", "NUMBER", "1", "unit of size in the power law's prefactor, as 1e21"},
    {0}};
static const fsci_metric_result transform_results[] = {
    {"rows",
     "group, size, value (cross-entropy, or mean summed nll), token, exact, edits, brier_one "
     "(of the right token), at_least, items_needed, bounded (accuracy was 0: value is a lower "
     "bound by 3/items); of sum-nll: exact is the item mean of exp(-nll), expected_exact over "
     "the items, least_nll"},
    {"law",
     "group, a, c (ln(-ln acc) = ln L + a ln(N/c)) or prefactor and exponent of value, r2, n"},
    {"emergence", "group, before, after: breakthrough B of exact-match and of minus the "
                  "cross-entropy (null: unbounded)"},
    {0}};

typedef struct transform {
    fsci_keys group;
    const double *size, *value, *length;
    double items;
    bool summed, accuracy;
} transform;

static fsc_status read_transform(fsci_metric_run *run, transform *t, fsc_error *err)
{
    size_t rows = fsci_metric_rows(run);
    double given = fsci_metric_number(run, "length");
    if (!fsci_metric_text(run, "metric"))
        return fsci_fail(err, FSC_EUSAGE,
                         "which metric is it? give --param metric=accuracy, "
                         "cross-entropy (nats per token) or sum-nll (summed over the answer)");
    t->summed = fsci_metric_is(run, "metric", "sum-nll");
    t->accuracy = fsci_metric_is(run, "metric", "accuracy");
    t->items = fsci_metric_number(run, "items");
    FSCI_TRY(fsci_metric_keys(run, "group", &t->group, err));
    FSCI_TRY(fsci_metric_numbers(run, "size", &t->size, err));
    FSCI_TRY(fsci_metric_numbers(run, "value", &t->value, err));
    FSCI_TRY(fsci_metric_numbers(run, "length", &t->length, err));
    if (!t->length && isfinite(given)) {
        double *same = FSCI_NEW(run->arena, double, rows);
        for (size_t i = 0; i < rows && same; i++)
            same[i] = given;
        t->length = same;
    }
    if (!t->summed && !t->length)
        return fsci_fail(err, FSC_EUSAGE,
                         "how many tokens has an answer? give --param length=L or a "
                         "column length");
    for (size_t i = 0; i < rows; i++) {
        if (t->accuracy && !(t->value[i] >= 0 && t->value[i] <= 1))
            return fsci_metric_fail(run, i, err, "accuracy %s is not between 0 and 1",
                                    fsci_briefly(t->value[i], 6).text);
        if (!t->accuracy && !(t->value[i] >= 0))
            return fsci_metric_fail(run, i, err,
                                    "%s is no minus log-likelihood, which is 0 or more",
                                    fsci_briefly(t->value[i], 6).text);
        if (t->length && !(t->length[i] >= 1 && t->length[i] == floor(t->length[i])))
            return fsci_metric_fail(run, i, err, "length %s is no whole number of tokens",
                                    fsci_briefly(t->length[i], 6).text);
        if (t->accuracy && t->value[i] == 0 && isnan(t->items))
            return fsci_metric_fail(run, i, err,
                                    "accuracy 0 has no logarithm; give --param items=N for "
                                    "a bound by the size of the test set");
    }
    return FSC_OK;
}

/* One size whose items are all in one row. Gives the cross-entropy. */
static double add_size(fsci_metric_run *run, const transform *t, const char *label, size_t row,
                       double *exact)
{
    double L = t->length[row], value = t->value[row], j = fsci_metric_number(run, "at-least");
    bool bounded = t->accuracy && value == 0;
    if (bounded)
        value = 3 / t->items;
    double ce = t->accuracy ? fsci_cross_entropy_of_exact(value, L) : value;
    fsci_scores s = fsci_scores_of(ce, L, isnan(j) ? 0 : j);
    fsci_json *item = fsci_metric_row(run, label);
    fsci_metric_set(run, item, "size", t->size[row]);
    fsci_metric_set(run, item, "value", ce);
    fsci_metric_set(run, item, "token", s.token);
    fsci_metric_set(run, item, "exact", s.exact);
    fsci_metric_set(run, item, "edits", s.edits);
    fsci_metric_set(run, item, "brier_one", s.brier);
    if (isfinite(j))
        fsci_metric_set(run, item, "at_least", s.at_least);
    fsci_metric_set(run, item, "items_needed",
                    fsci_items_needed(s.exact, fsci_metric_number(run, "chance-of-one")));
    fsci_json_set_bool(run->arena, item, "bounded", bounded);
    *exact = s.exact;
    return ce;
}

/* The items of one size: mean summed nll, and the mean of exp(-nll) in logarithms. */
static double add_items(fsci_metric_run *run, const transform *t, const char *label,
                        const size_t *index, size_t n, double *exact)
{
    double sum = 0, least = INFINITY, scaled = 0;
    for (size_t i = 0; i < n; i++) {
        sum += t->value[index[i]];
        least = fmin(least, t->value[index[i]]);
    }
    for (size_t i = 0; i < n; i++)
        scaled += exp(least - t->value[index[i]]);
    double log_mean = log(scaled / (double)n) - least;
    *exact = exp(log_mean);
    fsci_json *item = fsci_metric_row(run, label);
    fsci_metric_set(run, item, "size", t->size[index[0]]);
    fsci_metric_set(run, item, "value", sum / (double)n);
    fsci_metric_set(run, item, "exact", *exact);
    fsci_metric_set(run, item, "log10_exact", log_mean / log(10));
    fsci_metric_set(run, item, "expected_exact", *exact * (double)n);
    fsci_metric_set(run, item, "least_nll", least);
    fsci_metric_set(run, item, "items_needed",
                    fsci_items_needed(*exact, fsci_metric_number(run, "chance-of-one")));
    fsci_metric_set(run, item, "n", (double)n);
    return sum / (double)n;
}

static void add_law(fsci_metric_run *run, const transform *t, const char *label, const double *size,
                    const double *value, size_t n, double length, double *x, double *y)
{
    double unit = fsci_metric_number(run, "size-unit");
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (value[i] > 0) {
            x[used] = log(size[i] / (t->summed ? unit : 1));
            y[used++] = log(value[i]);
        }
    fsci_polynomial line = fsci_polynomial_fit(x, y, used, 1);
    if (!line.ok)
        return;
    double slope = fsci_polynomial_leading(&line), intercept = fsci_line_intercept(&line);
    fsci_json *item = fsci_metric_item(run, "law", label);
    if (t->summed) {
        fsci_metric_set(run, item, "prefactor", exp(intercept));
        fsci_metric_set(run, item, "exponent", slope);
    } else {
        fsci_metric_set(run, item, "a", slope);
        fsci_metric_set(run, item, "c", exp(-intercept / slope));
        fsci_metric_set(run, item, "length", length);
    }
    fsci_metric_set(run, item, "r2", line.r2);
    fsci_metric_set(run, item, "n", (double)used);
}

static void add_emergence(fsci_metric_run *run, const char *label, double *value, double *exact,
                          size_t n, double *scratch)
{
    if (n < 3)
        return;
    fsci_json *item = fsci_metric_item(run, "emergence", label);
    fsci_metric_set(run, item, "before", fsci_emergence_of(exact, n, scratch).breakthrough);
    for (size_t i = 0; i < n; i++)
        value[i] = -value[i];
    fsci_metric_set(run, item, "after", fsci_emergence_of(value, n, scratch).breakthrough);
}

static fsc_status transform_group(fsci_metric_run *run, const transform *t, size_t g, size_t *index,
                                  fsc_error *err)
{
    size_t rows = fsci_metric_rows(run), sizes = 0;
    const char *label = t->group.labels[g];
    size_t n = fsci_metric_pick(&t->group, g, rows, t->size, index);
    double *size = FSCI_NEW(run->arena, double, n + 1),
           *value = FSCI_NEW(run->arena, double, n + 1);
    double *exact = FSCI_NEW(run->arena, double, n + 1), *x = FSCI_NEW(run->arena, double, n + 1);
    double *y = FSCI_NEW(run->arena, double, n + 1);
    if (!size || !value || !exact || !x || !y)
        return fsci_fail_memory(err);
    if (!t->summed)
        FSCI_TRY(fsci_metric_distinct(run, t->size, index, n, "size", err));
    for (size_t i = 0, next; i < n; i = next, sizes++) {
        for (next = i; next < n && t->size[index[next]] == t->size[index[i]];)
            next++;
        size[sizes] = t->size[index[i]];
        value[sizes] = t->summed ? add_items(run, t, label, index + i, next - i, &exact[sizes])
                                 : add_size(run, t, label, index[i], &exact[sizes]);
    }
    add_law(run, t, label, size, value, sizes, t->length ? t->length[index[0]] : NAN, x, y);
    fsci_json *figure =
        fsci_metric_figure(run, *label ? label : "value", "The smooth metric", "size", "log",
                           t->summed ? "mean nll, nats" : "nats per token", "log");
    fsci_metric_line(run, figure, "cross-entropy", "marked", size, value, sizes);
    add_emergence(run, label, value, exact, sizes, x);
    return FSC_OK;
}

static fsc_status run_transform(fsci_metric_run *run, fsc_error *err)
{
    transform t;
    size_t *index = FSCI_NEW(run->arena, size_t, fsci_metric_rows(run));
    FSCI_TRY(read_transform(run, &t, err));
    if (!index)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < t.group.n; g++)
        FSCI_TRY(transform_group(run, &t, g, index, err));
    fsci_metric_say(run,
                    "From size %s to %s the smooth metric goes from %s to %s nats, exact "
                    "match from %s to %s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "size"), 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->last, "size"), 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->last, "value"), 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->first, "exact"), 3).text,
                    fsci_briefly(fsci_json_get_number(run->list->last, "exact"), 3).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_metric_transform = {
    .id = "metric-transform",
    .summary = "the same outputs under a smooth and under a sharp metric, and the test size needed",
    .source = "Schaeffer, Miranda & Koyejo 2023 (arXiv:2304.15004)",
    .text =
        "With p = exp(-CE) and L independent tokens exact match is p^L, the expected edit distance "
        "L (1-p), and ln(-ln acc) = ln L + a ln(N/c) is straight in ln N. A row of accuracy 0 "
        "gives the bound 3/items. Of summed log-likelihoods of single items the mean stays smooth "
        "while the mean of exp(-nll) may be far below what a test set can show; it is computed in "
        "logarithms.",
    .example =
        "metric-transform data/gsm8k-likelihood/nll.csv --param metric=sum-nll,size-unit=1e21",
    .columns = transform_columns,
    .settings = transform_settings,
    .results = transform_results,
    .run = run_transform};

/* ---- calibration
 * ------------------------------------------------------------------------------------ */

static const fsci_metric_column calibration_columns[] = {
    {"confidence", FSCI_METRIC_SHARE, true, "probability|p",
     "probability given to the answer or option"},
    {"correct", FSCI_METRIC_SHARE, true, "right|success|truth", "1 when it is right, 0 when not"},
    {"item", FSCI_METRIC_KEY, false, "question|problem",
     "with a row per option of an item: the item, for the Brier score over all options"},
    {"weight", FSCI_METRIC_POSITIVE, false, "items|n", "how many answers a row stands for"},
    {"group", FSCI_METRIC_KEY, false, "model", "models"},
    {0}};
static const fsci_metric_setting calibration_settings[] = {
    {"bins", "N", "10", "equal bins of confidence"}, {0}};
static const fsci_metric_result calibration_results[] = {
    {"rows",
     "group, value (expected calibration error), largest_gap, brier_one_class (mean of (p - o)^2 "
     "over rows), brier_all_class (sum over the options of an item, mean over items; null "
     "without items), n (rows)"},
    {0}};

/* The Brier score over all options needs one right one for each item, and all of them. */
static fsc_status check_options(const fsci_metric_run *run, const fsci_keys *item,
                                const size_t *index, size_t n, const double *p, const double *o,
                                double *right, double *sum, fsc_error *err)
{
    const double rounding = 0.01; /* of printed probabilities */
    for (size_t i = 0; i < n; i++)
        right[item->codes[index[i]]] = sum[item->codes[index[i]]] = 0;
    for (size_t i = 0; i < n; i++) {
        right[item->codes[index[i]]] += o[i];
        sum[item->codes[index[i]]] += p[i];
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t k = item->codes[index[i]];
        if (right[k] != 1)
            return fsci_metric_fail(run, index[i], err, "item %s has %s right options, not one",
                                    item->labels[k], fsci_briefly(right[k], 6).text);
        if (fabs(sum[k] - 1) > rounding)
            return fsci_metric_fail(run, index[i], err,
                                    "the probabilities of item %s sum to %s, not 1; give all its "
                                    "options, renormalised over them",
                                    item->labels[k], fsci_briefly(sum[k], 6).text);
    }
    return FSC_OK;
}

static fsc_status run_calibration(fsci_metric_run *run, fsc_error *err)
{
    fsci_keys group, item;
    const double *confidence, *correct, *weight;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    bool *seen = FSCI_NEW(run->arena, bool, rows);
    double bins = fsci_metric_number(run, "bins");
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_keys(run, "item", &item, err));
    FSCI_TRY(fsci_metric_numbers(run, "confidence", &confidence, err));
    FSCI_TRY(fsci_metric_numbers(run, "correct", &correct, err));
    FSCI_TRY(fsci_metric_numbers(run, "weight", &weight, err));
    double *right = FSCI_NEW(run->arena, double, item.n),
           *sum = FSCI_NEW(run->arena, double, item.n);
    if (!index || !seen || !right || !sum)
        return fsci_fail_memory(err);
    if (!(bins >= 1 && bins <= 10000))
        return fsci_fail(err, FSC_EUSAGE, "--param bins is a number from 1 to 10000");
    for (size_t g = 0; g < group.n; g++) {
        size_t n = fsci_metric_pick(&group, g, rows, NULL, index);
        double *p = fsci_metric_gather(run, confidence, index, n), largest, items = 0;
        double *o = fsci_metric_gather(run, correct, index, n), brier = 0, total = 0;
        double *w = fsci_metric_gather(run, weight, index, n);
        if (!p || !o)
            return fsci_fail_memory(err);
        if (fsci_metric_bound(run, "item"))
            FSCI_TRY(check_options(run, &item, index, n, p, o, right, sum, err));
        memset(seen, 0, rows * sizeof *seen);
        for (size_t i = 0; i < n; i++) {
            brier += (w ? w[i] : 1) * (p[i] - o[i]) * (p[i] - o[i]);
            total += w ? w[i] : 1;
            items += !seen[item.codes[index[i]]];
            seen[item.codes[index[i]]] = true;
        }
        double error = fsci_calibration_error(p, o, w, n, (size_t)bins, &largest);
        fsci_json *row = fsci_metric_row(run, group.labels[g]);
        fsci_metric_set(run, row, "value", error);
        fsci_metric_set(run, row, "largest_gap", largest);
        fsci_metric_set(run, row, "brier_one_class", brier / total);
        fsci_metric_set(run, row, "brier_all_class",
                        fsci_metric_bound(run, "item") ? brier / items : NAN);
        fsci_metric_set(run, row, "n", (double)n);
    }
    fsci_metric_say(run, "Expected calibration error %s%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_calibration = {
    .id = "calibration",
    .summary = "expected calibration error and Brier scores, of one class and of all",
    .source = "Srivastava et al. 2022 (arXiv:2206.04615); Brier 1950",
    .text = "ECE = sum over bins of n_b/N |mean confidence - accuracy|; empty bins add nothing. "
            "The Brier score of one class is (p - o)^2, 0 to 1; over all options of an item the "
            "squares are summed, 0 to 2, which is twice the former for two options and no multiple "
            "of it for more. Both are given by name.",
    .example = "calibration answers.csv --group model",
    .columns = calibration_columns,
    .settings = calibration_settings,
    .results = calibration_results,
    .run = run_calibration};
