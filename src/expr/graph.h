/* graph: a program as vertices that are shared wherever they are equal. Every vertex is made by
 * fsci_graph_make, which folds constants, rewrites what can be said better, and shares; arguments
 * are always older than the vertex, so that the order of age is an order of evaluation. */
#ifndef FSCI_EXPR_GRAPH_H
#define FSCI_EXPR_GRAPH_H

#include "expr/tree.h"

/* What a vertex depends on; the class of an operation is the union of its arguments'. Constants are
 * folded; what cannot be, because it is outside its domain, counts as data, and is checked there.
 */
typedef enum fsci_class {
    FSCI_CLASS_CONSTANT = 0, /* numbers only */
    FSCI_CLASS_DATA = 1,
    FSCI_CLASS_PARAMETER = 2,
    FSCI_CLASS_MIXED = 3
} fsci_class;

/* Vertex 0 is no vertex: an exponent that is not there, and what is made without memory. */
typedef uint32_t fsci_vertex_id;

typedef struct fsci_vertex {
    fsci_op op;
    fsci_class class;
    bool positive;             /* known to be > 0 (or missing) whatever the parameters */
    uint32_t first, n_args;    /* graph->args[first …]; of LOGSUM: c, e, c, e, … */
    double number;             /* NUMBER */
    const fsci_symbol *symbol; /* leaves */
    const fsci_symbol *codes;  /* GROUP: the column that indexes it */
    const fsci_node *origin;   /* the piece of formula it was first made for */
    uint32_t next;             /* in its hash chain */
} fsci_vertex;

enum { FSCI_SUM_TERMS = 64 };

typedef struct fsci_graph {
    fsci_arena *arena;
    fsci_vertex *vertices;
    fsci_vertex_id *args;
    size_t n_vertices, vertex_room, n_args, arg_room;
    size_t n_rows;
    const fsci_node *origin; /* of vertices made now */
    fsci_vertex_id *buckets; /* [n_buckets], a power of two, of hash chains that end at vertex 0 */
    size_t n_buckets;
    bool failed; /* out of memory */
} fsci_graph;

fsci_graph *fsci_graph_new(fsci_arena *arena, size_t n_rows); /* NULL when out of memory */

fsci_vertex_id fsci_graph_number(fsci_graph *g, double value);
/* COLUMN and CODES by symbol, THETA by symbol->first, GROUP by symbol. */
fsci_vertex_id fsci_graph_leaf(fsci_graph *g, fsci_op op, const fsci_symbol *symbol);
/* The vertex as given: shared, not rewritten. */
fsci_vertex_id fsci_graph_add(fsci_graph *g, fsci_op op, const fsci_vertex_id *args, size_t n_args);
/* The simplest vertex that means the same. */
fsci_vertex_id fsci_graph_make(fsci_graph *g, fsci_op op, const fsci_vertex_id *args,
                               size_t n_args);

static inline fsci_vertex_id fsci_graph_arg(const fsci_graph *g, fsci_vertex_id id, size_t k)
{
    return g->args[g->vertices[id].first + k];
}

#endif
