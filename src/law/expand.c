/* Derived quantities that a law's own formula names are written out in it, so that all who fit or
 * predict see columns and parameters only. */
#include "expr/tree.h"
#include "law/lint.h"

#include <string.h>

typedef struct expansion {
    fsci_lint *lint;
    const fsc_law *law;
} expansion;

static const fsci_node *expand(const expansion *x, const fsci_node *node, size_t n_derived);

static const fsci_node *definition(const expansion *x, const fsci_node *name, size_t n_derived)
{
    bool is_column = fsci_law_column_index(x->law, name->name) != SIZE_MAX;
    for (size_t i = 0; i < n_derived && !is_column; i++) {
        const fsci_law_derived *d = &x->law->derived.items[i];
        if (strcmp(d->name, name->name) != 0 || !d->formula)
            continue;
        if (fsci_law_solved_in(x->law, d))
            fsci_lint_add(x->lint, FSCI_ERROR, d->node->key_at,
                          "'%s' is solved for and cannot stand in the law's formula", d->name);
        else
            return expand(x, d->formula->right, i);
    }
    return name;
}

static const fsci_node *expand(const expansion *x, const fsci_node *node, size_t n_derived)
{
    if (node->kind == FSCI_NODE_NAME)
        return definition(x, node, n_derived);
    if (!node->n_args || node->kind == FSCI_NODE_GROUP)
        return node;
    const fsci_node **args = FSCI_NEW(x->lint->arena, const fsci_node *, node->n_args);
    bool changed = false;
    for (size_t i = 0; args && i < node->n_args; i++) {
        args[i] = expand(x, node->args[i], n_derived);
        if (!args[i])
            return NULL;
        changed = changed || args[i] != node->args[i];
    }
    if (!args || !changed)
        return args ? node : NULL;
    return fsci_node_with(x->lint->arena, node, args);
}

const fsci_node *fsci_law_one_level(fsci_arena *arena, const fsci_node *node)
{
    if (node->kind == FSCI_NODE_GROUP) {
        fsci_node *plain = FSCI_NEW(arena, fsci_node, 1);
        if (plain)
            *plain = (fsci_node){.kind = FSCI_NODE_NAME, .name = node->name, .height = 1};
        return plain;
    }
    const fsci_node **args = FSCI_NEW(arena, const fsci_node *, node->n_args + 1);
    bool changed = false;
    for (size_t i = 0; args && i < node->n_args; i++) {
        args[i] = fsci_law_one_level(arena, node->args[i]);
        if (!args[i])
            return NULL;
        changed = changed || args[i] != node->args[i];
    }
    if (!args || !changed)
        return args ? node : NULL;
    return fsci_node_with(arena, node, args);
}

const char *fsci_law_category_of(const fsc_law *law, const char *name)
{
    const fsci_name *names;
    size_t n = law->formula ? fsci_formula_names(law->arena, law->formula, &names) : 0;
    for (size_t i = 0; i < n; i++)
        if (names[i].index && !strcmp(names[i].name, name))
            return names[i].index;
    return NULL;
}

static void mark_categories(fsci_lint *lint, fsc_law *law)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(lint->arena, law->formula, &names);
    for (size_t i = 0; i < n; i++) {
        size_t k = names[i].index ? fsci_law_column_index(law, names[i].index) : SIZE_MAX;
        if (k != SIZE_MAX)
            law->columns.items[k].is_category = true;
    }
}

void fsci_law_expand(fsci_lint *lint, fsc_law *law)
{
    const expansion x = {lint, law};
    mark_categories(lint, law);
    const fsci_formula *stated = law->formula;
    law->stated = stated;
    const fsci_node *right = expand(&x, stated->right, law->derived.n);
    const fsci_node *left = stated->left ? expand(&x, stated->left, law->derived.n) : NULL;
    if (!right || (right == stated->right && left == stated->left))
        return;
    fsc_error err;
    const char *copy = fsci_formula_text(lint->arena, left, right);
    if (copy && fsci_formula_parse(lint->arena, stated->source, stated->line, stated->col, copy,
                                   &law->formula, &err) != FSC_OK)
        fsci_lint_add(lint, FSCI_ERROR, (fsci_span){stated->line, stated->col, 1},
                      "with its derived quantities written out: %s", err.message);
}
