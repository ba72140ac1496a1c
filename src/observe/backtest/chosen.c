#include "observe/backtest/chosen.h"

#include "base/number.h"
#include "num/distribution.h"
#include "observe/backtest/engine.h"
#include "observe/backtest/inner.h"
#include "observe/backtest/overall.h"
#include "observe/backtest/task.h"

#include <math.h>
#include <string.h>

enum { BINS = 4, LEAST_INNER = 20, FEW_TRAIN = 35 };
static const double EDGES[BINS - 1] = {0, 0.5, 1}; /* of the capability distance */
static const double ON_FLOOR = 0.1, WIDE = 0.8;

/* What inner splits say of one range of distances. */
typedef struct bin {
    size_t n, held;
    double squares, widen; /* intervals are stretched by it; 1: they are not */
} bin;

typedef struct chosen {
    fsci_arena *arena;
    const fsci_setting *setting;
    const fsci_method *method;
    fsci_problem problem;
    fsci_fold fold;
    fsci_task task;
    size_t first; /* position in the split of the first row that is not training */
    fsci_predictive out;
    fsci_distance *distance; /* [n_test] */
    double *lo, *hi;         /* [n_test] normalised */
    bin bins[BINS];
} chosen;

static size_t bin_of(double distance)
{
    size_t b = 0;
    while (b + 1 < BINS && distance > EDGES[b])
        b++;
    return b;
}

/* ---- the forecast ---- */

/* Positions of the split as a fold: training rows come first there too. */
static fsc_status make_task(chosen *c, fsc_error *err)
{
    const fsci_setting *s = c->setting;
    const fsci_split *split = &s->capability->split;
    double *t = FSCI_NEW(c->arena, double, s->frame->n);
    size_t index = 0;
    if (!t)
        return fsci_fail_memory(err);
    while (index + 1 < s->frame->n_targets && strcmp(s->frame->targets[index], s->target->name))
        index++;
    for (size_t i = 0; i < s->frame->n; i++)
        t[i] = NAN;
    for (size_t i = 0; i < split->n; i++)
        t[split->rows[i]] = s->target->normalised[i];
    c->problem = (fsci_problem){.frame = s->frame,
                                .input = s->input,
                                .name = s->target->name,
                                .target = s->frame->target[index],
                                .t = t,
                                .items = s->frame->items,
                                .target_items = s->frame->target_items[index],
                                .bounded = s->input->link != FSCI_LINK_LINEAR};
    FSCI_TRY(fsci_problem_chances(c->arena, s->frame, s->input, &c->problem.chance, err));
    FSCI_TRY(fsci_problem_dates(c->arena, s->frame, &c->problem.date, err));
    c->first = split->count[FSCI_SET_TRAIN];
    c->fold = (fsci_fold){.rows = split->rows, .n = split->n, .n_train = c->first};
    FSCI_TRY(fsci_fold_thin(c->arena, &c->problem, &c->fold, err));
    return fsci_task_make(c->arena, &c->problem, &c->fold, FSCI_BAIT_NONE, &c->task, err);
}

/* The quantile at a level between those that there are, linear on the normal scale; beyond them in
 * proportion to it. */
static double quantile_at(const double *quantile, double level)
{
    size_t q = 1;
    while (q + 1 < FSCI_QUANTILES && fsci_quantile_level[q] < level)
        q++;
    double z = fsci_normal_quantile(level);
    double z0 = fsci_normal_quantile(fsci_quantile_level[q - 1]);
    double z1 = fsci_normal_quantile(fsci_quantile_level[q]);
    return quantile[q - 1] + (quantile[q] - quantile[q - 1]) * (z - z0) / (z1 - z0);
}

/* ---- inner splits ---- */

static double half_width(const fsci_inner_error *e)
{
    return e->error > 0 ? e->below : e->above; /* too high a point is held by the lower end */
}

/* The stretch that would have held the level's share: a conformal order statistic, where fewer
 * were held than the level and chance explain. */
static double stretch(const chosen *c, const fsci_inner_error *errors, size_t n, size_t b,
                      double *ratio)
{
    const bin *own = &c->bins[b];
    double level = 0.95, share = (double)own->held / (double)own->n;
    size_t m = 0;
    if (own->n < LEAST_INNER || fsci_wilson(share, own->n, 0.95).hi >= level)
        return 1;
    for (size_t i = 0; i < n; i++)
        if (bin_of(errors[i].distance) == b)
            ratio[m++] = fabs(errors[i].error) / fmax(half_width(&errors[i]), 1e-9);
    fsci_sort(ratio, m);
    size_t place = (size_t)ceil(level * (double)(m + 1));
    return fmax(1, ratio[(place > m ? m : place) - 1]);
}

