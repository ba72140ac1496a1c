#include "expr/layout.h"

typedef fsci_layout layout;

/* ---- slots ---- */

static fsci_slot_id add_slot(layout *l, fsci_slot_kind kind, size_t index)
{
    fsci_tape *t = l->tape;
    if (kind >= FSCI_SLOT_COLUMN)
        t->moving[t->n_moving++] = (fsci_slot_id)t->n_slots;
    t->n_of[kind]++;
    t->slots[t->n_slots] = (fsci_slot){kind, (uint32_t)index};
    return (fsci_slot_id)t->n_slots++;
}

fsci_slot_id fsci_layout_slot(layout *l, fsci_slot_kind kind)
{
    return add_slot(l, kind, l->tape->n_of[kind]);
}

fsci_slot_id fsci_layout_jacobian(layout *l, size_t parameter)
{
    return add_slot(l, FSCI_SLOT_JACOBIAN, parameter);
}

static fsci_slot_id new_constant(layout *l, double value)
{
    fsci_tape *t = l->tape;
    double *copies = t->constants + t->n_of[FSCI_SLOT_CONSTANT] * FSCI_LANES;
    for (int k = 0; k < FSCI_LANES; k++)
        copies[k] = value;
    return fsci_layout_slot(l, FSCI_SLOT_CONSTANT);
}

static bool is_column(const layout *l, const fsci_vertex *v)
{
    return l->role == FSCI_ROLE_MAIN && v->class == FSCI_CLASS_DATA;
}

/* Scalars are computed once per call; the tape of data has none. */
static fsci_slot_kind slot_kind(const layout *l, const fsci_vertex *v)
{
    if (v->op == FSCI_OP_NUMBER)
        return FSCI_SLOT_CONSTANT;
    if (is_column(l, v))
        return FSCI_SLOT_COLUMN;
    return v->class == FSCI_CLASS_PARAMETER ? FSCI_SLOT_SCALAR : FSCI_SLOT_BLOCK;
}

/* A root that is computed by rows is computed where its value is wanted. */
static size_t root_of(const layout *l, fsci_vertex_id id)
{
    size_t root = 0;
    while (root < l->tape->n_roots && l->tape->roots[root] != id)
        root++;
    return root;
}

static void place_vertex(layout *l, fsci_vertex_id id)
{
    fsci_tape *t = l->tape;
    const fsci_vertex *v = &l->graph->vertices[id];
    fsci_slot_kind kind = slot_kind(l, v);
    size_t root = kind == FSCI_SLOT_BLOCK ? root_of(l, id) : t->n_roots;
    if (kind == FSCI_SLOT_COLUMN)
        t->column[t->n_of[FSCI_SLOT_COLUMN]] = id;
    if (v->op == FSCI_OP_THETA)
        t->thetas[t->n_thetas++] = id;
    t->slot_of[id] = kind == FSCI_SLOT_CONSTANT ? new_constant(l, v->number)
                     : root < t->n_roots        ? add_slot(l, FSCI_SLOT_VALUE, root)
                                                : fsci_layout_slot(l, kind);
}

/* ---- steps ---- */

static void add_logsum_inputs(layout *l, fsci_vertex_id id, fsci_slot_kind kind)
{
    fsci_tape *t = l->tape;
    size_t n_terms = l->graph->vertices[id].n_args / 2;
    t->inputs[t->n_inputs++] = fsci_layout_slot(l, kind);
    for (size_t k = 0; k < n_terms; k++) {
        fsci_vertex_id c = fsci_graph_arg(l->graph, id, 2 * k);
        fsci_vertex_id e = fsci_graph_arg(l->graph, id, 2 * k + 1);
        t->inputs[t->n_inputs++] = t->slot_of[c];
        t->inputs[t->n_inputs++] = e ? t->slot_of[e] : FSCI_SLOT_ZERO;
        t->inputs[t->n_inputs++] = e ? fsci_layout_slot(l, kind) : FSCI_SLOT_ZERO;
    }
    if (n_terms > t->most_terms)
        t->most_terms = n_terms;
}

static void add_step(layout *l, fsci_vertex_id id)
{
    fsci_tape *t = l->tape;
    const fsci_vertex *v = &l->graph->vertices[id];
    fsci_slot_kind kind = slot_kind(l, v);
    if (kind == FSCI_SLOT_CONSTANT || kind == FSCI_SLOT_COLUMN || v->op == FSCI_OP_THETA)
        return;
    fsci_step step = {
        .op = v->op, .out = t->slot_of[id], .first = (uint32_t)t->n_inputs, .vertex = id};
    if (v->op == FSCI_OP_LOGSUM)
        add_logsum_inputs(l, id, kind);
    else
        for (size_t k = 0; k < v->n_args; k++)
            t->inputs[t->n_inputs++] = t->slot_of[fsci_graph_arg(l->graph, id, k)];
    step.n_in = (uint32_t)t->n_inputs - step.first;
    if (kind == FSCI_SLOT_SCALAR)
        t->scalar_steps[t->n_scalar_steps++] = step;
    else
        t->block_steps[t->n_block_steps++] = step;
}

