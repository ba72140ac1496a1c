/* What the rows alone say against a fit: how they were chosen, how they came about, and whether the
 * law's parameters can be told apart by them. Columns a table may have beside those of the law are
 * recognised by name; one that is not there raises nothing. */
#include "fit/check/data_warnings.h"

#include "base/number.h"
#include "expr/expr.h"
#include "fit/check/trajectory.h"
#include "fit/quantity.h"
#include "fit/scale.h"
#include "num/summary.h"
#include "record/warning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct subject {
    fsci_arena *arena;
    const fsci_fit *fit;
    const fsci_model *model;
    const fsci_scale *scale;
    fsci_json *record;
} subject;

/* ---- looking at columns ---- */

static fsci_known_names rate_names = {"lr", "learning_rate", NULL};
static fsci_known_names peak_names = {"peak_lr", "max_lr", "max_learning_rate",
                                      "peak_learning_rate", NULL};
static fsci_known_names epoch_names = {"epochs", "epoch", "n_epochs", NULL};
static fsci_known_names unique_names = {"unique_tokens", "U", "dataset_tokens", NULL};
static fsci_known_names status_names = {"status", "state", "outcome", NULL};
static fsci_known_names setup_names = {
    "lr",      "learning_rate",     "max_lr",       "peak_lr", "batch_size",
    "batch",   "global_batch_size", "weight_decay", "seq_len", "sequence_length",
    "context", "context_length",    "dropout",      "warmup",  "warmup_steps",
    NULL};
static fsci_known_names version_names = {
    "version",     "eval_version", "harness_version", "shots",     "n_shot",
    "num_fewshot", "tokenizer",    "tokeniser",       "optimizer", "optimiser",
    "prompt",      "metric",       "split",           "dataset",   "benchmark",
    "task",        "test_set",     "eval_set",        NULL};

static const fsci_column *find(const subject *s, const char *const *list)
{
    return fsci_known_column(s->model->table, list);
}

static const fsci_column *find_numbers(const subject *s, const char *const *list)
{
    const fsci_column *c = find(s, list);
    return c && c->kind == FSCI_COLUMN_NUMBERS ? c : NULL;
}

static double value_at(const subject *s, const fsci_column *c, size_t i)
{
    return c->numbers[s->model->row[i]];
}

static bool is_bound(const subject *s, const fsci_column *c)
{
    for (size_t i = 0; i < s->model->n_bindings; i++)
        if (s->model->bindings[i].source == c)
            return true;
    return false;
}

static bool is_response(const subject *s, const fsci_binding *b)
{
    return s->model->response && !strcmp(b->symbol, s->model->response);
}

/* Values of a column at the rows used, ascending; NaN left out. */
static double *sorted(const subject *s, const fsci_column *c, size_t *n)
{
    double *x = FSCI_NEW(s->arena, double, s->model->n);
    *n = 0;
    for (size_t i = 0; x && i < s->model->n; i++)
        if (!isnan(value_at(s, c, i)))
            x[(*n)++] = value_at(s, c, i);
    if (x)
        fsci_sort(x, *n);
    return x;
}

/* Values further apart than a hundredth. */
static size_t distinct(const subject *s, const fsci_column *c)
{
    size_t n, count = 0;
    const double *x = sorted(s, c, &n);
    double last = NAN;
    for (size_t i = 0; x && i < n; i++)
        if (!(fabs(x[i] - last) <= 0.01 * fabs(last))) {
            last = x[i];
            count++;
        }
    return count;
}

/* ---- design ---- */

/* Inputs on which the law has a power. */
static bool is_scale_input(const subject *s, const fsci_binding *b)
{
    return b->values && !is_response(s, b) && b->min > 0 &&
           fsci_is_powered(s->model->subject.formula, b->symbol);
}

enum { ENOUGH_VALUES = 5 };
static const double enough_decades = 1.5, one_ray = 0.98;

/* The values that the law says an input has in practice, where they are few; NULL for others. */
static const fsci_start *few_in_practice(const subject *s, const fsci_binding *b)
{
    const fsci_law_column *about = fsci_model_column(s->model, b->symbol);
    return about && about->range.grid.n ? &about->range : NULL;
}

