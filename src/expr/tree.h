/* tree: what the parser makes of a formula, node by node, with the place of each in the text. */
#ifndef FSCI_EXPR_TREE_H
#define FSCI_EXPR_TREE_H

#include "expr/expr.h"
#include "expr/functions.h"

typedef enum fsci_node_kind {
    FSCI_NODE_NUMBER, /* number; true and false are 1 and 0 */
    FSCI_NODE_TEXT,   /* name is the text without its quotes */
    FSCI_NODE_NAME,   /* name */
    FSCI_NODE_GROUP,  /* name[index]: args[0] is the index, a NAME */
    FSCI_NODE_SUM,    /* sum_name(body): args[0] is the body, in which names that end in _name stand
                         for a member of their set at a time; sum_name(K, body): number is K, else 0 */
    FSCI_NODE_TERM,   /* name, the index of a sum around it: the number of the term, from 1 */
    FSCI_NODE_APPLY   /* op of args: an operator or a function */
} fsci_node_kind;

struct fsci_node {
    fsci_node_kind kind;
    fsci_op op;
    double number;
    const char *name;
    const fsci_node *const *args;
    size_t n_args;
    size_t only;     /* SUM: this term alone, from 1; 0 for all */
    int32_t at, len; /* bytes of the formula's text, from 0; len 0 for a node made by a program */
    int32_t height;  /* longest way to a leaf: bounded, so that walks may recurse */
};

/* A formula may chain this many operations (a + b + c + …), though not nest them so deep. */
enum { FSCI_FORMULA_HEIGHT = 1000 };
/* The most terms that sum_j(K, …) may ask for, and that all sums of a formula may make. */
enum { FSCI_SUM_COUNT = 1000, FSCI_FORMULA_TERMS = 1 << 17 };

/* Whether a name is one of the set of an index: x_j of j. */
bool fsci_in_set(const char *name, const char *index);

/* The node with other arguments, as many. NULL when out of memory, or when one of them is. */
const fsci_node *fsci_node_with(fsci_arena *arena, const fsci_node *node,
                                const fsci_node *const *args);
/* NULL when out of memory (the arena is then marked failed). `args` is copied. */
const fsci_node *fsci_node_apply(fsci_arena *arena, fsci_op op, const fsci_node *const *args,
                                 size_t n_args);

/* The place of bytes [at, at + len) of the formula, for messages. */
fsc_status fsci_formula_fail_at(fsc_error *err, const fsci_formula *formula, int32_t at,
                                int32_t len, const char *format, ...) FSCI_PRINTF(5, 6);

#endif
