#include "plan/mixture.h"

#include "base/parallel.h"
#include "num/summary.h"
#include "plan/blend.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* A share this near to a limit stands on it. */
static const double at_limit = 1e-9;

typedef struct answer {
    fsci_blend blend;
    double *best; /* [n] shares */
    fsci_simplex_result search;
    size_t n_starts, reached;
    size_t measured; /* the row whose mixture the laws like best */
    bool has_measured;
    double *parts;                /* [n_parts] what each law says of the best mixture */
    double *share;                /* [n_draws * n] best mixtures under refits */
    double *loss, *gain, *regret; /* [n_draws] under refits: at the best mixture; what it gains on
                                     the best measured; what it loses on that refit's own best */
    double *own;                  /* [n_draws * n_parts] what each law says of it */
    fsci_blender *workers;        /* [threads] */
    double *starts;               /* [n_starts * n] */
} answer;

/* ---- the minimum ---- */

static bool within(const fsci_blend *b, const double *x)
{
    for (size_t j = 0; j < b->n; j++)
        if (x[j] < b->lo[j] - at_limit || x[j] > b->hi[j] + at_limit)
            return false;
    return true;
}

static void find_measured(answer *a)
{
    const fsci_blend *b = &a->blend;
    double least = INFINITY;
    for (size_t i = 0; i < b->n_measured; i++) {
        const double *x = b->measured + i * b->n;
        double value = within(b, x) ? fsci_blend_value(&a->workers[0], x, NULL) : NAN;
        if (value < least) {
            least = value;
            a->measured = i;
            a->has_measured = true;
        }
    }
}

/* Equal shares, each domain as much as it may have, and the best mixture measured. */
static fsc_status search(answer *a, fsc_error *err)
{
    fsci_blend *b = &a->blend;
    size_t n = b->n;
    a->best = FSCI_NEW(b->arena, double, n);
    a->starts = FSCI_NEW(b->arena, double, (n + 3) * n);
    a->parts = FSCI_NEW(b->arena, double, b->input->n_parts);
    if (!a->best || !a->starts || !a->parts)
        return fsci_fail_memory(err);
    find_measured(a);
    for (size_t s = 0; s <= n; s++)
        for (size_t j = 0; j < n; j++)
            a->starts[s * n + j] = s == n ? 1 / (double)n : s == j;
    a->n_starts = n + 1;
    if (a->has_measured)
        memcpy(a->starts + a->n_starts++ * n, b->measured + a->measured * n, n * sizeof(double));
    a->search = fsci_blend_minimise(&a->workers[0], a->starts, a->n_starts, a->best, &a->reached);
    if (isnan(a->search.value))
        return fsci_fail(err, FSC_EINPUT, "the law has no value at any mixture within the limits");
    fsci_blend_value(&a->workers[0], a->best, a->parts);
    return FSC_OK;
}

/* ---- the same under every refit ---- */

static void redo(void *context, size_t draw, size_t worker)
{
    const answer *a = context;
    const fsci_blend *b = &a->blend;
    fsci_blender *of = &a->workers[worker];
    size_t n = b->n;
    of->draw = draw;
    double *share = a->share + draw * n;
    fsci_simplex_result r =
        fsci_blend_minimise(of, a->starts + n * n, a->n_starts - n, share, NULL);
    for (size_t j = 0; isnan(r.value) && j < n; j++)
        share[j] = NAN; /* this refit has no value at any start */
    a->loss[draw] = fsci_blend_value(of, a->best, a->own + draw * b->input->n_parts);
    a->gain[draw] = a->has_measured
                        ? fsci_blend_value(of, b->measured + a->measured * n, NULL) - a->loss[draw]
                        : NAN;
    a->regret[draw] = a->loss[draw] - r.value;
}

static fsc_status redo_all(answer *a, fsc_error *err)
{
    fsci_blend *b = &a->blend;
    size_t n = b->n, B = b->n_draws;
    a->share = FSCI_NEW(b->arena, double, B *n);
    a->loss = FSCI_NEW(b->arena, double, B);
    a->gain = FSCI_NEW(b->arena, double, B);
    a->regret = FSCI_NEW(b->arena, double, B);
    a->own = FSCI_NEW(b->arena, double, B * b->input->n_parts);
    if (!a->share || !a->loss || !a->gain || !a->regret || !a->own)
        return fsci_fail_memory(err);
    memcpy(a->starts + a->n_starts++ * n, a->best, n * sizeof(double));
    fsci_parallel(b->input->threads, B, redo, a);
    return FSC_OK;
}

/* ---- the record ---- */

/* Every `stride`-th of the draws that are numbers, sorted; *n of them. */
static double *sorted_draws(const answer *a, const double *draws, size_t stride, size_t *n)
{
    const fsci_blend *b = &a->blend;
    double *sorted = FSCI_NEW(b->arena, double, b->n_draws);
    *n = 0;
    for (size_t i = 0; sorted && i < b->n_draws; i++)
        if (isfinite(draws[i * stride]))
            sorted[(*n)++] = draws[i * stride];
    fsci_sort(sorted, *n);
    return sorted;
}

