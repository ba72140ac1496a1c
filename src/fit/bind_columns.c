/* From the names of a formula to columns of a table. */
#include "fit/bind.h"

#include "expr/tree.h"
#include "table/cell.h"
#include "table/words.h"

#include <ctype.h>
#include <string.h>

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
    const fsci_law_column *about = fsci_model_column(model, symbol);
    if (model->subject.law && !about && !indexes)
        return FSC_OK;
    *found = fsci_table_find(model->table, symbol);
    for (size_t i = 0; about && !*found && i < about->aliases.n; i++)
        *found = fsci_table_find(model->table, about->aliases.items[i]);
    for (size_t i = 0; about && !*found && i < about->aliases.n; i++)
        *found = fsci_table_find_words(model->table, about->aliases.items[i]);
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

/* Whether the words of an alias are among those of a column: loss of loss_c4_en. */
static bool has_word(const char *column, const char *alias)
{
    size_t n = strlen(alias);
    for (const char *at = column; n > 2 && (at = strcasestr(at, alias)); at++)
        if ((at == column || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[n]))
            return true;
    return false;
}

/* The column that a symbol may stand for, though none has its name: a long name's nearest, or one
 * that says more than an alias. NULL for none. */
static const char *likely_column(const fsci_model *model, const fsci_law_column *about,
                                 const char *const *columns, size_t n)
{
    const char *near = strlen(about->name) > 2 ? fsci_nearest(about->name, columns, n) : NULL;
    for (size_t k = 0; k < about->aliases.n && !near; k++)
        for (size_t i = 0; i < n && !near; i++)
            if (has_word(columns[i], about->aliases.items[k]) && !used_column(model, columns[i]))
                near = columns[i];
    return near;
}

static fsc_status missing_column(fsci_arena *arena, const fsci_model *model, const fsci_name *name,
                                 fsc_error *err)
{
    const fsci_law_column *about = fsci_model_column(model, name->name);
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
        fsci_buffer_printf(&known, "%s%s%s%s", i ? ", " : "", fsci_cell_mark(columns[i]),
                           columns[i], fsci_cell_mark(columns[i]));
    const char *near = likely_column(model, about, columns, n);
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
    const fsci_law_column *about = fsci_model_column(model, name->name);
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
    const fsci_law_column *about = fsci_model_column(model, name->name);
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

/* An equation of the response alone holds for any table, as with b = 1 in y = a + b*y. */
static fsc_status check_identity(const fsci_model *model, const fsci_name *response, fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    for (size_t i = 0; i < model->n_bindings; i++)
        if (strcmp(model->bindings[i].symbol, response->name) != 0)
            return FSC_OK;
    if (!fsci_node_degree(formula->right, &response->name, 1))
        return FSC_OK;
    return fsci_formula_fail(err, formula, response,
                             "%s stands on both sides and no other column does, so the formula "
                             "says nothing of it; put the columns that it depends on on the right",
                             response->name);
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
        if (fsci_model_binding(model, names[i].name))
            return check_identity(model, &names[i], err);
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
        if (names[i].index || fsci_model_binding(model, names[i].name))
            continue;
        bool indexes = false;
        for (size_t j = 0; j < n; j++)
            indexes = indexes || (names[j].index && !strcmp(names[j].index, names[i].name));
        if (names[i].set)
            FSCI_TRY(bind_set(arena, settings, model, &names[i], err));
        if (fsci_model_binding(model, names[i].name))
            continue;
        FSCI_TRY(find_column(model, settings, names[i].name, indexes, &column, err));
        if (column)
            FSCI_TRY(add_binding(model, &names[i], column, indexes, err));
        else if (indexes)
            return fsci_table_no_column(model->table, names[i].name, err);
        else if (!model->subject.law || fsci_model_column(model, names[i].name))
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
        if (fsci_model_binding(model, names[i].name))
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

static fsc_status no_symbol(const fsci_model *model, const char *symbol, const char *column,
                            fsc_error *err)
{
    fsci_buffer list = {0};
    for (size_t i = 0; i < model->n_bindings; i++)
        fsci_buffer_printf(&list, "%s%s", i ? ", " : "", model->bindings[i].symbol);
    fsc_status status =
        fsci_fail(err, FSC_EUSAGE, "--map %s=%s: the formula has no symbol '%s' (it has %.150s)",
                  symbol, column, symbol, list.data ? list.data : "none");
    fsci_buffer_free(&list);
    return status;
}

static fsc_status check_map(const fsci_settings_list *map, const fsci_model *model, fsc_error *err)
{
    for (size_t i = 0; i < map->n; i++) {
        const char *symbol = map->items[i].name, *column = map->items[i].value;
        const fsci_binding *b = fsci_model_binding(model, symbol);
        if (!b)
            return no_symbol(model, symbol, column, err);
        for (size_t j = 0; j < i && !b->set; j++)
            if (!strcmp(map->items[j].name, symbol))
                return fsci_fail(err, FSC_EUSAGE, "--map gives %s twice (%s and %s); keep one",
                                 symbol, map->items[j].value, column);
    }
    return FSC_OK;
}

fsc_status fsci_bind_columns(fsci_arena *arena, const fsci_fit_settings *settings,
                             fsci_model *model, fsc_error *err)
{
    FSCI_TRY(bind_names(arena, settings, model, err));
    FSCI_TRY(bind_trials(arena, settings, model, err));
    FSCI_TRY(check_map(&settings->map, model, err));
    return fsci_bind_rows(arena, settings, model, err);
}
