/* Which of two curves is lower at a scale, and how large runs must be to tell: the laws are fitted
 * again to the runs up to each of some scales, with refits to resampled rows of these. */
#include "fit/contest/crossing.h"

#include "base/number.h"
#include "num/summary.h"
#include "record/figure.h"

#include <math.h>
#include <string.h>

enum { CUTS = 12, CUT_REFITS = 200, CURVES = FSCI_CROSSING_CURVES };
/* Refits that must agree before a scale counts as one that decides. */
static const double confident = 0.9;

/* The runs up to a scale, and where their fits put the curves at the place asked for. */
typedef struct cut {
    double scale;
    size_t rows;
    size_t n[CURVES]; /* draws; 0 where the law could not be fitted to so little */
    size_t stride;    /* between them */
    double value[CURVES], *draws[CURVES];
} cut;

typedef struct cuts {
    const fsci_crossing *crossing;
    double *scales; /* [n_scales] of all rows, ascending, each once */
    size_t n_scales;
    cut items[CUTS];
    size_t n;
} cuts;

static const fsci_model *model_of(const fsci_crossing *x, const fsci_crossing_curve *c)
{
    return &x->in->contenders[c->contender].fit->model;
}

static bool has_row(const fsci_crossing_curve *c, size_t i)
{
    return !c->by || c->by->codes[i] == c->level;
}

static double scale_at(const fsci_crossing *x, const fsci_model *m, size_t i)
{
    return x->column->numbers[m->row[i]];
}

/* The scales of the rows of one curve (NULL: of all) into `scales`, ascending, each once. How many.
 */
static size_t gather(const fsci_crossing *x, const fsci_crossing_curve *only, double *scales)
{
    const fsci_model *m = model_of(x, only ? only : x->curves);
    size_t n = 0, once = 0;
    for (size_t i = 0; i < m->n; i++)
        if (scale_at(x, m, i) > 0 && (!only || has_row(only, i)))
            scales[n++] = scale_at(x, m, i);
    fsci_sort(scales, n);
    for (size_t i = 0; i < n; i++)
        if (!once || scales[i] > scales[once - 1])
            scales[once++] = scales[i];
    return once;
}

/* How many constants the data of one curve have to settle. */
static size_t constants_of(const fsci_crossing *x, const fsci_crossing_curve *c)
{
    const fsci_parameters *p = &model_of(x, c)->parameters;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->all[i].role == FSCI_FREE &&
             (!p->all[i].group || !c->by || !strcmp(p->all[i].group, c->label));
    return n;
}

/* Raises *first to the least scale up to which every curve has more scales than constants;
 * INFINITY for none. */
static fsc_status find_first(const fsci_crossing *x, double *first, fsc_error *err)
{
    double *scales = FSCI_NEW(x->arena, double, model_of(x, x->curves)->n + 1);
    if (!scales)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < x->n; k++) {
        size_t n = gather(x, &x->curves[k], scales), least = constants_of(x, &x->curves[k]) + 1;
        *first = fmax(*first, n < least ? INFINITY : scales[least - 1]);
    }
    return FSC_OK;
}

/* Scales to cut at: those that suffice, up to CUTS of them spread evenly, the largest among them.
 */
static fsc_status choose(cuts *all, fsc_error *err)
{
    const fsci_crossing *x = all->crossing;
    double first = 0;
    all->scales = FSCI_NEW(x->arena, double, model_of(x, x->curves)->n + 1);
    if (!all->scales)
        return fsci_fail_memory(err);
    all->n_scales = gather(x, NULL, all->scales);
    FSCI_TRY(find_first(x, &first, err));
    size_t from = 0;
    while (from < all->n_scales && all->scales[from] < first)
        from++;
    size_t n = all->n_scales - from;
    all->n = n < CUTS ? n : CUTS;
    for (size_t i = 0; i < all->n; i++) {
        size_t at = all->n > 1 ? i * (n - 1) / (all->n - 1) : n - 1;
        all->items[i] = (cut){.scale = all->scales[from + at], .stride = 1};
    }
    return FSC_OK;
}

/* Whether theta of a fit to fewer rows means the same. */
static bool same_parameters(const fsci_parameters *a, const fsci_parameters *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) {
        const char *g = a->all[i].group, *h = b->all[i].group;
        same = !strcmp(a->all[i].name, b->all[i].name) && !g == !h && (!g || !strcmp(g, h));
    }
    return same;
}

static double at_place(const fsci_crossing_curve *c, const double *theta)
{
    double value;
    fsci_program_values(c->program, c->scratch, theta, FSCI_CROSSING_PLACES, FSCI_CROSSING_STRIDE,
                        &value, 1);
    return value;
}

