#include "plan/units.h"

#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static bool is_called(const char *name, const char *own)
{
    return own && !strcmp(own, name);
}

static fsc_status unknown_name(fsci_arena *arena, const fsci_candidates *c, const char *option,
                               const char *name, fsc_error *err)
{
    const char **known = FSCI_NEW(arena, const char *, 2 * c->n);
    size_t n = 0;
    if (!known)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        known[n++] = fsci_candidate_model(c, i);
        if (fsci_candidate_family(c, i))
            known[n++] = fsci_candidate_family(c, i);
    }
    const char *near = fsci_nearest(name, known, n);
    return fsci_fail(
        err, FSC_EINPUT, "%s '%s' is neither a model nor a family of the %zu candidates%s%s%s",
        option, name, c->n, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* How many of the candidates a name is the model or the family of. */
typedef struct meaning {
    size_t models, families;
    const char *family; /* of the model */
} meaning;

static meaning mean(const fsci_candidates *c, const char *name)
{
    meaning m = {0};
    for (size_t i = 0; i < c->n; i++) {
        if (is_called(name, fsci_candidate_model(c, i)))
            m.models++, m.family = fsci_candidate_family(c, i);
        m.families += is_called(name, fsci_candidate_family(c, i));
    }
    return m;
}

static fsc_status check_names(fsci_arena *arena, const fsci_select_input *in,
                              const fsci_candidates *c, fsc_error *err)
{
    for (size_t i = 0; i < in->n_include + in->n_exclude; i++) {
        bool include = i < in->n_include;
        const char *name = include ? in->include[i] : in->exclude[i - in->n_include];
        meaning m = mean(c, name);
        if (!m.models && !m.families)
            return unknown_name(arena, c, include ? "--include" : "--exclude", name, err);
        if (include && !in->by_model && !m.families && m.family)
            return fsci_fail(err, FSC_EINPUT,
                             "--include '%s' is one model of family '%s'; include the family, or "
                             "choose --by model",
                             name, m.family);
        for (size_t e = 0; include && e < in->n_exclude; e++)
            if (!strcmp(in->exclude[e], name))
                return fsci_fail(err, FSC_EINPUT, "'%s' is both included and excluded", name);
    }
    return FSC_OK;
}

/* Families first and models after, so that what is said of a model holds against its family. A name
 * that is both means what is chosen by. */
static void stand(const fsci_select_input *in, fsci_units *u, bool families)
{
    const fsci_candidates *c = u->candidates;
    for (size_t i = 0; i < in->n_include + in->n_exclude; i++) {
        bool include = i < in->n_include;
        const char *name = include ? in->include[i] : in->exclude[i - in->n_include];
        meaning m = mean(c, name);
        bool whole = m.families && !(in->by_model && m.models);
        for (size_t j = 0; j < c->n && whole == families; j++)
            if (is_called(name, whole ? fsci_candidate_family(c, j) : fsci_candidate_model(c, j)))
                u->standing[j] = include ? FSCI_STANDING_IN : FSCI_STANDING_OUT;
    }
}

/* ---- units ---- */

/* Family of a candidate: its code, or one of its own where it is not known. */
static size_t family_of(const fsci_candidates *c, size_t i)
{
    size_t row = c->capability.split.rows[i];
    uint32_t code = c->frame.family[row];
    return code == FSCI_MISSING_CODE ? c->frame.n_families + row : code;
}

/* Numbers the open units in order of appearance: unit_of[] maps a family, or a model, to its
 * number. */
static fsc_status number_units(fsci_arena *arena, const fsci_select_input *input, fsci_units *u,
                               fsc_error *err)
{
    const fsci_candidates *c = u->candidates;
    size_t n_groups = c->frame.n_families + c->frame.n;
    size_t *number = FSCI_NEW(arena, size_t, n_groups);
    if (!number)
        return fsci_fail_memory(err);
    memset(number, 0xff, n_groups * sizeof *number);
    for (size_t i = 0; i < c->n; i++) {
        size_t group = input->by_model ? i : family_of(c, i);
        u->unit[i] = SIZE_MAX;
        if (u->standing[i] == FSCI_STANDING_OUT)
            continue;
        bool first = number[group] == SIZE_MAX;
        if (u->standing[i] == FSCI_STANDING_IN) {
            u->n_in++;
            u->n_in_families += first;
            u->cost_in += c->cost[i];
            number[group] = 0; /* met */
            continue;
        }
        if (first)
            number[group] = u->design.n++;
        u->unit[i] = number[group];
    }
    return FSC_OK;
}

/* Information and cost of every unit, and of what is in anyway. */
static fsc_status fill_design(fsci_arena *arena, const fsci_select_input *input, fsci_units *u,
                              fsc_error *err)
{
    static const fsci_criterion_kind kinds[] = {
        FSCI_CRITERION_V, FSCI_CRITERION_D, FSCI_CRITERION_A, FSCI_CRITERION_E, FSCI_CRITERION_V};
    const fsci_candidates *c = u->candidates;
    size_t packed = fsci_packed_size(c->k);
    double *base = FSCI_NEW(arena, double, packed);
    double *matrix = FSCI_NEW(arena, double, u->design.n *packed);
    double *cost = FSCI_NEW(arena, double, u->design.n);
    if (!base || !matrix || !cost)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        if (u->standing[i] == FSCI_STANDING_IN)
            fsci_packed_add(c->k, c->weight[i], c->x + i, c->n, base);
        if (u->unit[i] == SIZE_MAX)
            continue;
        fsci_packed_add(c->k, c->weight[i], c->x + i, c->n, matrix + u->unit[i] * packed);
        cost[u->unit[i]] += c->cost[i];
    }
    u->design.criterion = (fsci_criterion){kinds[input->criterion], c->k, c->target};
    u->design.base = base;
    u->design.matrix = matrix;
    u->design.cost = cost;
    return FSC_OK;
}

