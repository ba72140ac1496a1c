#include "api/rows.h"

#include "api/source.h"
#include "expr/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsci_symbol column_symbol(const fsci_column *c, const char *name)
{
    bool numbers = c->kind == FSCI_COLUMN_NUMBERS;
    return (fsci_symbol){.name = name,
                         .kind = numbers ? FSCI_SYMBOL_NUMBERS : FSCI_SYMBOL_CODES,
                         .numbers = c->numbers,
                         .codes = c->codes,
                         .levels = c->levels,
                         .n_levels = c->n_levels};
}

/* Every column of the table under its own name, and those of `bound` under theirs too. */
static fsc_status table_scope(fsci_arena *arena, const fsc_table *table,
                              const fsci_settings_list *bound, fsci_scope *scope, fsc_error *err)
{
    size_t n = fsci_table_columns(table), n_bound = bound ? bound->n : 0;
    fsci_symbol *symbols = FSCI_NEW(arena, fsci_symbol, n + n_bound);
    if (!symbols)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        symbols[i] = column_symbol(fsci_table_column(table, i), fsci_table_column(table, i)->name);
    for (size_t i = 0; i < n_bound; i++) {
        const fsci_column *c = fsci_table_find(table, bound->items[i].value);
        if (c && !fsci_table_find(table, bound->items[i].name))
            symbols[n++] = column_symbol(c, bound->items[i].name);
    }
    *scope = (fsci_scope){
        .symbols = symbols, .n_symbols = n, .n_rows = fsci_table_rows(table), .n_parameters = 0};
    return FSC_OK;
}

/* Text where a number is needed: say which cell made the column text. */
static fsc_status explain(fsci_arena *arena, const fsc_table *table, const fsci_formula *formula,
                          fsc_status status, fsc_error *err)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, formula, &names);
    if (status != FSC_EINPUT || !err)
        return status;
    if (err->row >= 0) {
        fsc_error inner = *err;
        return fsci_fail_row(err, FSC_EINPUT, inner.row, "%s, line %lld: %.500s",
                             fsci_table_name(table),
                             (long long)fsci_table_line(table, (size_t)inner.row), inner.message);
    }
    for (size_t i = 0; i < n; i++) {
        const fsci_column *c = fsci_table_find(table, names[i].name);
        if (c && fsci_table_nearly_numbers(c) && err->col == names[i].col)
            return fsci_table_not_numbers(table, c, err);
    }
    return status;
}

/* A comparison or what combines them; true and false. */
static bool is_condition(const fsci_node *node)
{
    if (node->kind == FSCI_NODE_NUMBER)
        return node->number == 0 || node->number == 1;
    return node->kind == FSCI_NODE_APPLY &&
           fsci_operation_of(node->op)->binds <= FSCI_BINDS_COMPARISON;
}

fsc_status fsci_rows_formula(fsci_arena *arena, const char *option, const char *text,
                             bool condition, fsci_formula **formula, fsc_error *err)
{
    FSCI_TRY(fsci_formula_parse(arena, option, 1, 1, text, formula, err));
    if ((*formula)->left)
        return fsci_formula_fail(err, *formula, NULL,
                                 "an expression is needed, not an equation; compare with ==");
    if (!condition || is_condition((*formula)->right))
        return FSC_OK;
    return fsci_formula_fail(err, *formula, NULL,
                             "a condition is needed and this is a value; compare it, as in "
                             "'%.60s > 0'",
                             text);
}

fsc_status fsci_rows_values(fsci_arena *arena, const fsci_formula *formula, const fsci_scope *scope,
                            double *values, fsc_error *err)
{
    fsci_program *program;
    FSCI_TRY(fsci_program_new(arena, formula, &formula->right, 1, scope, &program, err));
    size_t bytes = fsci_program_scratch_bytes(program);
    void *scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!scratch)
        return fsci_fail_memory(err);
    fsci_program_values(program, scratch, NULL, 0, scope->n_rows, values, scope->n_rows);
    free(scratch);
    return FSC_OK;
}

