#include "fit/observed.h"

#include "base/number.h"
#include "fit/bind.h"
#include "num/summary.h"

#include <math.h>
#include <string.h>

/* How far a share times its trials may lie from a whole number: rounding of the division only. */
static const double whole = 1e-6;

typedef struct observed {
    fsci_arena *arena;
    const fsci_model *model;
    const fsci_scope *columns;
    const double *y, *n; /* [rows]; n NULL for what has no trials */
    double *k;           /* [rows] counts; NULL for what is measured */
} observed;

/* What is wrong with row i in one phrase, NULL when nothing is. */
static const char *flaw(const observed *o, size_t i)
{
    const fsci_density *d = o->model->objective.density;
    double y = o->y[i], n = o->n ? o->n[i] : INFINITY;
    if (!isfinite(y))
        return fsci_format(o->arena, "the response is %s", fsci_briefly(y, 6).text);
    if (d->response == FSCI_RESPONSE_POSITIVE && !(y > 0))
        return fsci_format(o->arena, "the response is %s, and the %s likelihood needs it above 0",
                           fsci_briefly(y, 6).text, d->name);
    if (!o->k)
        return NULL;
    if (o->n && !(n >= 1 && n == floor(n) && n < 1e15))
        return fsci_format(o->arena, "the number of trials is %s; it must be a whole number from 1",
                           fsci_briefly(n, 6).text);
    o->k[i] = round(o->n ? y * n : y);
    double count = o->n ? y * n : y, away = fabs(count - o->k[i]);
    if (count < -whole || count > n * (1 + 1e-12) + whole)
        return o->n ? fsci_format(o->arena,
                                  "the response is %s, which of %s trials is %s successes; the %s "
                                  "likelihood needs the share of trials that succeeded, 0 to 1",
                                  fsci_briefly(y, 6).text, fsci_briefly(n, 6).text,
                                  fsci_briefly(count, 6).text, d->name)
                    : fsci_format(o->arena, "the response is %s, and a count is 0 or more",
                                  fsci_briefly(y, 6).text);
    if (away > whole * fmax(1, o->k[i]))
        return o->n ? fsci_format(o->arena,
                                  "the response is %s, which of %s trials is %s successes, no "
                                  "whole number; give the counts themselves, as 'k/n = ...', or "
                                  "round them, --let y='round(y*n)/n'",
                                  fsci_briefly(y, 6).text, fsci_briefly(n, 6).text,
                                  fsci_briefly(count, 6).text)
                    : fsci_format(o->arena, "the response is %s, and a count is a whole number",
                                  fsci_briefly(y, 6).text);
    return NULL;
}

static fsc_status check_rows(const observed *o, bool *outside, fsc_error *err)
{
    const fsci_model *m = o->model;
    for (size_t i = 0; i < m->n; i++) {
        const char *what = flaw(o, i);
        if (!what)
            continue;
        if (!outside)
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)m->row[i], "%s, line %lld: %s",
                                 fsci_table_name(m->table),
                                 (long long)fsci_table_line(m->table, m->row[i]), what);
        outside[i] = true;
    }
    return FSC_OK;
}

/* The left side must be known before anything is fitted. */
static fsc_status check_left(fsci_arena *arena, const fsci_model *m, fsc_error *err)
{
    const fsci_formula left = {.text = m->subject.formula->text,
                               .source = m->subject.formula->source,
                               .line = m->subject.formula->line,
                               .col = m->subject.formula->col,
                               .right = m->subject.formula->left};
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, &left, &names);
    for (size_t i = 0; i < n; i++)
        if (!fsci_model_binding(m, names[i].name))
            return fsci_formula_fail(err, &left, &names[i],
                                     "'%s' is no column, and the %s likelihood is of a left side "
                                     "made of columns alone",
                                     names[i].name, m->objective.density->name);
    return FSC_OK;
}

static fsc_status read_rows(fsci_arena *arena, fsci_model *m, const fsci_scope *columns,
                            bool *outside, fsc_error *err)
{
    fsci_objective *o = &m->objective;
    const fsci_formula *f = m->subject.formula;
    double *y, *n = NULL, *k = NULL;
    FSCI_TRY(fsci_model_data(arena, f, f->left, columns, &y, err));
    if (m->trials)
        FSCI_TRY(fsci_model_data(arena, m->trials, m->trials->right, columns, &n, err));
    if (fsci_density_counts(o->density) && !(k = FSCI_NEW(arena, double, m->n)))
        return fsci_fail_memory(err);
    const observed rows = {.arena = arena, .model = m, .columns = columns, .y = y, .n = n, .k = k};
    FSCI_TRY(check_rows(&rows, outside, err));
    o->y = y, o->trials = n, o->k = k;
    return FSC_OK;
}

/* Standard deviation of the response in the space of its residuals. */
static double spread_of(const fsci_objective *o, double *scratch)
{
    for (size_t i = 0; i < o->n; i++)
        scratch[i] = fsci_residual_map(o->density->residual, o->y[i]);
    double sd = o->n > 1 ? fsci_sd(scratch, o->n) : 0;
    return sd > 0 ? sd : 1;
}

fsc_status fsci_observed_find(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *m,
                              fsc_error *err)
{
    fsci_scope columns;
    FSCI_TRY(check_left(arena, m, err));
    FSCI_TRY(fsci_bind_scope(arena, m, &columns, err));
    bool *outside = settings->drop_bad ? FSCI_NEW(arena, bool, m->n) : NULL;
    if (settings->drop_bad && !outside)
        return fsci_fail_memory(err);
    FSCI_TRY(read_rows(arena, m, &columns, outside, err));
    if (outside) {
        FSCI_TRY(fsci_bind_drop(arena, outside, m, err));
        FSCI_TRY(fsci_bind_scope(arena, m, &columns, err));
        if (m->n)
            FSCI_TRY(read_rows(arena, m, &columns, NULL, err));
    }
    m->objective.n = m->n;
    double *scratch = FSCI_NEW(arena, double, m->n);
    if (!scratch)
        return fsci_fail_memory(err);
    m->objective.spread = spread_of(&m->objective, scratch);
    return FSC_OK;
}

static bool is_taken(fsci_arena *arena, const fsci_model *m, const char *name)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, m->subject.formula, &names);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i].name, name))
            return true;
    return fsci_model_binding(m, name) != NULL;
}

fsc_status fsci_observed_dispersion(fsci_arena *arena, fsci_model *m, fsc_error *err)
{
    const fsci_density *d = m->objective.density;
    fsci_parameter *all = FSCI_NEW(arena, fsci_parameter, m->n_all + 1);
    const char *name = d->dispersion;
    while (name && is_taken(arena, m, name))
        name = fsci_format(arena, "%s_obs", name);
    if (!all || (d->dispersion && !name))
        return fsci_fail_memory(err);
    memcpy(all, m->all, m->n_all * sizeof *all);
    double unit = d->in_residual_units ? m->objective.spread : 1;
    m->objective.dispersion = m->n_all;
    all[m->n_all++] = (fsci_parameter){.name = name,
                                       .lo = d->lo * unit,
                                       .hi = d->hi,
                                       .log = true,
                                       .start_lo = d->start_lo * unit,
                                       .start_hi = d->start_hi * unit};
    m->all = all;
    return FSC_OK;
}
