#include "fit/check/change.h"

#include "base/number.h"
#include "fit/check/trajectory.h"
#include "fit/scale.h"
#include "num/summary.h"

#include <math.h>
#include <string.h>

enum {
    MOST_FAMILIES = 12, /* each left out once; with more of them the largest */
    MOST_CHANGES = 40
};
/* Rows left out at once: this share, at least one. */
static const double influential_share = 0.02;

typedef struct builder {
    fsci_arena *arena;
    const fsci_sensitivity_input *in;
    fsci_changes *out;
} builder;

/* A variant that differs in nothing yet; NULL when there are enough. */
static fsci_variant *add(builder *b, const char *change)
{
    if (!change || b->out->n == MOST_CHANGES)
        return NULL;
    fsci_variant *v = &b->out->items[b->out->n++];
    *v = (fsci_variant){
        .change = change, .table = b->in->fit->model.table, .settings = *b->in->settings};
    return v;
}

/* ---- objective ---- */

static const char *say(builder *b, fsci_loss loss, double delta, fsci_space space)
{
    const char *response = b->in->fit->model.response ? b->in->fit->model.response : "both sides";
    const char *name = loss == FSCI_LOSS_SQUARED ? "squared loss"
                       : loss == FSCI_LOSS_L1
                           ? "absolute loss"
                           : fsci_format(b->arena, "Huber %s", fsci_briefly(delta, 3).text);
    return fsci_format(b->arena, "%s on %s%s", name,
                       space == FSCI_SPACE_LOG     ? "log "
                       : space == FSCI_SPACE_LOGIT ? "logit "
                                                   : "",
                       response);
}

/* Median size of what a unit of the residual is in the response's own units. */
static double unit_of(builder *b, fsci_space space)
{
    const fsci_objective *o = &b->in->fit->model.objective;
    double *size = FSCI_NEW(b->arena, double, o->n);
    for (size_t i = 0; size && i < o->n; i++) {
        double y = o->response[i];
        size[i] = space == FSCI_SPACE_LOG ? y : space == FSCI_SPACE_LOGIT ? y * (1 - y) : 1;
    }
    if (!size)
        return NAN;
    fsci_sort(size, o->n);
    return fsci_median(size, o->n);
}

/* Where Huber's loss keeps 95 % efficiency on normal residuals of this fit's size. */
static double usual_delta(builder *b)
{
    const fsci_fit *fit = b->in->fit;
    double *size = FSCI_NEW(b->arena, double, fit->model.n);
    for (size_t i = 0; size && i < fit->model.n; i++)
        size[i] = fabs(fit->r[i]);
    if (!size)
        return NAN;
    fsci_sort(size, fit->model.n);
    return 1.345 * fsci_median(size, fit->model.n) / 0.6745;
}

/* The other space that the response allows. */
static bool other_space(const fsci_fit *fit, fsci_space *space)
{
    const fsci_objective *o = &fit->model.objective;
    *space = o->space == FSCI_SPACE_IDENTITY ? FSCI_SPACE_LOG : FSCI_SPACE_IDENTITY;
    for (size_t i = 0; o->response && i < o->n && *space == FSCI_SPACE_LOG; i++)
        if (!(o->response[i] > 0))
            return false;
    return o->response != NULL;
}

static fsci_variant *add_objective(builder *b, const char *prefix, fsci_loss loss, double delta,
                                   fsci_space space)
{
    static const char *const names[] = {"squared", "huber", "l1"};
    if (loss == FSCI_LOSS_HUBER && !(delta > 0))
        return NULL;
    const char *text = say(b, loss, delta, space);
    fsci_variant *v = add(b, fsci_format(b->arena, "%s%s", prefix, text));
    if (!v)
        return NULL;
    v->settings.residual = fsci_space_name(space);
    v->settings.objective =
        loss == FSCI_LOSS_HUBER ? fsci_format(b->arena, "huber:%.17g", delta) : names[loss];
    return v;
}