/* ---- limits ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Cost of the cheapest set of c->k models that holds what is in anyway; *n is how many models may
 * be chosen at all. */
static fsc_status cheapest(fsci_arena *arena, const fsci_units *u, double *cost, size_t *n,
                           fsc_error *err)
{
    const fsci_candidates *c = u->candidates;
    double *costs = FSCI_NEW(arena, double, c->n);
    size_t open = 0;
    if (!costs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n; i++)
        if (u->unit[i] != SIZE_MAX)
            costs[open++] = c->cost[i];
    qsort(costs, open, sizeof *costs, ascending);
    *cost = u->cost_in;
    for (size_t i = 0; i < open && u->n_in + i < c->k; i++)
        *cost += costs[i];
    *n = u->n_in + open;
    return FSC_OK;
}

static fsc_status check_limits(fsci_arena *arena, const fsci_select_input *input, fsci_units *u,
                               fsc_error *err)
{
    size_t k = u->candidates->k, n = 0;
    const char *unit = input->cost ? input->cost : "models";
    double least = 0;
    FSCI_TRY(cheapest(arena, u, &least, &n, err));
    if (n < k)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu models may be chosen, and the weights of %zu features need at least "
                         "as many; exclude less or use fewer --pcs",
                         n, k);
    u->design.budget = input->budget;
    if (!fsci_design_affords(&u->design, u->cost_in))
        return fsci_fail(
            err, FSC_EINPUT, "what is included costs %s %s, more than the budget of %s",
            fsci_briefly(u->cost_in, 6).text, unit, fsci_briefly(input->budget, 6).text);
    if (!fsci_design_affords(&u->design, least))
        return fsci_fail(err, FSC_EINPUT,
                         "a budget of %s %s is too small: %zu models are needed for %zu features, "
                         "and the cheapest cost %s; raise --budget or use fewer --pcs",
                         fsci_briefly(input->budget, 6).text, unit, k, k,
                         fsci_briefly(least, 6).text);
    if (!input->by_model && input->most_families && u->n_in_families > input->most_families)
        return fsci_fail(err, FSC_EINPUT, "%zu families are included, more than --max-families %zu",
                         u->n_in_families, input->most_families);
    u->least_cost = least;
    fsci_units_limit(u, input, input->budget);
    return FSC_OK;
}

void fsci_units_limit(fsci_units *units, const fsci_select_input *input, double budget)
{
    fsci_design *d = &units->design;
    d->budget = fmax(0, budget - units->cost_in);
    double most = (double)d->n;
    if (!input->by_model && input->most_families)
        most = fmin(most, (double)(input->most_families - units->n_in_families));
    if (input->by_model && !input->cost)
        most = fmin(most, d->budget);
    d->most = (size_t)most;
}

static fsc_status check_families(const fsci_candidates *c, fsci_notes *notes, fsc_error *err)
{
    size_t unknown = 0;
    if (!c->frame.column[FSCI_ROLE_FAMILY])
        return fsci_fail(err, FSC_EINPUT,
                         "there is no column of families to choose by; name it with --family, or "
                         "choose --by model");
    for (size_t i = 0; i < c->n; i++)
        unknown += !fsci_candidate_family(c, i);
    if (unknown)
        fsci_note(notes, "W-FAMILY", "%zu models have no family; each counts as one of its own",
                  unknown);
    return FSC_OK;
}

fsc_status fsci_units_make(fsci_arena *arena, const fsci_select_input *input,
                           const fsci_candidates *candidates, fsci_notes *notes, fsci_units *units,
                           fsc_error *err)
{
    fsci_units u = {.candidates = candidates};
    u.standing = FSCI_NEW(arena, fsci_standing, candidates->n);
    u.unit = FSCI_NEW(arena, size_t, candidates->n);
    if (!u.standing || !u.unit)
        return fsci_fail_memory(err);
    if (!input->by_model)
        FSCI_TRY(check_families(candidates, notes, err));
    FSCI_TRY(check_names(arena, input, candidates, err));
    stand(input, &u, true);
    stand(input, &u, false);
    FSCI_TRY(number_units(arena, input, &u, err));
    FSCI_TRY(fill_design(arena, input, &u, err));
    FSCI_TRY(check_limits(arena, input, &u, err));
    *units = u;
    return FSC_OK;
}

bool fsci_units_has(const fsci_units *u, const bool *in, size_t i)
{
    if (u->standing[i] == FSCI_STANDING_IN)
        return true;
    return u->unit[i] != SIZE_MAX && in[u->unit[i]];
}