static fsci_interval spread(const answer *a, const double *draws, size_t stride)
{
    size_t n;
    const double *sorted = sorted_draws(a, draws, stride, &n);
    return n < 2 ? (fsci_interval){NAN, NAN}
                 : fsci_percentile_interval(sorted, n, a->blend.input->level);
}

static double median_regret(const answer *a)
{
    size_t n;
    const double *sorted = sorted_draws(a, a->regret, 1, &n);
    return fsci_median(sorted, n);
}

static void set_estimate(const answer *a, fsci_json *to, const char *key, double value,
                         const double *draws, size_t stride)
{
    fsci_arena *arena = a->blend.arena;
    fsci_interval i = spread(a, draws, stride);
    fsci_json_set_number(arena, to, key, value);
    fsci_json_set_number(arena, to, "lo", i.lo);
    fsci_json_set_number(arena, to, "hi", i.hi);
}

static const char *standing(const fsci_blend *b, const double *x, size_t j)
{
    return b->lo[j] == b->hi[j]          ? "held"
           : x[j] <= b->lo[j] + at_limit ? b->lo[j] > 0 ? "floor" : "zero"
           : x[j] >= b->hi[j] - at_limit ? b->hi[j] < 1 ? "cap" : "all"
                                         : "inside";
}

/* In how many of the refits share j stands where it does in the answer; NaN without refits. */
static double share_alike(const answer *a, size_t j, const char *where)
{
    const fsci_blend *b = &a->blend;
    double alike = 0, n = 0;
    for (size_t i = 0; i < b->n_draws; i++) {
        const double *x = a->share + i * b->n;
        n += !isnan(x[j]);
        alike += !isnan(x[j]) && !strcmp(standing(b, x, j), where);
    }
    return n > 0 ? alike / n : NAN;
}

static void add_shares(const answer *a, fsci_json *record)
{
    const fsci_blend *b = &a->blend;
    fsci_json *list = fsci_json_set_array(b->arena, record, "shares");
    for (size_t j = 0; j < b->n; j++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(b->arena));
        const char *where = standing(b, a->best, j);
        double lo, hi;
        fsci_json_set_string(b->arena, item, "name", b->names[j]);
        set_estimate(a, item, "share", a->best[j], a->share + j, b->n);
        fsci_json_set_string(b->arena, item, "stands", where);
        fsci_json_set_number(b->arena, item, "stands_share", share_alike(a, j, where));
        fsci_json_set_number(b->arena, item, "floor", b->lo[j]);
        fsci_json_set_number(b->arena, item, "cap", b->hi[j]);
        fsci_blend_measured(b, j, &lo, &hi);
        fsci_json_set_number(b->arena, item, "measured_lo", lo);
        fsci_json_set_number(b->arena, item, "measured_hi", hi);
    }
}

static void add_parts(const answer *a, fsci_json *record)
{
    const fsci_blend *b = &a->blend;
    fsci_json *list = fsci_json_set_array(b->arena, record, "parts");
    for (size_t k = 0; k < b->input->n_parts; k++) {
        const fsci_mixture_part *part = &b->input->parts[k];
        const fsci_json *fit = part->fitted->record;
        fsci_json *item = fsci_json_push(list, fsci_json_object(b->arena));
        fsci_json_set_string(b->arena, item, "name", part->name);
        fsci_json_set_number(b->arena, item, "weight", part->weight);
        set_estimate(a, item, "value", a->parts[k], a->own + k, b->input->n_parts);
        fsci_json_set_number(b->arena, item, "rows", (double)part->fit->model.n);
        fsci_json_set_number(b->arena, item, "r2",
                             fsci_json_get_number(fsci_json_get(fit, "diagnostics"), "r2"));
        fsci_json *parameters = fsci_json_copy(b->arena, fsci_json_get(fit, "parameters"));
        fsci_json_set(b->arena, item, "parameters", parameters);
    }
}

/* The mixture of the table that the laws like best, and what the answer gains on it. */
static void add_measured(const answer *a, fsci_json *record)
{
    const fsci_blend *b = &a->blend;
    if (!a->has_measured)
        return;
    const double *x = b->measured + a->measured * b->n;
    fsci_json *item = fsci_json_set_object(b->arena, record, "best_measured");
    fsci_json_set_number(b->arena, item, "line", (double)b->line[a->measured]);
    fsci_json *shares = fsci_json_set_object(b->arena, item, "shares");
    for (size_t j = 0; j < b->n; j++)
        fsci_json_set_number(b->arena, shares, b->names[j], x[j]);
    double value = fsci_blend_value(&a->workers[0], x, NULL);
    fsci_json_set_number(b->arena, item, "value", value);
    fsci_json *gain = fsci_json_set_object(b->arena, record, "gain");
    set_estimate(a, gain, "value", value - a->search.value, a->gain, 1);
}