/* The curves of contender k from its fit to the rows that are kept. */
static fsc_status fit_one(const cuts *all, cut *to, size_t k, const bool *keep, fsc_error *err)
{
    const fsci_crossing *x = all->crossing;
    const fsci_contender *c = &x->in->contenders[k];
    fsci_fit_settings settings = c->settings;
    fsci_fit *fit = FSCI_NEW(x->arena, fsci_fit, 1);
    double *theta = NULL;
    size_t n = 0, n_theta = c->fit->model.parameters.n;
    settings.keep = keep;
    if (!fit)
        return fsci_fail_memory(err);
    fsc_status status = fsci_fit_run(x->arena, &c->subject, x->in->table, &settings, fit, err);
    bool fits =
        status == FSC_OK && same_parameters(&fit->model.parameters, &c->fit->model.parameters);
    if (fits)
        status = fsci_crossing_refit(x, k, fit, CUT_REFITS, &theta, &n, err);
    if (status == FSC_ENOMEM)
        return status;
    for (size_t i = 0; fits && status == FSC_OK && i < x->n; i++) {
        if (x->curves[i].contender != k)
            continue;
        to->draws[i] = FSCI_NEW(x->arena, double, n + 1);
        if (!to->draws[i])
            return fsci_fail_memory(err);
        to->n[i] = n;
        to->value[i] = at_place(&x->curves[i], fit->theta);
        for (size_t b = 0; b < n; b++)
            to->draws[i][b] = at_place(&x->curves[i], theta + b * n_theta);
    }
    return FSC_OK;
}

/* The runs up to the largest scale are all runs. */
static void take_all(const fsci_crossing *x, cut *to)
{
    to->rows = model_of(x, x->curves)->n;
    to->stride = FSCI_CROSSING_STRIDE;
    for (size_t i = 0; i < x->n; i++) {
        to->n[i] = x->curves[i].n_draws;
        to->value[i] = x->curves[i].value[FSCI_CROSSING_PLACES];
        to->draws[i] = x->curves[i].draws + FSCI_CROSSING_PLACES;
    }
}

static fsc_status fill(const cuts *all, cut *to, fsc_error *err)
{
    const fsci_crossing *x = all->crossing;
    const fsci_model *m = model_of(x, x->curves);
    if (to->scale == x->hi) {
        take_all(x, to);
        return FSC_OK;
    }
    bool *keep = FSCI_NEW(x->arena, bool, fsci_table_rows(x->in->table));
    if (!keep)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m->n; i++) {
        keep[m->row[i]] = scale_at(x, m, i) <= to->scale;
        to->rows += keep[m->row[i]];
    }
    for (size_t i = 0; i < x->n; i++)
        if (i == 0 || x->curves[i].contender != x->curves[i - 1].contender)
            FSCI_TRY(fit_one(all, to, x->curves[i].contender, keep, err));
    return FSC_OK;
}

/* Share of the draws in which `low` is below `high`; NaN when most refits could not be made, having
 * drawn too few different rows. */
static double agreement(const double *low, size_t n_low, const double *high, size_t n_high,
                        size_t stride)
{
    size_t n = 0, agree = 0;
    for (size_t b = 0; b < n_low && b < n_high; b++) {
        n += !isnan(low[b * stride]) && !isnan(high[b * stride]);
        agree += low[b * stride] < high[b * stride];
    }
    return n >= CUT_REFITS / 2 ? (double)agree / (double)n : NAN;
}

/* Where a curve stands at a scale, between the places beside it. */
static double height(const fsci_crossing *x, const fsci_crossing_curve *c, double scale)
{
    double step = log(x->at[1] / x->at[0]), t = log(scale / x->at[0]) / step;
    size_t i = (size_t)fmin(fmax(floor(t), 0), FSCI_CROSSING_PLACES - 2);
    return c->value[i] + (t - (double)i) * (c->value[i + 1] - c->value[i]);
}

/* The share of refits by scale. */
static void draw_cuts(const fsci_crossing *x, const char *id, const char *lower, const char *higher,
                      const fsci_json *list, fsci_json *figures)
{
    fsci_arena *a = x->arena;
    const char *symbol = x->in->crossover;
    fsci_json *figure = fsci_figure_add(
        a, figures, id, fsci_format(a, "How large runs must be to favour %s", lower),
        fsci_format(a,
                    "Share of the refits to the runs up to a scale under which %s is lower than "
                    "%s at %s = %s; above %s they decide.",
                    lower, higher, symbol, fsci_brief(a, x->in->decide_at, 3),
                    fsci_briefly(confident, 6).text));
    fsci_figure_axis(a, figure, "x", fsci_format(a, "runs up to %s", symbol), NULL, "log");
    fsci_json *y = fsci_figure_axis(a, figure, "y", "share of refits", NULL, "linear");
    fsci_json_set_number(a, y, "min", 0);
    fsci_json_set_number(a, y, "max", 1);
    fsci_figure_mark(a, figure, "hline", confident, NULL);
    fsci_json *line = fsci_figure_series(a, figure, lower, "line", "marked");
    FSCI_JSON_EACH (item, list)
        fsci_figure_point(a, line, fsci_json_get_number(item, "scale"),
                          fsci_json_get_number(item, "share_lower"));
}