/* The likelihood's sibling, where the response allows it. */
static void change_density(builder *b, const fsci_density *density)
{
    const fsci_objective *o = &b->in->fit->model.objective;
    const fsci_density *other = density->sibling ? fsci_density_find(density->sibling) : NULL;
    bool fits = other != NULL;
    for (size_t i = 0; fits && other->response == FSCI_RESPONSE_POSITIVE && i < o->n; i++)
        fits = o->y[i] > 0;
    fsci_variant *v = fits ? add(b, fsci_format(b->arena, "%s likelihood", other->name)) : NULL;
    if (v) {
        v->settings.objective = other->name;
        v->settings.residual = NULL;
    }
}

/* The other loss, the other space, and both; `prefix` names another change made beside them. */
static void change_objective(builder *b)
{
    const fsci_objective *o = &b->in->fit->model.objective;
    if (o->density) {
        change_density(b, o->density);
        return;
    }
    bool squared = o->loss == FSCI_LOSS_SQUARED;
    fsci_loss loss = squared ? FSCI_LOSS_HUBER : FSCI_LOSS_SQUARED;
    double delta = squared ? usual_delta(b) : o->delta;
    fsci_space space;
    add_objective(b, "", loss, delta, o->space);
    if (!other_space(b->in->fit, &space))
        return;
    double scale = unit_of(b, o->space) / unit_of(b, space);
    add_objective(b, "", o->loss, o->delta * scale, space);
    add_objective(b, "", loss, delta * scale, space);
}

/* ---- rows ---- */

/* The rows of the fit but those marked; NULL when what is left is too little to fit. */
static const bool *rows_without(builder *b, const bool *out)
{
    const fsci_model *m = &b->in->fit->model;
    bool *keep = FSCI_NEW(b->arena, bool, fsci_table_rows(m->table));
    size_t left = 0;
    for (size_t i = 0; keep && i < m->n; i++) {
        keep[m->row[i]] = !out[i];
        left += !out[i];
    }
    return keep && left > m->parameters.n_free && left < m->n ? keep : NULL;
}

static void leave_out(builder *b, const char *change, const bool *out)
{
    const bool *keep = rows_without(b, out);
    fsci_variant *v = keep ? add(b, change) : NULL;
    if (v)
        v->settings.keep = keep;
}

/* What --where took out comes back, alone and under the squared loss in the response's own units.
 * Not when it took out more than it kept: that chose a subject, and excluded nothing. */
static void put_back(builder *b)
{
    const fsci_model *m = &b->in->fit->model;
    size_t kept = fsci_table_rows(m->table);
    size_t dropped = b->in->whole ? fsci_table_rows(b->in->whole) - kept : 0;
    if (!dropped || dropped > kept)
        return;
    const char *change = fsci_format(b->arena, "%zu row%s dropped by --where put back", dropped,
                                     dropped == 1 ? "" : "s");
    fsci_variant *both[] = {add(b, change), NULL};
    if (m->objective.response && !m->objective.density &&
        (m->objective.loss != FSCI_LOSS_SQUARED || m->objective.space != FSCI_SPACE_IDENTITY))
        both[1] = add_objective(b, fsci_format(b->arena, "%s, ", change), FSCI_LOSS_SQUARED, 0,
                                FSCI_SPACE_IDENTITY);
    for (size_t i = 0; i < 2; i++)
        if (both[i]) {
            both[i]->table = b->in->whole;
            both[i]->settings.drop_bad = true;
        }
}

static fsc_status drop_smallest(builder *b, fsc_error *err)
{
    const fsci_model *m = &b->in->fit->model;
    fsci_scale scale;
    FSCI_TRY(fsci_scale_find(b->arena, m, &scale, err));
    bool *out = FSCI_NEW(b->arena, bool, m->n);
    if (!out)
        return fsci_fail_memory(err);
    double least = INFINITY;
    size_t n_out = 0;
    for (size_t i = 0; scale.values && i < m->n; i++)
        if (scale.values[m->row[i]] > 0)
            least = fmin(least, scale.values[m->row[i]]);
    for (size_t i = 0; scale.values && i < m->n; i++)
        n_out += out[i] = scale.values[m->row[i]] < 10 * least;
    if (n_out && 2 * n_out <= m->n)
        leave_out(
            b, fsci_format(b->arena, "lowest decade of %s left out (%zu rows)", scale.name, n_out),
            out);
    return FSC_OK;
}

