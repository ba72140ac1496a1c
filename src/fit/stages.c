#include "fit/stages.h"

#include <math.h>
#include <string.h>

/* Moved by itself alone, and moving no other. */
static bool stands_alone(const fsci_parameters *p, size_t i)
{
    for (size_t j = 0; j < p->n; j++) {
        const fsci_parameter *other = &p->all[j];
        bool tied = other->role == FSCI_TIED && other->tied_to == i;
        bool linked = other->link && (j == i || other->other == i);
        if (tied || linked)
            return false;
    }
    return p->all[i].role == FSCI_FREE;
}

static size_t find(const fsci_parameters *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->all[i].name, name) && !p->all[i].group)
            return i;
    return SIZE_MAX;
}

/* False when the part is in the law throughout. `idle` has room for all parameters. */
static bool find_stage(const fsci_law_stage *from, const fsci_parameters *p, size_t *idle,
                       fsci_stage *stage)
{
    size_t at = find(p, from->at.items[0].name); /* the only one */
    double value = from->at.items[0].value;
    *stage = (fsci_stage){.at = at, .value = value, .idle = idle};
    if (at == SIZE_MAX || !stands_alone(p, at) || value < p->all[at].lo || value > p->all[at].hi)
        return false;
    for (size_t k = 0; k < from->idle.n; k++) {
        size_t i = find(p, from->idle.items[k]);
        if (i != SIZE_MAX && stands_alone(p, i))
            idle[stage->n_idle++] = i;
    }
    return true;
}

fsc_status fsci_stages_find(fsci_arena *arena, const fsc_law *law, const fsci_parameters *p,
                            const fsci_stages **out, fsc_error *err)
{
    *out = NULL;
    if (!law || !law->stages.n)
        return FSC_OK;
    fsci_stages *stages = FSCI_NEW(arena, fsci_stages, 1);
    fsci_stage *items = FSCI_NEW(arena, fsci_stage, FSCI_STAGES);
    if (!stages || !items)
        return fsci_fail_memory(err);
    *stages = (fsci_stages){.items = items};
    for (size_t s = 0; s < law->stages.n && stages->n < FSCI_STAGES; s++) {
        size_t *idle = FSCI_NEW(arena, size_t, p->n);
        if (!idle)
            return fsci_fail_memory(err);
        stages->n += find_stage(&law->stages.items[s], p, idle, &items[stages->n]);
    }
    *out = stages->n ? stages : NULL;
    return FSC_OK;
}

/* A value for a parameter that has no effect. */
static double any_value(const fsci_parameter *p)
{
    double value = isfinite(p->start_lo) ? p->start_lo : p->n_grid ? p->grid[0] : 1;
    return fmin(fmax(value, p->lo), p->hi);
}

fsc_status fsci_stages_hold(fsci_arena *arena, const fsci_stages *stages, const bool *out,
                            const bool *still, const fsci_parameters *parameters,
                            fsci_parameters *held, fsc_error *err)
{
    size_t n = parameters->n;
    fsci_parameter *all = fsci_copy_array(arena, parameters->all, n, sizeof *all);
    if (!all)
        return fsci_fail_memory(err);
    for (size_t s = 0; s < stages->n; s++) {
        const fsci_stage *stage = &stages->items[s];
        if (out[s]) {
            all[stage->at].role = FSCI_FIXED;
            all[stage->at].value = stage->value;
        }
        for (size_t k = 0; (out[s] || (still && still[s])) && k < stage->n_idle; k++) {
            fsci_parameter *idle = &all[stage->idle[k]];
            idle->role = FSCI_FIXED;
            idle->value = any_value(idle);
        }
    }
    return fsci_parameters_new(arena, all, n, held, err);
}