/* The cuts of one pair, into `pair`; the least scale from which on all of them agree. */
static double add_cuts(const cuts *all, size_t low, size_t high, double gap, fsci_json *pair)
{
    const fsci_crossing *x = all->crossing;
    fsci_arena *a = x->arena;
    const fsci_crossing_curve *curve = x->curves;
    fsci_json *list = fsci_json_set_array(a, pair, "cuts");
    double least = NAN;
    for (size_t i = 0; i < all->n; i++) {
        const cut *c = &all->items[i];
        double share = agreement(c->draws[low], c->n[low], c->draws[high], c->n[high], c->stride);
        bool right = height(x, &curve[low], c->scale) < height(x, &curve[high], c->scale);
        least = !(share >= confident) ? NAN : isnan(least) ? c->scale : least;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_number(a, item, "scale", c->scale);
        fsci_json_set_number(a, item, "rows", (double)c->rows);
        fsci_json_set_string(a, item, "lower",
                             !c->n[low] || !c->n[high]        ? NULL
                             : c->value[low] < c->value[high] ? curve[low].label
                                                              : curve[high].label);
        fsci_json_set_number(a, item, "share_lower", share);
        fsci_json_set_string(a, item, "lower_there", curve[right ? low : high].label);
        fsci_json_set_number(a, item, "regret", right ? 0 : gap);
    }
    return least;
}

/* By how much a curve is lower than another, over refits to the same rows. */
static fsc_status find_gap(const fsci_crossing *x, const fsci_crossing_curve *low,
                           const fsci_crossing_curve *high, fsci_interval *out, fsc_error *err)
{
    double *gaps = FSCI_NEW(x->arena, double, FSCI_CROSSING_REFITS);
    size_t n = 0;
    if (!gaps)
        return fsci_fail_memory(err);
    for (size_t b = 0; b < low->n_draws && b < high->n_draws; b++) {
        size_t at = b * FSCI_CROSSING_STRIDE + FSCI_CROSSING_PLACES;
        if (isfinite(high->draws[at] - low->draws[at]))
            gaps[n++] = high->draws[at] - low->draws[at];
    }
    fsci_sort(gaps, n);
    *out = n > 1 ? fsci_percentile_interval(gaps, n, x->in->level) : (fsci_interval){NAN, NAN};
    return FSC_OK;
}

static fsc_status add_pair(const cuts *all, size_t i, size_t j, fsci_json *list, fsci_json *figures,
                           fsc_error *err)
{
    enum { AT = FSCI_CROSSING_PLACES };
    const fsci_crossing *x = all->crossing;
    fsci_arena *a = x->arena;
    bool first = x->curves[i].value[AT] < x->curves[j].value[AT];
    size_t low = first ? i : j, high = first ? j : i;
    const fsci_crossing_curve *l = &x->curves[low], *h = &x->curves[high];
    fsci_interval interval = {NAN, NAN};
    FSCI_TRY(find_gap(x, l, h, &interval, err));
    double gap = h->value[AT] - l->value[AT];
    fsci_json *pair = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, pair, "a", x->curves[i].label);
    fsci_json_set_string(a, pair, "b", x->curves[j].label);
    fsci_json_set_string(a, pair, "lower", isfinite(gap) ? l->label : NULL);
    fsci_json_set_number(a, pair, "gap", gap);
    fsci_json_set_number(a, pair, "lo", interval.lo);
    fsci_json_set_number(a, pair, "hi", interval.hi);
    fsci_json_set_number(
        a, pair, "share_lower",
        agreement(l->draws + AT, l->n_draws, h->draws + AT, h->n_draws, FSCI_CROSSING_STRIDE));
    size_t number = fsci_json_count(list);
    const char *id = number == 1 ? "decision" : fsci_format(a, "decision-%zu", number);
    double least = isfinite(gap) ? add_cuts(all, low, high, gap, pair) : NAN;
    fsci_json_set_number(a, pair, "least_scale", least);
    if (isfinite(gap) && all->n > 1)
        draw_cuts(x, id, l->label, h->label, fsci_json_get(pair, "cuts"), figures);
    return FSC_OK;
}

fsc_status fsci_decision_add(const fsci_crossing *x, fsci_json *crossover, fsci_json *figures,
                             fsc_error *err)
{
    fsci_arena *a = x->arena;
    cuts *all = FSCI_NEW(a, cuts, 1);
    double target = x->in->decide_at;
    if (!all)
        return fsci_fail_memory(err);
    all->crossing = x;
    FSCI_TRY(choose(all, err));
    for (size_t i = 0; i < all->n; i++)
        FSCI_TRY(fill(all, &all->items[i], err));
    fsci_json *decision = fsci_json_set_object(a, crossover, "decision");
    fsci_json_set_number(a, decision, "at", target);
    fsci_json_set_number(a, decision, "confident", confident);
    fsci_json_set_number(a, decision, "cut_refits", CUT_REFITS);
    fsci_json_set_number(a, decision, "log10_beyond", fsci_crossing_beyond(x, target));
    fsci_json *list = fsci_json_set_array(a, decision, "pairs");
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = i + 1; j < x->n; j++)
            FSCI_TRY(add_pair(all, i, j, list, figures, err));
    return FSC_OK;
}