/* Other points of a run at which its start is cut off, and its end alone. */
static fsc_status cut_runs(builder *b, fsc_error *err)
{
    static const double shares[] = {0.05, 0.1, 0.2};
    const fsci_model *m = &b->in->fit->model;
    fsci_trajectories t;
    size_t before = 0;
    FSCI_TRY(fsci_trajectories_find(b->arena, m, &t, err));
    if (!t.repeated)
        return FSC_OK;
    for (size_t k = 0; t.share && k < sizeof shares / sizeof *shares; k++) {
        bool *out = FSCI_NEW(b->arena, bool, m->n);
        size_t n = 0;
        for (size_t i = 0; out && i < m->n; i++)
            n += out[i] = t.warm[i] || t.share[i] < shares[k];
        if (n > before)
            leave_out(b,
                      fsci_format(b->arena, "first %s %% of each run left out (%zu rows)",
                                  fsci_briefly(100 * shares[k], 6).text, n),
                      out);
        before = n;
    }
    bool *out = FSCI_NEW(b->arena, bool, m->n);
    for (size_t i = 0; out && i < m->n; i++)
        out[i] = !t.last[i];
    if (out)
        leave_out(b, "only the last row of each run", out);
    return FSC_OK;
}

static fsc_status drop_families(builder *b, fsc_error *err)
{
    const fsci_model *m = &b->in->fit->model;
    const fsci_column *family = b->in->family;
    size_t *count = family ? FSCI_NEW(b->arena, size_t, family->n_levels) : NULL;
    if (!family || !count)
        return family ? fsci_fail_memory(err) : FSC_OK;
    for (size_t i = 0; i < m->n; i++)
        if (family->codes[m->row[i]] != FSCI_MISSING_CODE)
            count[family->codes[m->row[i]]]++;
    for (size_t k = 0; k < MOST_FAMILIES; k++) {
        size_t most = 0;
        for (size_t level = 1; level < family->n_levels; level++)
            most = count[level] > count[most] ? level : most;
        bool *out = count[most] ? FSCI_NEW(b->arena, bool, m->n) : NULL;
        if (!out)
            break;
        for (size_t i = 0; i < m->n; i++)
            out[i] = family->codes[m->row[i]] == most;
        leave_out(b,
                  fsci_format(b->arena, "%s %s left out (%zu row%s)", family->name,
                              family->levels[most], count[most], count[most] == 1 ? "" : "s"),
                  out);
        count[most] = 0;
    }
    return FSC_OK;
}

static fsc_status drop_influential(builder *b, fsc_error *err)
{
    const fsci_model *m = &b->in->fit->model;
    const fsci_influence *influence = b->in->influence;
    size_t n = (size_t)fmax(1, influential_share * (double)m->n);
    bool *out = FSCI_NEW(b->arena, bool, m->n);
    if (!out)
        return fsci_fail_memory(err);
    n = n < influence->n_most ? n : influence->n_most;
    for (size_t k = 0; k < n; k++)
        out[influence->most[k].row] = true;
    if (n)
        leave_out(b,
                  n == 1 ? "the most influential run left out"
                         : fsci_format(b->arena, "the %zu most influential runs left out", n),
                  out);
    return FSC_OK;
}

/* ---- parameters and columns ---- */

static bool has_bound(const fsci_fit_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->bound.n; i++)
        if (!strcmp(settings->bound.items[i].name, name))
            return true;
    return false;
}

