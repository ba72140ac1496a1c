/* What the rows say against the response of a fit: its unit, its range, and whether it moves as the
 * law has it. */
#include "fit/check/response_warnings.h"

#include "base/number.h"
#include "expr/tree.h"
#include "fit/check/trajectory.h"
#include "num/summary.h"
#include "record/warning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct subject {
    fsci_arena *arena;
    const fsci_model *model;
    fsci_json *record;
} subject;

static fsci_known_names loss_names = {"cross_entropy", "xent",      "loss",
                                      "val_loss",      "test_loss", NULL};
static fsci_known_names chance_names = {"chance", "random_baseline", NULL};
static fsci_known_names item_names = {"n_items",  "items",       "trials",
                                      "n_trials", "n_questions", NULL};

static const fsci_column *find_numbers(const subject *s, const char *const *list)
{
    const fsci_column *c = fsci_known_column(s->model->table, list);
    return c && c->kind == FSCI_COLUMN_NUMBERS ? c : NULL;
}

static double value_at(const subject *s, const fsci_column *c, size_t i)
{
    return c->numbers[s->model->row[i]];
}

static bool is_response(const subject *s, const fsci_binding *b)
{
    return s->model->response && !strcmp(b->symbol, s->model->response);
}

static bool names_other_unit(const char *column)
{
    static const char *const other[] = {"bits", "bpb", "bpc", "bpt", "ppl", "perplexity", "bit/"};
    for (size_t k = 0; k < sizeof other / sizeof *other; k++)
        if (strcasestr(column, other[k]))
            return true;
    return false;
}

/* A uniform guess over a vocabulary of a million costs 14 nats a token. */
static void loss_unit(const subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        if (!b->unit || strcmp(b->unit, "nat/token") != 0)
            continue;
        if (b->values && b->max > 15)
            fsci_record_warn(s->arena, s->record, "W-UNIT",
                             "%s is up to %s nats per token, more than guessing costs: is it a "
                             "sum over tokens, a perplexity, or warm-up?",
                             b->column, fsci_briefly(b->max, 4).text);
        if (names_other_unit(b->column))
            fsci_record_warn(s->arena, s->record, "W-UNIT",
                             "%s is no loss in nats per token by its name, as the law has it: "
                             "bits are log(2) nats, and a perplexity is the exponential of the "
                             "loss. Floors and published constants are in nats.",
                             b->column);
    }
}

static void constant(const subject *s)
{
    const fsci_binding *y =
        s->model->response ? fsci_model_binding(s->model, s->model->response) : NULL;
    if (y && y->values && s->model->n > 1 && y->min == y->max)
        fsci_record_warn(s->arena, s->record, "W-CONSTANT",
                         "%s is %s in every row: nothing tells what it depends on, and no optimum "
                         "follows. Check the column.",
                         y->column, fsci_brief(s->arena, y->min, 4));
}

/* A law file that means it says implicit. */
static void both_sides(const subject *s)
{
    const fsci_formula *f = s->model->subject.formula;
    const char *y = s->model->response;
    if (!s->model->subject.law && y && fsci_model_binding(s->model, y) &&
        fsci_node_degree(f->right, &y, 1))
        fsci_record_warn(s->arena, s->record, "W-BOTH-SIDES",
                         "%s stands on both sides: the two agree as soon as the right side comes "
                         "back to it, whatever the other columns say. Solve the formula for %s, or "
                         "state it in a law file with implicit: %s.",
                         y, y, y);
}

/* Rows with x and sign * y, to be put in the order of x. */
typedef struct place {
    double x, y;
} place;

