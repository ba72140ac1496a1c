#include "fit/contest/comparison.h"

#include "fit/contest/contest.h"
#include "fit/contest/held_out.h"

#include <math.h>
#include <string.h>

/* ---- the record ---- */

/* A law whose residuals are rounding of the data and no more is beyond any criterion. */
static double criterion_of(const fsci_contender *c, const char *criterion)
{
    double x = fsci_json_get_number(fsci_json_get(c->record, "diagnostics"), criterion);
    return c->apart ? NAN : c->fit->curvature.exact ? -INFINITY : x;
}

/* Akaike weight of law i; laws that are exact share all of it. */
static double weight_of(const fsci_contest *r, size_t i, const char *criterion)
{
    double own = criterion_of(&r->in->contenders[i], criterion), best = INFINITY, sum = 0;
    for (size_t k = 0; k < r->in->n; k++) /* fmin passes over NaN */
        best = fmin(best, criterion_of(&r->in->contenders[k], criterion));
    for (size_t k = 0; k < r->in->n; k++) {
        double x = criterion_of(&r->in->contenders[k], criterion);
        if (!isnan(x))
            sum += x == best ? 1 : exp(-0.5 * (x - best));
    }
    return isnan(own) ? NAN : own == best ? 1 / sum : exp(-0.5 * (own - best)) / sum;
}

static fsc_status add_law(const fsci_contest *r, size_t i, fsci_json *item, fsc_error *err)
{
    const fsci_contender *c = &r->in->contenders[i];
    const fsci_splits *s = &r->splits;
    const fsci_json *diagnostics = fsci_json_get(c->record, "diagnostics");
    fsci_forecast_score held = {.rmse = NAN}, rolling, folds;
    FSCI_TRY(fsci_contest_score(r, i, 0, s->held, &held, err));
    FSCI_TRY(fsci_contest_score(r, i, s->held, s->rolling, &rolling, err));
    FSCI_TRY(fsci_contest_score(r, i, s->held + s->rolling, s->folds, &folds, err));
    fsci_arena *a = r->arena;
    fsci_json_set_string(a, item, "id", c->id);
    fsci_json_set_string(a, item, "formula",
                         fsci_json_get_string(fsci_json_get(c->record, "law"), "formula"));
    fsci_json_set_number(a, item, "parameters", (double)c->fit->model.parameters.n_free);
    fsci_json_set_number(a, item, "objective", c->fit->search.best.value);
    fsci_json_set_bool(a, item, "apart", c->apart);
    fsci_json_set_number(a, item, "aicc",
                         c->apart ? NAN : fsci_json_get_number(diagnostics, "aicc"));
    fsci_json_set_number(a, item, "bic", c->apart ? NAN : fsci_json_get_number(diagnostics, "bic"));
    fsci_json_set_number(a, item, "weight", weight_of(r, i, "aicc"));
    fsci_json_set_number(a, item, "bic_weight", weight_of(r, i, "bic"));
    fsci_json_set_number(a, item, "cv_rmse", folds.rmse);
    fsci_json_set_number(a, item, "backtest_rmse", held.rmse);
    fsci_json_set_number(a, item, "rolling_rmse", rolling.rmse);
    fsci_json_set_number(a, item, "reached", (double)c->fit->search.reached_best);
    fsci_json_set_number(a, item, "solved", (double)c->fit->search.n_solved);
    fsci_score_record(a, &held, fsci_json_set_object(a, item, "backtest"));
    fsci_json *values = fsci_json_set_object(a, item, "values");
    FSCI_JSON_EACH (p, fsci_json_get(c->record, "parameters")) {
        const char *group = fsci_json_get_string(p, "group"),
                   *name = fsci_json_get_string(p, "name");
        fsci_json_set_number(a, values, group ? fsci_format(a, "%s[%s]", name, group) : name,
                             fsci_json_get_number(p, "value"));
    }
    return FSC_OK;
}

/* Best backtest first; what has none last, in the order given. */
static fsc_status add_laws(const fsci_contest *r, fsci_json *record, fsc_error *err)
{
    size_t n = r->in->n;
    fsci_json **items = FSCI_NEW(r->arena, fsci_json *, n);
    fsci_json *list = fsci_json_set_array(r->arena, record, "laws");
    if (!items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        fsci_json *item = fsci_json_object(r->arena);
        FSCI_TRY(add_law(r, i, item, err));
        size_t at = i;
        double own = fsci_json_get_number(item, "backtest_rmse");
        for (; at > 0; at--) {
            double before = fsci_json_get_number(items[at - 1], "backtest_rmse");
            if (!(own < before) && !(isnan(before) && !isnan(own)))
                break;
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
    for (size_t i = 0; i < n; i++)
        fsci_json_push(list, items[i]);
    return FSC_OK;
}

fsc_status fsci_comparison_run(fsci_arena *arena, const fsci_comparison_input *input,
                               fsci_json *record, fsc_error *err)
{
    fsci_contest r = {.arena = arena, .in = input};
    FSCI_TRY(fsci_contest_run(&r, true, record, err));
    FSCI_TRY(add_laws(&r, record, err));
    FSCI_TRY(fsci_nested_tests(arena, input, record, err));
    fsci_contest_splits(&r, record);
    fsci_contest_figure(&r, record);
    if (input->crossover)
        FSCI_TRY(fsci_crossover_add(arena, input, record, err));
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
