/* flow: what runs through the vertices of root 0 besides their values: tangents up, adjoints and
 * the tangents of adjoints down. For y = f(a, b)
 *
 *   tangent   dy = f_a da + f_b db
 *   adjoint   A += Y f_a
 *   second    dA += dY f_a + Y (f_aa da + f_ab db)
 *
 * with Y, A the adjoints of y and a. Every flow is an array over the rows of a block, or nothing
 * where it is zero. */
#ifndef FSCI_EXPR_FLOW_H
#define FSCI_EXPR_FLOW_H

#include "expr/tape.h"

typedef enum fsci_flow { FSCI_TANGENT, FSCI_ADJOINT, FSCI_SECOND, FSCI_FLOWS } fsci_flow;

typedef struct fsci_flows {
    const fsci_run *run;
    const fsci_graph *graph;
    size_t n;                     /* whole lanes in use now */
    size_t room;                  /* length of an array */
    fsci_operand *at[FSCI_FLOWS]; /* [n_vertices] what flows at each; NULL inside for nothing */
    double **array;               /* [n_vertices] FSCI_FLOWS arrays one after the other */
    double *spare[2];             /* [room] */
} fsci_flows;

/* Whether a vertex moves with the parameters. */
static inline bool fsci_varies(const fsci_flows *f, fsci_vertex_id id)
{
    return id && (f->graph->vertices[id].class & FSCI_CLASS_PARAMETER);
}

double *fsci_flow_array(const fsci_flows *f, fsci_flow k, fsci_vertex_id id);
void fsci_flow_clear(const fsci_flows *f, fsci_flow k);
/* Tangents, from those that are set, through steps in their order. */
void fsci_flow_push(const fsci_flows *f, const fsci_step *steps, size_t n_steps);
/* Adjoints, from those that are set, through steps in reverse. */
void fsci_flow_pull(const fsci_flows *f, const fsci_step *steps, size_t n_steps);
/* The tangents of the adjoints, when tangents and adjoints are there. */
void fsci_flow_bend(const fsci_flows *f, const fsci_step *steps, size_t n_steps);

#endif
