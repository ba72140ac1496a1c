#include "fit/grouped.h"

#include "base/number.h"
#include "expr/tree.h"

#include <math.h>
#include <string.h>

static bool in_list(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

const fsci_node *fsci_grouped_rewrite(fsci_arena *a, const fsci_node *node, const fsci_grouped *g)
{
    fsci_node *copy = fsci_copy_array(a, node, 1, sizeof *copy);
    bool index = node->kind == FSCI_NODE_NAME && in_list(node->name, g->names, g->n_names);
    size_t n = index ? 1 : node->n_args;
    const fsci_node **args = FSCI_NEW(a, const fsci_node *, n);
    if (!copy || !args)
        return NULL;
    for (size_t i = 0; i < node->n_args; i++)
        if (!(args[i] = fsci_grouped_rewrite(a, node->args[i], g)))
            return NULL;
    if (index) {
        fsci_node *column = FSCI_NEW(a, fsci_node, 1);
        if (!column)
            return NULL;
        *column = (fsci_node){.kind = FSCI_NODE_NAME, .name = g->column};
        args[0] = column;
        copy->kind = FSCI_NODE_GROUP;
        copy->height = 1;
    }
    copy->args = args;
    copy->n_args = n;
    return copy;
}

static const char *rewritten_text(fsci_arena *a, const fsci_node *left, const fsci_node *right,
                                  const fsci_grouped *g)
{
    const fsci_node *l = left ? fsci_grouped_rewrite(a, left, g) : NULL,
                    *r = fsci_grouped_rewrite(a, right, g);
    return (left && !l) || !r ? NULL : fsci_formula_text(a, l, r);
}

static fsc_status check_column(const fsc_table *table, const char *name, fsc_error *err)
{
    const fsci_column *column = fsci_table_find(table, name);
    if (!column)
        return fsci_table_no_column(table, name, err);
    if (column->kind != FSCI_COLUMN_CATEGORIES)
        return fsci_fail(err, FSC_EINPUT, "%s: column '%s' holds numbers, no groups",
                         fsci_table_name(table), name);
    if (column->n_levels < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: column '%s' has one level; there is nothing to fit "
                         "by",
                         fsci_table_name(table), name);
    return FSC_OK;
}

static fsc_status check_shared(const fsci_model *model, const fsci_grouping *grouping,
                               const char *const *names, fsc_error *err)
{
    for (size_t i = 0; i < grouping->n_shared; i++) {
        const char *name = grouping->shared[i];
        if (in_list(name, names, model->n_all))
            continue;
        const char *near = fsci_nearest(name, names, model->n_all);
        fsci_buffer list = {0};
        for (size_t k = 0; k < model->n_all; k++)
            fsci_buffer_printf(&list, "%s%s", k ? ", " : "", names[k]);
        fsc_status status = fsci_fail(
            err, FSC_EUSAGE, "--share: the law has no parameter '%s'%s%s%s (parameters: %.300s)",
            name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "",
            list.data ? list.data : "");
        fsci_buffer_free(&list);
        return status;
    }
    return FSC_OK;
}

fsc_status fsci_grouped_subject(fsci_arena *a, const fsci_subject *plain, const fsc_table *table,
                                const fsci_fit_settings *settings, const fsci_grouping *grouping,
                                fsci_subject *out, fsc_error *err)
{
    fsci_model model;
    fsci_formula *formula;
    FSCI_TRY(check_column(table, grouping->column, err));
    FSCI_TRY(fsci_model_new(a, plain, table, settings, &model, err));
    const char **names = FSCI_NEW(a, const char *, model.n_all);
    const char **free = FSCI_NEW(a, const char *, model.n_all);
    fsci_grouped *g = FSCI_NEW(a, fsci_grouped, 1);
    if (!names || !free || !g)
        return fsci_fail_memory(err);
    *g = (fsci_grouped){.plain = *plain, .column = grouping->column, .names = free};
    for (size_t i = 0; i < model.n_all; i++) {
        names[i] = model.all[i].name;
        if (model.all[i].group)
            return fsci_fail(err, FSC_EINPUT,
                             "the formula has parameters by group already (%s); leave out --by",
                             names[i]);
        if (!in_list(names[i], grouping->shared, grouping->n_shared))
            free[g->n_names++] = names[i];
    }
    FSCI_TRY(check_shared(&model, grouping, names, err));
    const char *text = rewritten_text(a, plain->formula->left, plain->formula->right, g);
    if (!text)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_formula_parse(a, "formula by group", 1, 1, text, &formula, err));
    *out = (fsci_subject){.law = plain->law, .formula = formula, .grouped = g};
    return FSC_OK;
}

/* ---- the search ---- */

static size_t find_name(const fsci_model *m, const char *name)
{
    for (size_t i = 0; i < m->n_all; i++)
        if (!strcmp(m->all[i].name, name))
            return i;
    return SIZE_MAX;
}

/* The plain law fitted to the rows marked (NULL: all); theta in the plain model's order, which is
 * the same for all. False when it cannot be. */
