#include "expr/graph.h"

#include <math.h>
#include <string.h>

enum { FIRST_BUCKETS = 1024, MORE_BUCKETS = 8 };

fsci_graph *fsci_graph_new(fsci_arena *arena, size_t n_rows)
{
    fsci_graph *g = FSCI_NEW(arena, fsci_graph, 1);
    if (!g)
        return NULL;
    g->arena = arena;
    g->n_rows = n_rows;
    g->n_buckets = FIRST_BUCKETS;
    g->buckets = FSCI_NEW(arena, fsci_vertex_id, FIRST_BUCKETS);
    if (!g->buckets)
        return NULL;
    fsci_graph_number(g, NAN); /* vertex 0 */
    return g->failed ? NULL : g;
}

/* ---- sharing ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Names tied to one place of theta are one vertex, whose number is the place. */
static const void *symbol_key(const fsci_vertex *v)
{
    return v->op == FSCI_OP_THETA ? NULL : v->symbol;
}

static size_t bucket_of(const fsci_graph *g, const fsci_vertex *v, const fsci_vertex_id *args)
{
    uint64_t hash = mix(v->op, bits_of(v->number));
    hash = mix(hash, (uint64_t)(uintptr_t)symbol_key(v));
    for (uint32_t k = 0; k < v->n_args; k++)
        hash = mix(hash, args[k]); // NOLINT(clang-analyzer-core.CallAndMessage): n_args are set
    return (size_t)(hash >> 20) & (g->n_buckets - 1);
}

static bool same(const fsci_graph *g, const fsci_vertex *old, const fsci_vertex *v,
                 const fsci_vertex_id *args)
{
    return old->op == v->op && symbol_key(old) == symbol_key(v) && old->n_args == v->n_args &&
           bits_of(old->number) == bits_of(v->number) &&
           (!v->n_args || memcmp(g->args + old->first, args, v->n_args * sizeof *args) == 0);
}

static fsci_vertex_id find(fsci_graph *g, const fsci_vertex *v, const fsci_vertex_id *args)
{
    for (fsci_vertex_id id = g->buckets[bucket_of(g, v, args)]; id; id = g->vertices[id].next)
        if (same(g, &g->vertices[id], v, args))
            return id;
    return 0;
}

/* Room for `more` beyond n; the old array stays behind in the arena. */
static void *grow(fsci_graph *g, void *array, size_t n, size_t more, size_t *room, size_t size)
{
    if (n + more <= *room)
        return array;
    size_t wanted = *room ? 2 * *room : 64;
    while (wanted < n + more)
        wanted *= 2;
    void *grown = fsci_alloc(g->arena, wanted, size);
    if (!grown) {
        g->failed = true;
        return NULL;
    }
    if (n)
        memcpy(grown, array, n * size);
    *room = wanted;
    return grown;
}

/* Chains stay short: sums over many terms make a hundred thousand vertices. */
static bool rehash(fsci_graph *g)
{
    size_t n = MORE_BUCKETS * g->n_buckets;
    fsci_vertex_id *buckets = FSCI_NEW(g->arena, fsci_vertex_id, n);
    if (!buckets) {
        g->failed = true;
        return false;
    }
    g->buckets = buckets;
    g->n_buckets = n;
    for (size_t id = 1; id < g->n_vertices; id++) {
        fsci_vertex *v = &g->vertices[id];
        size_t bucket = bucket_of(g, v, g->args + v->first);
        v->next = buckets[bucket];
        buckets[bucket] = (fsci_vertex_id)id;
    }
    return true;
}

static fsci_vertex_id insert(fsci_graph *g, fsci_vertex v, const fsci_vertex_id *args)
{
    fsci_vertex *vertices =
        grow(g, g->vertices, g->n_vertices, 1, &g->vertex_room, sizeof *vertices);
    fsci_vertex_id *all = grow(g, g->args, g->n_args, v.n_args, &g->arg_room, sizeof *all);
    if (!vertices || (v.n_args && !all))
        return 0;
    if (g->n_vertices > g->n_buckets && !rehash(g))
        return 0;
    size_t bucket = bucket_of(g, &v, args);
    v.first = (uint32_t)g->n_args;
    v.next = g->buckets[bucket];
    v.origin = g->origin;
    if (v.n_args)
        memcpy(all + g->n_args, args, v.n_args * sizeof *args);
    g->vertices = vertices;
    g->args = all;
    g->n_args += v.n_args;
    vertices[g->n_vertices] = v;
    g->buckets[bucket] = (fsci_vertex_id)g->n_vertices;
    return (fsci_vertex_id)g->n_vertices++;
}

static fsci_vertex_id share(fsci_graph *g, const fsci_vertex *v, const fsci_vertex_id *args)
{
    fsci_vertex_id id = find(g, v, args);
    return id ? id : insert(g, *v, args);
}

/* ---- leaves ---- */

static const fsci_vertex_id no_args[1];

fsci_vertex_id fsci_graph_number(fsci_graph *g, double value)
{
    fsci_vertex v = {.op = FSCI_OP_NUMBER, .number = value, .positive = value > 0};
    return share(g, &v, no_args);
}

static bool all_positive(const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] <= 0)
            return false;
    return true;
}

fsci_vertex_id fsci_graph_leaf(fsci_graph *g, fsci_op op, const fsci_symbol *symbol)
{
    fsci_vertex v = {.op = op, .symbol = symbol, .class = FSCI_CLASS_DATA};
    if (op == FSCI_OP_THETA) {
        v.class = FSCI_CLASS_PARAMETER;
        v.number = (double)symbol->first;
    } else if (op == FSCI_OP_GROUP) {
        v.class = FSCI_CLASS_MIXED;
    }
    fsci_vertex_id id = find(g, &v, no_args);
    if (id)
        return id;
    if (op == FSCI_OP_COLUMN)
        v.positive = all_positive(symbol->numbers, g->n_rows);
    return insert(g, v, no_args);
}

/* ---- operations ---- */

static bool commutes(fsci_op op)
{
    return op == FSCI_OP_ADD || op == FSCI_OP_MUL || op == FSCI_OP_EQ || op == FSCI_OP_NE ||
           op == FSCI_OP_AND || op == FSCI_OP_OR;
}

static bool positive(const fsci_graph *g, fsci_op op, const fsci_vertex_id *args, size_t n_args)
{
    fsci_sign sign = fsci_operation_of(op)->sign;
    if (sign != FSCI_SIGN_KEEPS)
        return sign == FSCI_SIGN_POSITIVE;
    if (op == FSCI_OP_POW)
        return g->vertices[args[0]].positive;
    for (size_t k = op == FSCI_OP_WHERE; k < n_args; k++)
        if (!g->vertices[args[k]].positive)
            return false;
    return true;
}

fsci_vertex_id fsci_graph_add(fsci_graph *g, fsci_op op, const fsci_vertex_id *args, size_t n_args)
{
    fsci_vertex v = {.op = op, .n_args = (uint32_t)n_args};
    if (commutes(op) && n_args == 2) {
        fsci_vertex_id swapped[2] = {args[1], args[0]}, id = find(g, &v, swapped);
        if (id)
            return id;
    }
    for (size_t k = 0; k < n_args; k++)
        v.class |= g->vertices[args[k]].class;
    if (v.class == FSCI_CLASS_CONSTANT)
        v.class = FSCI_CLASS_DATA;
    v.positive = positive(g, op, args, n_args);
    return share(g, &v, args);
}