static int by_x(const void *a, const void *b)
{
    const place *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

/* The largest rise from a row to one of greater x. */
static void find_rise(place *p, size_t n, place *from, place *to)
{
    qsort(p, n, sizeof *p, by_x);
    *from = *to = p[0];
    for (size_t i = 1, done = 0, low = 0; i < n; i++) {
        for (; p[done].x < p[i].x; done++) /* rows of smaller x only */
            low = p[done].y < p[low].y ? done : low;
        if (p[low].x < p[i].x && p[i].y - p[low].y > to->y - from->y) {
            *from = p[low];
            *to = p[i];
        }
    }
}

/* A rise of a response that falls (sign 1), or the other way round (-1): said when it is a tenth of
 * the whole range and a fiftieth of the response. */
static void turns(const subject *s, const fsci_binding *x, const fsci_binding *y, double sign)
{
    size_t n = s->model->n;
    place *p = malloc((n + 1) * sizeof *p), from, to;
    double size = 0;
    if (!p)
        return;
    for (size_t i = 0; i < n; i++) {
        p[i] = (place){x->values[i], sign * y->values[i]};
        size += fabs(y->values[i]) / (double)n;
    }
    find_rise(p, n, &from, &to);
    free(p);
    if (to.y - from.y > 0.1 * (y->max - y->min) && to.y - from.y > 0.02 * size)
        fsci_record_warn(
            s->arena, s->record, "W-TREND",
            "%s turns: it %s again from %s at %s = %s to %s at %s, where the law only has "
            "it %s. Repeated data, a failed run, double descent, or noise? No law of "
            "this kind passes through both.",
            y->column, sign > 0 ? "rises" : "falls", fsci_brief(s->arena, sign * from.y, 4),
            x->column, fsci_brief(s->arena, from.x, 3), fsci_brief(s->arena, sign * to.y, 4),
            fsci_brief(s->arena, to.x, 3), sign > 0 ? "falling" : "rising");
}

/* A score that does not rise while a loss of the same rows falls: what was learnt is not what is
 * asked (Isik et al. 2024, of pretraining data that do not suit a translation task). */
static void misaligned(const subject *s, const fsci_binding *x, const fsci_binding *y)
{
    const fsci_column *loss = find_numbers(s, loss_names);
    double *values = loss && loss != y->source ? FSCI_NEW(s->arena, double, s->model->n) : NULL;
    bool known = values != NULL;
    for (size_t i = 0; known && i < s->model->n; i++) {
        values[i] = value_at(s, loss, i);
        known = !isnan(values[i]);
    }
    if (known && fsci_rank_correlation(x->values, values, s->model->n) < -0.5)
        fsci_record_warn(s->arena, s->record, "W-DISAGREE",
                         "%s does not rise with %s while %s falls: what lowers the loss does not "
                         "help the task. Data that suit it less? Do not forecast one by the other.",
                         y->column, x->column, loss->name);
}

static fsci_law_trend trend_of(const subject *s, const fsci_binding *b)
{
    const fsc_law *law = s->model->subject.law;
    size_t c = law ? fsci_law_column_index(law, b->symbol) : SIZE_MAX;
    return c == SIZE_MAX ? FSCI_LAW_TREND_NONE : law->columns.items[c].trend;
}

/* A response that moves against the only input there is, where the law says how it follows it. */
static void against_one(const subject *s, const fsci_binding *x, const fsci_binding *y)
{
    fsci_law_trend trend = trend_of(s, x);
    if (trend == FSCI_LAW_TREND_NONE || s->model->n < 3)
        return;
    double rho = fsci_rank_correlation(x->values, y->values, s->model->n);
    bool falling = trend == FSCI_LAW_TREND_FALLING;
    if (!falling && rho < 0.5)
        misaligned(s, x, y);
    if (s->model->n < 4 || !(falling ? rho > 0.5 : rho < -0.5))
        turns(s, x, y, falling ? 1 : -1);
    else
        fsci_record_warn(s->arena, s->record, "W-TREND",
                         "%s %s with %s (rank correlation %.2f), where the law has it %s: is the "
                         "column a score where a loss is meant, or the other way round?",
                         y->column, falling ? "rises" : "falls", x->column, rho,
                         falling ? "falling" : "rising");
}

/* The same of several inputs by the sum of their ranks, each with the sign of its trend: what the
 * response should rise with. Inputs that the law has no trend for are not looked at. */
static void against_all(const subject *s, const fsci_binding *y)
{
    size_t n = s->model->n, n_inputs = 0;
    double *sum = FSCI_NEW(s->arena, double, n), *rank = FSCI_NEW(s->arena, double, n);
    const char **names = FSCI_NEW(s->arena, const char *, s->model->n_bindings + 1);
    for (size_t i = 0; names && sum && rank && i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        fsci_law_trend trend = trend_of(s, b);
        if (is_response(s, b) || trend == FSCI_LAW_TREND_NONE || !b->values ||
            !fsci_centred_ranks(b->values, n, rank))
            continue;
        for (size_t k = 0; k < n; k++)
            sum[k] += trend == FSCI_LAW_TREND_FALLING ? -rank[k] : rank[k];
        names[n_inputs++] = b->column;
    }
    double rho = n_inputs > 1 && n > 9 ? fsci_rank_correlation(sum, y->values, n) : 0;
    if (rho < -0.5)
        fsci_record_warn(s->arena, s->record, "W-TREND",
                         "%s moves against %s together (rank correlation %.2f with what the law "
                         "has it follow): is the column a score where a loss is meant, or the "
                         "other way round?",
                         y->column, fsci_join(s->arena, names, n_inputs, " and "), rho);
}

static void against(const subject *s)
{
    const fsci_binding *x = NULL, *y = NULL;
    bool one = true;
    for (size_t i = 0; i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        one = one && b->values && (!x || is_response(s, b));
        *(is_response(s, b) ? &y : &x) = b;
    }
    if (x && y && y->values && one)
        against_one(s, x, y);
    else if (y && y->values)
        against_all(s, y);
}

/* ---- scores with a floor and a ceiling ---- */

/* Whether the law has the response fall with an input, as an error does and a score does not. */
static bool is_error(const subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++)
        if (trend_of(s, &s->model->bindings[i]) == FSCI_LAW_TREND_FALLING)
            return true;
    return false;
}

static void scores(const subject *s)
{
    const fsci_binding *y =
        s->model->response ? fsci_model_binding(s->model, s->model->response) : NULL;
    const fsci_column *chance = find_numbers(s, chance_names), *items = find_numbers(s, item_names);
    size_t at_chance = 0, full = 0, n = s->model->n;
    bool error = is_error(s);
    if (!y || !y->values || y->min < 0 || y->max > 1 || s->model->objective.space == FSCI_SPACE_LOG)
        return;
    for (size_t i = 0; i < n; i++) {
        double c = chance ? value_at(s, chance, i) : NAN, m = items ? value_at(s, items, i) : NAN;
        double score = error ? 1 - y->values[i] : y->values[i];
        at_chance += score < c + 2 * sqrt(c * (1 - c) / m);
        full += score > 0.97;
    }
    if (3 * at_chance > n)
        fsci_record_warn(s->arena, s->record, "W-CHANCE",
                         "%zu of %zu %s lie within two standard errors of chance: they say "
                         "nothing about the curve. Use a finer metric, or more items.",
                         at_chance, n, error ? "errors" : "scores");
    if (3 * full > n)
        fsci_record_warn(s->arena, s->record, "W-SAT",
                         "%zu of %zu %s: a benchmark that is full no longer tells models apart. "
                         "Use a harder one, or leave those rows out.",
                         full, n, error ? "errors are below 0.03" : "scores exceed 0.97");
}

void fsci_response_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    static void (*const checks[])(const subject *) = {constant, both_sides, loss_unit, against,
                                                      scores};
    const subject s = {.arena = arena, .model = &fit->model, .record = record};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](&s);
}
