#include "plan/search.h"

#include <math.h>
#include <string.h>

/* ---- subsets ---- */

void fsci_design_information(const fsci_design *d, const bool *in, double *G)
{
    size_t packed = fsci_packed_size(d->criterion.k);
    memcpy(G, d->base, packed * sizeof *G);
    for (size_t i = 0; i < d->n; i++)
        for (size_t m = 0; in[i] && m < packed; m++)
            G[m] += fsci_design_matrix(d, i)[m];
}

fsc_status fsci_shortlist_new(fsci_arena *arena, const fsci_design *d, fsci_shortlist *list,
                              fsc_error *err)
{
    *list = (fsci_shortlist){0};
    for (size_t i = 0; i < FSCI_SHORTLIST; i++)
        if (!(list->in[i] = FSCI_NEW(arena, bool, d->n)))
            return fsci_fail_memory(err);
    return FSC_OK;
}

double fsci_shortlist_entry(const fsci_shortlist *list)
{
    return list->n < FSCI_SHORTLIST ? -INFINITY : list->objective[FSCI_SHORTLIST - 1];
}

/* Whether `in` with `objective` comes before entry i. */
static bool precedes(const fsci_shortlist *list, size_t i, size_t n, double objective,
                     const bool *in)
{
    if (objective != list->objective[i])
        return objective > list->objective[i];
    int order = memcmp(in, list->in[i], n * sizeof *in);
    return order > 0;
}

void fsci_shortlist_offer(fsci_shortlist *list, const fsci_design *d, const bool *in)
{
    double G[FSCI_CRITERION_MAX_K * (FSCI_CRITERION_MAX_K + 1) / 2];
    fsci_design_information(d, in, G);
    double objective = fsci_criterion_value(&d->criterion, G);
    size_t at = list->n;
    while (at > 0 && precedes(list, at - 1, d->n, objective, in))
        at--;
    bool known = at > 0 && !memcmp(list->in[at - 1], in, d->n * sizeof *in);
    if (at == FSCI_SHORTLIST || known || isinf(objective))
        return;
    size_t last = list->n < FSCI_SHORTLIST ? list->n++ : FSCI_SHORTLIST - 1;
    bool *room = list->in[last];
    for (size_t i = last; i > at; i--) {
        list->in[i] = list->in[i - 1];
        list->objective[i] = list->objective[i - 1];
    }
    memcpy(room, in, d->n * sizeof *in);
    list->in[at] = room;
    list->objective[at] = objective;
}