static void add_search(const answer *a, fsci_json *record)
{
    fsci_arena *arena = a->blend.arena;
    fsci_json *object = fsci_json_set_object(arena, record, "search");
    fsci_json_set_number(arena, object, "starts", (double)(a->n_starts - 1));
    fsci_json_set_number(arena, object, "reached_best", (double)a->reached);
    fsci_json_set_number(arena, object, "gap", a->search.gap);
    fsci_json_set_bool(arena, object, "converged", a->search.converged);
}

/* Domains by their best shares, with the range measured behind them. */
static void add_figure(const answer *a, fsci_json *record)
{
    const fsci_blend *b = &a->blend;
    fsci_json *figures = fsci_json_set_array(b->arena, record, "figures");
    fsci_json *figure = fsci_figure_add(b->arena, figures, "shares", "The best mixture",
                                        "Shares with their intervals, and the shares measured.");
    fsci_json *x = fsci_figure_axis(b->arena, figure, "x", "domain", NULL, "linear");
    fsci_figure_axis(b->arena, figure, "y", "share", NULL, "linear");
    fsci_json *names = fsci_json_set_array(b->arena, x, "categories");
    fsci_json *tried = fsci_figure_series(b->arena, figure, "measured", "points", "faint");
    fsci_json *range = fsci_figure_series(b->arena, figure, "interval", "ranges", NULL);
    fsci_json *best = fsci_figure_series(b->arena, figure, "best", "points", "strong");
    fsci_json *lo = fsci_json_set_array(b->arena, range, "lo");
    fsci_json *hi = fsci_json_set_array(b->arena, range, "hi");
    for (size_t j = 0; j < b->n; j++) {
        fsci_interval i = spread(a, a->share + j, b->n);
        fsci_json_push(names, fsci_json_string(b->arena, b->names[j]));
        for (size_t m = 0; m < b->n_measured && m < 200; m++)
            fsci_figure_point(b->arena, tried, (double)j + 0.85, b->measured[m * b->n + j]);
        fsci_figure_point(b->arena, range, (double)j + 1, a->best[j]);
        fsci_figure_point(b->arena, best, (double)j + 1, a->best[j]);
        fsci_json_push(lo, fsci_json_number(b->arena, i.lo));
        fsci_json_push(hi, fsci_json_number(b->arena, i.hi));
    }
}

/* ---- warnings ---- */

static void warn_of_places(const answer *a, fsci_json *record)
{
    const fsci_blend *b = &a->blend;
    fsci_buffer beyond = {0};
    for (size_t j = 0; j < b->n; j++) {
        double lo, hi;
        fsci_blend_measured(b, j, &lo, &hi);
        if (a->best[j] < lo - at_limit || a->best[j] > hi + at_limit)
            fsci_buffer_printf(&beyond, "%s%s %s (measured %s to %s)", beyond.length ? ", " : "",
                               b->names[j], fsci_brief(b->arena, a->best[j], 2),
                               fsci_brief(b->arena, lo, 2), fsci_brief(b->arena, hi, 2));
    }
    if (beyond.data)
        fsci_record_warn(
            b->arena, record, "W-MIXTURE",
            "the best mixture has shares that no mixture measured has: %s. Train one "
            "there before you rely on it, or keep the shares within those measured (--within).",
            beyond.data);
    fsci_buffer_free(&beyond);
}

static void warn_of_search(const answer *a, fsci_json *record)
{
    fsci_arena *arena = a->blend.arena;
    if (!a->search.converged)
        fsci_record_warn(arena, record, "W-STOP",
                         "the search for the best mixture ended where the slope still promises "
                         "%s; take the shares as rough.",
                         isfinite(a->search.gap) ? fsci_brief(arena, a->search.gap, 2)
                                                 : "more than can be told");
    if (a->blend.input->n_parts > 1 && !a->blend.paired)
        fsci_record_warn(arena, record, "W-SHARES",
                         "the levels do not list the same mixtures in one order, so each was "
                         "resampled on its own: errors that they share are taken as independent.");
}

fsc_status fsci_mixture_run(fsci_arena *arena, const fsci_mixture_input *in, fsci_json *record,
                            fsc_error *err)
{
    answer a = {0};
    int threads = in->threads < 1 ? 1 : in->threads;
    FSCI_TRY(fsci_blend_open(arena, in, &a.blend, err));
    a.workers = FSCI_NEW(arena, fsci_blender, (size_t)threads);
    if (!a.workers)
        return fsci_fail_memory(err);
    for (int t = 0; t < threads; t++)
        FSCI_TRY(fsci_blender_new(&a.blend, &a.workers[t], err));
    FSCI_TRY(search(&a, err));
    FSCI_TRY(redo_all(&a, err));
    a.workers[0].draw = SIZE_MAX;
    add_shares(&a, record);
    set_estimate(&a, fsci_json_set_object(arena, record, "loss"), "value", a.search.value, a.loss,
                 1);
    add_measured(&a, record);
    fsci_json_set_number(arena, record, "regret", median_regret(&a));
    add_parts(&a, record);
    add_search(&a, record);
    fsci_json_set_bool(arena, record, "paired", a.blend.paired);
    add_figure(&a, record);
    warn_of_places(&a, record);
    warn_of_search(&a, record);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
