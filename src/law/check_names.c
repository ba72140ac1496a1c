/* Every name in a law is declared, used, and declared once. */
#include "expr/tree.h"
#include "law/lint.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The names a formula may use, for lookup and for suggestions. */
typedef struct names {
    const char **items;
    size_t n;
} names;

static names names_new(fsci_lint *lint, size_t room)
{
    return (names){.items = FSCI_NEW(lint->arena, const char *, room ? room : 1)};
}

static void names_add(names *set, const char *name)
{
    if (set->items && name)
        set->items[set->n++] = name;
}

static size_t names_find(const names *set, const char *name)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->items[i], name))
            return i;
    return SIZE_MAX;
}

static names column_names(fsci_lint *lint, const fsc_law *law)
{
    names set = names_new(lint, law->columns.n);
    for (size_t i = 0; i < law->columns.n; i++)
        names_add(&set, law->columns.items[i].name);
    return set;
}

static names parameter_names(fsci_lint *lint, const fsc_law *law)
{
    names set = names_new(lint, law->parameters.n);
    for (size_t i = 0; i < law->parameters.n; i++)
        names_add(&set, law->parameters.items[i].name);
    return set;
}

static fsci_span name_at(const fsci_formula *formula, const fsci_name *name)
{
    return (fsci_span){formula->line, formula->col + name->col - 1, name->len};
}

/* ---- the identity of the law ---- */

static bool is_kebab(const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (!islower((unsigned char)*text) && !isdigit((unsigned char)*text) &&
            (*text != '-' || start || !text[1]))
            return false;
        start = *text == '-';
    }
    return !start;
}

static void check_kebab(fsci_lint *lint, const fsci_yaml *part, const char *field)
{
    const fsci_yaml *node = fsci_yaml_get(part, field);
    if (node && node->kind == FSCI_YAML_SCALAR && node->length && !is_kebab(node->text))
        fsci_lint_add(lint, FSCI_ERROR, node->at,
                      "'%.60s' is not kebab-case: small letters, digits and single hyphens",
                      node->text);
}

void fsci_law_check_file_name(fsci_lint *lint, const fsc_law *law)
{
    const char *slash = strrchr(lint->file, '/'), *base = slash ? slash + 1 : lint->file;
    size_t stem = strlen(base);
    if (!law->id || stem < 5 || strcmp(base + stem - 5, ".yaml") != 0)
        return;
    stem -= 5;
    if (strlen(law->id) != stem || memcmp(law->id, base, stem) != 0)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(law->node, "id")->at,
                      "the id is '%s' but the file is %s; rename one of them", law->id, base);
}

/* ---- declarations ---- */

static bool is_identifier(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    while (isalnum((unsigned char)*text) || *text == '_')
        text++;
    return !*text;
}

static bool is_reserved(const char *text)
{
    static const char *const words[] = {"and", "or", "not", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i]))
            return true;
    const fsci_function_help *functions;
    size_t n = fsci_functions(&functions);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(text, functions[i].name))
            return true;
    return false;
}

static void check_symbol(fsci_lint *lint, const char *name, fsci_span at)
{
    if (!is_identifier(name))
        fsci_lint_add(lint, FSCI_ERROR, at,
                      "'%.60s' cannot be a name in a formula: use letters, digits and _", name);
    else if (is_reserved(name))
        fsci_lint_add(lint, FSCI_ERROR, at,
                      "'%s' is a word of the formula language; use another name", name);
}

static void check_arguments(fsci_lint *lint, const fsc_law *law, const fsci_law_derived *derived,
                            const names *parameters)
{
    const fsci_yaml *list = fsci_yaml_get(derived->node, "arguments");
    for (size_t i = 0; i < derived->arguments.n; i++) {
        const char *argument = derived->arguments.items[i];
        check_symbol(lint, argument, list->at);
        if (names_find(parameters, argument) != SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, list->at,
                          "argument '%s' of '%s' is a parameter; parameters need no mention",
                          argument, derived->name);
        if (fsci_law_derived_find(law, argument))
            fsci_lint_add(
                lint, FSCI_ERROR, list->at,
                "argument '%s' of '%s' is a derived quantity; those above need no mention",
                argument, derived->name);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(derived->arguments.items[j], argument))
                fsci_lint_add(lint, FSCI_ERROR, list->at, "argument '%s' of '%s' is named twice",
                              argument, derived->name);
    }
}

