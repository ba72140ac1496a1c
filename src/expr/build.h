/* build: trees to a graph, names resolved against a scope. */
#ifndef FSCI_EXPR_BUILD_H
#define FSCI_EXPR_BUILD_H

#include "expr/graph.h"

/* roots[i] becomes the vertex of nodes[i]. */
fsc_status fsci_graph_build(fsci_graph *g, const fsci_formula *origin,
                            const fsci_node *const *nodes, size_t n_nodes, const fsci_scope *scope,
                            fsci_vertex_id *roots, fsc_error *err);

#endif
