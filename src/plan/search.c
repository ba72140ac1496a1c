#include "plan/search.h"

#include <math.h>
#include <string.h>

/* Combinations up to which units are enumerated. */
static const double MOST_ENUMERATED = 1 << 22;

const char *fsci_method_name(fsci_method method)
{
    static const char *const names[] = {"enumeration", "branch and bound"};
    return names[method];
}

/* Subsets of 1 to `most` of n units. */
static double count_combinations(size_t n, size_t most)
{
    double sum = 0, of_size = 1;
    for (size_t size = 1; size <= most && size <= n; size++) {
        of_size = of_size * (double)(n - size + 1) / (double)size; /* whole at every step */
        sum += of_size;
    }
    return sum;
}

static fsc_status root_node(fsci_arena *arena, const fsci_design *d, const bool *in,
                            fsci_node *root, fsc_error *err)
{
    root->w = FSCI_NEW(arena, double, d->n);
    root->state = FSCI_NEW(arena, unsigned char, d->n);
    if (!root->w || !root->state)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < d->n; i++)
        root->w[i] = in[i];
    return FSC_OK;
}

/* Whether the budget alone keeps the number of units to `most`. */
static bool is_implied(const fsci_design *d)
{
    double least = INFINITY;
    for (size_t i = 0; i < d->n; i++)
        least = fmin(least, d->cost[i]);
    return d->most >= d->n || !fsci_design_affords(d, least * (double)(d->most + 1));
}

/* Where both limits may bind, the mix of the two that bounds best. */
static void choose_mix(fsci_relaxation *r, const fsci_node *root, fsci_node *trial, double entry)
{
    const fsci_design *d = r->design;
    double best = INFINITY, mix = 1;
    for (int quarters = 4; quarters >= 0; quarters--) {
        memcpy(trial->w, root->w, d->n * sizeof *trial->w);
        memset(trial->state, FSCI_UNIT_FREE, d->n * sizeof *trial->state);
        fsci_relaxation_mix(r, quarters / 4.0);
        fsci_relax(r, trial, entry);
        if (trial->bound < best)
            best = trial->bound, mix = r->mix;
    }
    fsci_relaxation_mix(r, mix);
}

/* Whether the budget leaves room for any unit at all. */
static bool fits_any(const fsci_design *d)
{
    for (size_t i = 0; i < d->n && d->most > 0; i++)
        if (fsci_design_affords(d, d->cost[i]))
            return true;
    return false;
}

static fsc_status search_units(fsci_arena *arena, const fsci_design *d, bool *in,
                               fsci_design_result *s, fsc_error *err)
{
    fsci_relaxation r;
    fsci_node root, trial;
    double left = -INFINITY;
    FSCI_TRY(fsci_exchange(d, in, &s->found, &s->evaluated, err));
    FSCI_TRY(fsci_relaxation_new(arena, d, &r, err));
    FSCI_TRY(root_node(arena, d, in, &root, err));
    FSCI_TRY(root_node(arena, d, in, &trial, err));
    if (!is_implied(d))
        choose_mix(&r, &root, &trial, fsci_shortlist_entry(&s->found));
    fsci_relax(&r, &root, fsci_shortlist_entry(&s->found));
    if (root.bound == -INFINITY)
        return FSC_OK; /* not even all units determine the weights */
    s->method = s->combinations <= MOST_ENUMERATED ? FSCI_METHOD_ENUMERATION : FSCI_METHOD_BRANCH;
    if (s->method == FSCI_METHOD_ENUMERATION)
        FSCI_TRY(fsci_enumerate(&r, &root, &s->found, &s->evaluated, err));
    else
        FSCI_TRY(fsci_branch(&r, &root, &s->found, &left, err));
    s->evaluated += (double)r.n_relaxed;
    s->bound = left;
    return FSC_OK;
}

fsc_status fsci_design_search(fsci_arena *arena, const fsci_design *d, fsci_design_result *result,
                              fsc_error *err)
{
    fsci_design_result s = {.bound = -INFINITY, .combinations = count_combinations(d->n, d->most)};
    bool *in = FSCI_NEW(arena, bool, d->n);
    FSCI_TRY(fsci_shortlist_new(arena, d, &s.found, err));
    if (!in)
        return fsci_fail_memory(err);
    if (fits_any(d))
        FSCI_TRY(search_units(arena, d, in, &s, err));
    else
        fsci_shortlist_offer(&s.found, d, in);
    double best = s.found.n ? s.found.objective[0] : -INFINITY;
    s.proven = s.bound <= fsci_relax_level(best);
    s.bound = s.proven ? best : s.bound;
    *result = s;
    return FSC_OK;
}
