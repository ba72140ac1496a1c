#include "fit/response.h"

#include "expr/tree.h"

#include <string.h>

/* Where the response stands in a tree: how often, and no further than needed. */
static int count_name(const fsci_node *node, const char *name)
{
    if (node->kind == FSCI_NODE_NAME)
        return !strcmp(node->name, name);
    int n = 0;
    for (size_t i = 0; i < node->n_args; i++)
        n += count_name(node->args[i], name);
    return n;
}

static const fsci_node *of_one(fsci_arena *arena, fsci_op op, const fsci_node *a)
{
    return a ? fsci_node_apply(arena, op, &a, 1) : NULL;
}

static const fsci_node *of_two(fsci_arena *arena, fsci_op op, const fsci_node *a,
                               const fsci_node *b)
{
    const fsci_node *args[] = {a, b};
    return a && b ? fsci_node_apply(arena, op, args, 2) : NULL;
}

static const fsci_node *number(fsci_arena *arena, double value)
{
    fsci_node *node = FSCI_NEW(arena, fsci_node, 1);
    if (node)
        *node = (fsci_node){.kind = FSCI_NODE_NUMBER, .number = value, .height = 1};
    return node;
}

/* y from f(y) = side for a function of one argument that has an inverse; NULL for others. */
static const fsci_node *undo_function(fsci_arena *arena, fsci_op op, const fsci_node *side)
{
    switch (op) {
    case FSCI_OP_LOG:
        return of_one(arena, FSCI_OP_EXP, side);
    case FSCI_OP_EXP:
        return of_one(arena, FSCI_OP_LOG, side);
    case FSCI_OP_LOG1P:
        return of_one(arena, FSCI_OP_EXPM1, side);
    case FSCI_OP_EXPM1:
        return of_one(arena, FSCI_OP_LOG1P, side);
    case FSCI_OP_LOGIT:
        return of_one(arena, FSCI_OP_SIGMOID, side);
    case FSCI_OP_SIGMOID:
        return of_one(arena, FSCI_OP_LOGIT, side);
    case FSCI_OP_LOG10:
        return of_two(arena, FSCI_OP_POW, number(arena, 10), side);
    case FSCI_OP_LOG2:
        return of_two(arena, FSCI_OP_POW, number(arena, 2), side);
    case FSCI_OP_SQRT:
        return of_two(arena, FSCI_OP_POW, side, number(arena, 2));
    case FSCI_OP_NEG:
        return of_one(arena, FSCI_OP_NEG, side);
    default:
        return NULL;
    }
}

/* The same for an operator; `first` says that y is in its first operand. */
static const fsci_node *undo_operator(fsci_arena *arena, fsci_op op, const fsci_node *other,
                                      bool first, const fsci_node *side)
{
    switch (op) {
    case FSCI_OP_ADD:
        return of_two(arena, FSCI_OP_SUB, side, other);
    case FSCI_OP_SUB:
        return first ? of_two(arena, FSCI_OP_ADD, side, other)
                     : of_two(arena, FSCI_OP_SUB, other, side);
    case FSCI_OP_MUL:
        return of_two(arena, FSCI_OP_DIV, side, other);
    case FSCI_OP_DIV:
        return first ? of_two(arena, FSCI_OP_MUL, side, other)
                     : of_two(arena, FSCI_OP_DIV, other, side);
    case FSCI_OP_POW:
        return first ? of_two(arena, FSCI_OP_POW, side,
                              of_two(arena, FSCI_OP_DIV, number(arena, 1), other))
                     : NULL;
    default:
        return NULL;
    }
}

static const fsci_node *isolate(fsci_arena *arena, const fsci_node *left, const char *response,
                                const fsci_node *side)
{
    while (side && left->kind == FSCI_NODE_APPLY && left->n_args <= 2) {
        bool first = count_name(left->args[0], response) > 0;
        side = left->n_args == 1 ? undo_function(arena, left->op, side)
                                 : undo_operator(arena, left->op, left->args[first], first, side);
        left = left->args[!first];
    }
    return left->kind == FSCI_NODE_NAME ? side : NULL;
}

fsc_status fsci_response_find(fsci_arena *arena, fsci_model *model, fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    const fsc_law *law = model->subject.law;
    if (model->objective.density && formula->left->kind != FSCI_NODE_NAME) {
        model->response = fsci_formula_text(
            arena, NULL, formula->left); /* a density is of the left side itself */
        model->prediction = formula->right;
        return model->response ? FSC_OK : fsci_fail_memory(err);
    }
    if (law) {
        model->response = law->columns.items[law->response].name;
        if (!model->subject.grouped) /* the law's own has no groups */
            model->prediction = law->solution;
    }
    for (size_t i = 0; i < model->n_bindings && !law; i++)
        if (count_name(formula->left, model->bindings[i].symbol)) {
            if (model->response) { /* two columns on the left: no one response */
                model->response = NULL;
                return FSC_OK;
            }
            model->response = model->bindings[i].symbol;
        }
    if (model->response && !model->prediction && count_name(formula->left, model->response) == 1 &&
        !count_name(formula->right, model->response))
        model->prediction = isolate(arena, formula->left, model->response, formula->right);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