static fsc_status look_inside(chosen *c, fsc_error *err)
{
    fsci_inner_error *errors;
    size_t n;
    FSCI_TRY(
        fsci_inner_errors(c->arena, &c->problem, &c->fold, &c->task, c->method, &errors, &n, err));
    double *ratio = FSCI_NEW(c->arena, double, n);
    if (!ratio)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        bin *b = &c->bins[bin_of(errors[i].distance)];
        b->n++;
        b->squares += errors[i].error * errors[i].error;
        b->held += fabs(errors[i].error) <= half_width(&errors[i]);
    }
    for (size_t b = 0; b < BINS; b++)
        c->bins[b].widen = stretch(c, errors, n, b, ratio);
    return FSC_OK;
}

/* The interval of row i behind the training rows, normalised. */
static void make_interval(const chosen *c, size_t i, double level, double *lo, double *hi)
{
    const double *quantile = c->out.quantile + i * FSCI_QUANTILES;
    double widen = c->bins[bin_of(c->distance[i].capability)].widen, point = c->out.point[i];
    double highest = c->problem.bounded ? 1 : INFINITY;
    *lo = point - widen * (point - quantile_at(quantile, (1 - level) / 2));
    *hi = point + widen * (quantile_at(quantile, (1 + level) / 2) - point);
    *lo = fmax(*lo, c->task.target_lowest);
    *hi = fmin(*hi, highest);
}

static void make_intervals(chosen *c)
{
    for (size_t i = 0; i < c->task.n - c->task.n_train; i++)
        make_interval(c, i, c->setting->input->level, &c->lo[i], &c->hi[i]);
}

/* ---- its record ---- */

static double own_units(const chosen *c, double normalised)
{
    const fsci_observe_input *in = c->setting->input;
    return in->chance + (in->ceiling - in->chance) * normalised;
}

static void write_score(const chosen *c, fsci_set set, fsci_json *out)
{
    const fsci_split *split = &c->setting->capability->split;
    double n = 0, squares = 0, sizes = 0, sum = 0, held = 0;
    for (size_t i = c->first; i < split->n; i++) {
        size_t at = i - c->first;
        double t = c->setting->target->normalised[i], error = c->out.point[at] - t;
        if (fsci_split_set(split, i) != set || isnan(error))
            continue;
        n++;
        squares += error * error, sizes += fabs(error), sum += error;
        held += c->lo[at] <= t && t <= c->hi[at];
    }
    fsci_json *object = fsci_json_set_object(c->arena, out, fsci_set_name(set));
    fsci_json_set_number(c->arena, object, "n", n);
    fsci_json_set_number(c->arena, object, "mse", squares / n);
    fsci_json_set_number(c->arena, object, "mae", sizes / n);
    fsci_json_set_number(c->arena, object, "mean_signed_error", sum / n);
    fsci_json_set_number(c->arena, object, "coverage", held / n);
}

static void write_prediction(const chosen *c, size_t i, fsci_json *list)
{
    const fsci_setting *s = c->setting;
    size_t row = s->capability->split.rows[i], at = i - c->first;
    fsci_json *p = fsci_json_push(list, fsci_json_object(c->arena));
    fsci_json_set_string(c->arena, p, "model", s->frame->model[row]);
    fsci_json_set_string(c->arena, p, "family", fsci_frame_family(s->frame, row));
    fsci_json_set_string(c->arena, p, "split",
                         fsci_set_name(fsci_split_set(&s->capability->split, i)));
    fsci_json_set_number(c->arena, p, "flops", s->frame->flops[row]);
    fsci_json_set_number(c->arena, p, "equivalent_flops", NAN);
    fsci_json_set_number(c->arena, p, "observed", s->target->observed[i]);
    fsci_json_set_number(c->arena, p, "predicted", own_units(c, c->out.point[at]));
    fsci_json_set_number(c->arena, p, "lo", own_units(c, c->lo[at]));
    fsci_json_set_number(c->arena, p, "hi", own_units(c, c->hi[at]));
    fsci_json_set_number(c->arena, p, "beyond", c->distance[at].capability);
}

static void write_predictions(const chosen *c, fsci_json *out)
{
    const fsci_split *split = &c->setting->capability->split;
    fsci_json *scored = fsci_json_set_array(c->arena, out, "predictions");
    fsci_json *open = fsci_json_set_array(c->arena, out, "open");
    for (size_t i = c->first; i < split->n; i++)
        if (isfinite(c->out.point[i - c->first]))
            write_prediction(c, i, fsci_split_set(split, i) == FSCI_SET_OPEN ? open : scored);
}

