#include "plan/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of open nodes. */
static const size_t MOST_BYTES = (size_t)64 << 20;

/* Open nodes as a heap, the largest bound on top; of equal ones the older. */
typedef struct open_node {
    fsci_node node;
    size_t age;
} open_node;

typedef struct tree {
    fsci_relaxation *r;
    fsci_shortlist *found;
    open_node **heap;
    size_t n, room, ages;
    bool *in; /* [n] scratch */
} tree;

static open_node *copy_node(const fsci_node *from, size_t n)
{
    open_node *copy = malloc(sizeof *copy + n * (sizeof *from->w + sizeof *from->state));
    if (!copy)
        return NULL;
    copy->node.bound = from->bound;
    copy->node.w = (double *)(copy + 1);
    copy->node.state = (unsigned char *)(copy->node.w + n);
    memcpy(copy->node.w, from->w, n * sizeof *from->w);
    memcpy(copy->node.state, from->state, n * sizeof *from->state);
    return copy;
}

static bool is_before(const open_node *a, const open_node *b)
{
    return a->node.bound != b->node.bound ? a->node.bound > b->node.bound : a->age < b->age;
}

static fsc_status push(tree *t, open_node *node, fsc_error *err)
{
    if (t->n == t->room) {
        size_t room = t->room ? 2 * t->room : 64;
        open_node **heap = realloc(t->heap, room * sizeof *heap);
        if (!heap) {
            free(node);
            return fsci_fail_memory(err);
        }
        t->heap = heap;
        t->room = room;
    }
    node->age = t->ages++;
    size_t at = t->n++;
    for (; at > 0 && is_before(node, t->heap[(at - 1) / 2]); at = (at - 1) / 2)
        t->heap[at] = t->heap[(at - 1) / 2];
    t->heap[at] = node;
    return FSC_OK;
}

static open_node *pop(tree *t)
{
    open_node *top = t->heap[0], *last = t->heap[--t->n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < t->n; at = child) {
        if (child + 1 < t->n && is_before(t->heap[child + 1], t->heap[child]))
            child++;
        if (is_before(last, t->heap[child]))
            break;
        t->heap[at] = t->heap[child];
    }
    t->heap[at] = last;
    return top;
}

/* Whole units along the relaxation: the decided ones, then the free ones by weight while they fit.
 * Decided ones that break the limits say that nothing below is better. */
static void round_off(tree *t, const fsci_node *node)
{
    const fsci_design *d = t->r->design;
    double cost = 0;
    size_t count = 0;
    for (size_t i = 0; i < d->n; i++) {
        t->in[i] = node->state[i] == FSCI_UNIT_IN;
        cost += t->in[i] ? d->cost[i] : 0;
        count += t->in[i];
    }
    if (count > d->most || !fsci_design_affords(d, cost))
        return;
    for (double below = INFINITY, at; count < d->most; below = at) {
        at = 0;
        for (size_t i = 0; i < d->n; i++)
            if (node->state[i] == FSCI_UNIT_FREE && node->w[i] < below)
                at = fmax(at, node->w[i]);
        for (size_t i = 0; i < d->n && count < d->most; i++) {
            bool next = node->state[i] == FSCI_UNIT_FREE && node->w[i] == at;
            if (!next || !fsci_design_affords(d, cost + d->cost[i]))
                continue;
            t->in[i] = true;
            cost += d->cost[i];
            count++;
        }
        if (at == 0)
            break;
    }
    fsci_shortlist_offer(t->found, d, t->in);
}

/* The free unit whose weight says least; n when all are decided. */
static size_t undecided(const fsci_design *d, const fsci_node *node)
{
    size_t best = d->n;
    for (size_t i = 0; i < d->n; i++)
        if (node->state[i] == FSCI_UNIT_FREE &&
            (best == d->n || fabs(node->w[i] - 0.5) < fabs(node->w[best] - 0.5)))
            best = i;
    return best;
}

/* Relaxes the node with unit i decided and keeps it if something better may be below. */
static fsc_status descend(tree *t, const fsci_node *parent, size_t i, fsci_unit_state state,
                          fsc_error *err)
{
    const fsci_design *d = t->r->design;
    open_node *child = copy_node(parent, d->n);
    if (!child)
        return fsci_fail_memory(err);
    child->node.state[i] = (unsigned char)state;
    child->node.w[i] = state == FSCI_UNIT_IN;
    fsci_relax(t->r, &child->node, fsci_shortlist_entry(t->found));
    if (child->node.bound > -INFINITY)
        round_off(t, &child->node);
    child->node.bound = fmin(child->node.bound, parent->bound);
    bool worth = child->node.bound > fsci_relax_level(fsci_shortlist_entry(t->found)) &&
                 undecided(d, &child->node) < d->n;
    if (worth)
        return push(t, child, err);
    free(child);
    return FSC_OK;
}

static bool may_go_on(const tree *t)
{
    size_t bytes = t->r->design->n * (sizeof(double) + 1) + sizeof(open_node);
    return t->r->work < t->r->design->effort && t->n < MOST_BYTES / bytes;
}

static fsc_status grow_tree(tree *t, double *bound, fsc_error *err)
{
    fsc_status status = FSC_OK;
    while (status == FSC_OK && t->n > 0) {
        open_node *top = pop(t);
        if (top->node.bound <= fsci_relax_level(fsci_shortlist_entry(t->found))) {
            free(top); /* and so are all below it in the heap */
            break;
        }
        if (!may_go_on(t)) {
            *bound = top->node.bound;
            free(top);
            break;
        }
        size_t i = undecided(t->r->design, &top->node);
        status = descend(t, &top->node, i, FSCI_UNIT_IN, err);
        if (status == FSC_OK)
            status = descend(t, &top->node, i, FSCI_UNIT_OUT, err);
        free(top);
    }
    return status;
}

fsc_status fsci_branch(fsci_relaxation *r, const fsci_node *root, fsci_shortlist *found,
                       double *bound, fsc_error *err)
{
    size_t n = r->design->n;
    tree t = {.r = r, .found = found, .in = malloc((n + 1) * sizeof *t.in)};
    open_node *top = copy_node(root, n);
    *bound = -INFINITY;
    if (!t.in || !top) {
        free(t.in);
        free(top);
        return fsci_fail_memory(err);
    }
    round_off(&t, root);
    fsc_status status = FSC_OK;
    if (undecided(r->design, root) < n)
        status = push(&t, top, err);
    else
        free(top);
    if (status == FSC_OK)
        status = grow_tree(&t, bound, err);
    while (t.n > 0)
        free(pop(&t));
    free(t.heap);
    free(t.in);
    return status;
}
