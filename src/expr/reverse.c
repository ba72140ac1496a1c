/* reverse: plans the derivatives of root 0. Within a block adjoints run from the root down to the
 * parameters and to the scalars made of parameters alone; how those depend on the parameters is a
 * gradient computed once per call, so that an adjoint is chained to each parameter once. */
#include "expr/layout.h"

typedef struct plan {
    fsci_layout *l;
    fsci_slot_id *adjoint; /* [n_vertices] ZERO while nothing has arrived */
    uint32_t *uses;        /* [n_vertices] by block vertices of root 0, and as root 0 */
    uint32_t *row;         /* [n_vertices] gradient row of a scalar operation */
    uint32_t *entry;       /* [n_vertices] index of a THETA in a gradient row */
    bool *moves;           /* [n_vertices] with a parameter whose derivatives are wanted */
    bool *reaches;         /* [n_gradients * n_thetas] gradient entries that are not always zero */
    bool *touched;         /* [n_parameters] Jacobian columns that something is written to */
} plan;

static const fsci_vertex *vertex(const plan *p, fsci_vertex_id id)
{
    return &p->l->graph->vertices[id];
}

static bool varies(const plan *p, fsci_vertex_id id)
{
    return p->moves[id];
}

static bool is_wanted(const plan *p, const fsci_vertex *v)
{
    size_t n = v->op == FSCI_OP_GROUP ? v->codes->n_levels : 1;
    for (size_t i = 0; i < n; i++)
        if (!p->l->wanted || p->l->wanted[v->symbol->first + i])
            return true;
    return false;
}

/* Arguments come before what is made of them. */
static void find_moves(plan *p)
{
    for (size_t id = 1; id < p->l->graph->n_vertices; id++) {
        const fsci_vertex *v = vertex(p, (fsci_vertex_id)id);
        bool leaf = v->op == FSCI_OP_THETA || v->op == FSCI_OP_GROUP;
        p->moves[id] = leaf && is_wanted(p, v);
        for (uint32_t k = 0; k < v->n_args; k++)
            p->moves[id] |= p->moves[p->l->graph->args[v->first + k]];
    }
}

/* ---- gradients of scalars ---- */

static fsci_slot_id slope_of(plan *p, fsci_chain chain, bool of_exponent)
{
    fsci_tape *t = p->l->tape;
    fsci_slot_id slope = fsci_layout_slot(p->l, FSCI_SLOT_SCALAR);
    if (of_exponent)
        chain.to_e = slope;
    else
        chain.to = slope;
    t->scalar_chains[t->n_scalar_chains++] = chain;
    return slope;
}

static void add_gradient(plan *p, uint32_t row, fsci_vertex_id arg, fsci_slot_id slope)
{
    fsci_tape *t = p->l->tape;
    bool leaf = vertex(p, arg)->op == FSCI_OP_THETA;
    fsci_gradient_step step = {.row = row,
                               .slope = slope,
                               .from_row = leaf ? -1 : (int64_t)p->row[arg],
                               .from = leaf ? p->entry[arg] : 0};
    t->gradient_steps[t->n_gradient_steps++] = step;
    for (size_t k = 0; k < t->n_thetas; k++)
        p->reaches[row * t->n_thetas + k] |=
            leaf ? k == p->entry[arg] : p->reaches[p->row[arg] * t->n_thetas + k];
}

static void plan_scalar(plan *p, uint32_t step_index)
{
    fsci_tape *t = p->l->tape;
    const fsci_step *step = &t->scalar_steps[step_index];
    const fsci_vertex *v = vertex(p, step->vertex);
    fsci_chain chain = {.step = step_index, .adjoint = FSCI_SLOT_ONE};
    uint32_t row = (uint32_t)t->n_gradients++;
    p->row[step->vertex] = row;
    if (v->op == FSCI_OP_LOGSUM) {
        chain.arg = FSCI_CHAIN_SHARE;
        chain.adjoint = slope_of(p, chain, false);
    }
    for (uint32_t k = 0; k < v->n_args; k++) {
        fsci_vertex_id arg = fsci_graph_arg(p->l->graph, step->vertex, k);
        bool of_exponent = v->op == FSCI_OP_LOGSUM && k % 2 == 1;
        chain.arg = (uint8_t)(v->op == FSCI_OP_LOGSUM ? k / 2 : k);
        if (varies(p, arg) && fsci_has_slope(v->op, k))
            add_gradient(p, row, arg, slope_of(p, chain, of_exponent));
    }
}

