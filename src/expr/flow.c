#include "expr/flow.h"

#include <string.h>

double *fsci_flow_array(const fsci_flows *f, fsci_flow k, fsci_vertex_id id)
{
    return f->array[id] + (size_t)k * f->room;
}

static fsci_operand constant(const fsci_flows *f, fsci_slot_id slot)
{
    return f->run->operands[slot];
}

static fsci_operand or_zero(const fsci_flows *f, fsci_operand x)
{
    return x.at ? x : constant(f, FSCI_SLOT_ZERO);
}

/* Where more of a flow is added at a vertex: its array, and what is there before. */
static double *receive(const fsci_flows *f, fsci_flow k, fsci_vertex_id id, fsci_operand *before)
{
    *before = or_zero(f, f->at[k][id]);
    double *to = fsci_flow_array(f, k, id);
    f->at[k][id] = (fsci_operand){to, SIZE_MAX};
    return to;
}

void fsci_flow_clear(const fsci_flows *f, fsci_flow k)
{
    memset(f->at[k], 0, f->graph->n_vertices * sizeof *f->at[k]);
}

/* adjoint * x, nothing where the adjoint is nothing, added to `before`. */
static fsci_operand times(const fsci_flows *f, double *to, fsci_operand before,
                          fsci_operand adjoint, fsci_operand x)
{
    const fsci_operand in[3] = {x, x, x};
    f->run->tape->kernels->chain[FSCI_OP_MUL][0](to, before, adjoint, in, x, f->n);
    return (fsci_operand){to, SIZE_MAX};
}

/* Tangents of an operation. What is not selected leaves no trace, not even a missing value. */
static void push_operation(const fsci_flows *f, const fsci_step *step, const fsci_vertex *v)
{
    const fsci_kernels *kernels = f->run->tape->kernels;
    const fsci_operand zero = constant(f, FSCI_SLOT_ZERO), y = f->run->operands[step->out];
    fsci_operand in[3], before;
    fsci_run_operands(f->run, step, in);
    for (uint32_t k = 0; k < v->n_args; k++) {
        fsci_operand tangent = f->at[FSCI_TANGENT][fsci_graph_arg(f->graph, step->vertex, k)];
        if (!tangent.at || !fsci_has_slope(v->op, k))
            continue;
        double *to = receive(f, FSCI_TANGENT, step->vertex, &before);
        if (!fsci_selects(v->op)) {
            kernels->chain[v->op][k](to, before, tangent, in, y, f->n);
            continue;
        }
        kernels->chain[v->op][k](f->spare[0], zero, constant(f, FSCI_SLOT_ONE), in, y, f->n);
        const fsci_operand choice[3] = {{f->spare[0], SIZE_MAX}, tangent, before};
        kernels->value[FSCI_OP_WHERE](to, choice, f->n);
    }
}

static void push_logsum(const fsci_flows *f, const fsci_step *step, const fsci_vertex *v)
{
    const fsci_kernels *kernels = f->run->tape->kernels;
    const fsci_operand sum = f->run->operands[f->run->tape->inputs[step->first]];
    const fsci_operand share = {f->spare[0], SIZE_MAX}, none = constant(f, FSCI_SLOT_ZERO);
    fsci_operand before;
    fsci_run_terms(f->run, step);
    for (uint32_t k = 0; k < v->n_args; k++) {
        fsci_vertex_id arg = fsci_graph_arg(f->graph, step->vertex, k);
        if (!arg || !f->at[FSCI_TANGENT][arg].at)
            continue;
        double *to = receive(f, FSCI_TANGENT, step->vertex, &before);
        kernels->logsum_share(f->spare[0], f->at[FSCI_TANGENT][arg], sum, f->n);
        if (k % 2 == 0)
            kernels->logsum_chain(to, before, NULL, none, &f->run->terms[k / 2], share, f->n);
        else
            kernels->logsum_chain(NULL, none, to, before, &f->run->terms[k / 2], share, f->n);
    }
}

void fsci_flow_push(const fsci_flows *f, const fsci_step *steps, size_t n_steps)
{
    for (size_t k = 0; k < n_steps; k++) {
        const fsci_vertex *v = &f->graph->vertices[steps[k].vertex];
        if (v->op == FSCI_OP_LOGSUM)
            push_logsum(f, &steps[k], v);
        else
            push_operation(f, &steps[k], v);
    }
}

/* A flow down along the slopes of an operation. */
static void pull_operation(const fsci_flows *f, fsci_flow k, const fsci_step *step,
                           const fsci_vertex *v)
{
    fsci_operand in[3], before, y = f->run->operands[step->out];
    fsci_run_operands(f->run, step, in);
    for (uint32_t a = 0; a < v->n_args; a++) {
        fsci_vertex_id arg = fsci_graph_arg(f->graph, step->vertex, a);
        if (!fsci_varies(f, arg) || !fsci_has_slope(v->op, a))
            continue;
        double *to = receive(f, k, arg, &before);
        f->run->tape->kernels->chain[v->op][a](to, before, f->at[k][step->vertex], in, y, f->n);
    }
}

