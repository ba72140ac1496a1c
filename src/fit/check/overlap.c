#include "fit/check/overlap.h"

#include "base/number.h"
#include "fit/quantity.h"
#include "record/warning.h"

#include <math.h>

typedef struct range {
    double lo, hi;
} range;

static void find_ranges(const fsci_binding *x, const fsci_binding *by, size_t n, range *ranges)
{
    for (size_t k = 0; k < by->n_levels; k++)
        ranges[k] = (range){INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        range *r = &ranges[by->codes[i]];
        r->lo = fmin(r->lo, x->values[i]);
        r->hi = fmax(r->hi, x->values[i]);
    }
}

/* The level that ends first and the one that begins last: two are apart if these are. */
static void compare(fsci_arena *arena, const fsci_binding *x, const fsci_binding *by, size_t n,
                    range *ranges, fsci_json *record)
{
    size_t first = 0, last = 0;
    find_ranges(x, by, n, ranges);
    for (size_t k = 1; k < by->n_levels; k++) {
        first = ranges[k].hi < ranges[first].hi ? k : first;
        last = ranges[k].lo > ranges[last].lo ? k : last;
    }
    if (ranges[first].hi < ranges[last].lo)
        fsci_record_warn(arena, record, "W-CONFOUND",
                         "%s of %s has %s up to %s, %s from %s: what tells them apart may be "
                         "scale. Compare levels over the same %s.",
                         by->levels[first], by->column, x->column,
                         fsci_brief(arena, ranges[first].hi, 4), by->levels[last],
                         fsci_brief(arena, ranges[last].lo, 4), x->column);
}

void fsci_overlap_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    for (size_t c = 0; c < m->n_bindings; c++) {
        const fsci_binding *by = &m->bindings[c];
        range *ranges = by->codes ? FSCI_NEW(arena, range, by->n_levels) : NULL;
        for (size_t i = 0; ranges && by->n_levels > 1 && i < m->n_bindings; i++)
            if (fsci_is_scale_input(m, &m->bindings[i]))
                compare(arena, &m->bindings[i], by, m->n, ranges, record);
    }
}