static void check_declarations(fsci_lint *lint, const fsc_law *law, const names *columns,
                               const names *parameters)
{
    for (size_t i = 0; i < law->columns.n; i++)
        check_symbol(lint, law->columns.items[i].name, law->columns.items[i].node->key_at);
    for (size_t i = 0; i < law->parameters.n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        check_symbol(lint, p->name, p->node->key_at);
        if (names_find(columns, p->name) != SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, p->node->key_at,
                          "'%s' is a column and a parameter; rename one of them", p->name);
    }
    for (size_t i = 0; i < law->derived.n; i++) {
        const fsci_law_derived *d = &law->derived.items[i];
        check_symbol(lint, d->name, d->node->key_at);
        check_arguments(lint, law, d, parameters);
        bool is_response = law->implicit && !strcmp(d->name, law->implicit);
        if (names_find(parameters, d->name) != SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, d->node->key_at,
                          "'%s' is a parameter and a derived quantity; rename one of them",
                          d->name);
        else if (names_find(columns, d->name) != SIZE_MAX && !is_response)
            fsci_lint_add(lint, FSCI_ERROR, d->node->key_at,
                          "'%s' is a column; only the response named under implicit may also be "
                          "derived",
                          d->name);
    }
}

/* A table column must not be claimed by two symbols. */
static void check_aliases(fsci_lint *lint, const fsc_law *law)
{
    for (size_t i = 0; i < law->columns.n; i++) {
        const fsci_law_column *a = &law->columns.items[i];
        for (size_t k = 0; k < a->aliases.n; k++)
            for (size_t j = 0; j < law->columns.n; j++) {
                const fsci_law_column *b = &law->columns.items[j];
                bool clash = i != j && !strcmp(a->aliases.items[k], b->name);
                for (size_t m = 0; m < b->aliases.n && j < i; m++)
                    clash |= !strcmp(a->aliases.items[k], b->aliases.items[m]);
                if (clash)
                    fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(a->node, "aliases")->at,
                                  "alias '%s' of column '%s' also means column '%s'",
                                  a->aliases.items[k], a->name, b->name);
            }
    }
}

/* ---- the formula ---- */

/* A derived quantity in the law's formula is a function of columns and parameters only. */
static void check_formula_derived(fsci_lint *lint, const fsci_law_derived *derived,
                                  const names *columns, fsci_span at)
{
    for (size_t i = 0; i < derived->arguments.n; i++)
        if (names_find(columns, derived->arguments.items[i]) == SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, at,
                          "the formula uses '%s', a function of '%s', which is no column",
                          derived->name, derived->arguments.items[i]);
}

/* Says what the law's formula should not use. */
static void check_formula(fsci_lint *lint, const fsc_law *law, const names *columns,
                          const names *parameters)
{
    const fsci_formula *formula = law->stated;
    names both = names_new(lint, columns->n + parameters->n);
    for (size_t i = 0; i < columns->n; i++)
        names_add(&both, columns->items[i]);
    for (size_t i = 0; i < parameters->n; i++)
        names_add(&both, parameters->items[i]);
    const fsci_name *used;
    size_t n = fsci_formula_names(lint->arena, formula, &used);
    for (size_t i = 0; i < n; i++) {
        const fsci_law_derived *derived = fsci_law_derived_find(law, used[i].name);
        bool declared = names_find(&both, used[i].name) != SIZE_MAX;
        if (derived && !declared)
            check_formula_derived(lint, derived, columns, name_at(formula, &used[i]));
        else if (!declared)
            fsci_lint_add(lint, FSCI_ERROR, name_at(formula, &used[i]),
                          "the formula names '%.60s', which is neither a column nor a parameter%s",
                          used[i].name, fsci_lint_suggest(lint, used[i].name, both.items, both.n));
        if (used[i].index && names_find(columns, used[i].index) == SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, name_at(formula, &used[i]),
                          "'%.60s' is indexed by '%.60s', which is no column", used[i].name,
                          used[i].index);
    }
}

