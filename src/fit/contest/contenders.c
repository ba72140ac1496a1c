/* Laws fitted on equal terms: the same response, the same rows, the same objective. */
#include "fit/contest/comparison.h"

#include "expr/tree.h"
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

/* The left side as text; "" where it is the response itself. */
static const char *left_side(fsci_arena *a, const fsci_contender *c)
{
    const fsci_node *left = c->subject.formula->left;
    bool bare = !left || left->kind == FSCI_NODE_NAME;
    return bare ? "" : fsci_formula_text(a, NULL, left);
}

/* The law whose objective the others take: the first that states the response itself. A law with
 * another left side keeps the objective of its own equation, as log(y - e_inf) = ..., whose
 * residuals are of another kind; its forecasts can be compared, its criteria cannot. */
static fsc_status choose_reference(fsci_arena *a, const fsci_comparison_input *in, size_t *out,
                                   fsc_error *err)
{
    const char **left = FSCI_NEW(a, const char *, in->n + 1);
    *out = 0;
    for (size_t i = in->n; left && i-- > 0;) {
        left[i] = left_side(a, &in->contenders[i]);
        if (!left[i])
            return fsci_fail_memory(err);
        *out = *left[i] ? *out : i;
    }
    for (size_t i = 0; left && i < in->n; i++)
        in->contenders[i].apart = strcmp(left[i], left[*out]) != 0;
    return left ? FSC_OK : fsci_fail_memory(err);
}

/* Every law under the objective that was asked for, else that of the law chosen. */
static void same_objective(fsci_arena *a, const fsci_comparison_input *in, const fsci_fit *chosen)
{
    const fsci_objective *o = &chosen->model.objective;
    for (size_t i = 0; i < in->n; i++) {
        fsci_fit_settings *s = &in->contenders[i].settings;
        if (in->contenders[i].apart)
            continue;
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

static void add_data(fsci_arena *a, const fsci_comparison_input *in,
                     const fsci_contender *reference, fsci_json *record)
{
    const fsci_json *first = reference->record;
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

/* One law; what goes wrong is said of it by name. */
static fsc_status fit_one(fsci_arena *a, const fsci_comparison_input *in, fsci_contender *c,
                          fsc_error *err)
{
    c->fit = FSCI_NEW(a, fsci_fit, 1);
    if (!c->fit)
        return fsci_fail_memory(err);
    fsc_status status = fsci_fit_run(a, &c->subject, in->table, &c->settings, c->fit, err);
    if (status == FSC_EINPUT && err && err->row < 0 && !err->line) {
        fsc_error inner = *err;
        fsci_fail(err, status, "%s: %.900s", c->id, inner.message);
    }
    return status == FSC_OK ? describe(a, c, err) : status;
}

fsc_status fsci_contenders_fit(fsci_arena *a, const fsci_comparison_input *in, bool **keep,
                               fsci_json *record, fsc_error *err)
{
    size_t reference;
    FSCI_TRY(common_rows(a, in, keep, err));
    FSCI_TRY(choose_reference(a, in, &reference, err));
    for (size_t i = 0; i < in->n; i++)
        in->contenders[i].settings.keep = *keep;
    FSCI_TRY(fit_one(a, in, &in->contenders[reference], err));
    same_objective(a, in, in->contenders[reference].fit);
    for (size_t i = 0; i < in->n; i++)
        if (i != reference)
            FSCI_TRY(fit_one(a, in, &in->contenders[i], err));
    add_data(a, in, &in->contenders[reference], record);
    return FSC_OK;
}
