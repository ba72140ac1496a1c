#include "fit/check/other_laws.h"

#include "fit/contest/held_out.h"
#include "fit/contest/law_estimator.h"
#include "fit/record.h"
#include "fit/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_CANDIDATES = 16,
    MOST_ROWS =
        2000 /* beyond, a dozen fits are no matter of a moment: that is what compare is for */
};
/* How much worse than the best a forecast may be and count as nearly as good; how far beyond the
 * largest run the form is looked at; two fits this close are one curve. */
static const double nearly = 1.1, beyond = 10, same_curve = 1e-7;

typedef struct candidate {
    fsci_law_estimator law;
    fsci_model model; /* bound, not fitted */
    double rmse;
} candidate;

typedef struct search {
    fsci_arena *arena;
    const fsci_fit *fit;
    const fsci_fitted *fitted;
    const fsci_fit_settings *settings;
    candidate *list;
    size_t n;
} search;

/* ---- laws that could have been fitted ---- */

/* The settings of the fit as another law takes them: rows, objective and columns, nothing that
 * speaks of parameters. */
static fsc_status settings_for(const search *s, const fsc_law *law, fsci_fit_settings *out,
                               fsc_error *err)
{
    const fsci_model *m = &s->fit->model;
    const fsci_objective *o = &m->objective;
    fsci_setting *map = FSCI_NEW(s->arena, fsci_setting, m->n_bindings);
    bool *keep = FSCI_NEW(s->arena, bool, fsci_table_rows(m->table));
    if (!map || !keep)
        return fsci_fail_memory(err);
    *out = *s->settings;
    out->fix = out->tie = out->bound = out->start = out->prior = (fsci_settings_list){0};
    out->map = (fsci_settings_list){map, 0};
    for (size_t i = 0; i < m->n_bindings; i++)
        if (fsci_law_column_index(law, m->bindings[i].symbol) != SIZE_MAX)
            map[out->map.n++] = (fsci_setting){m->bindings[i].symbol, m->bindings[i].column};
    for (size_t i = 0; i < m->n; i++)
        keep[m->row[i]] = true;
    out->keep = keep;
    out->drop_bad = false;
    out->residual = fsci_space_name(o->space);
    out->objective = o->loss == FSCI_LOSS_HUBER && !o->density
                         ? fsci_format(s->arena, "huber:%.17g", o->delta)
                         : fsci_objective_name(o);
    out->search.scheme = FSCI_STARTS_SCREENED;
    out->search.rows = FSCI_SEARCH_FEW_ROWS;
    out->search.brief = true;
    out->bootstrap = 0;
    out->cluster = NULL;
    out->interval = FSCI_INTERVAL_LOCAL;
    return out->objective ? FSC_OK : fsci_fail_memory(err);
}

static const fsci_column *response_of(const fsci_model *m)
{
    const fsci_binding *b = m->response ? fsci_model_binding(m, m->response) : NULL;
    return b && b->values ? b->source : NULL;
}

/* Whether a law predicts the fit's column from the fit's inputs, on all of its rows. */
static bool same_question(const fsci_model *own, const fsci_model *other)
{
    if (!response_of(own) || response_of(own) != response_of(other) || own->n != other->n)
        return false;
    for (size_t i = 0; i < other->n_bindings; i++) {
        bool bound = false;
        for (size_t j = 0; j < own->n_bindings; j++)
            bound = bound || own->bindings[j].source == other->bindings[i].source;
        if (!bound)
            return false;
    }
    return true;
}

static fsc_status collect(search *s, const fsc_law *const *laws, size_t n_laws, fsc_error *err)
{
    const fsci_model *own = &s->fit->model;
    for (size_t i = 0; i < n_laws && s->n < MOST_CANDIDATES; i++) {
        candidate *c = &s->list[s->n];
        bool same = own->subject.law && !strcmp(own->subject.law->id, laws[i]->id);
        if (same || laws[i]->prepare.n || laws[i]->implicit) /* each answer of that is a search */
            continue;
        c->law = (fsci_law_estimator){.subject = {.law = laws[i], .formula = laws[i]->formula},
                                      .table = own->table};
        FSCI_TRY(settings_for(s, laws[i], &c->law.settings, err));
        fsc_status status = fsci_model_new(s->arena, &c->law.subject, own->table, &c->law.settings,
                                           &c->model, NULL);
        if (status == FSC_ENOMEM)
            return fsci_fail_memory(err);
        s->n += status == FSC_OK && same_question(own, &c->model);
    }
    return FSC_OK;
}

/* ---- how well they forecast ---- */

static int by_rmse(const void *left, const void *right)
{
    const candidate *a = left, *b = right;
    if (a->rmse != b->rmse)
        return a->rmse < b->rmse ? -1 : 1;
    return strcmp(a->law.subject.law->id, b->law.subject.law->id);
}

