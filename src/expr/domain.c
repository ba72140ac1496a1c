#include "expr/program.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- which values are asked for ---- */

/* The value of a data-only vertex in row i of the block; false when it depends on parameters. */
static bool known(const fsci_run *run, fsci_vertex_id id, size_t i, double *value)
{
    const fsci_vertex *v = &run->tape->graph->vertices[id];
    fsci_operand operand = run->operands[run->tape->slot_of[id]];
    if (v->op == FSCI_OP_NUMBER)
        *value = v->number;
    else if (v->class == FSCI_CLASS_DATA)
        *value = operand.at[i & operand.mask];
    return v->class <= FSCI_CLASS_DATA;
}

/* Whether v, asked for in row i, asks for its argument k. */
static bool asks(const fsci_run *run, const fsci_vertex *v, size_t k, size_t i)
{
    const fsci_vertex_id *args = run->tape->graph->args + v->first;
    double x = NAN;
    switch (v->op) {
    case FSCI_OP_WHERE:
        return k == 0 || (known(run, args[0], i, &x) && !isnan(x) && (x != 0) == (k == 1));
    case FSCI_OP_AND:
        return !(known(run, args[1 - k], i, &x) && x == 0);
    case FSCI_OP_OR:
        return !(known(run, args[1 - k], i, &x) && !isnan(x) && x != 0);
    default:
        return true;
    }
}

static bool is_asked(const fsci_program *program, const fsci_run *run, fsci_vertex_id id, size_t i)
{
    const fsci_graph *g = program->graph;
    memset(program->asked, 0, g->n_vertices * sizeof *program->asked);
    for (size_t r = 0; r < program->n_roots; r++)
        program->asked[program->roots[r]] = true;
    for (size_t v = g->n_vertices; v-- > id;)
        for (size_t k = 0; program->asked[v] && k < g->vertices[v].n_args; k++)
            if (asks(run, &g->vertices[v], k, i))
                program->asked[g->args[g->vertices[v].first + k]] = true;
    return program->asked[id];
}

static bool all_numbers(const fsci_graph *g, const fsci_vertex *v)
{
    for (uint32_t k = 0; k < v->n_args; k++)
        if (g->vertices[g->args[v->first + k]].op != FSCI_OP_NUMBER)
            return false;
    return true;
}

/* ---- the sentence ---- */

/* Shared vertices are written out as often as they occur: long expressions are cut. */
static const char *cut(void *context, fsci_vertex_id id)
{
    int *left = context;
    (void)id;
    return (*left)-- > 0 ? NULL : "\u2026";
}

static const char *text_of(const fsci_graph *g, fsci_vertex_id id, fsci_buffer *buffer)
{
    int pieces = 40;
    const fsci_node *node = fsci_vertex_node(g, id, cut, &pieces);
    if (node)
        fsci_formula_write(node, false, buffer);
    return node && !buffer->failed ? buffer->data : "the formula";
}

static fsc_status fail_domain(const fsci_program *program, fsci_vertex_id id, const double *args,
                              size_t row, fsc_error *err)
{
    static const char *const needs[] = {
        [FSCI_DOMAIN_POSITIVE] = "> 0",         [FSCI_DOMAIN_NONNEGATIVE] = ">= 0",
        [FSCI_DOMAIN_ABOVE_M1] = "> -1",        [FSCI_DOMAIN_UNIT] = "between 0 and 1",
        [FSCI_DOMAIN_DIVISOR] = "other than 0", [FSCI_DOMAIN_POWER] = ">= 0"};
    const fsci_graph *g = program->graph;
    const fsci_vertex *v = &g->vertices[id];
    fsci_op_domain domain = fsci_operation_of(v->op)->domain;
    double first_alone[3] = {args[0], 1, 1};
    size_t at_fault = domain == FSCI_DOMAIN_DIVISOR ||
                      (v->n_args == 2 && fsci_op_domain_holds(domain, first_alone, 2) &&
                       domain != FSCI_DOMAIN_POWER);
    const char *need = domain == FSCI_DOMAIN_POWER && args[0] == 0 ? "> 0" : needs[domain];
    fsci_buffer whole = {0}, part = {0};
    char found[FSCI_NUMBER_TEXT];
    fsci_number_write(args[at_fault], found);
    const char *text = text_of(g, id, &whole);
    const char *arg = text_of(g, fsci_graph_arg(g, id, at_fault), &part);
    fsc_status status =
        all_numbers(g, v)
            ? fsci_formula_fail_at(err, program->origin, v->origin->at, v->origin->len,
                                   "%s: %s is not %s", text, arg, need)
            : fsci_fail_row(err, FSC_EINPUT, (int64_t)row, "%s needs %s %s, found %s", text, arg,
                            need, found);
    fsci_buffer_free(&whole);
    fsci_buffer_free(&part);
    return status;
}