static void write_method(const chosen *c, fsci_json *out)
{
    bool is_default = !strcmp(c->method->id, fsci_default_method());
    fsci_json *method = fsci_json_set_object(c->arena, out, "method");
    fsci_json_set_string(c->arena, method, "id", c->method->id);
    fsci_json_set_string(c->arena, method, "title", c->method->title);
    fsci_json_set_string(c->arena, method, "source", c->method->source);
    fsci_json_set_string(c->arena, method, "why",
                         is_default ? "the default: of all methods the one with least error over "
                                      "public tables (docs/arena.md); 'backtest' says how it does "
                                      "on this one"
                                    : "asked for");
}

static void write_inner(const chosen *c, fsci_json *out)
{
    fsci_json *list = fsci_json_set_array(c->arena, out, "inner");
    for (size_t b = 0; b < BINS; b++) {
        const bin *own = &c->bins[b];
        if (own->n == 0)
            continue;
        fsci_json *row = fsci_json_push(list, fsci_json_object(c->arena));
        fsci_json_set_number(c->arena, row, "from", b ? EDGES[b - 1] : NAN);
        fsci_json_set_number(c->arena, row, "to", b + 1 < BINS ? EDGES[b] : NAN);
        fsci_json_set_number(c->arena, row, "n", (double)own->n);
        fsci_json_set_number(c->arena, row, "rmse", sqrt(own->squares / (double)own->n));
        fsci_json_set_number(c->arena, row, "coverage", (double)own->held / (double)own->n);
        fsci_json_set_number(c->arena, row, "widened", own->widen);
    }
}

/* The same distances on other tables. */
static void write_past(const chosen *c, fsci_json *out)
{
    const fsci_observe_input *in = c->setting->input;
    fsci_json *list = fsci_json_set_array(c->arena, out, "past");
    for (size_t i = 0; i < in->n_past; i++) {
        fsci_json *row = fsci_json_push(list, fsci_json_object(c->arena));
        fsci_json_set_number(c->arena, row, "from", in->past[i].from);
        fsci_json_set_number(c->arena, row, "to", in->past[i].to);
        fsci_json_set_number(c->arena, row, "n", in->past[i].n);
        fsci_json_set_number(c->arena, row, "rmse", in->past[i].rmse);
        fsci_json_set_number(c->arena, row, "coverage", in->past[i].coverage);
    }
}

/* How the intervals of one level held on the test models, as of any other forecast. */
static void write_held(const chosen *c, double level, fsci_json *intervals)
{
    const fsci_split *split = &c->setting->capability->split;
    const char *key = fsci_format(c->arena, "%g", 100 * level);
    double n = 0, held = 0, width = 0, outside = 0;
    for (size_t i = c->first; i < split->n; i++) {
        double t = c->setting->target->normalised[i], lo, hi;
        if (fsci_split_set(split, i) != FSCI_SET_TEST || isnan(t) ||
            isnan(c->out.point[i - c->first]))
            continue;
        make_interval(c, i - c->first, level, &lo, &hi);
        n++;
        held += lo <= t && t <= hi;
        width += hi - lo;
        outside += fmax(lo - t, 0) + fmax(t - hi, 0);
    }
    double score = (width + 2 / (1 - level) * outside) / n;
    const struct {
        const char *name;
        double value;
    } parts[] = {{"coverage", held / n}, {"width", width / n}, {"interval_score", score}};
    for (size_t k = 0; n > 0 && key && k < sizeof parts / sizeof *parts; k++) {
        fsci_json *part = (fsci_json *)fsci_json_get(intervals, parts[k].name);
        if (!part)
            part = fsci_json_set_object(c->arena, intervals, parts[k].name);
        fsci_json_set_number(c->arena, part, key, parts[k].value);
    }
}

static void write_intervals(const chosen *c, fsci_json *out)
{
    static const double levels[] = {0.5, 0.8, 0.95};
    fsci_json *intervals = fsci_json_set_object(c->arena, out, "intervals");
    fsci_json_set_string(c->arena, intervals, "method", "model");
    fsci_json_set_string(c->arena, intervals, "includes",
                         "what the method says of its own uncertainty, widened where splits of the "
                         "training models showed it too sure at that distance");
    fsci_json_set_string(c->arena, intervals, "unit", "model");
    fsci_json_set_number(c->arena, intervals, "level", c->setting->input->level);
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
        write_held(c, levels[k], intervals);
}

