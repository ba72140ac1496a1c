#include "fit/bind.h"

#include "expr/tree.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const fsci_law_column *law_column(const fsci_model *model, const char *symbol)
{
    const fsc_law *law = model->subject.law;
    size_t i = law ? fsci_law_column_index(law, symbol) : SIZE_MAX;
    return i == SIZE_MAX ? NULL : &law->columns.items[i];
}

/* The column a symbol stands for: --map, exact name, alias. *found is NULL for a parameter. */
static fsc_status find_column(const fsci_model *model, const fsci_fit_settings *settings,
                              const char *symbol, bool indexes, const fsci_column **found,
                              fsc_error *err)
{
    *found = NULL;
    for (size_t i = 0; i < settings->map.n; i++) {
        if (strcmp(settings->map.items[i].name, symbol))
            continue;
        *found = fsci_table_find(model->table, settings->map.items[i].value);
        return *found ? FSC_OK
                      : fsci_table_no_column(model->table, settings->map.items[i].value, err);
    }
    const fsci_law_column *about = law_column(model, symbol);
    if (model->subject.law && !about && !indexes)
        return FSC_OK;
    *found = fsci_table_find(model->table, symbol);
    for (size_t i = 0; about && !*found && i < about->aliases.n; i++)
        *found = fsci_table_find(model->table, about->aliases.items[i]);
    return FSC_OK;
}

/* All names of the table's columns, for suggestions and messages. */
static const char **column_names(fsci_arena *arena, const fsc_table *table, size_t *n)
{
    *n = fsci_table_columns(table);
    const char **names = FSCI_NEW(arena, const char *, *n + 1);
    for (size_t i = 0; names && i < *n; i++)
        names[i] = fsci_table_column(table, i)->name;
    return names;
}

/* One slip of the keyboard, case ignored. Names of one or two letters are too short to tell. */
static bool looks_like(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), head = 0, tail = 0;
    size_t least = n < m ? n : m, most = n < m ? m : n;
    if (most - least > 1 || least < 3)
        return false;
    while (head < least && tolower((unsigned char)a[head]) == tolower((unsigned char)b[head]))
        head++;
    while (tail < least - head &&
           tolower((unsigned char)a[n - 1 - tail]) == tolower((unsigned char)b[m - 1 - tail]))
        tail++;
    return most - head - tail <= 1;
}

static bool used_column(const fsci_model *model, const char *column)
{
    for (size_t i = 0; i < model->n_bindings; i++)
        if (!strcmp(model->bindings[i].column, column))
            return true;
    return false;
}

static fsc_status missing_column(fsci_arena *arena, const fsci_model *model, const fsci_name *name,
                                 fsc_error *err)
{
    const fsci_law_column *about = law_column(model, name->name);
    size_t n;
    const char **columns = column_names(arena, model->table, &n);
    if (!columns)
        return fsci_fail_memory(err);
    bool quoted = model->subject.formula->text[name->col - 1] == '`';
    if (!about && quoted)
        return fsci_table_no_column(model->table, name->name, err);
    if (!about) { /* a free name of a formula is a parameter unless it looks like a slip */
        for (size_t i = 0; i < n; i++)
            if (looks_like(name->name, columns[i]) && !used_column(model, columns[i]))
                return fsci_formula_fail(err, model->subject.formula, name,
                                         "'%s' is no column; did you mean the column '%s'? (a "
                                         "parameter needs a name less like a column's)",
                                         name->name, columns[i]);
        return FSC_OK;
    }
    int stem = name->set ? (int)(strlen(name->name) - strlen(name->set)) : 0;
    fsci_buffer known = {0};
    for (size_t i = 0; i < n && i < 12; i++)
        fsci_buffer_printf(&known, "%s%s", i ? ", " : "", columns[i]);
    const char *near = fsci_nearest(name->name, columns, n);
    if (name->set) {
        fsci_buffer_free(&known);
        return fsci_fail(err, FSC_EINPUT,
                         "%s has no columns for %s (%s); name them %.*s1, %.*s2, ... or give "
                         "--map %s=COLUMN for each",
                         fsci_table_name(model->table), name->name, about->meaning, stem,
                         name->name, stem, name->name, name->name);
    }
    fsc_status status =
        fsci_fail(err, FSC_EINPUT, "%s has no column for %s (%s); give --map %s=%s (columns: %s%s)",
                  fsci_table_name(model->table), name->name, about->meaning, name->name,
                  near ? near : "COLUMN", known.data ? known.data : "", n > 12 ? ", ..." : "");
    fsci_buffer_free(&known);
    return status;
}

