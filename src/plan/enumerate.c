#include "plan/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Depth first in the order of units, so that subsets come in lexicographic order. The undecided
 * units are unit[n]; `rest[u]` is what units from u on can still add to the bound. */
typedef struct walk {
    const fsci_design *d;
    const double *reduced;
    fsci_shortlist *found;
    bool *in;
    size_t n, packed, *unit;
    double *rest;
    double *G; /* [n + 1][packed] by depth */
    double evaluated;
} walk;

/* Goes through all that adds units from `first` on to the set at this depth. `bound` is that of the
 * set, without what can be added. */
static void visit(walk *k, size_t first, size_t depth, size_t count, double cost, double bound)
{
    double *G = k->G + depth * k->packed, *X = G + k->packed;
    for (size_t u = first; u < k->n && count < k->d->most; u++) {
        size_t i = k->unit[u];
        double entry = fsci_shortlist_entry(k->found);
        if (bound + k->rest[u] <= entry)
            return;
        if (bound + k->reduced[i] + k->rest[u + 1] <= entry ||
            !fsci_design_affords(k->d, cost + k->d->cost[i]))
            continue;
        const double *matrix = fsci_design_matrix(k->d, i);
        for (size_t m = 0; m < k->packed; m++)
            X[m] = G[m] + matrix[m];
        k->in[i] = true;
        k->evaluated++;
        if (fsci_criterion_value(&k->d->criterion, X) >= entry)
            fsci_shortlist_offer(k->found, k->d, k->in);
        visit(k, u + 1, depth + 1, count + 1, cost + k->d->cost[i], bound + k->reduced[i]);
        k->in[i] = false;
    }
}

static void walk_from(walk *k, const fsci_relaxation *r, const fsci_node *root)
{
    double bound = r->constant, cost = 0;
    size_t count = 0;
    for (size_t i = 0; i < k->d->n; i++) {
        k->in[i] = root->state[i] == FSCI_UNIT_IN;
        if (k->in[i]) {
            bound += r->reduced[i];
            cost += k->d->cost[i];
            count++;
        } else if (root->state[i] == FSCI_UNIT_FREE) {
            k->unit[k->n++] = i;
        }
    }
    for (size_t u = k->n; u-- > 0;)
        k->rest[u] = k->rest[u + 1] + fmax(0, r->reduced[k->unit[u]]);
    if (count > k->d->most || !fsci_design_affords(k->d, cost))
        return; /* whatever is better breaks the limits */
    fsci_design_information(k->d, k->in, k->G);
    if (count > 0) {
        k->evaluated++;
        fsci_shortlist_offer(k->found, k->d, k->in);
    }
    visit(k, 0, 0, count, cost, bound);
}

fsc_status fsci_enumerate(const fsci_relaxation *r, const fsci_node *root, fsci_shortlist *found,
                          double *evaluated, fsc_error *err)
{
    const fsci_design *d = r->design;
    size_t packed = fsci_packed_size(d->criterion.k);
    walk k = {.d = d, .reduced = r->reduced, .found = found, .packed = packed};
    k.in = calloc(d->n + 1, sizeof *k.in);
    k.unit = malloc((d->n + 1) * sizeof *k.unit);
    k.rest = calloc(d->n + 1, sizeof *k.rest);
    k.G = malloc((d->n + 2) * packed * sizeof *k.G);
    bool ready = k.in && k.unit && k.rest && k.G;
    if (ready)
        walk_from(&k, r, root);
    *evaluated += k.evaluated;
    free(k.in);
    free(k.unit);
    free(k.rest);
    free(k.G);
    return ready ? FSC_OK : fsci_fail_memory(err);
}