/* Whether `name` needs backquotes and stands in `text` without them. */
static bool lacks_backquotes(const char *name, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const char *at = name[strspn(name, plain)] ? strstr(text, name) : NULL;
    return at && (at == text || at[-1] != '`');
}

/* A formula that failed because of a name like `Size (B)`: says how that is written. */
static fsc_status advise_backquotes(const fsc_table *table, const char *text, fsc_status status,
                                    fsc_error *err)
{
    const char *name = NULL;
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const char *next = fsci_table_column(table, i)->name;
        if (lacks_backquotes(next, text) && (!name || strlen(next) > strlen(name)))
            name = next;
    }
    if (!name || !err)
        return status;
    size_t length = strlen(err->message);
    snprintf(err->message + length, sizeof err->message - length,
             "; a column whose name holds more than letters, digits and _ is written in "
             "backquotes: `%.100s`",
             name);
    return status;
}

static fsc_status evaluate(fsci_arena *arena, const fsc_table *table,
                           const fsci_settings_list *bound, const char *option, const char *text,
                           bool condition, double *values, fsc_error *err)
{
    fsci_formula *formula;
    fsci_scope scope;
    fsc_status status = fsci_rows_formula(arena, option, text, condition, &formula, err);
    if (status != FSC_OK)
        return advise_backquotes(table, text, status, err);
    FSCI_TRY(table_scope(arena, table, bound, &scope, err));
    status = fsci_rows_values(arena, formula, &scope, values, err);
    if (status != FSC_EINPUT)
        return status;
    return advise_backquotes(table, text, explain(arena, table, formula, status, err), err);
}

fsc_status fsci_rows_mask_bound(fsci_arena *arena, const fsc_table *table,
                                const fsci_settings_list *bound, const char *option,
                                const char *text, bool *keep, fsc_error *err)
{
    size_t n = fsci_table_rows(table);
    double *values = FSCI_NEW(arena, double, n);
    if (!values)
        return fsci_fail_memory(err);
    FSCI_TRY(evaluate(arena, table, bound, option, text, true, values, err));
    for (size_t i = 0; i < n; i++)
        keep[i] = values[i] != 0 && !isnan(values[i]);
    return FSC_OK;
}

fsc_status fsci_rows_mask(fsci_arena *arena, const fsc_table *table, const char *option,
                          const char *text, bool *keep, fsc_error *err)
{
    return fsci_rows_mask_bound(arena, table, NULL, option, text, keep, err);
}

static fsc_status add_columns(fsci_arena *arena, const fsc_args *args, fsc_table *table,
                              fsc_error *err)
{
    fsci_settings_list lets;
    FSCI_TRY(fsci_args_pairs(args, "let", arena, &lets, err));
    for (size_t i = 0; i < lets.n; i++) {
        double *values = FSCI_NEW(arena, double, fsci_table_rows(table));
        if (!values)
            return fsci_fail_memory(err);
        FSCI_TRY(evaluate(arena, table, NULL, "--let", lets.items[i].value, false, values, err));
        FSCI_TRY(fsci_table_add_numbers(table, lets.items[i].name, values, err));
    }
    return FSC_OK;
}