/* A text column stands for categories where it indexes parameters, or when nothing in it is a
 * number; one odd cell among numbers is a mistake in the table. */
static fsc_status add_binding(fsci_model *model, const fsci_name *name, const fsci_column *column,
                              bool indexes, fsc_error *err)
{
    const fsci_law_column *about = law_column(model, name->name);
    bool text = column->kind == FSCI_COLUMN_CATEGORIES;
    if (indexes && !text)
        return fsci_formula_fail(err, model->subject.formula, name,
                                 "'%s' is a column of numbers; an index needs one of categories",
                                 column->name);
    if (text && !indexes && (about || column->n_numeric > 0))
        return fsci_table_not_numbers(model->table, column, err);
    model->bindings[model->n_bindings++] = (fsci_binding){.symbol = name->name,
                                                          .column = column->name,
                                                          .unit = about ? about->unit : NULL,
                                                          .source = column};
    return FSC_OK;
}

/* What a sum takes one after the other; no binding when the table has no such columns. */
static fsc_status bind_set(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *model,
                           const fsci_name *name, fsc_error *err)
{
    const fsci_law_column *about = law_column(model, name->name);
    fsci_set *set = FSCI_NEW(arena, fsci_set, 1);
    if (!set)
        return fsci_fail_memory(err);
    if (model->subject.law && !about)
        return FSC_OK;
    FSCI_TRY(fsci_set_find(arena, model->table, &settings->map, name->name, set, err));
    if (!set->n)
        return FSC_OK;
    fsci_binding b = {.symbol = name->name,
                      .column = fsci_set_text(arena, set),
                      .unit = about ? about->unit : NULL,
                      .source = set->columns[0],
                      .set = set};
    model->bindings[model->n_bindings++] = b;
    return b.column ? FSC_OK : fsci_fail_memory(err);
}

static bool is_bound(const fsci_model *model, const char *symbol)
{
    return fsci_model_binding(model, symbol) != NULL;
}

/* A formula with no column on its left side has nothing to fit to: parameters meet any equation. */
static fsc_status check_response(fsci_arena *arena, const fsci_model *model, fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    const fsci_name *names, *unbound = NULL;
    const char *equals = formula->left ? strchr(formula->text, '=') : NULL;
    size_t n = fsci_formula_names(arena, formula, &names);
    if (model->subject.law)
        return FSC_OK;
    for (size_t i = 0; i < n && equals && names[i].col - 1 < equals - formula->text; i++) {
        if (is_bound(model, names[i].name))
            return FSC_OK;
        unbound = unbound ? unbound : &names[i];
    }
    if (unbound)
        return fsci_table_no_column(model->table, unbound->name, err);
    return model->n_bindings
               ? FSC_OK
               : fsci_fail(err, FSC_EINPUT,
                           "the formula names no column of %s; give --map NAME=COLUMN",
                           fsci_table_name(model->table));
}

/* Every sum runs over columns. */
static fsc_status check_sums(const fsci_model *model, const fsci_name *names, size_t n,
                             fsc_error *err)
{
    for (size_t i = 0; i < n; i++) {
        bool bound = !names[i].set;
        for (size_t j = 0; j < model->n_bindings && !bound; j++)
            bound = fsci_in_set(model->bindings[j].symbol, names[i].set);
        if (bound)
            continue;
        const fsci_name *last = &names[i];
        for (size_t j = i; j < n; j++)
            last = names[j].set && !strcmp(names[j].set, last->set) ? &names[j] : last;
        int stem = (int)(strrchr(last->name, '_') - last->name);
        return fsci_formula_fail(err, model->subject.formula, last,
                                 "sum_%s has no columns to run over; name them %.*s_1, %.*s_2, ... "
                                 "or give --map %s=COLUMN for each",
                                 last->set, stem, last->name, stem, last->name, last->name);
    }
    return FSC_OK;
}

