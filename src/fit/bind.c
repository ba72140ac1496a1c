/* Parameters of a bound formula, and its symbols as the compiler wants them. */
#include "fit/bind.h"

#include "expr/tree.h"

#include <math.h>
#include <string.h>

static const fsci_law_parameter *law_parameter(const fsci_model *model, const char *name)
{
    const fsc_law *law = model->subject.law;
    size_t i = law ? fsci_law_parameter_index(law, name) : SIZE_MAX;
    return i == SIZE_MAX ? NULL : &law->parameters.items[i];
}

/* Of a column, the least and the greatest value at the rows of each level. */
typedef struct extents {
    const fsci_binding *of;
    double *lo, *hi; /* [n_levels] */
} extents;

/* The rows that a parameter answers for: those of its level, where it is one of several. */
typedef struct part {
    fsci_arena *arena;
    const fsci_binding *index; /* NULL: all rows */
    size_t level;
    extents seen[2]; /* of the first columns in its bounds; others are looked at each time */
    size_t n_seen;
} part;

static extents find_extents(const fsci_model *model, const fsci_binding *b, const part *p)
{
    size_t n = p->index->n_levels;
    extents e = {b, FSCI_NEW(p->arena, double, n), FSCI_NEW(p->arena, double, n)};
    if (!e.lo || !e.hi)
        return (extents){0};
    for (size_t i = 0; i < n; i++) {
        e.lo[i] = INFINITY;
        e.hi[i] = -INFINITY;
    }
    for (size_t i = 0; i < model->n; i++) {
        uint32_t level = p->index->codes[i];
        e.lo[level] = fmin(e.lo[level], b->values[i]);
        e.hi[level] = fmax(e.hi[level], b->values[i]);
    }
    return e;
}

static double bound_of(const fsci_model *model, const fsci_bound *bound, part *p)
{
    const fsci_binding *b = bound->column ? fsci_model_binding(model, bound->column) : NULL;
    if (!b || !p->index || !p->index->codes || !b->values)
        return fsci_bound_at(bound, b ? b->min : NAN, b ? b->max : NAN);
    size_t k = 0, room = sizeof p->seen / sizeof *p->seen;
    while (k < p->n_seen && p->seen[k].of != b)
        k++;
    extents e = k < p->n_seen ? p->seen[k] : find_extents(model, b, p);
    if (k == p->n_seen && k < room)
        p->seen[p->n_seen++] = e;
    bool known = e.lo && e.lo[p->level] <= e.hi[p->level];
    return fsci_bound_at(bound, known ? e.lo[p->level] : b->min, known ? e.hi[p->level] : b->max);
}

static fsci_parameter make_parameter(const fsci_model *model, const char *name, const char *group,
                                     part *of)
{
    const fsci_law_parameter *about = law_parameter(model, name);
    fsci_parameter p = {.name = name,
                        .group = group,
                        .lo = -INFINITY,
                        .hi = INFINITY,
                        .start_lo = NAN,
                        .start_hi = NAN};
    if (!about)
        return p;
    p.unit = about->unit;
    p.above = about->domain.lo.parameter;
    p.below = about->domain.hi.parameter;
    p.lo = bound_of(model, &about->domain.lo, of);
    p.hi = bound_of(model, &about->domain.hi, of);
    p.log = about->start.log && p.lo >= 0;
    p.grid = about->start.grid.items;
    p.n_grid = about->start.grid.n;
    if (!p.n_grid) {
        p.start_lo = bound_of(model, &about->start.lo, of);
        p.start_hi = bound_of(model, &about->start.hi, of);
    }
    return p;
}

/* The levels of a parameter that has one value for each: of its index, or the columns of the set of
 * its sum. NULL for a parameter of one value. */
static const char **levels_of(const fsci_model *model, const fsci_name *name, size_t *n)
{
    const fsci_binding *index = name->index ? fsci_model_binding(model, name->index) : NULL;
    *n = index ? index->n_levels : 1;
    for (size_t i = 0; name->set && i < model->n_bindings; i++) {
        const fsci_binding *b = &model->bindings[i];
        if (!b->set || !fsci_in_set(b->symbol, name->set))
            continue;
        *n = b->set->n;
        return b->set->names;
    }
    return index ? index->levels : NULL;
}