static bool fit_plain(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                      const bool *keep, fsci_model *model, double **theta)
{
    const fsci_model *m = &fit->model;
    fsci_fit_settings own = *settings;
    fsci_fit *plain = FSCI_NEW(a, fsci_fit, 1);
    if (keep)
        own.keep = keep;
    if (!plain || fsci_fit_minimum(a, &m->subject.grouped->plain, m->table, &own, plain, NULL))
        return false;
    *theta = FSCI_NEW(a, double, plain->model.n_all);
    if (!*theta)
        return false;
    fsci_parameters_expand(&plain->model.parameters, plain->u, *theta);
    *model = plain->model;
    return true;
}

/* The rows of level `code`. */
static bool *rows_of(fsci_arena *a, const fsci_model *m, const fsci_binding *by, uint32_t code)
{
    bool *keep = FSCI_NEW(a, bool, fsci_table_rows(m->table));
    for (size_t i = 0; keep && i < m->n; i++)
        keep[m->row[i]] = by->codes[i] == code;
    return keep;
}

/* Nothing ties one level to another, so the least sum is the sum of what is least at each. */
static bool stand_apart(const fsci_model *m)
{
    for (size_t i = 0; i < m->n_all; i++) {
        const fsci_parameter *p = &m->all[i];
        const char *other = p->role == FSCI_TIED ? m->all[p->tied_to].group : p->group;
        if (p->has_prior || (p->role != FSCI_FIXED && (!p->group || !other)) ||
            (p->role == FSCI_TIED && strcmp(p->group, other)))
            return false;
    }
    return true;
}

enum { BY_LEVEL, POOLED, AVERAGED, STARTS };

fsc_status fsci_grouped_search(fsci_arena *a, const fsci_fit_settings *settings, fsci_fit *fit,
                               fsc_error *err)
{
    const fsci_model *m = &fit->model;
    const fsci_binding *by = fsci_model_binding(m, m->subject.grouped->column);
    fsci_model plain, level;
    double *pooled, *own, *start[STARTS];
    if (!fit_plain(a, fit, settings, NULL, &plain, &pooled))
        return fsci_search_run(a, &m->objective, m->separable, &settings->search, &fit->search,
                               err);
    for (size_t s = 0; s < STARTS; s++) {
        if (!(start[s] = FSCI_NEW(a, double, m->n_all)))
            return fsci_fail_memory(err);
        for (size_t i = 0; i < m->n_all; i++)
            start[s][i] = pooled[find_name(&plain, m->all[i].name)];
    }
    size_t fitted = 1;
    for (uint32_t code = 0; code < by->n_levels; code++) {
        const bool *keep = rows_of(a, m, by, code);
        bool ok = keep && fit_plain(a, fit, settings, keep, &level, &own);
        fitted += ok;
        for (size_t i = 0; ok && i < m->n_all; i++) {
            double value = own[find_name(&level, m->all[i].name)];
            if (!m->all[i].group) /* shared: the running mean over levels */
                start[AVERAGED][i] += (value - start[AVERAGED][i]) / (double)fitted;
            else if (!strcmp(m->all[i].group, by->levels[code]))
                start[BY_LEVEL][i] = start[AVERAGED][i] = value;
        }
    }
    const size_t n = fitted == by->n_levels + 1 && stand_apart(m) ? 1 : STARTS;
    fsci_search from = {.n_starts = n, .n_solved = n, .n_optima = n};
    for (size_t s = 0; s < n; s++) {
        double *u = FSCI_NEW(a, double, m->parameters.n_free);
        if (!u)
            return fsci_fail_memory(err);
        fsci_parameters_reduce(&m->parameters, start[s], u);
        from.optima[s] = (fsci_optimum){.value = 1, .count = 1, .u = u};
    }
    FSCI_TRY(
        fsci_search_continue(a, &m->objective, &from, settings->search.threads, &fit->search, err));
    fit->search.scheme = "by group";
    fit->search.reached_best = fit->search.optima[0].count;
    return FSC_OK;
}

/* ---- derived quantities ---- */

/* Whether derived quantity `index` uses a grouped parameter, itself or through others. */
static bool needs_groups(fsci_arena *a, const fsci_grouped *g, const fsc_law *law, size_t index)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, law->derived.items[index].formula, &names);
    for (size_t i = 0; i < n; i++) {
        if (in_list(names[i].name, g->names, g->n_names))
            return true;
        for (size_t d = 0; d < index; d++)
            if (!strcmp(law->derived.items[d].name, names[i].name) && needs_groups(a, g, law, d))
                return true;
    }
    return false;
}

const char *fsci_grouped_text(fsci_arena *a, const fsci_subject *subject, const fsc_law *law,
                              size_t derived, bool *grouped)
{
    const fsci_formula *f = law->derived.items[derived].formula;
    *grouped = subject->grouped && needs_groups(a, subject->grouped, law, derived);
    return *grouped ? rewritten_text(a, f->left, f->right, subject->grouped) : f->text;
}
