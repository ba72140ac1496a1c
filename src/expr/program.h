/* program: what fsci_program_new makes. */
#ifndef FSCI_EXPR_PROGRAM_H
#define FSCI_EXPR_PROGRAM_H

#include "expr/tape.h"

struct fsci_program {
    const fsci_graph *graph;
    const fsci_formula *origin;
    const fsci_vertex_id *roots;
    size_t n_roots, n_rows;
    const fsci_tape *main, *data; /* data is NULL when nothing depends on data alone */
    fsci_matrix columns;          /* of main; stride >= n_rows + FSCI_LANES */
    bool *asked;                  /* [n_vertices] of the domain check */
    bool *outside;                /* of the scope */
};

/* Fails at the first of the n rows of the block where a value of the data tape is asked for outside
 * its domain. A branch that `where` does not take, and what `and` and `or` need not know, is not
 * asked for. */
fsc_status fsci_domain_check(const fsci_program *program, const fsci_run *run, size_t row, size_t n,
                             fsc_error *err);

/* A vertex as a tree again. Vertices that `name` gives a name (it may be NULL) are written as that
 * name. NULL when out of memory. */
typedef const char *fsci_vertex_name_fn(void *context, fsci_vertex_id id);
const fsci_node *fsci_vertex_node(const fsci_graph *graph, fsci_vertex_id id,
                                  fsci_vertex_name_fn *name, void *context);

#endif