/* ---- adjoints in a block ---- */

static void count_uses(plan *p, fsci_vertex_id root)
{
    const fsci_tape *t = p->l->tape;
    p->uses[root]++;
    for (size_t s = 0; s < t->n_block_steps_0; s++) {
        const fsci_vertex *v = vertex(p, t->block_steps[s].vertex);
        for (uint32_t k = 0; k < v->n_args; k++)
            p->uses[fsci_graph_arg(p->l->graph, t->block_steps[s].vertex, k)]++;
    }
}

/* The adjoint of a parameter is computed where the Jacobian wants it. */
static fsci_slot_id new_adjoint(plan *p, fsci_vertex_id id)
{
    if (vertex(p, id)->op != FSCI_OP_THETA)
        return fsci_layout_slot(p->l, FSCI_SLOT_BLOCK);
    size_t parameter = vertex(p, id)->symbol->first;
    p->touched[parameter] = true;
    return fsci_layout_jacobian(p->l, parameter);
}

/* Where the next contribution to arg's adjoint is added: the slot, and what is there before. */
static fsci_slot_id receive(plan *p, fsci_vertex_id arg, fsci_slot_id *before)
{
    *before = p->adjoint[arg];
    if (!p->adjoint[arg])
        p->adjoint[arg] = new_adjoint(p, arg);
    return p->adjoint[arg];
}

/* An adjoint that arrives unchanged, and alone, needs no copy. */
static bool pass_through(plan *p, fsci_vertex_id arg, fsci_slot_id adjoint)
{
    if (p->uses[arg] != 1)
        return false;
    p->adjoint[arg] = adjoint;
    return true;
}

static void push_chain(plan *p, fsci_chain chain)
{
    fsci_tape *t = p->l->tape;
    t->block_chains[t->n_block_chains++] = chain;
}

static void plan_operation(plan *p, uint32_t step, const fsci_vertex *v, fsci_slot_id adjoint)
{
    for (uint32_t k = 0; k < v->n_args; k++) {
        fsci_vertex_id arg = p->l->graph->args[v->first + k];
        bool unchanged = v->op == FSCI_OP_ADD || (v->op == FSCI_OP_SUB && k == 0);
        if (!varies(p, arg) || !fsci_has_slope(v->op, k) ||
            (unchanged && pass_through(p, arg, adjoint)))
            continue;
        fsci_chain chain = {.step = step, .arg = (uint8_t)k, .adjoint = adjoint};
        chain.to = receive(p, arg, &chain.before);
        push_chain(p, chain);
    }
}

/* The share is itself the adjoint of a term without exponent; if only one term takes it so, it is
 * computed in that term's place. */
static fsci_slot_id new_share(plan *p, const fsci_vertex *v)
{
    const fsci_vertex_id *terms = p->l->graph->args + v->first;
    fsci_vertex_id taker = 0;
    size_t n_takers = 0;
    for (uint32_t k = 0; k < v->n_args; k += 2)
        if (!terms[k + 1] && varies(p, terms[k]) && p->uses[terms[k]] == 1) {
            taker = terms[k];
            n_takers++;
        }
    if (n_takers != 1)
        return fsci_layout_slot(p->l, FSCI_SLOT_BLOCK);
    return p->adjoint[taker] = new_adjoint(p, taker);
}

static void plan_logsum(plan *p, uint32_t step, const fsci_vertex *v, fsci_slot_id adjoint)
{
    fsci_slot_id share = new_share(p, v);
    push_chain(
        p, (fsci_chain){.step = step, .arg = FSCI_CHAIN_SHARE, .adjoint = adjoint, .to = share});
    for (uint32_t k = 0; k < v->n_args / 2; k++) {
        fsci_vertex_id c = p->l->graph->args[v->first + 2 * k];
        fsci_vertex_id e = p->l->graph->args[v->first + 2 * k + 1];
        fsci_chain chain = {.step = step, .arg = (uint8_t)k, .adjoint = share};
        bool to_c = varies(p, c) && p->adjoint[c] != share && (e || !pass_through(p, c, share));
        if (to_c)
            chain.to = receive(p, c, &chain.before);
        if (varies(p, e))
            chain.to_e = receive(p, e, &chain.before_e);
        if (chain.to || chain.to_e)
            push_chain(p, chain);
    }
}