static void write_all(const chosen *c, fsci_json *targets)
{
    static const char *const nulls[] = {"intercept", "weights",    "benchmark_weights", "solver",
                                        "condition", "separation", "equivalent"};
    const fsci_observe_input *in = c->setting->input;
    fsci_json *out = fsci_json_push(targets, fsci_json_object(c->arena));
    fsci_json_set_string(c->arena, out, "target", c->setting->target->name);
    fsci_json_set_string(c->arena, out, "predictors", c->method->id);
    fsci_json_set_string(c->arena, out, "feature", c->method->title);
    write_method(c, out);
    fsci_json *link = fsci_json_set_object(c->arena, out, "link");
    fsci_json_set_string(c->arena, link, "kind", fsci_link_name(in->link));
    fsci_json_set_number(c->arena, link, "chance", in->chance);
    fsci_json_set_number(c->arena, link, "ceiling", in->ceiling);
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        fsci_json_set(c->arena, out, nulls[i], fsci_json_null(c->arena));
    fsci_json *train = fsci_json_set_object(c->arena, out, "train");
    fsci_json_set_number(c->arena, train, "n", (double)c->task.n_train);
    fsci_json_set_number(c->arena, train, "mse", NAN);
    write_score(c, FSCI_SET_TEST, out);
    if (c->setting->capability->split.count[FSCI_SET_LATER] > 0)
        write_score(c, FSCI_SET_LATER, out);
    write_inner(c, out);
    write_past(c, out);
    write_intervals(c, out);
    write_predictions(c, out);
}

/* ---- what makes it doubtful ---- */

static void note_doubts(const chosen *c)
{
    const fsci_notes *notes = c->setting->notes;
    const char *name = c->setting->target->name;
    double best = -INFINITY, widest = 0;
    size_t wide = 0, n_test = c->task.n - c->task.n_train;
    for (size_t i = 0; i < c->task.n_train; i++)
        best = fmax(best, c->task.t[i]);
    for (size_t i = 0; i < n_test; i++) {
        wide += c->hi[i] - c->lo[i] > WIDE;
        widest = fmax(widest, c->hi[i] - c->lo[i]);
    }
    if (c->fold.n_known > 0)
        fsci_note(notes, "W-PART",
                  "%s: %s is trained on %zu of the %zu training models, spread over families and "
                  "scores; --predictors fits one curve to all",
                  name, c->method->id, c->task.n_train, c->fold.n_known);
    if (n_test > 0 && c->task.n_train < FEW_TRAIN)
        fsci_note(notes, "W-FEW-TRAIN",
                  "%s: %zu training models are few; with fewer than %d, intervals held less often "
                  "than they say",
                  name, c->task.n_train, FEW_TRAIN);
    if (n_test > 0 && c->problem.bounded && best < ON_FLOOR)
        fsci_note(notes, "W-FLOOR",
                  "%s: the best training model scores %s, next to the floor; there is nothing to "
                  "extrapolate from",
                  name, fsci_briefly(own_units(c, best), 2).text);
    if (wide > 0 && c->problem.bounded)
        fsci_note(notes, "W-WIDE",
                  "%s: the intervals of %zu models are wider than %.0f %% of the scale; of them "
                  "this is no forecast",
                  name, wide, 100 * WIDE);
}

fsc_status fsci_chosen_forecast(fsci_arena *arena, const fsci_setting *setting,
                                const fsci_method *method, fsci_json *targets, fsc_error *err)
{
    chosen c = {.arena = arena, .setting = setting, .method = method};
    fsc_error why = {0};
    bool failed = false;
    fsc_status status = make_task(&c, &why);
    if (status == FSC_ENOMEM)
        return fsci_fail_memory(err);
    if (status == FSC_OK)
        FSCI_TRY(
            fsci_engine_predict(arena, &c.problem, &c.fold, method, &c.task, &c.out, &failed, err));
    if (status != FSC_OK || failed) {
        fsci_note(setting->notes, "W-METHOD", "%s cannot be forecast by %s here: %s",
                  setting->target->name, method->id,
                  status != FSC_OK ? why.message : "these models do not determine it");
        return FSC_OK;
    }
    size_t n_test = c.task.n - c.task.n_train;
    c.distance = FSCI_NEW(arena, fsci_distance, n_test);
    c.lo = FSCI_NEW(arena, double, n_test);
    c.hi = FSCI_NEW(arena, double, n_test);
    if (!c.distance || !c.lo || !c.hi)
        return fsci_fail_memory(err);
    fsci_engine_distance(&c.task, c.distance);
    FSCI_TRY(look_inside(&c, err));
    make_intervals(&c);
    write_all(&c, targets);
    note_doubts(&c);
    return FSC_OK;
}
