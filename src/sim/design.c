#include "sim/design.h"

#include "num/random.h"

#include <math.h>

/* Streams of the design, apart from those of replicates. */
static const uint64_t first_stream = (uint64_t)1 << 63;

/* The place t in [0, 1] of a range. */
static double place(const fsci_range *r, double t)
{
    if (t <= 0 || r->lo == r->hi)
        return r->lo;
    if (t >= 1)
        return r->hi;
    return r->lo > 0 && r->hi > 0 ? r->lo * pow(r->hi / r->lo, t) : r->lo + t * (r->hi - r->lo);
}

static fsc_status new_design(fsci_arena *arena, const fsci_range *ranges, size_t n_ranges, size_t n,
                             double **values, fsci_design *d, fsc_error *err)
{
    *d = (fsci_design){.n_columns = n_ranges, .n = n};
    d->columns = FSCI_NEW(arena, fsci_world_column, n_ranges);
    *values = FSCI_NEW(arena, double, n_ranges *n);
    if (!d->columns || !*values)
        return fsci_fail_memory(err);
    for (size_t c = 0; c < n_ranges; c++)
        d->columns[c] = (fsci_world_column){.name = ranges[c].name, .values = *values + c * n};
    return FSC_OK;
}

fsc_status fsci_design_grid(fsci_arena *arena, const fsci_range *ranges, size_t n_ranges,
                            fsci_design *d, fsc_error *err)
{
    size_t n = 1, period = 1;
    double *values;
    for (size_t c = 0; c < n_ranges; c++) {
        n *= ranges[c].steps;
        if (n > FSCI_DESIGN_ROWS)
            return fsci_fail(err, FSC_EUSAGE, "the grid has over %d rows; give fewer steps",
                             FSCI_DESIGN_ROWS);
    }
    FSCI_TRY(new_design(arena, ranges, n_ranges, n, &values, d, err));
    for (size_t c = n_ranges; c-- > 0; period *= ranges[c].steps) {
        size_t steps = ranges[c].steps;
        for (size_t i = 0; i < n; i++) {
            double t = steps > 1 ? (double)(i / period % steps) / (double)(steps - 1) : 0;
            values[c * n + i] = place(&ranges[c], t);
        }
    }
    return FSC_OK;
}

fsc_status fsci_design_random(fsci_arena *arena, const fsci_range *ranges, size_t n_ranges,
                              size_t n, uint64_t seed, fsci_design *d, fsc_error *err)
{
    double *values;
    FSCI_TRY(new_design(arena, ranges, n_ranges, n, &values, d, err));
    for (size_t c = 0; c < n_ranges; c++) {
        fsci_stream stream = fsci_stream_new(seed, first_stream + c);
        for (size_t i = 0; i < n; i++)
            values[c * n + i] = place(&ranges[c], fsci_random_uniform(&stream));
    }
    return FSC_OK;
}
