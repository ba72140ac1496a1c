/* The backtest of laws: errors at every row held out, beside the largest run fitted standing still.
 */
#include "fit/contest/contest.h"
#include "fit/contest/held_out.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

static void add_method(const fsci_contest *r, const char *split, const char *id,
                       const fsci_forecast_score *s, double naive_mse, fsci_json *list)
{
    fsci_arena *a = r->arena;
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "id", id);
    fsci_json_set_string(a, item, "split", split);
    fsci_json_set_number(a, item, "n_test", (double)(s->n + s->n_unanswered));
    fsci_score_record(a, s, item);
    fsci_json *skill = fsci_json_set_object(a, item, "skill_vs");
    fsci_json_set_number(a, skill, "persistence", 1 - s->mse / naive_mse);
    fsci_json_set_number(a, skill, "flops", NAN);
    fsci_json_set_number(a, item, "aue", NAN);
}

/* The largest run fitted, whose response stands for all that follow. */
static double standing_still(const fsci_contest *r, const fsci_partition *part)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < r->pool.n; i++) {
        size_t row = r->pool.rows[i];
        bool larger =
            last == SIZE_MAX || (r->pool.scale && r->pool.scale[row] > r->pool.scale[last]);
        if (part->train[row] && larger)
            last = row;
    }
    return r->estimators[0].observed[last];
}

static fsc_status persistence(const fsci_contest *r, size_t first, size_t n,
                              fsci_forecast_score *out, fsc_error *err)
{
    size_t rows = 0, at = 0;
    for (size_t p = first; p < first + n; p++)
        rows += r->splits.all.items[p].n_test;
    fsci_row_forecast *f = FSCI_NEW(r->arena, fsci_row_forecast, rows);
    double *y = FSCI_NEW(r->arena, double, rows);
    if (!f || !y)
        return fsci_fail_memory(err);
    for (size_t p = first; p < first + n; p++) {
        const fsci_partition *part = &r->splits.all.items[p];
        for (size_t i = 0; i < part->n_test; i++, at++) {
            y[at] = r->estimators[0].observed[part->test[i]];
            f[at].mean = standing_still(r, part);
            for (size_t k = 0; k < FSCI_FORECAST_QUANTILES; k++)
                f[at].quantile[k] = NAN;
        }
    }
    return fsci_forecast_scored(f, y, rows, out, err);
}

/* Every law and persistence over partitions [first, first + n). */
static fsc_status add_split(const fsci_contest *r, const char *name, size_t first, size_t n,
                            fsci_json *list, fsc_error *err)
{
    fsci_forecast_score naive, own;
    FSCI_TRY(persistence(r, first, n, &naive, err));
    for (size_t i = 0; i < r->in->n; i++) {
        FSCI_TRY(fsci_contest_score(r, i, first, n, &own, err));
        add_method(r, name, r->in->contenders[i].id, &own, naive.mse, list);
    }
    add_method(r, name, "persistence", &naive, naive.mse, list);
    return FSC_OK;
}

static void draw_audit(const fsci_contest *r, const fsci_json *cells, fsci_json *record)
{
    fsci_json *figure = fsci_figure_add(
        r->arena, (fsci_json *)fsci_json_get(record, "figures"), "audit",
        "How much must be trained",
        "Mean relative error at the end of the largest run, by the rows of smaller runs fitted.");
    fsci_figure_axis(r->arena, figure, "x", "rows fitted", NULL, "log");
    fsci_figure_axis(r->arena, figure, "y", "mean relative error", NULL, "log");
    fsci_figure_mark(r->arena, figure, "hline", 0.04, "what seeds differ by");
    for (size_t i = 0; i < r->in->n; i++) {
        const char *id = r->in->contenders[i].id;
        fsci_json *series = fsci_figure_series(r->arena, figure, id, "points", NULL);
        FSCI_JSON_EACH (cell, cells)
            if (!strcmp(fsci_json_get_string(cell, "id"), id))
                fsci_figure_point(r->arena, series, fsci_json_get_number(cell, "n_train"),
                                  fsci_json_get_number(cell, "are"));
    }
}

/* The mean relative error at the end of the largest run, by what was fitted. */
static fsc_status add_audit(const fsci_contest *r, fsci_json *record, fsc_error *err)
{
    fsci_arena *a = r->arena;
    const fsci_splits *s = &r->splits;
    fsci_json *audit = fsci_json_set_object(a, record, "audit");
    fsci_json_set_string(a, audit, "column", r->in->cluster->name);
    if (!s->runs) {
        fsci_record_warn(a, record, "W-NOHOLD",
                         "no number of smaller runs by %s leaves rows to fit and the end of a "
                         "larger run to forecast.",
                         r->in->cluster->name);
        return FSC_OK;
    }
    const fsci_partition *first = &s->all.items[s->all.n - s->runs];
    uint32_t target = r->in->cluster->codes[first->test[0]];
    fsci_json_set_string(a, audit, "run", r->in->cluster->levels[target]);
    fsci_json_set_number(a, audit, "n_test", (double)first->n_test);
    fsci_json *cells = fsci_json_set_array(a, audit, "cells");
    for (size_t p = s->all.n - s->runs; p < s->all.n; p++)
        for (size_t i = 0; i < r->in->n; i++) {
            const fsci_partition *part = &s->all.items[p];
            fsci_forecast_score own;
            FSCI_TRY(fsci_contest_score(r, i, p, 1, &own, err));
            fsci_json *cell = fsci_json_push(cells, fsci_json_object(a));
            fsci_json_set_string(a, cell, "id", r->in->contenders[i].id);
            fsci_json_set_number(a, cell, "runs", (double)part->runs);
            fsci_json_set_number(a, cell, "share", part->share);
            fsci_json_set_number(a, cell, "n_train", (double)part->n_train);
            fsci_json_set_number(a, cell, "log10_beyond", part->log10_beyond);
            fsci_score_record(a, &own, cell);
        }
    draw_audit(r, cells, record);
    return FSC_OK;
}

fsc_status fsci_law_backtest_run(fsci_arena *arena, const fsci_comparison_input *input,
                                 fsci_json *record, fsc_error *err)
{
    fsci_contest r = {.arena = arena, .in = input};
    FSCI_TRY(fsci_contest_run(&r, false, record, err));
    const fsci_splits *s = &r.splits;
    if (!s->held)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: holding these rows out leaves nothing to forecast, or fewer than the "
                         "%zu rows that a fit needs",
                         input->held_name ? input->held_name : "the largest tenth", r.pool.least);
    fsci_contest_splits(&r, record);
    fsci_json *methods = fsci_json_set_array(arena, record, "methods");
    for (size_t p = 0; p < s->all.n - s->runs; p++)
        FSCI_TRY(add_split(&r, s->all.items[p].name, p, 1, methods, err));
    fsci_json *overall = fsci_json_set_array(arena, record, "overall");
    FSCI_TRY(add_split(&r, "held out", 0, s->held, overall, err));
    if (s->rolling)
        FSCI_TRY(add_split(&r, "rolling origin", s->held, s->rolling, overall, err));
    if (s->families)
        FSCI_TRY(add_split(&r, "families", s->held + s->rolling, s->families, overall, err));
    fsci_contest_figure(&r, record);
    if (input->cluster)
        FSCI_TRY(add_audit(&r, record, err));
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