/* Candidates that can forecast the largest runs, the best first. */
static fsc_status rank(search *s, fsc_error *err)
{
    const fsci_model *m = &s->fit->model;
    fsci_estimator *estimators = FSCI_NEW(s->arena, fsci_estimator, s->n);
    fsci_partitions parts = {0};
    fsci_row_forecast **forecasts;
    fsci_scale scale;
    if (!estimators)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_scale_find(s->arena, m, &scale, err));
    const fsci_pool pool = fsci_pool_of(m, scale.values);
    FSCI_TRY(fsci_holdout_largest(s->arena, &pool, fsci_held_share, &parts, err));
    for (size_t i = 0; i < s->n; i++)
        fsci_law_estimator_make(s->arena, &s->list[i].law, &s->list[i].model,
                                s->list[i].law.subject.law->id, &estimators[i]);
    if (!parts.n || !s->n) {
        s->n = 0;
        return FSC_OK;
    }
    FSCI_TRY(fsci_holdout_run(s->arena, estimators, s->n, &parts, s->settings->search.threads,
                              &forecasts, err));
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++) {
        fsci_forecast_score score;
        FSCI_TRY(fsci_holdout_score(&estimators[i], &parts, 0, 1, forecasts + i, &score, err));
        if (!score.n || score.n_unanswered)
            continue;
        s->list[i].rmse = score.rmse;
        s->list[kept++] = s->list[i];
    }
    s->n = kept;
    qsort(s->list, s->n, sizeof *s->list, by_rmse);
    return FSC_OK;
}

/* ---- what they answer ---- */

static fsc_status fit_whole(const search *s, const candidate *c, fsci_fit *fit, fsci_fitted *fitted,
                            fsc_error *err)
{
    fsci_json *record = fsci_json_object(s->arena);
    fsci_json_set_string(s->arena, record, "kind", "fit");
    fsci_json_set_number(s->arena, record, "schema", 1);
    const fsci_fit_context context = {.rows_read = c->model.n, .settings = &c->law.settings};
    FSCI_TRY(fsci_fit_run(s->arena, &c->law.subject, c->law.table, &c->law.settings, fit, err));
    FSCI_TRY(fsci_fit_record(s->arena, fit, &context, record, err));
    return fsci_fitted_read(s->arena, record, fitted, err);
}

/* A parameter that both law files call the same and mean the same by. */
static double parameter(const search *s, const fsci_fit *fit, size_t own_index)
{
    const fsc_law *own = s->fit->model.subject.law, *other = fit->model.subject.law;
    const char *name = s->fit->model.all[own_index].name;
    size_t i = own ? fsci_law_parameter_index(own, name) : SIZE_MAX;
    size_t j = fsci_law_parameter_index(other, name);
    if (i == SIZE_MAX || j == SIZE_MAX)
        return NAN;
    const char *meaning = own->parameters.items[i].meaning;
    const char *others = other->parameters.items[j].meaning;
    for (size_t k = 0; meaning && others && !strcmp(meaning, others) && k < fit->model.n_all; k++)
        if (!strcmp(fit->model.all[k].name, name))
            return fit->theta[k];
    return NAN;
}

static double answer(const search *s, const fsci_fit *fit, const fsci_fitted *fitted,
                     const fsci_quantity *like)
{
    fsci_quantity own;
    if (like->parameter != SIZE_MAX)
        return parameter(s, fit, like->parameter);
    return fsci_quantity_of(s->arena, s->fitted, fitted, like, &own)
               ? fsci_quantity_value(&own, fit->theta)
               : NAN;
}

static fsc_status take(const search *s, const candidate *c, const fsci_quantities *quantities,
                       double *minima, fsci_other_laws *out, fsc_error *err)
{
    fsci_fit fit;
    fsci_fitted fitted;
    fsci_other_law *law = &out->items[out->n];
    if (fit_whole(s, c, &fit, &fitted, NULL) != FSC_OK)
        return fsci_arena_failed(s->arena) ? fsci_fail_memory(err) : FSC_OK;
    double value = fit.search.best.value;
    for (size_t i = 0; i <= out->n; i++)
        if (fabs(value - minima[i]) <= same_curve * fabs(value))
            return FSC_OK;
    const char *id = c->law.subject.law->id;
    *law = (fsci_other_law){.id = fsci_copy_text(s->arena, id, strlen(id)),
                            .rmse = c->rmse,
                            .close = c->rmse <= nearly * fmin(out->own_rmse, s->list[0].rmse),
                            .value = FSCI_NEW(s->arena, double, quantities->n + 1)};
    if (!law->id || !law->value)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < quantities->n; i++)
        law->value[i] = answer(s, &fit, &fitted, &quantities->items[i]);
    law->answer = answer(s, &fit, &fitted, &out->where);
    minima[++out->n] = value;
    return FSC_OK;
}

/* ---- where the form is looked at ---- */

static bool grows(const fsci_model *m, const fsci_binding *b)
{
    return b && b->values && b->min > 0 && fsci_is_powered(m->subject.formula, b->symbol);
}

/* Inputs of a run `beyond` times the largest: as much more of each input that is raised to a power.
 */