/* What the bends of an operation make of an adjoint, into the tangents of the adjoints below. */
static void bend_operation(const fsci_flows *f, const fsci_step *step, const fsci_vertex *v)
{
    fsci_operand in[3], before, y = f->run->operands[step->out];
    const fsci_operand zero = constant(f, FSCI_SLOT_ZERO);
    fsci_run_operands(f->run, step, in);
    for (uint32_t l = 0; l < v->n_args && v->n_args < FSCI_PAIRS; l++) {
        fsci_operand tangent = f->at[FSCI_TANGENT][fsci_graph_arg(f->graph, step->vertex, l)];
        if (!tangent.at)
            continue;
        fsci_operand moved =
            times(f, f->spare[0], zero, f->at[FSCI_ADJOINT][step->vertex], tangent);
        for (uint32_t k = 0; k < v->n_args; k++) {
            fsci_vertex_id arg = fsci_graph_arg(f->graph, step->vertex, k);
            fsci_chain_fn *bend = f->run->tape->kernels->bend[v->op][k + l];
            if (!bend || !fsci_varies(f, arg))
                continue;
            double *to = receive(f, FSCI_SECOND, arg, &before);
            bend(to, before, moved, in, y, f->n);
        }
    }
}

/* An adjoint of y = log(sum of c*exp(e)) into those of a term, both multiples of exp(e)/sum. */
static void pull_term(const fsci_flows *f, fsci_flow k, const fsci_step *step, uint32_t term,
                      fsci_operand adjoint, bool exponent_only)
{
    const fsci_kernels *kernels = f->run->tape->kernels;
    const fsci_operand sum = f->run->operands[f->run->tape->inputs[step->first]];
    fsci_vertex_id c = fsci_graph_arg(f->graph, step->vertex, 2 * term);
    fsci_vertex_id e = fsci_graph_arg(f->graph, step->vertex, 2 * term + 1);
    fsci_operand before_c = constant(f, FSCI_SLOT_ZERO), before_e = before_c;
    double *to_c = NULL, *to_e = NULL;
    kernels->logsum_share(f->spare[0], adjoint, sum, f->n);
    if (exponent_only) { /* without the factor c */
        to_c = receive(f, k, e, &before_c);
    } else {
        if (fsci_varies(f, c))
            to_c = receive(f, k, c, &before_c);
        if (fsci_varies(f, e))
            to_e = receive(f, k, e, &before_e);
    }
    if (to_c || to_e)
        kernels->logsum_chain(to_c, before_c, to_e, before_e, &f->run->terms[term],
                              (fsci_operand){f->spare[0], SIZE_MAX}, f->n);
}

static void pull_logsum(const fsci_flows *f, fsci_flow k, const fsci_step *step,
                        const fsci_vertex *v)
{
    fsci_run_terms(f->run, step);
    for (uint32_t term = 0; term < v->n_args / 2; term++)
        pull_term(f, k, step, term, f->at[k][step->vertex], false);
}

/* With w = exp(e)/sum the slopes are w by c and c*w by e, and dw = w (de - dy). */
static void bend_logsum(const fsci_flows *f, const fsci_step *step, const fsci_vertex *v)
{
    const fsci_operand zero = constant(f, FSCI_SLOT_ZERO);
    fsci_operand adjoint = f->at[FSCI_ADJOINT][step->vertex];
    fsci_operand dy = f->at[FSCI_TANGENT][step->vertex];
    fsci_run_terms(f->run, step);
    for (uint32_t k = 0; dy.at && k < v->n_args / 2; k++) {
        fsci_vertex_id c = fsci_graph_arg(f->graph, step->vertex, 2 * k);
        fsci_vertex_id e = fsci_graph_arg(f->graph, step->vertex, 2 * k + 1);
        fsci_operand de = e ? f->at[FSCI_TANGENT][e] : (fsci_operand){NULL, 0};
        const fsci_operand in[3] = {or_zero(f, de), dy, zero};
        f->run->tape->kernels->value[FSCI_OP_SUB](f->spare[1], in, f->n);
        fsci_operand moved =
            times(f, f->spare[1], zero, adjoint, (fsci_operand){f->spare[1], SIZE_MAX});
        pull_term(f, FSCI_SECOND, step, k, moved, false);
        if (fsci_varies(f, e) && f->at[FSCI_TANGENT][c].at)
            pull_term(f, FSCI_SECOND, step, k,
                      times(f, f->spare[1], zero, adjoint, f->at[FSCI_TANGENT][c]), true);
    }
}

static void pull(const fsci_flows *f, fsci_flow k, const fsci_step *step)
{
    const fsci_vertex *v = &f->graph->vertices[step->vertex];
    if (f->at[k][step->vertex].at && v->op < FSCI_OPERATION_COUNT)
        (v->op == FSCI_OP_LOGSUM ? pull_logsum : pull_operation)(f, k, step, v);
}

void fsci_flow_pull(const fsci_flows *f, const fsci_step *steps, size_t n_steps)
{
    for (size_t i = n_steps; i-- > 0;)
        pull(f, FSCI_ADJOINT, &steps[i]);
}

void fsci_flow_bend(const fsci_flows *f, const fsci_step *steps, size_t n_steps)
{
    for (size_t i = n_steps; i-- > 0;) {
        const fsci_vertex *v = &f->graph->vertices[steps[i].vertex];
        pull(f, FSCI_SECOND, &steps[i]);
        if (f->at[FSCI_ADJOINT][steps[i].vertex].at && v->op < FSCI_OPERATION_COUNT)
            (v->op == FSCI_OP_LOGSUM ? bend_logsum : bend_operation)(f, &steps[i], v);
    }
}