static void few(subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        const fsci_start *usual = few_in_practice(s, b);
        size_t enough =
            usual && usual->grid.n < ENOUGH_VALUES ? usual->grid.n : (size_t)ENOUGH_VALUES;
        size_t n = is_scale_input(s, b) ? distinct(s, b->source) : enough;
        if (n < enough)
            fsci_record_warn(s->arena, s->record, "W-FEW",
                             "only %zu different value%s of %s: an exponent of it rests on little. "
                             "Add runs at other values, at least %zu in all.",
                             n, n == 1 ? "" : "s", b->column, enough);
    }
}

/* Decades that tell a power law from another curve, or all that there are in practice. */
static double enough_of(const subject *s, const fsci_binding *b)
{
    const fsci_start *usual = few_in_practice(s, b);
    double first = usual ? usual->grid.items[0] : 0;
    double last = usual ? usual->grid.items[usual->grid.n - 1] : 0;
    return first > 0 && last > first ? fmin(enough_decades, 0.999 * log10(last / first))
                                     : enough_decades;
}

static void span(subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        double decades = is_scale_input(s, b) ? log10(b->max / b->min) : INFINITY;
        if (decades < enough_of(s, b))
            fsci_record_warn(s->arena, s->record, "W-SPAN",
                             "%s spans %s decades, less than %s: a power law is hardly told from "
                             "another curve there. Add smaller or larger runs.",
                             b->column, fsci_briefly(decades, 2).text,
                             fsci_briefly(enough_of(s, b), 2).text);
    }
}