/* Marks what the law's formula, all written out, uses. */
static void mark_used(fsci_lint *lint, const fsc_law *law, const names *columns,
                      const names *parameters, bool *column_used, bool *parameter_used)
{
    const fsci_name *used;
    size_t n = fsci_formula_names(lint->arena, law->formula, &used);
    for (size_t i = 0; i < n; i++) {
        size_t column = names_find(columns, used[i].name);
        size_t parameter = names_find(parameters, used[i].name);
        if (column != SIZE_MAX)
            column_used[column] = true;
        else if (parameter != SIZE_MAX)
            parameter_used[parameter] = true;
    }
}

/* The column that the left side consists of, SIZE_MAX when it is more than a column. */
static size_t bare_column(const fsci_formula *formula, const names *columns)
{
    const fsci_node *left = formula->left;
    return left->kind == FSCI_NODE_NAME ? names_find(columns, left->name) : SIZE_MAX;
}

static void find_response(fsci_lint *lint, fsc_law *law, const names *columns)
{
    const fsci_formula *formula = law->formula;
    fsci_span at = {formula->line, formula->col, (int32_t)strlen(formula->text)};
    law->response = SIZE_MAX;
    if (!formula->left) {
        const fsci_node *whole = formula->right;
        bool compared = whole->kind == FSCI_NODE_APPLY && whole->op == FSCI_OP_EQ;
        fsci_lint_add(lint, FSCI_ERROR, at,
                      compared ? "the sides of a law stand apart by one =, not ==: '%.200s'"
                               : "the formula has one side; write response = %.200s",
                      formula->text);
        return;
    }
    const char *const *name;
    size_t bare = bare_column(formula, columns);
    name = bare == SIZE_MAX ? NULL : &columns->items[bare];
    bool solved = name && fsci_node_degree(formula->right, name, 1) == 0;
    const fsci_yaml *node = fsci_yaml_get(law->node, "implicit");
    if (solved) {
        law->response = bare;
        law->solution = formula->right;
        if (law->implicit)
            fsci_lint_add(lint, FSCI_ERROR, node->key_at,
                          "the formula gives %s already; remove implicit", *name);
    } else if (!law->implicit) {
        fsci_lint_add(lint, FSCI_ERROR, at,
                      "the left side of the formula is not just the response; name it, such as "
                      "implicit: %s",
                      columns->n ? columns->items[0] : "y");
    } else if ((law->response = names_find(columns, law->implicit)) == SIZE_MAX) {
        fsci_lint_add(lint, FSCI_ERROR, node->at, "implicit names '%.60s', which is no column%s",
                      law->implicit,
                      fsci_lint_suggest(lint, law->implicit, columns->items, columns->n));
    } else {
        const fsci_law_derived *derived = fsci_law_derived_find(law, law->implicit);
        if (derived && derived->formula)
            law->solution = derived->formula->right;
    }
}

/* ---- the other formulas ---- */

static bool is_expression(fsci_lint *lint, const fsci_formula *formula, const char *what)
{
    if (formula && formula->left)
        fsci_lint_add(lint, FSCI_ERROR, (fsci_span){formula->line, formula->col, 1},
                      "%s is an equation; leave out the left side and its =", what);
    return formula && !formula->left;
}

/* An expression that may use only one kind of name; marks those it uses in `marks`. */
static void check_expression(fsci_lint *lint, const fsci_formula *formula, const names *allowed,
                             const char *what, const char *kind, bool *marks)
{
    if (!is_expression(lint, formula, what))
        return;
    const fsci_name *used;
    size_t n = fsci_formula_names(lint->arena, formula, &used);
    for (size_t i = 0; i < n; i++) {
        size_t found = names_find(allowed, used[i].name);
        if (found != SIZE_MAX)
            marks[found] = true;
        else
            fsci_lint_add(lint, FSCI_ERROR, name_at(formula, &used[i]),
                          "%s uses '%.60s', which is no %s%s", what, used[i].name, kind,
                          fsci_lint_suggest(lint, used[i].name, allowed->items, allowed->n));
    }
}