static fsc_status bind_names(fsci_arena *arena, const fsci_fit_settings *settings,
                             fsci_model *model, fsc_error *err)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, model->subject.formula, &names), n_trials = 0;
    if (model->trials)
        n_trials = fsci_formula_names(arena, model->trials, &(const fsci_name *){NULL});
    model->bindings = FSCI_NEW(arena, fsci_binding, n + n_trials + 1);
    if (!model->bindings || (n && !names))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const fsci_column *column;
        if (names[i].index || is_bound(model, names[i].name))
            continue;
        bool indexes = false;
        for (size_t j = 0; j < n; j++)
            indexes = indexes || (names[j].index && !strcmp(names[j].index, names[i].name));
        if (names[i].set)
            FSCI_TRY(bind_set(arena, settings, model, &names[i], err));
        if (is_bound(model, names[i].name))
            continue;
        FSCI_TRY(find_column(model, settings, names[i].name, indexes, &column, err));
        if (column)
            FSCI_TRY(add_binding(model, &names[i], column, indexes, err));
        else if (indexes)
            return fsci_table_no_column(model->table, names[i].name, err);
        else if (!model->subject.law || law_column(model, names[i].name))
            FSCI_TRY(missing_column(arena, model, &names[i], err));
    }
    FSCI_TRY(check_sums(model, names, n, err));
    return check_response(arena, model, err);
}

/* The columns of --trials: the law's symbols and the table's own names. */
static fsc_status bind_trials(fsci_arena *arena, const fsci_fit_settings *settings,
                              fsci_model *model, fsc_error *err)
{
    const fsci_name *names;
    size_t n = model->trials ? fsci_formula_names(arena, model->trials, &names) : 0;
    for (size_t i = 0; i < n; i++) {
        const fsci_column *column;
        if (is_bound(model, names[i].name))
            continue;
        FSCI_TRY(find_column(model, settings, names[i].name, false, &column, err));
        if (!column)
            column = fsci_table_find(model->table, names[i].name);
        if (!column)
            return fsci_table_no_column(model->table, names[i].name, err);
        if (column->kind != FSCI_COLUMN_NUMBERS)
            return fsci_table_not_numbers(model->table, column, err);
        FSCI_TRY(add_binding(model, &names[i], column, false, err));
    }
    return FSC_OK;
}

static fsc_status check_map(const fsci_settings_list *map, const fsci_model *model, fsc_error *err)
{
    for (size_t i = 0; i < map->n; i++) {
        const char *symbol = map->items[i].name, *column = map->items[i].value;
        const fsci_binding *b = fsci_model_binding(model, symbol);
        if (!b)
            return fsci_fail(err, FSC_EUSAGE, "--map %s=%s: the formula has no symbol '%s'", symbol,
                             column, symbol);
        for (size_t j = 0; j < i && !b->set; j++)
            if (!strcmp(map->items[j].name, symbol))
                return fsci_fail(err, FSC_EUSAGE, "--map gives %s twice (%s and %s); keep one",
                                 symbol, map->items[j].value, column);
    }
    return FSC_OK;
}

/* Columns that a binding stands for, and one of them. */
static size_t count_columns(const fsci_binding *b)
{
    return b->set ? b->set->n : 1;
}

static const fsci_column *column_of(const fsci_binding *b, size_t k)
{
    return b->set ? b->set->columns[k] : b->source;
}

/* Whether a category column's codes or numbers make the row missing. */
static bool is_missing(const fsci_binding *b, size_t row)
{
    bool missing = false;
    for (size_t k = 0; k < count_columns(b); k++) {
        const fsci_column *column = column_of(b, k);
        missing |= column->kind == FSCI_COLUMN_NUMBERS ? isnan(column->numbers[row])
                                                       : column->codes[row] == FSCI_MISSING_CODE;
    }
    return missing;
}

const char fsci_rule_missing[] = "missing value", fsci_rule_outside[] = "outside domain";