/* ---- the check ---- */

/* The arguments of v in this block; at is NULL for one that depends on parameters. False when
 * nothing can be checked. */
static bool load(const fsci_run *run, const fsci_vertex *v, fsci_operand in[3])
{
    const fsci_graph *g = run->tape->graph;
    bool any = all_numbers(g, v);
    for (uint32_t k = 0; k < v->n_args; k++) {
        fsci_vertex_id id = g->args[v->first + k];
        fsci_vertex *arg = &g->vertices[id];
        if (arg->op == FSCI_OP_NUMBER)
            in[k] = (fsci_operand){&arg->number, 0};
        else if (arg->class == FSCI_CLASS_DATA)
            in[k] = run->operands[run->tape->slot_of[id]];
        else
            in[k] = (fsci_operand){NULL, 0};
        any |= arg->class == FSCI_CLASS_DATA;
    }
    return any;
}

/* What is not known fits: 1, or -1 for a power that is written with a minus. */
static double assumed(const fsci_graph *g, const fsci_vertex *v, uint32_t k)
{
    return g->vertices[g->args[v->first + k]].op == FSCI_OP_NEG ? -1 : 1;
}

/* Whether the arguments that the domain of v looks at are the same in every row, and inside it. */
static bool holds_throughout(const fsci_program *program, const fsci_vertex *v,
                             const fsci_operand in[3])
{
    double args[3] = {1, 1, 1};
    fsci_op_domain domain = fsci_operation_of(v->op)->domain;
    for (uint32_t k = domain == FSCI_DOMAIN_DIVISOR; k < v->n_args; k++) {
        if (in[k].at && in[k].mask)
            return false;
        args[k] = in[k].at ? in[k].at[0] : assumed(program->graph, v, k);
    }
    return fsci_op_domain_holds(domain, args, v->n_args);
}

/* The first row of [begin, end) where v is asked for outside its domain, with its arguments; `end`
 * when there is none. */
static size_t next_outside(const fsci_program *program, const fsci_run *run, fsci_vertex_id id,
                           size_t begin, size_t end, double args[3])
{
    const fsci_vertex *v = &program->graph->vertices[id];
    const fsci_op_domain domain = fsci_operation_of(v->op)->domain;
    fsci_operand in[3];
    if (!load(run, v, in) || holds_throughout(program, v, in))
        return end;
    for (size_t i = begin; i < end; i++) {
        for (uint32_t k = 0; k < v->n_args; k++)
            args[k] = in[k].at ? in[k].at[i & in[k].mask] : assumed(program->graph, v, k);
        if (!fsci_op_domain_holds(domain, args, v->n_args) && is_asked(program, run, id, i))
            return i;
    }
    return end;
}

/* Whether v is computed at all and has a domain to leave. */
static bool is_checked(const fsci_program *program, fsci_vertex_id id)
{
    fsci_op op = program->graph->vertices[id].op;
    return op < FSCI_OPERATION_COUNT && fsci_operation_of(op)->domain != FSCI_DOMAIN_ALL &&
           (program->main->slot_of[id] || program->data->slot_of[id]);
}

static void mark_outside(const fsci_program *program, const fsci_run *run, fsci_vertex_id id,
                         size_t row, size_t n)
{
    double args[3] = {0};
    for (size_t i = 0; (i = next_outside(program, run, id, i, n, args)) < n; i++)
        program->outside[row + i] = true;
}

/* Constants outside a domain are an error in any row; data may be marked instead. */
fsc_status fsci_domain_check(const fsci_program *program, const fsci_run *run, size_t row, size_t n,
                             fsc_error *err)
{
    const fsci_graph *g = program->graph;
    fsci_vertex_id at_fault = 0;
    double args[3] = {0}, fault[3] = {0};
    size_t first = n;
    for (fsci_vertex_id id = 1; id < g->n_vertices; id++) {
        if (!is_checked(program, id))
            continue;
        if (program->outside && !all_numbers(g, &g->vertices[id])) {
            mark_outside(program, run, id, row, n);
            continue;
        }
        size_t i = next_outside(program, run, id, 0, first, args);
        if (i < first) {
            first = i;
            at_fault = id;
            memcpy(fault, args, sizeof fault);
        }
    }
    return at_fault ? fail_domain(program, at_fault, fault, row + first, err) : FSC_OK;
}
