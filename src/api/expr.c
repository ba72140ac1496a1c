#include "expr/expr.h"

#include "api/ctx.h"
#include "api/provenance.h"
#include "api/rows.h"

#include <string.h>

static bool listed(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Names of --columns are data, an index is a category, everything else a parameter. */
static fsc_status make_scope(const fsc_args *args, fsci_arena *a, const fsci_formula *formula,
                             fsci_scope *scope, fsc_error *err)
{
    static const char *usual[] = {"L", "N", "D", "C", "M", "S", "x", "y"};
    const char **columns = usual;
    const fsci_name *names;
    size_t n_columns = sizeof usual / sizeof *usual, n = fsci_formula_names(a, formula, &names);
    if (fsc_args_get(args, "columns", 0))
        FSCI_TRY(fsci_args_list(args, "columns", a, &columns, &n_columns, err));
    fsci_symbol *symbols = FSCI_NEW(a, fsci_symbol, n);
    if (!symbols)
        return fsci_fail_memory(err);
    *scope = (fsci_scope){.symbols = symbols}; /* no rows: a listing has no table */
    for (size_t i = 0; i < n; i++) {
        bool indexes = false;
        for (size_t j = 0; j < n; j++)
            indexes = indexes || (names[j].index && !strcmp(names[j].index, names[i].name));
        fsci_symbol s = {.name = names[i].name, .index = names[i].index};
        bool column = !names[i].index && listed(names[i].name, columns, n_columns);
        s.kind = indexes          ? FSCI_SYMBOL_CODES
                 : column         ? FSCI_SYMBOL_NUMBERS
                 : names[i].index ? FSCI_SYMBOL_PARAMETERS
                                  : FSCI_SYMBOL_PARAMETER;
        if (!indexes && !column)
            s.first = scope->n_parameters++;
        symbols[scope->n_symbols++] = s;
    }
    return FSC_OK;
}

static fsc_status describe(const fsc_args *args, fsci_arena *a, const char *text, fsci_json *root,
                           fsc_error *err)
{
    fsci_formula *formula;
    fsci_scope scope;
    fsci_program *program;
    FSCI_TRY(fsci_formula_parse(a, "formula", 1, 1, text, &formula, err));
    FSCI_TRY(make_scope(args, a, formula, &scope, err));
    const fsci_node *root_node =
        formula->left ? fsci_node_binary(a, '-', formula->right, formula->left) : formula->right;
    if (!root_node)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_program_new(a, formula, &root_node, 1, &scope, &program, err));
    fsci_buffer listing = {0};
    fsci_program_describe(program, &listing);
    fsci_json_set_string(a, root, "formula", text);
    fsci_json *columns = fsci_json_set_array(a, root, "columns");
    fsci_json *parameters = fsci_json_set_array(a, root, "parameters");
    for (size_t i = 0; i < scope.n_symbols; i++) {
        bool data = scope.symbols[i].kind <= FSCI_SYMBOL_CODES;
        fsci_json_push(data ? columns : parameters, fsci_json_string(a, scope.symbols[i].name));
    }
    fsci_json_set_string(a, root, "graph", listing.data ? listing.data : "");
    bool failed = listing.failed;
    fsci_buffer_free(&listing);
    return failed ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_command_expr(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    (void)ctx;
    fsci_arena *a = record->arena;
    record->root = fsci_record_begin(a, "expression");
    const char *text = fsci_args_text(args, "show");
    if (text)
        FSCI_TRY(describe(args, a, text, record->root, err));
    else {
        const fsci_function_help *functions;
        size_t n = fsci_functions(&functions);
        fsci_json *list = fsci_json_set_array(a, record->root, "functions");
        for (size_t i = 0; i < n; i++) {
            fsci_json *item = fsci_json_push(list, fsci_json_object(a));
            fsci_json_set_string(a, item, "name", functions[i].name);
            fsci_json_set_string(a, item, "arguments", functions[i].arguments);
            fsci_json_set_string(a, item, "meaning", functions[i].meaning);
        }
    }
    fsci_json_set_array(a, record->root, "warnings");
    fsci_provenance_add(a, args, fsci_json_array(a), record->root);
    return FSC_OK;
}