static fsc_status outside_domain(const fsci_model *model, const fsci_binding *b,
                                 const fsci_column *column, size_t row, fsc_error *err)
{
    double value = column->numbers[row];
    const fsci_domain *d = &law_column(model, b->symbol)->domain;
    bool low = value < d->lo.value || (d->lo.open && value == d->lo.value);
    const fsci_bound *end = low ? &d->lo : &d->hi;
    bool percent = !low && end->value == 1 && value > 1 && value <= 100;
    return fsci_fail_row(
        err, FSC_EINPUT, (int64_t)row,
        "%s, line %lld, column %s: %s must be %s%s %g, found %.6g; %s",
        fsci_table_name(model->table), (long long)fsci_table_line(model->table, row), column->name,
        b->symbol, low ? ">" : "<", end->open ? "" : "=", end->value, value,
        percent ? "a percentage? give the fraction with --let" : "correct it or give --drop-bad");
}

/* The column of a binding whose value at a row is outside the law's domain; NULL for none. */
static const fsci_column *find_outside(const fsci_model *model, const fsci_binding *b, size_t row)
{
    const fsci_law_column *about = law_column(model, b->symbol);
    for (size_t k = 0; about && k < count_columns(b); k++) {
        const fsci_column *column = column_of(b, k);
        if (column->kind == FSCI_COLUMN_NUMBERS &&
            !fsci_domain_holds(&about->domain, column->numbers[row]))
            return column;
    }
    return NULL;
}

/* keep[row] by whole rows inside every domain; counts what each rule drops. */
static fsc_status choose_rows(const fsci_fit_settings *settings, fsci_model *model, bool *keep,
                              fsc_error *err)
{
    size_t n_rows = fsci_table_rows(model->table), missing = 0, bad = 0;
    model->n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        bool whole = true, inside = true;
        if (settings->keep && !settings->keep[row])
            continue;
        for (size_t i = 0; i < model->n_bindings && whole; i++)
            whole = !is_missing(&model->bindings[i], row);
        for (size_t i = 0; i < model->n_bindings && whole && inside; i++) {
            const fsci_binding *b = &model->bindings[i];
            const fsci_column *outside = find_outside(model, b, row);
            inside = !outside;
            if (outside && !settings->drop_bad)
                return outside_domain(model, b, outside, row, err);
        }
        keep[row] = whole && inside;
        model->n += keep[row];
        missing += !whole;
        bad += whole && !inside;
    }
    if (missing)
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_missing, missing};
    if (bad)
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_outside, bad};
    return FSC_OK;
}

/* Every k-th of the rows that are kept. */
static void thin_rows(size_t every, fsci_model *model, bool *keep)
{
    size_t n_rows = fsci_table_rows(model->table), seen = 0;
    model->n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        keep[row] = keep[row] && seen++ % every == 0;
        model->n += keep[row];
    }
}

static fsc_status copy_numbers(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                               fsc_error *err)
{
    b->values = FSCI_NEW(arena, double, model->n);
    if (!b->values)
        return fsci_fail_memory(err);
    b->min = INFINITY;
    b->max = -INFINITY;
    for (size_t i = 0; i < model->n; i++) {
        double v = b->values[i] = b->source->numbers[model->row[i]];
        b->min = v < b->min ? v : b->min;
        b->max = v > b->max ? v : b->max;
    }
    return FSC_OK;
}

static fsc_status copy_members(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                               fsc_error *err)
{
    b->members = fsci_set_values(arena, b->set, model->row, model->n);
    if (!b->members)
        return fsci_fail_memory(err);
    b->min = INFINITY;
    b->max = -INFINITY;
    for (size_t i = 0; i < b->set->n * model->n; i++) {
        b->min = fmin(b->min, b->members[i]);
        b->max = fmax(b->max, b->members[i]);
    }
    return FSC_OK;
}

/* Codes anew, over the levels that the kept rows use, in order of appearance. */
static fsc_status copy_codes(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                             fsc_error *err)
{
    const fsci_column *column = b->source;
    uint32_t *code_of = FSCI_NEW(arena, uint32_t, column->n_levels);
    b->codes = FSCI_NEW(arena, uint32_t, model->n);
    b->levels = FSCI_NEW(arena, const char *, column->n_levels);
    if (!code_of || !b->codes || !b->levels)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < model->n; i++) {
        uint32_t old = column->codes[model->row[i]];
        if (!code_of[old]) {
            b->levels[b->n_levels++] = column->levels[old];
            code_of[old] = (uint32_t)b->n_levels;
        }
        b->codes[i] = code_of[old] - 1;
    }
    return FSC_OK;
}