/* All free exponents equal to the first of them, but for those that --bound holds to another. */
static fsc_status tie_exponents(builder *b, fsc_error *err)
{
    const fsci_model *m = &b->in->fit->model;
    const fsci_settings_list *ties = &b->in->settings->tie;
    fsci_setting *items = FSCI_NEW(b->arena, fsci_setting, ties->n + m->n_all);
    const char *first = NULL, *names = NULL;
    size_t n = ties->n;
    if (!items)
        return fsci_fail_memory(err);
    memcpy(items, ties->items, n * sizeof *items);
    for (size_t i = 0; i < m->n_all; i++) {
        const fsci_parameter *p = &m->all[i];
        if (p->role != FSCI_FREE || p->group || !fsci_is_exponent(m->subject.formula, p->name))
            continue;
        if (first && !has_bound(b->in->settings, p->name)) {
            items[n++] = (fsci_setting){p->name, first};
            names = names ? fsci_format(b->arena, "%s, %s", names, p->name) : p->name;
        } else if (!first) {
            first = p->name;
        }
    }
    fsci_variant *v = names ? add(b, fsci_format(b->arena, "%s tied to %s", names, first)) : NULL;
    if (v)
        v->settings.tie = (fsci_settings_list){items, n};
    return FSC_OK;
}

/* Whether two columns count the same thing alike at the fitted rows, up to a unit. */
static bool proportional(const fsci_model *m, const fsci_column *x, const fsci_column *y)
{
    double ratio = NAN;
    for (size_t i = 0; i < m->n; i++) {
        double r = x->numbers[m->row[i]] / y->numbers[m->row[i]];
        if (isnan(ratio))
            ratio = r;
        if (fabs(r - ratio) > 1e-9 * fabs(ratio))
            return false;
    }
    return true;
}

static void rebind(builder *b, const fsci_binding *from, const char *name)
{
    const fsci_model *m = &b->in->fit->model;
    const fsci_column *to = fsci_table_find(m->table, name);
    if (!to || to->kind != FSCI_COLUMN_NUMBERS || to == from->source ||
        proportional(m, to, from->source))
        return;
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].source == to)
            return;
    const fsci_settings_list *map = &b->in->settings->map;
    fsci_setting *items = FSCI_NEW(b->arena, fsci_setting, map->n + 1);
    fsci_variant *v =
        items ? add(b, fsci_format(b->arena, "%s counted as %s", from->symbol, to->name)) : NULL;
    if (!v)
        return;
    items[0] = (fsci_setting){from->symbol, to->name}; /* the first of a name is used */
    memcpy(items + 1, map->items, map->n * sizeof *items);
    v->settings.map = (fsci_settings_list){items, map->n + 1};
    v->settings.drop_bad = true;
}

/* Columns that count what a symbol stands for in another way: N_no_embed, params_active. */
static void recount(builder *b)
{
    const fsci_model *m = &b->in->fit->model;
    const fsc_law *law = m->subject.law;
    for (size_t i = 0; law && i < m->n_bindings; i++) {
        size_t c = fsci_law_column_index(law, m->bindings[i].symbol);
        if (c == SIZE_MAX || !m->bindings[i].values || !law->columns.items[c].convention.n)
            continue;
        const fsci_law_column *about = &law->columns.items[c];
        rebind(b, &m->bindings[i], m->bindings[i].symbol);
        for (size_t j = 0; j < about->aliases.n; j++)
            rebind(b, &m->bindings[i], about->aliases.items[j]);
        for (size_t k = 0; k < about->convention.n; k++) {
            const char *way = about->convention.items[k];
            rebind(b, &m->bindings[i], fsci_format(b->arena, "%s_%s", m->bindings[i].symbol, way));
            for (size_t j = 0; j < about->aliases.n; j++)
                rebind(b, &m->bindings[i],
                       fsci_format(b->arena, "%s_%s", about->aliases.items[j], way));
        }
    }
}

fsc_status fsci_changes_find(fsci_arena *arena, const fsci_sensitivity_input *input,
                             fsci_changes *changes, fsc_error *err)
{
    builder b = {.arena = arena, .in = input, .out = changes};
    *changes = (fsci_changes){.items = FSCI_NEW(arena, fsci_variant, MOST_CHANGES)};
    if (!changes->items)
        return fsci_fail_memory(err);
    change_objective(&b);
    put_back(&b);
    FSCI_TRY(drop_smallest(&b, err));
    FSCI_TRY(drop_influential(&b, err));
    FSCI_TRY(cut_runs(&b, err));
    FSCI_TRY(drop_families(&b, err));
    FSCI_TRY(tie_exponents(&b, err));
    recount(&b);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