static fsc_status select_rows(fsci_arena *arena, const fsc_args *args, fsci_rows *rows,
                              fsc_error *err)
{
    const char *text;
    size_t n_rules = 0;
    while (fsc_args_get(args, "where", n_rules))
        n_rules++;
    rows->dropped = FSCI_NEW(arena, fsci_dropped, n_rules);
    if (!rows->dropped)
        return fsci_fail_memory(err);
    for (size_t i = 0; (text = fsc_args_get(args, "where", i)); i++) {
        size_t n = fsci_table_rows(rows->table), kept = 0;
        bool *keep = FSCI_NEW(arena, bool, n);
        if (!keep)
            return fsci_fail_memory(err);
        FSCI_TRY(fsci_rows_mask(arena, rows->table, "--where", text, keep, err));
        for (size_t r = 0; r < n; r++)
            kept += keep[r];
        if (!kept)
            return fsci_fail(err, FSC_EINPUT, "--where '%s' keeps no row of %s, which has %zu",
                             text, fsci_table_name(rows->table), n);
        fsc_table *smaller;
        if (kept == n)
            continue;
        FSCI_TRY(fsci_table_take(rows->table, keep, &smaller, err));
        if (rows->whole)
            fsci_table_free(rows->table);
        else
            rows->whole = rows->table;
        rows->table = smaller;
        rows->dropped[rows->n_dropped++] =
            (fsci_dropped){fsci_format(arena, "--where %s", text), n - kept};
    }
    return FSC_OK;
}

enum { MOST_GROUPS = 200 };

fsc_status fsci_rows_group(const fsc_args *args, fsci_rows *rows, fsc_error *err)
{
    const char *by = fsci_args_text(args, "by");
    return by ? fsci_table_make_categories(rows->table, by, MOST_GROUPS, err) : FSC_OK;
}

static fsc_status apply(fsci_arena *arena, const fsc_args *args, fsci_rows *rows, fsc_error *err)
{
    rows->n_read = fsci_table_rows(rows->table);
    fsc_status status = add_columns(arena, args, rows->table, err);
    if (status == FSC_OK)
        status = select_rows(arena, args, rows, err);
    if (status != FSC_OK)
        fsci_rows_free(rows);
    return status;
}

void fsci_rows_free(fsci_rows *rows)
{
    fsci_table_free(rows->table);
    fsci_table_free(rows->whole);
    rows->table = rows->whole = NULL;
}

fsc_status fsci_rows_own(fsci_arena *arena, const fsc_args *args, fsc_table *table, fsci_rows *rows,
                         fsc_error *err)
{
    *rows = (fsci_rows){.table = table};
    return apply(arena, args, rows, err);
}

fsc_status fsci_rows_from(fsci_arena *arena, const fsc_args *args, const fsc_table *table,
                          fsci_rows *rows, fsc_error *err)
{
    *rows = (fsci_rows){0};
    size_t n = fsci_table_rows(table);
    bool *all = FSCI_NEW(arena, bool, n);
    if (!all)
        return fsci_fail_memory(err);
    memset(all, true, n);
    FSCI_TRY(fsci_table_take(table, all, &rows->table, err));
    return apply(arena, args, rows, err);
}

fsc_status fsci_rows_read(fsci_arena *arena, const fsc_args *args, const char *path,
                          fsci_json *inputs, fsci_rows *rows, fsc_error *err)
{
    *rows = (fsci_rows){0};
    const fsci_table_options options = {.hash_comments = fsci_args_flag(args, "comments"),
                                        .table = fsci_args_text(args, "table")};
    FSCI_TRY(fsci_source_table(path, &options, &rows->table, err));
    if (inputs)
        fsci_source_provenance(arena, path, fsci_table_rows(rows->table), inputs);
    return apply(arena, args, rows, err);
}

void fsci_rows_describe(fsci_arena *arena, const fsci_rows *rows, fsci_json *record)
{
    fsci_json *data = fsci_json_set_object(arena, record, "data");
    fsci_json_set_number(arena, data, "rows_read", (double)rows->n_read);
    fsci_json_set_number(arena, data, "rows_used", (double)fsci_table_rows(rows->table));
    fsci_json *list = fsci_json_set_array(arena, data, "dropped");
    for (size_t i = 0; i < rows->n_dropped; i++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(arena));
        fsci_json_set_string(arena, item, "rule", rows->dropped[i].rule);
        fsci_json_set_number(arena, item, "rows", (double)rows->dropped[i].rows);
    }
}