/* The parameters of one name. */
static size_t add_parameters(fsci_arena *arena, fsci_model *model, const fsci_name *name,
                             fsci_parameter *to)
{
    size_t n;
    const char **levels = levels_of(model, name, &n);
    part of = {.arena = arena,
               .index = name->index ? fsci_model_binding(model, name->index) : NULL};
    for (size_t level = 0; level < n; level++) {
        of.level = level;
        to[level] = make_parameter(model, name->name, levels ? levels[level] : NULL, &of);
    }
    return n;
}

static bool appears_before(const fsci_name *names, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!strcmp(names[j].name, names[i].name))
            return true;
    return false;
}

/* Names that are parameters, in the law's order or of first appearance. */
static const fsci_name **parameter_names(fsci_arena *arena, const fsci_model *model, size_t *count)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, model->subject.formula, &names);
    const fsci_name **found = FSCI_NEW(arena, const fsci_name *, n + 1);
    *count = 0;
    for (size_t i = 0; found && i < n; i++)
        if (!fsci_model_binding(model, names[i].name) && !appears_before(names, i))
            found[(*count)++] = &names[i];
    const fsc_law *law = model->subject.law;
    for (size_t k = 0, at = 0; found && law && k < law->parameters.n; k++)
        for (size_t i = at; i < *count; i++) {
            const fsci_name *name = found[i];
            if (strcmp(name->name, law->parameters.items[k].name))
                continue;
            found[i] = found[at];
            found[at++] = name;
        }
    return found;
}

fsc_status fsci_bind_parameters(fsci_arena *arena, fsci_model *model, fsc_error *err)
{
    size_t n, room = 0;
    const fsci_name **names = parameter_names(arena, model, &n);
    for (size_t i = 0; names && i < n; i++) {
        size_t levels;
        levels_of(model, names[i], &levels);
        room += levels;
    }
    model->all = FSCI_NEW(arena, fsci_parameter, room);
    if (!names || !model->all)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        model->n_all += add_parameters(arena, model, names[i], model->all + model->n_all);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_bind_scope(fsci_arena *arena, const fsci_model *model, fsci_scope *scope,
                           fsc_error *err)
{
    fsci_symbol *symbols = FSCI_NEW(arena, fsci_symbol, model->n_bindings + model->n_all);
    const fsci_name *names;
    size_t n_names = fsci_formula_names(arena, model->subject.formula, &names), n = 0;
    if (!symbols)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < model->n_bindings; i++) {
        const fsci_binding *b = &model->bindings[i];
        symbols[n++] = (fsci_symbol){.name = b->symbol,
                                     .kind = b->set      ? FSCI_SYMBOL_SET
                                             : b->values ? FSCI_SYMBOL_NUMBERS
                                                         : FSCI_SYMBOL_CODES,
                                     .numbers = b->set ? b->members : b->values,
                                     .codes = b->codes,
                                     .levels = b->set ? b->set->names : b->levels,
                                     .n_levels = b->set ? b->set->n : b->n_levels};
    }
    for (size_t i = 0; i < model->n_all; i++) {
        const fsci_parameter *p = &model->all[i];
        if (i && p->group && !strcmp(p->name, model->all[i - 1].name))
            continue;
        fsci_symbol s = {.name = p->name, .kind = FSCI_SYMBOL_PARAMETER, .first = i};
        for (size_t j = 0; j < n_names && p->group; j++)
            if (!strcmp(names[j].name, p->name)) {
                s.kind = FSCI_SYMBOL_PARAMETERS;
                s.index = names[j].set ? names[j].set : names[j].index;
                s.levels = levels_of(model, &names[j], &s.n_levels);
            }
        symbols[n++] = s;
    }
    *scope = (fsci_scope){.symbols = symbols,
                          .n_symbols = n,
                          .n_rows = model->n,
                          .n_parameters = model->n_all,
                          .held = model->held};
    return FSC_OK;
}