static void mark_live(const layout *l, bool *live, const fsci_vertex_id *roots, size_t n_roots)
{
    const fsci_graph *g = l->graph;
    for (size_t i = 0; i < n_roots; i++)
        live[roots[i]] = true;
    for (size_t id = g->n_vertices; id-- > 0;)
        if (live[id] && !is_column(l, &g->vertices[id]))
            for (size_t k = 0; k < g->vertices[id].n_args; k++)
                live[fsci_graph_arg(g, (fsci_vertex_id)id, k)] = true;
    live[0] = false;
}

/* Vertices of root 0 first; within each part, age is an order of evaluation. */
static void lay_out(layout *l)
{
    fsci_tape *t = l->tape;
    new_constant(l, 0); /* FSCI_SLOT_ZERO */
    new_constant(l, 1); /* FSCI_SLOT_ONE */
    for (int part = 0; part < 2; part++) {
        for (size_t id = 1; id < l->graph->n_vertices; id++)
            if (l->live[id] && l->live_0[id] == (part == 0)) {
                place_vertex(l, (fsci_vertex_id)id);
                add_step(l, (fsci_vertex_id)id);
            }
        if (part == 0) {
            t->n_scalar_steps_0 = t->n_scalar_steps;
            t->n_block_steps_0 = t->n_block_steps;
        }
    }
}

/* ---- the tape ---- */

/* Arrays at their largest: every live vertex a step, every argument a chain, and a few slots for
 * each (value, sum, adjoint, share; power, slopes). */
static bool allocate(layout *l, size_t n_live, size_t n_live_args)
{
    fsci_arena *arena = l->graph->arena;
    fsci_tape *t = l->tape;
    size_t n_inputs = n_live + 2 * n_live_args, n_chains = n_live + n_live_args;
    size_t n_slots = 2 + 4 * n_live + 3 * n_live_args;
    t->slots = FSCI_NEW(arena, fsci_slot, n_slots);
    t->moving = FSCI_NEW(arena, fsci_slot_id, n_slots);
    t->constants = FSCI_NEW(arena, double, (2 + n_live) * FSCI_LANES);
    t->slot_of = FSCI_NEW(arena, fsci_slot_id, l->graph->n_vertices);
    t->column = FSCI_NEW(arena, fsci_vertex_id, n_live);
    t->thetas = FSCI_NEW(arena, fsci_vertex_id, n_live);
    t->scalar_steps = FSCI_NEW(arena, fsci_step, n_live);
    t->block_steps = FSCI_NEW(arena, fsci_step, n_live);
    t->inputs = FSCI_NEW(arena, fsci_slot_id, n_inputs);
    t->scalar_chains = FSCI_NEW(arena, fsci_chain, n_chains);
    t->block_chains = FSCI_NEW(arena, fsci_chain, n_chains);
    t->gradient_steps = FSCI_NEW(arena, fsci_gradient_step, n_chains);
    return t->slots && t->moving && t->constants && t->slot_of && t->column && t->thetas &&
           t->scalar_steps && t->block_steps && t->inputs && t->scalar_chains && t->block_chains &&
           t->gradient_steps;
}

/* As many rows at a time as keep a block's values and adjoints, its columns and its part of the
 * Jacobian in a first-level cache. A table whose Jacobian goes out to memory is written in short
 * bursts, which the store queue empties while the next block computes. */
static size_t block_length(const fsci_tape *t)
{
    enum { CACHE_BYTES = 48 << 10, MEMORY_BYTES = 2 << 20, LEAST = 32, BURST = 64, MOST = 512 };
    size_t arrays = t->n_of[FSCI_SLOT_BLOCK] + t->n_moving + 1;
    size_t rows = CACHE_BYTES / sizeof(double) / arrays / FSCI_LANES * FSCI_LANES, most = MOST;
    if (t->graph->n_rows > MEMORY_BYTES / sizeof(double) / (t->n_parameters + 1))
        most = BURST;
    return rows < LEAST ? LEAST : rows > most ? most : rows;
}

fsci_tape *fsci_tape_new(const fsci_graph *graph, fsci_role role, const fsci_vertex_id *roots,
                         size_t n_roots, size_t n_parameters, const bool *wanted)
{
    fsci_arena *arena = graph->arena;
    size_t n = graph->n_vertices, n_live = 0, n_live_args = 0;
    layout l = {.tape = FSCI_NEW(arena, fsci_tape, 1),
                .graph = graph,
                .role = role,
                .wanted = wanted,
                .live = FSCI_NEW(arena, bool, n),
                .live_0 = FSCI_NEW(arena, bool, n)};
    if (!l.tape || !l.live || !l.live_0)
        return NULL;
    mark_live(&l, l.live, roots, n_roots);
    mark_live(&l, l.live_0, roots, n_roots ? 1 : 0);
    for (size_t id = 1; id < n; id++)
        if (l.live[id]) {
            n_live++;
            n_live_args += graph->vertices[id].n_args;
        }
    if (!allocate(&l, n_live, n_live_args))
        return NULL;
    l.tape->graph = graph;
    l.tape->kernels = fsci_kernels_best();
    l.tape->roots = roots;
    l.tape->n_roots = n_roots;
    l.tape->n_parameters = n_parameters;
    lay_out(&l);
    if (role == FSCI_ROLE_MAIN && !fsci_reverse_plan(&l))
        return NULL;
    l.tape->block = block_length(l.tape);
    return l.tape;
}
