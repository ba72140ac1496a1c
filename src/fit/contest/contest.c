#include "fit/contest/contest.h"

#include "fit/contest/held_out.h"
#include "fit/contest/law_estimator.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>

/* Fewer rows than this rank nothing; the share held out grows until there are so many. */
enum { RANKED_ROWS = 5 };
static const double held_share = 0.1;

static fsc_status make_pool(fsci_contest *r, fsc_error *err)
{
    const fsci_model *m = &r->in->contenders[0].fit->model;
    fsci_scale scale;
    FSCI_TRY(fsci_scale_find(r->arena, m, &scale, err));
    r->pool = fsci_pool_of(m, scale.values);
    r->splits.scale = scale.name;
    r->splits.scale_unit = scale.is_compute ? "FLOP" : NULL;
    for (size_t i = 0; i < r->in->n; i++) {
        size_t least = r->in->contenders[i].fit->model.parameters.n_free + 1;
        if (least > r->pool.least)
            r->pool.least = least;
    }
    return FSC_OK;
}

static fsc_status make_splits(fsci_contest *r, bool folds, fsc_error *err)
{
    const fsci_comparison_input *in = r->in;
    fsci_splits *s = &r->splits;
    double share = fmax(held_share, (double)RANKED_ROWS / (double)r->pool.n);
    if (in->held)
        FSCI_TRY(fsci_holdout_marked(r->arena, &r->pool, in->held, in->held_name, &s->all, err));
    else if (share < 1)
        FSCI_TRY(fsci_holdout_largest(r->arena, &r->pool, share, &s->all, err));
    s->held = s->all.n;
    if (folds || !in->held)
        FSCI_TRY(fsci_holdout_rolling(r->arena, &r->pool, &s->all, err));
    s->rolling = s->all.n - s->held;
    if (in->family)
        FSCI_TRY(fsci_holdout_levels(r->arena, &r->pool, in->family, in->seed, &s->all, err));
    s->families = s->all.n - s->held - s->rolling;
    if (folds)
        FSCI_TRY(
            fsci_holdout_folds(r->arena, &r->pool, in->folds, in->cluster, in->seed, &s->all, err));
    s->folds = s->all.n - s->held - s->rolling - s->families;
    if (!folds && in->cluster)
        FSCI_TRY(fsci_holdout_runs(r->arena, &r->pool, in->cluster, &s->all, err));
    s->runs = s->all.n - s->held - s->rolling - s->families - s->folds;
    return FSC_OK;
}

static fsc_status forecast(fsci_contest *r, fsc_error *err)
{
    const fsci_comparison_input *in = r->in;
    fsci_law_estimator *contexts = FSCI_NEW(r->arena, fsci_law_estimator, in->n);
    r->estimators = FSCI_NEW(r->arena, fsci_estimator, in->n);
    if (!contexts || !r->estimators)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n; i++) {
        const fsci_contender *c = &in->contenders[i];
        contexts[i] = (fsci_law_estimator){
            .subject = c->subject, .table = in->table, .settings = c->settings};
        fsci_law_estimator_make(r->arena, &contexts[i], &c->fit->model, c->id, &r->estimators[i]);
    }
    return fsci_holdout_run(r->arena, r->estimators, in->n, &r->splits.all, in->threads,
                            &r->forecasts, err);
}

/* The score of contender i over partitions [first, first + n). */
fsc_status fsci_contest_score(const fsci_contest *r, size_t i, size_t first, size_t n,
                              fsci_forecast_score *out, fsc_error *err)
{
    return fsci_holdout_score(&r->estimators[i], &r->splits.all, first, n,
                              r->forecasts + i * r->splits.all.n, out, err);
}

fsc_status fsci_contest_run(fsci_contest *r, bool folds, fsci_json *record, fsc_error *err)
{
    bool *keep;
    FSCI_TRY(fsci_contenders_fit(r->arena, r->in, &keep, record, err));
    FSCI_TRY(make_pool(r, err));
    FSCI_TRY(make_splits(r, folds, err));
    return forecast(r, err);
}

static const char *kind_of(const fsci_splits *s, size_t p)
{
    if (p < s->held)
        return "held out";
    if (p < s->held + s->rolling)
        return "rolling";
    if (p < s->held + s->rolling + s->families)
        return "family";
    return s->runs ? "runs" : "fold";
}

void fsci_contest_splits(const fsci_contest *r, fsci_json *record)
{
    fsci_arena *a = r->arena;
    fsci_json *list = fsci_json_set_array(a, record, "splits");
    fsci_json_set_string(a, record, "scale", r->splits.scale);
    for (size_t p = 0; p < r->splits.all.n; p++) {
        const fsci_partition *part = &r->splits.all.items[p];
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", part->name);
        fsci_json_set_string(a, item, "kind", kind_of(&r->splits, p));
        fsci_json_set_number(a, item, "n_train", (double)part->n_train);
        fsci_json_set_number(a, item, "n_test", (double)part->n_test);
        fsci_json_set_number(a, item, "cutoff", part->cutoff);
        fsci_json_set_number(a, item, "log10_beyond", part->log10_beyond);
    }
    if (!r->splits.held || r->splits.all.items[0].n_test < RANKED_ROWS)
        fsci_record_warn(a, record, "W-NO-RANK",
                         "%s, so the laws are not ranked: the order is no verdict. Use "
                         "cross-validation and AICc, or add runs.",
                         r->splits.held ? "fewer than five rows were held out"
                                        : "too few rows are left to hold any out");
}

/* Forecast less observed of every law at the rows held out. */
void fsci_contest_figure(const fsci_contest *r, fsci_json *record)
{
    fsci_arena *a = r->arena;
    fsci_json *figures = fsci_json_set_array(a, record, "figures");
    const fsci_partition *part = r->splits.all.items;
    if (!r->splits.held || !r->pool.scale)
        return;
    fsci_json *figure = fsci_figure_add(a, figures, "backtest", "Errors where nothing was fitted",
                                        "Forecast less observed of the rows held out.");
    fsci_figure_axis(a, figure, "x", r->splits.scale, r->splits.scale_unit, "log");
    fsci_figure_axis(a, figure, "y", "forecast less observed",
                     r->in->contenders[0].fitted.response_unit, "linear");
    fsci_figure_mark(a, figure, "hline", 0, NULL);
    for (size_t i = 0; i < r->in->n; i++) {
        fsci_json *series = fsci_figure_series(a, figure, r->in->contenders[i].id, "points", NULL);
        const fsci_row_forecast *f = r->forecasts[i * r->splits.all.n];
        for (size_t k = 0; k < part->n_test; k += part->n_test / 1000 + 1)
            fsci_figure_point(a, series, r->pool.scale[part->test[k]],
                              f[k].mean - r->estimators[i].observed[part->test[k]]);
    }
}