static fsc_status run_beyond(const search *s, const fsci_json **at, fsc_error *err)
{
    const fsci_model *m = &s->fit->model;
    fsci_json *inputs = fsci_json_object(s->arena);
    fsci_scale scale;
    size_t largest = 0;
    double n = 0;
    FSCI_TRY(fsci_scale_find(s->arena, m, &scale, err));
    for (size_t i = 1; scale.values && i < m->n; i++)
        if (scale.values[m->row[i]] > scale.values[m->row[largest]])
            largest = i;
    for (size_t i = 0; i < s->fitted->n_inputs; i++)
        n += grows(m, fsci_model_binding(m, s->fitted->inputs[i]));
    for (size_t i = 0; i < s->fitted->n_inputs; i++) {
        const fsci_binding *b = fsci_model_binding(m, s->fitted->inputs[i]);
        for (size_t k = 0; b->set && k < b->set->n; k++)
            fsci_json_set_number(s->arena, inputs, b->set->names[k],
                                 b->members[k * m->n + largest]);
        if (b->values)
            fsci_json_set_number(s->arena, inputs, b->symbol,
                                 b->values[largest] * (grows(m, b) ? pow(beyond, 1 / n) : 1));
        else if (b->codes)
            fsci_json_set_string(s->arena, inputs, b->symbol, b->levels[b->codes[largest]]);
    }
    *at = inputs;
    return FSC_OK;
}

static fsc_status find_place(const search *s, const fsci_quantities *quantities,
                             fsci_other_laws *out, fsc_error *err)
{
    const fsci_json *at;
    for (size_t i = 0; i < quantities->n && !out->asked; i++)
        if (fsci_quantity_is_response(s->fitted, &quantities->items[i])) {
            out->where = quantities->items[i];
            out->asked = true;
        }
    if (out->asked)
        return FSC_OK;
    FSCI_TRY(run_beyond(s, &at, err));
    return fsci_quantity_at(s->arena, s->fitted, at, &out->where, err);
}

fsc_status fsci_other_laws_find(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                const fsci_fit_settings *settings,
                                const fsci_quantities *quantities, const fsc_law *const *laws,
                                size_t n_laws, fsci_other_laws *out, fsc_error *err)
{
    search s = {.arena = arena,
                .fit = fit,
                .fitted = fitted,
                .settings = settings,
                .list = FSCI_NEW(arena, candidate, MOST_CANDIDATES)};
    double minima[FSCI_MOST_OTHER_LAWS + 1] = {fit->search.best.value};
    *out = (fsci_other_laws){
        .own_rmse = fsci_json_get_number(fsci_json_get(fitted->record, "holdout"), "rmse")};
    if (!s.list)
        return fsci_fail_memory(err);
    if (isnan(out->own_rmse) || !fsci_curve_predicts(fitted) || fit->model.subject.grouped ||
        fit->model.n > MOST_ROWS)
        return FSC_OK;
    FSCI_TRY(collect(&s, laws, n_laws, err));
    FSCI_TRY(rank(&s, err));
    if (s.n)
        FSCI_TRY(find_place(&s, quantities, out, err));
    for (size_t i = 0; i < s.n && out->n < FSCI_MOST_OTHER_LAWS; i++)
        if (!out->n || s.list[i].rmse <= nearly * fmin(out->own_rmse, s.list[0].rmse))
            FSCI_TRY(take(&s, &s.list[i], quantities, minima, out, err));
    return FSC_OK;
}

/* ---- the record ---- */

static void add_law(fsci_arena *a, fsci_json *list, const char *id, double rmse, double value)
{
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "id", id);
    fsci_json_set_number(a, item, "rmse", rmse);
    fsci_json_set_number(a, item, "value", value);
}

void fsci_other_laws_record(fsci_arena *a, const fsci_fitted *fitted, const fsci_other_laws *others,
                            fsci_json *record)
{
    const fsci_quantity *where = &others->where;
    double best = others->own_rmse, lo = INFINITY, hi = -INFINITY;
    if (!others->n || !isfinite(where->value))
        return;
    best = fmin(best, others->items[0].rmse);
    fsci_json *form = fsci_json_set_object(a, record, "form"), *list = fsci_json_array(a);
    bool own = others->own_rmse <= nearly * best;
    const char *id = fsci_json_get_string(fsci_json_get(fitted->record, "law"), "id");
    if (own)
        add_law(a, list, id ? id : "this formula", others->own_rmse, where->value);
    lo = hi = own ? where->value : NAN;
    for (size_t i = 0; i < others->n; i++) {
        const fsci_other_law *law = &others->items[i];
        if (!law->close || !isfinite(law->answer))
            continue;
        add_law(a, list, law->id, law->rmse, law->answer);
        lo = fmin(lo, law->answer);
        hi = fmax(hi, law->answer);
    }
    fsci_json_set_string(a, form, "quantity", where->name);
    fsci_json_set_string(a, form, "unit", where->unit);
    fsci_json_set(a, form, "at", fsci_json_copy(a, where->at));
    fsci_json_set_bool(a, form, "asked", others->asked);
    fsci_json_set_number(a, form, "value", where->value);
    fsci_json_set_number(a, form, "value_lo", where->lo);
    fsci_json_set_number(a, form, "value_hi", where->hi);
    fsci_json_set_number(a, form, "lo", lo);
    fsci_json_set_number(a, form, "hi", hi);
    fsci_json_set(a, form, "laws", list);
}