/* The columns that weights and trials name count as used. */
static void check_objective_names(fsci_lint *lint, const fsc_law *law, const names *columns,
                                  bool *column_used)
{
    const fsci_law_objective *objective = &law->objective;
    check_expression(lint, objective->weights, columns, "weights", "column", column_used);
    if (!objective->trials)
        return;
    size_t found = names_find(columns, objective->trials);
    if (found != SIZE_MAX)
        column_used[found] = true;
    else
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(objective->node, "trials")->at,
                      "trials names '%.60s', which is no column%s", objective->trials,
                      fsci_lint_suggest(lint, objective->trials, columns->items, columns->n));
}

static bool has_argument(const fsci_law_derived *derived, const char *name)
{
    for (size_t i = 0; i < derived->arguments.n; i++)
        if (!strcmp(derived->arguments.items[i], name))
            return true;
    return false;
}

/* One use of derived quantity `from` in the formula of `derived`. */
static void check_derived_use(fsci_lint *lint, const fsci_law_derived *derived,
                              const fsci_law_derived *from, fsci_span at)
{
    if (from == derived)
        fsci_lint_add(lint, FSCI_ERROR, at, "'%s' is defined by itself", derived->name);
    else if (from > derived)
        fsci_lint_add(lint, FSCI_ERROR, at,
                      "'%s' uses '%s', which is defined below it; only those above may be used, so "
                      "that no definition is cyclic",
                      derived->name, from->name);
    for (size_t i = 0; i < from->arguments.n && from < derived; i++)
        if (!has_argument(derived, from->arguments.items[i]))
            fsci_lint_add(
                lint, FSCI_ERROR, at, "'%s' uses '%s', a function of %s; add %s to its arguments",
                derived->name, from->name, from->arguments.items[i], from->arguments.items[i]);
}

/* Whether what is solved for has an equation with its name, a place to look, and no other unknown
 * below it. */
static bool is_solvable(fsci_lint *lint, const fsc_law *law, const fsci_law_derived *derived)
{
    const fsci_name *used;
    fsci_span at = fsci_yaml_get(derived->node, "solve")->at;
    bool named = false, taken = fsci_law_parameter_index(law, derived->solve) != SIZE_MAX ||
                                has_argument(derived, derived->solve);
    if (!derived->formula)
        return false;
    if (!derived->formula->left)
        fsci_lint_add(lint, FSCI_ERROR, at, "'%s' is solved for, so its formula is an equation",
                      derived->name);
    size_t n = fsci_formula_names(lint->arena, derived->formula, &used);
    for (size_t i = 0; i < n; i++) {
        const fsci_law_derived *below = fsci_law_derived_find(law, used[i].name);
        named = named || !strcmp(used[i].name, derived->solve);
        if (below && below < derived && fsci_law_solved_in(law, below))
            fsci_lint_add(lint, FSCI_ERROR, name_at(derived->formula, &used[i]),
                          "'%s' and '%s' are both solved for; only one of a chain may be",
                          derived->name, fsci_law_solved_in(law, below)->name);
    }
    if (!named || taken)
        fsci_lint_add(lint, FSCI_ERROR, at,
                      taken ? "'%.60s' is known; solve for a name of its own"
                            : "the equation has no '%.60s' to solve for",
                      derived->solve);
    if (isnan(derived->between.lo.value) || derived->between.lo.column ||
        derived->between.hi.column)
        fsci_lint_add(lint, FSCI_ERROR, at, "say where '%s' lies, such as between: [1e3, 1e7, log]",
                      derived->solve);
    return derived->formula->left && named && !taken;
}