static double log_correlation(const subject *s, const fsci_binding *x, const fsci_binding *y)
{
    double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0, n = (double)s->model->n;
    for (size_t i = 0; i < s->model->n; i++) {
        sx += log(x->values[i]);
        sy += log(y->values[i]);
    }
    for (size_t i = 0; i < s->model->n; i++) {
        double a = log(x->values[i]) - sx / n, b = log(y->values[i]) - sy / n;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

static void ray(subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++)
        for (size_t j = 0; j < i; j++) {
            const fsci_binding *x = &s->model->bindings[j], *y = &s->model->bindings[i];
            if (!is_scale_input(s, x) || !is_scale_input(s, y))
                continue;
            double rho = log_correlation(s, x, y);
            if (fabs(rho) > one_ray)
                fsci_record_warn(s->arena, s->record, "W-RAY",
                                 "%s and %s move together (correlation of logarithms %.3f): the "
                                 "runs lie on one ray, and what each does alone cannot be told. "
                                 "Add runs off it; forescale design says which.",
                                 x->column, y->column, rho);
        }
}

static void confound(subject *s)
{
    double *x = FSCI_NEW(s->arena, double, s->model->n),
           *y = FSCI_NEW(s->arena, double, s->model->n);
    for (size_t k = 0; x && y && s->scale->values && k < fsci_table_columns(s->model->table); k++) {
        const fsci_column *c = fsci_table_column(s->model->table, k);
        size_t n = 0;
        if (c->kind != FSCI_COLUMN_NUMBERS || is_bound(s, c) ||
            !fsci_is_known_name(c->name, setup_names))
            continue;
        for (size_t i = 0; i < s->model->n; i++)
            if (!isnan(value_at(s, c, i)) && !isnan(s->scale->values[s->model->row[i]])) {
                x[n] = s->scale->values[s->model->row[i]];
                y[n++] = value_at(s, c, i);
            }
        double rho = n > 4 ? fsci_rank_correlation(x, y, n) : 0;
        if (fabs(rho) > 0.8)
            fsci_record_warn(s->arena, s->record, "W-CONFOUND",
                             "%s changes with %s (rank correlation %.2f): what the law calls scale "
                             "may be that setting. Say how it was tuned, or add runs that vary it.",
                             c->name, s->scale->name, rho);
    }
}

/* Columns of settings that the law does not speak of: held, or from where to where. */
static void settings(subject *s)
{
    fsci_json *data = (fsci_json *)fsci_json_get(s->record, "data"), *list = NULL;
    for (size_t k = 0; data && k < fsci_table_columns(s->model->table); k++) {
        const fsci_column *c = fsci_table_column(s->model->table, k);
        size_t n;
        if (c->kind != FSCI_COLUMN_NUMBERS || is_bound(s, c) ||
            !fsci_is_known_name(c->name, setup_names))
            continue;
        const double *x = sorted(s, c, &n);
        if (!x || !n)
            continue;
        list = list ? list : fsci_json_set_array(s->arena, data, "settings");
        fsci_json *item = fsci_json_push(list, fsci_json_object(s->arena));
        fsci_json_set_string(s->arena, item, "column", c->name);
        fsci_json_set_number(s->arena, item, "min", x[0]);
        fsci_json_set_number(s->arena, item, "max", x[n - 1]);
    }
}

/* ---- how the rows came about ---- */

/* Earlier than this share of a run its points follow another curve (Choshen, Zhang and Andreas
 * 2025). */
static const double early_share = 0.1;

static void trajectories(subject *s)
{
    fsci_trajectories t;
    size_t early = 0;
    if (fsci_trajectories_find(s->arena, s->model, &t, NULL) != FSC_OK || !t.run)
        return;
    fsci_json *data = (fsci_json *)fsci_json_get(s->record, "data");
    fsci_json *runs = data ? fsci_json_set_object(s->arena, data, "runs") : NULL;
    if (runs) {
        fsci_json_set_string(s->arena, runs, "column", t.run->name);
        fsci_json_set_number(s->arena, runs, "n", (double)(s->model->n - t.repeated));
    }
    if (!t.repeated)
        return;
    for (size_t i = 0; i < s->model->n; i++)
        early += t.warm[i] || (t.share && t.share[i] < early_share);
    fsci_record_warn(s->arena, s->record, "W-TRAJ",
                     "%zu rows are of %zu runs (%s): rows of one run are not independent, and "
                     "intervals by rows are too narrow. Resample runs, or keep the last row of "
                     "each.",
                     s->model->n, s->model->n - t.repeated, t.run->name);
    if (early)
        fsci_record_warn(s->arena, s->record, "W-WARMUP",
                         "%zu row%s from warm-up or the first tenth of a run, which follow%s "
                         "another curve. Leave them out with --where.",
                         early, early == 1 ? " is" : "s are", early == 1 ? "s" : "");
}

static void rates(subject *s)
{
    const fsci_column *rate = find_numbers(s, rate_names), *peak = find_numbers(s, peak_names);
    size_t high = 0;
    for (size_t i = 0; rate && peak && i < s->model->n; i++)
        high += value_at(s, rate, i) > 0.5 * value_at(s, peak, i);
    if (high)
        fsci_record_warn(s->arena, s->record, "W-LR",
                         "%zu row%s taken while %s was above half of %s: the loss there is higher "
                         "than that of a finished run. Use rows after the decay, or a law with a "
                         "schedule.",
                         high, high == 1 ? " was" : "s were", rate->name, peak->name);
}

static void epochs(subject *s)
{
    const fsci_column *epoch = find_numbers(s, epoch_names),
                      *unique = find_numbers(s, unique_names);
    const fsci_binding *D = fsci_model_input(s->model, "D", "token");
    double most = 0;
    for (size_t i = 0; i < s->model->n; i++) {
        if (epoch)
            most = fmax(most, value_at(s, epoch, i));
        if (unique && D && unique != D->source)
            most = fmax(most, D->values[i] / value_at(s, unique, i));
    }
    if (most > 4 && !(unique && is_bound(s, unique)))
        fsci_record_warn(s->arena, s->record, "W-EPOCH",
                         "data were repeated up to %s times: beyond about four, tokens seen "
                         "again are worth less than new ones. Use a law of repeated data, or leave "
                         "those runs out.",
                         fsci_briefly(most, 3).text);
}

static bool same_value(const subject *s, const fsci_column *c, size_t i, size_t j)
{
    size_t a = s->model->row[i], b = s->model->row[j];
    return c->kind == FSCI_COLUMN_NUMBERS ? c->numbers[a] == c->numbers[b]
                                          : c->codes[a] == c->codes[b];
}

static void mixed(subject *s)
{
    for (size_t k = 0; k < fsci_table_columns(s->model->table); k++) {
        const fsci_column *c = fsci_table_column(s->model->table, k);
        if (is_bound(s, c) || !fsci_is_known_name(c->name, version_names))
            continue;
        for (size_t i = 1; i < s->model->n; i++)
            if (!same_value(s, c, 0, i)) {
                fsci_record_warn(s->arena, s->record, "W-MIXED",
                                 "%s differs between rows: they may not measure the same thing. "
                                 "Fit one of its values (--where), or fit by it (--by %s).",
                                 c->name, c->name);
                break;
            }
    }
}

static void failed(subject *s)
{
    static const char *const bad[] = {"failed", "diverged", "crashed", "aborted",
                                      "killed", "nan",      NULL};
    const fsci_column *status = find(s, status_names);
    size_t n = 0, outside = 0;
    for (size_t i = 0; status && status->kind == FSCI_COLUMN_CATEGORIES && i < s->model->n; i++) {
        uint32_t code = status->codes[s->model->row[i]];
        n += code != FSCI_MISSING_CODE && fsci_is_known_name(status->levels[code], bad);
    }
    for (size_t i = 0; i < s->model->n_dropped; i++)
        if (!strcmp(s->model->dropped[i].rule, fsci_rule_outside))
            outside += s->model->dropped[i].rows;
    if (n)
        fsci_record_warn(s->arena, s->record, "W-FAILED",
                         "%zu of the rows used %s marked as failed in %s. Leave them out with "
                         "--where, and say how many.",
                         n, n == 1 ? "is" : "are", status->name);
    if (outside)
        fsci_record_warn(s->arena, s->record, "W-FAILED",
                         "%zu row%s outside the law's domain left out: if runs failed because of "
                         "their size or setting, the law is one of survivors. Say what they were.",
                         outside, outside == 1 ? "" : "s");
}

/* Sets whose members add to 1 in nearly every row: the others are slips, or lack a domain. A tenth
 * of the rows, because a domain that has no column may well be absent from most. */
static void shares(subject *s)
{
    const fsci_model *m = s->model;
    for (size_t i = 0; i < m->n_bindings; i++) {
        const fsci_binding *b = &m->bindings[i];
        size_t less = 0, first = 0;
        if (!b->set || b->set->n < 2 || b->min < 0 || b->max > 1)
            continue;
        for (size_t row = m->n; row-- > 0;) {
            double sum = 0;
            for (size_t k = 0; k < b->set->n; k++)
                sum += b->members[k * m->n + row];
            if (sum > 1 + 1e-6)
                less = m->n; /* no shares */
            if (sum < 1 - 1e-6) {
                less++;
                first = row;
            }
        }
        if (less && less <= m->n / 10)
            fsci_record_warn(s->arena, s->record, "W-SHARES",
                             "%s add to 1 in all rows but %zu (first at line %lld): a slip, or a "
                             "domain without a column? Correct it, or leave the row out.",
                             b->column, less, (long long)fsci_table_line(m->table, m->row[first]));
    }
}

static void missing(subject *s)
{
    for (size_t i = 0; i < s->model->n_dropped; i++)
        if (!strcmp(s->model->dropped[i].rule, fsci_rule_missing))
            fsci_record_warn(s->arena, s->record, "W-NAN",
                             "%zu row%s with a missing value left out. If values are missing "
                             "because training diverged, say so.",
                             s->model->dropped[i].rows, s->model->dropped[i].rows == 1 ? "" : "s");
}

void fsci_data_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    static void (*const checks[])(subject *) = {few,      span,         ray,    confound,
                                                settings, trajectories, rates,  epochs,
                                                mixed,    failed,       shares, missing};
    fsci_scale scale;
    subject s = {
        .arena = arena, .fit = fit, .model = &fit->model, .scale = &scale, .record = record};
    if (fsci_scale_find(arena, &fit->model, &scale, NULL) != FSC_OK)
        return;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](&s);
}