static void plan_blocks(plan *p)
{
    const fsci_tape *t = p->l->tape;
    for (size_t s = t->n_block_steps_0; s-- > 0;) {
        fsci_vertex_id id = t->block_steps[s].vertex;
        const fsci_vertex *v = vertex(p, id);
        if (!p->adjoint[id] || v->op == FSCI_OP_GROUP)
            continue;
        if (v->op == FSCI_OP_LOGSUM)
            plan_logsum(p, (uint32_t)s, v, p->adjoint[id]);
        else
            plan_operation(p, (uint32_t)s, v, p->adjoint[id]);
    }
}

/* ---- into the Jacobian ---- */

static void deliver(plan *p, fsci_vertex_id id, uint32_t entry)
{
    fsci_tape *t = p->l->tape;
    const fsci_vertex *v = vertex(p, id);
    size_t parameter = vertex(p, t->thetas[entry])->symbol->first;
    bool leaf = v->op == FSCI_OP_THETA;
    if (!p->adjoint[id] || v->class != FSCI_CLASS_PARAMETER ||
        t->slots[p->adjoint[id]].kind == FSCI_SLOT_JACOBIAN ||
        (leaf ? p->entry[id] != entry : !p->reaches[p->row[id] * t->n_thetas + entry]))
        return;
    t->deliveries[t->n_deliveries++] = (fsci_delivery){.parameter = parameter,
                                                       .adjoint = p->adjoint[id],
                                                       .row = leaf ? -1 : (int64_t)p->row[id],
                                                       .entry = entry,
                                                       .more = p->touched[parameter]};
    p->touched[parameter] = true;
}

static void plan_deliveries(plan *p)
{
    fsci_tape *t = p->l->tape;
    for (uint32_t entry = 0; entry < t->n_thetas; entry++)
        for (size_t id = 1; id < p->l->graph->n_vertices; id++)
            deliver(p, (fsci_vertex_id)id, entry);
    for (size_t s = 0; s < t->n_block_steps_0; s++) {
        const fsci_vertex *v = vertex(p, t->block_steps[s].vertex);
        fsci_slot_id adjoint = p->adjoint[t->block_steps[s].vertex];
        if (v->op == FSCI_OP_GROUP && adjoint)
            t->scatters[t->n_scatters++] = (fsci_scatter){adjoint, v->symbol, v->codes};
    }
    for (size_t j = 0; j < t->n_parameters; j++)
        if (!p->touched[j])
            t->untouched[t->n_untouched++] = j;
}

bool fsci_reverse_plan(fsci_layout *l)
{
    fsci_arena *arena = l->graph->arena;
    fsci_tape *t = l->tape;
    fsci_vertex_id root = t->roots[0];
    size_t n = l->graph->n_vertices, n_entries = (t->n_scalar_steps_0 + 1) * (t->n_thetas + 1);
    plan p = {.l = l,
              .adjoint = FSCI_NEW(arena, fsci_slot_id, n),
              .uses = FSCI_NEW(arena, uint32_t, n),
              .row = FSCI_NEW(arena, uint32_t, n),
              .entry = FSCI_NEW(arena, uint32_t, n),
              .moves = FSCI_NEW(arena, bool, n + 1),
              .reaches = FSCI_NEW(arena, bool, n_entries),
              .touched = FSCI_NEW(arena, bool, t->n_parameters)};
    if (!p.adjoint || !p.uses || !p.row || !p.entry || !p.moves || !p.reaches || !p.touched)
        return false;
    find_moves(&p);
    for (uint32_t k = 0; k < t->n_thetas; k++)
        p.entry[t->thetas[k]] = k;
    for (size_t s = 0; s < t->n_scalar_steps_0; s++)
        plan_scalar(&p, (uint32_t)s);
    if (varies(&p, root)) {
        count_uses(&p, root);
        p.adjoint[root] = FSCI_SLOT_ONE;
        plan_blocks(&p);
    }
    size_t room = 0;
    for (size_t id = 1; id < n; id++)
        if (p.adjoint[id] && vertex(&p, (fsci_vertex_id)id)->class == FSCI_CLASS_PARAMETER)
            room++;
    t->deliveries = FSCI_NEW(arena, fsci_delivery, room * t->n_thetas);
    t->scatters = FSCI_NEW(arena, fsci_scatter, t->n_block_steps_0);
    t->untouched = FSCI_NEW(arena, size_t, t->n_parameters);
    if (!t->deliveries || !t->scatters || !t->untouched)
        return false;
    plan_deliveries(&p);
    return true;
}
