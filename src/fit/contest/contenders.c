/* Laws fitted on equal terms: the same response, the same rows, the same objective. */
#include "fit/contest/comparison.h"

#include "fit/record.h"

#include <string.h>

/* Rows of the table that a model uses, and no others, stay marked. */
static void keep_common(const fsci_model *m, const bool *before, bool *keep)
{
    size_t n = fsci_table_rows(m->table);
    for (size_t i = 0, at = 0; i < n; i++) {
        bool used = at < m->n && m->row[at] == i;
        at += used;
        keep[i] = before[i] && used;
    }
}

static const char *response_column(const fsci_model *m)
{
    const fsci_binding *b = m->response ? fsci_model_binding(m, m->response) : NULL;
    return b && b->values ? b->column : NULL;
}

static fsc_status check_response(const fsci_contender *first, const fsci_model *m,
                                 const fsci_contender *c, const char *expected, fsc_error *err)
{
    const char *own = response_column(m);
    if (!own)
        return fsci_fail(err, FSC_EINPUT,
                         "%s is not solved for one column, so it cannot be compared", c->id);
    if (expected && strcmp(own, expected) != 0)
        return fsci_fail(err, FSC_EINPUT,
                         "%s predicts column %s and %s predicts %s: laws are compared on one "
                         "response; bind them with --map",
                         first->id, expected, c->id, own);
    return FSC_OK;
}

/* The rows that every law can use. */
static fsc_status common_rows(fsci_arena *a, const fsci_comparison_input *in, bool **out,
                              fsc_error *err)
{
    size_t n_rows = fsci_table_rows(in->table), common = 0;
    bool *keep = FSCI_NEW(a, bool, n_rows);
    const char *expected = NULL, *narrowest = NULL;
    size_t fewest = SIZE_MAX;
    if (!keep)
        return fsci_fail_memory(err);
    memset(keep, true, n_rows);
    for (size_t i = 0; i < in->n; i++) {
        const fsci_contender *c = &in->contenders[i];
        fsci_model model;
        FSCI_TRY(fsci_model_new(a, &c->subject, in->table, &c->settings, &model, err));
        FSCI_TRY(check_response(in->contenders, &model, c, expected, err));
        expected = response_column(&model);
        keep_common(&model, keep, keep);
        if (model.n < fewest) {
            fewest = model.n;
            narrowest = c->id;
        }
    }
    for (size_t i = 0; i < n_rows; i++)
        common += keep[i];
    *out = keep;
    if (common)
        return FSC_OK;
    return fsci_fail(err, FSC_EINPUT,
                     "%s has no row that all laws can use; %s can use %zu, the fewest",
                     fsci_table_name(in->table), narrowest, fewest);
}

/* Every law under the objective that was asked for, else the first one's. */
static void same_objective(fsci_arena *a, const fsci_comparison_input *in, const fsci_fit *first)
{
    const fsci_objective *o = &first->model.objective;
    for (size_t i = 1; i < in->n; i++) {
        fsci_fit_settings *s = &in->contenders[i].settings;
        if (!s->residual)
            s->residual = fsci_space_name(o->space);
        if (!s->objective)
            s->objective = o->loss == FSCI_LOSS_HUBER && !o->density
                               ? fsci_format(a, "huber:%.17g", o->delta)
                               : fsci_objective_name(o);
    }
}

/* As `fit` would save it, for its diagnostics and for predictions. */
static fsc_status describe(fsci_arena *a, fsci_contender *c, fsc_error *err)
{
    fsci_json *record = fsci_json_object(a);
    fsci_json_set_string(a, record, "kind", "fit");
    fsci_json_set_number(a, record, "schema", 1);
    const fsci_fit_context context = {.rows_read = c->fit->model.n, .settings = &c->settings};
    FSCI_TRY(fsci_fit_record(a, c->fit, &context, record, err));
    c->record = record;
    return fsci_fitted_read(a, record, &c->fitted, err);
}

static void add_data(fsci_arena *a, const fsci_comparison_input *in, fsci_json *record)
{
    const fsci_json *first = in->contenders[0].record;
    fsci_json *data = (fsci_json *)fsci_json_get(record, "data");
    if (!data)
        data = fsci_json_set_object(a, record, "data");
    fsci_json_set_number(a, data, "rows_used", (double)in->contenders[0].fit->model.n);
    const fsci_json *objective = fsci_json_get(first, "objective");
    fsci_json *object = fsci_json_set_object(a, record, "objective");
    static const char *const members[] = {"space", "loss"};
    for (size_t i = 0; i < 2; i++)
        fsci_json_set_string(a, object, members[i], fsci_json_get_string(objective, members[i]));
    fsci_json_set_number(a, object, "delta", fsci_json_get_number(objective, "delta"));
    fsci_json_set_string(a, record, "response", in->contenders[0].fitted.response);
    fsci_json_set_string(a, record, "unit", in->contenders[0].fitted.response_unit);
}

fsc_status fsci_contenders_fit(fsci_arena *a, const fsci_comparison_input *in, bool **keep,
                               fsci_json *record, fsc_error *err)
{
    FSCI_TRY(common_rows(a, in, keep, err));
    for (size_t i = 0; i < in->n; i++) {
        fsci_contender *c = &in->contenders[i];
        c->settings.keep = *keep;
        c->fit = FSCI_NEW(a, fsci_fit, 1);
        if (!c->fit)
            return fsci_fail_memory(err);
        FSCI_TRY(fsci_fit_run(a, &c->subject, in->table, &c->settings, c->fit, err));
        FSCI_TRY(describe(a, c, err));
        if (i == 0)
            same_objective(a, in, c->fit);
    }
    add_data(a, in, record);
    return FSC_OK;
}