static void check_derived(fsci_lint *lint, const fsc_law *law, const fsci_law_derived *derived,
                          const names *columns, const names *parameters)
{
    char what[96];
    snprintf(what, sizeof what, "'%.60s'", derived->name);
    if (derived->solve ? !is_solvable(lint, law, derived)
                       : !is_expression(lint, derived->formula, what))
        return;
    names known = names_new(lint, parameters->n + derived->arguments.n + law->derived.n + 1);
    names_add(&known, derived->solve);
    for (size_t i = 0; i < parameters->n; i++)
        names_add(&known, parameters->items[i]);
    for (size_t i = 0; i < derived->arguments.n; i++)
        names_add(&known, derived->arguments.items[i]);
    size_t n_own = known.n;
    for (size_t i = 0; i < law->derived.n; i++)
        names_add(&known, law->derived.items[i].name);
    const fsci_name *used;
    size_t n = fsci_formula_names(lint->arena, derived->formula, &used);
    for (size_t i = 0; i < n; i++) {
        fsci_span at = name_at(derived->formula, &used[i]);
        size_t found = names_find(&known, used[i].name);
        if (used[i].index)
            fsci_lint_add(lint, FSCI_ERROR, at,
                          "'%s' uses '%.60s' per %.60s; a derived quantity has one value of each "
                          "parameter",
                          derived->name, used[i].name, used[i].index);
        else if (found != SIZE_MAX && found >= n_own)
            check_derived_use(lint, derived, &law->derived.items[found - n_own], at);
        else if (found == SIZE_MAX && names_find(columns, used[i].name) != SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, at, "'%s' uses column '%s'; add it to its arguments",
                          derived->name, used[i].name);
        else if (found == SIZE_MAX)
            fsci_lint_add(lint, FSCI_ERROR, at,
                          "'%s' uses '%.60s', which is no parameter, argument or derived "
                          "quantity%s",
                          derived->name, used[i].name,
                          fsci_lint_suggest(lint, used[i].name, known.items, known.n));
    }
}

static void check_unused(fsci_lint *lint, const fsc_law *law, const bool *column_used,
                         const bool *parameter_used)
{
    for (size_t i = 0; i < law->columns.n; i++)
        if (!column_used[i])
            fsci_lint_add(lint, FSCI_ERROR, law->columns.items[i].node->key_at,
                          "column '%s' is declared but not used", law->columns.items[i].name);
    for (size_t i = 0; i < law->parameters.n; i++)
        if (!parameter_used[i])
            fsci_lint_add(lint, FSCI_ERROR, law->parameters.items[i].node->key_at,
                          "parameter '%s' is declared but not used by the formula",
                          law->parameters.items[i].name);
}

void fsci_law_check_names(fsci_lint *lint, fsc_law *law)
{
    names columns = column_names(lint, law), parameters = parameter_names(lint, law);
    bool *column_used = FSCI_NEW(lint->arena, bool, columns.n + 1);
    bool *parameter_used = FSCI_NEW(lint->arena, bool, parameters.n + 1);
    if (fsci_arena_failed(lint->arena))
        return;
    check_kebab(lint, law->node, "id");
    check_declarations(lint, law, &columns, &parameters);
    check_aliases(lint, law);
    check_objective_names(lint, law, &columns, column_used);
    if (law->formula) {
        fsci_law_expand(lint, law);
        check_formula(lint, law, &columns, &parameters);
        mark_used(lint, law, &columns, &parameters, column_used, parameter_used);
        find_response(lint, law, &columns);
        check_unused(lint, law, column_used, parameter_used);
    }
    for (size_t i = 0; i < law->derived.n; i++)
        check_derived(lint, law, &law->derived.items[i], &columns, &parameters);
    for (size_t i = 0; i < law->published.n; i++)
        check_kebab(lint, law->published.items[i].node, "name");
    for (size_t i = 0; i < law->reduces_to.n; i++) {
        const fsci_law_reduction *r = &law->reduces_to.items[i];
        check_kebab(lint, r->node, "law");
        for (size_t j = 0; j < r->columns.n; j++)
            check_expression(lint, r->columns.items[j].formula, &columns, r->columns.items[j].name,
                             "column", column_used);
        for (size_t j = 0; j < r->at.n; j++)
            if (names_find(&columns, r->at.items[j].name) == SIZE_MAX &&
                names_find(&parameters, r->at.items[j].name) == SIZE_MAX)
                fsci_lint_add(lint, FSCI_ERROR, r->at.items[j].node->key_at,
                              "'%.60s' is neither a column nor a parameter", r->at.items[j].name);
        for (size_t j = 0; j < r->maps.n; j++)
            check_expression(lint, r->maps.items[j].formula, &parameters, r->maps.items[j].name,
                             "parameter", parameter_used);
    }
}