/* The values of every bound column at the kept rows. */
static fsc_status copy_columns(fsci_arena *arena, fsci_model *model, fsc_error *err)
{
    for (size_t i = 0; i < model->n_bindings; i++) {
        fsci_binding *b = &model->bindings[i];
        FSCI_TRY(b->set                                   ? copy_members(arena, model, b, err)
                 : b->source->kind == FSCI_COLUMN_NUMBERS ? copy_numbers(arena, model, b, err)
                                                          : copy_codes(arena, model, b, err));
    }
    return FSC_OK;
}

fsc_status fsci_bind_drop(fsci_arena *arena, const bool *outside, fsci_model *model, fsc_error *err)
{
    size_t kept = 0, n = model->n;
    for (size_t i = 0; i < n; i++)
        if (!outside[i])
            model->row[kept++] = model->row[i];
    if (kept == n)
        return FSC_OK;
    model->n = kept;
    fsci_dropped *last = model->n_dropped ? &model->dropped[model->n_dropped - 1] : NULL;
    if (last && !strcmp(last->rule, fsci_rule_outside))
        last->rows += n - kept;
    else
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_outside, n - kept};
    return copy_columns(arena, model, err);
}

fsc_status fsci_bind_columns(fsci_arena *arena, const fsci_fit_settings *settings,
                             fsci_model *model, fsc_error *err)
{
    FSCI_TRY(bind_names(arena, settings, model, err));
    FSCI_TRY(bind_trials(arena, settings, model, err));
    FSCI_TRY(check_map(&settings->map, model, err));
    size_t n_rows = fsci_table_rows(model->table);
    bool *keep = FSCI_NEW(arena, bool, n_rows);
    if (!keep)
        return fsci_fail_memory(err);
    FSCI_TRY(choose_rows(settings, model, keep, err));
    if (settings->every > 1)
        thin_rows(settings->every, model, keep);
    model->row = FSCI_NEW(arena, size_t, model->n);
    if (!model->row)
        return fsci_fail_memory(err);
    for (size_t row = 0, i = 0; row < n_rows; row++)
        if (keep[row])
            model->row[i++] = row;
    return copy_columns(arena, model, err);
}

static const fsci_law_parameter *law_parameter(const fsci_model *model, const char *name)
{
    const fsc_law *law = model->subject.law;
    size_t i = law ? fsci_law_parameter_index(law, name) : SIZE_MAX;
    return i == SIZE_MAX ? NULL : &law->parameters.items[i];
}

static double bound_of(const fsci_model *model, const fsci_bound *bound)
{
    const fsci_binding *b = bound->column ? fsci_model_binding(model, bound->column) : NULL;
    return fsci_bound_at(bound, b ? b->min : NAN, b ? b->max : NAN);
}

static fsci_parameter make_parameter(const fsci_model *model, const char *name, const char *group)
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
    p.lo = bound_of(model, &about->domain.lo);
    p.hi = bound_of(model, &about->domain.hi);
    p.log = about->start.log && p.lo >= 0;
    p.grid = about->start.grid.items;
    p.n_grid = about->start.grid.n;
    if (!p.n_grid) {
        p.start_lo = bound_of(model, &about->start.lo);
        p.start_hi = bound_of(model, &about->start.hi);
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
static size_t add_parameters(fsci_model *model, const fsci_name *name, fsci_parameter *to)
{
    size_t n;
    const char **levels = levels_of(model, name, &n);
    for (size_t level = 0; level < n; level++)
        to[level] = make_parameter(model, name->name, levels ? levels[level] : NULL);
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
        if (!is_bound(model, names[i].name) && !appears_before(names, i))
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
        model->n_all += add_parameters(model, names[i], model->all + model->n_all);
    return FSC_OK;
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
    *scope = (fsci_scope){
        .symbols = symbols, .n_symbols = n, .n_rows = model->n, .n_parameters = model->n_all};
    return FSC_OK;
}
