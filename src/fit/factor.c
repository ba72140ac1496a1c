#include "fit/factor.h"

#include "expr/tree.h"

#include <string.h>

static const fsci_fitted_parameter *find_parameter(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->parameters[i].name, name))
            return &f->parameters[i];
    return NULL;
}

static const fsci_node *find_derived(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n_derived; i++)
        if (!strcmp(f->derived[i].name, name) && !f->derived[i].solve)
            return f->derived[i].formula->right;
    return NULL;
}

static bool is_name(const fsci_node *node)
{
    return node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP;
}

static bool is_positive(const fsci_fitted *f, const fsci_node *node)
{
    if (node->kind == FSCI_NODE_NUMBER)
        return node->number > 0;
    if (is_name(node)) {
        const fsci_fitted_parameter *p = find_parameter(f, node->name);
        const fsci_node *other = p ? NULL : find_derived(f, node->name);
        return p ? p->positive : other && is_positive(f, other);
    }
    if (node->kind != FSCI_NODE_APPLY)
        return false;
    if (node->op == FSCI_OP_POW) /* whatever the exponent */
        return is_positive(f, node->args[0]);
    fsci_sign sign = fsci_operation_of(node->op)->sign;
    for (size_t i = 0; i < node->n_args && sign == FSCI_SIGN_KEEPS; i++)
        if (!is_positive(f, node->args[i]))
            return false;
    return sign != FSCI_SIGN_UNKNOWN;
}

static bool has_factor(const fsci_fitted *f, const fsci_node *node)
{
    if (is_name(node)) {
        const fsci_fitted_parameter *p = find_parameter(f, node->name);
        const fsci_node *other = p ? NULL : find_derived(f, node->name);
        return p ? p->log : other && has_factor(f, other);
    }
    for (size_t i = 0; i < node->n_args; i++)
        if (has_factor(f, node->args[i]))
            return true;
    return false;
}

bool fsci_spreads_by_factors(const fsci_fitted *fitted, const fsci_fitted_derived *derived)
{
    const fsci_node *node = derived->formula->right;
    if (fsci_fitted_solved_in(fitted, derived))
        return fsci_fitted_solved_in(fitted, derived)->log;
    return derived->n_arguments > 0 || (is_positive(fitted, node) && has_factor(fitted, node));
}
