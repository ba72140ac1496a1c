#include "expr/program.h"

/* ---- vertices as trees ---- */

static const fsci_node *leaf_node(const fsci_graph *g, const fsci_vertex *v)
{
    fsci_node *node = FSCI_NEW(g->arena, fsci_node, 1);
    if (!node)
        return NULL;
    *node = (fsci_node){.kind = FSCI_NODE_NUMBER, .number = v->number};
    if (v->op == FSCI_OP_NUMBER)
        return node;
    node->kind = FSCI_NODE_NAME;
    node->name = v->symbol->name;
    if (v->op == FSCI_OP_GROUP) {
        const fsci_vertex codes = {.op = FSCI_OP_CODES, .symbol = v->codes};
        const fsci_node *index = leaf_node(g, &codes);
        node->kind = FSCI_NODE_GROUP;
        node->n_args = 1;
        node->args = fsci_copy_array(g->arena, &index, 1, sizeof index);
        return index && node->args ? node : NULL;
    }
    return node;
}

static const fsci_node *join(const fsci_graph *g, fsci_op op, const fsci_node *a,
                             const fsci_node *b)
{
    if (!a || !b)
        return NULL;
    return fsci_node_apply(g->arena, op, (const fsci_node *[]){a, b}, 2);
}

/* log(c*exp(e) + …), factors of one left out. */
static const fsci_node *logsum_node(const fsci_graph *g, const fsci_vertex *v,
                                    fsci_vertex_name_fn *name, void *context)
{
    const fsci_node *sum = NULL;
    for (uint32_t k = 0; k < v->n_args; k += 2) {
        fsci_vertex_id c = g->args[v->first + k], e = g->args[v->first + k + 1];
        const fsci_node *term = fsci_vertex_node(g, c, name, context);
        if (e) {
            const fsci_node *exponent = fsci_vertex_node(g, e, name, context);
            const fsci_node *power =
                exponent ? fsci_node_apply(g->arena, FSCI_OP_EXP, &exponent, 1) : NULL;
            bool one = g->vertices[c].op == FSCI_OP_NUMBER && g->vertices[c].number == 1;
            term = one ? power : join(g, FSCI_OP_MUL, term, power);
        }
        sum = k ? join(g, FSCI_OP_ADD, sum, term) : term;
        if (!sum)
            return NULL;
    }
    return fsci_node_apply(g->arena, FSCI_OP_LOG, &sum, 1);
}

const fsci_node *fsci_vertex_node(const fsci_graph *g, fsci_vertex_id id, fsci_vertex_name_fn *name,
                                  void *context)
{
    const fsci_vertex *v = &g->vertices[id];
    const char *own = name ? name(context, id) : NULL;
    const fsci_node *args[3];
    if (own) {
        fsci_node *node = FSCI_NEW(g->arena, fsci_node, 1);
        if (node)
            *node = (fsci_node){.kind = FSCI_NODE_NAME, .name = own};
        return node;
    }
    if (v->op >= FSCI_OPERATION_COUNT)
        return leaf_node(g, v);
    if (v->op == FSCI_OP_LOGSUM)
        return logsum_node(g, v, name, context);
    for (uint32_t k = 0; k < v->n_args; k++)
        if (!(args[k] = fsci_vertex_node(g, g->args[v->first + k], name, context)))
            return NULL;
    return fsci_node_apply(g->arena, v->op, args, v->n_args);
}

void fsci_program_describe(const fsci_program *program, fsci_buffer *out)
{
    fsci_buffer_printf(out, "%zu vertices\n", program->graph->n_vertices);
}
