#include "observe/ridge.h"

#include <math.h>

enum { STEPS = 21, CHOOSING_ROWS = 2000 };

/* The stiffest penalty per row, and how many of them make a decade. */
static const double STIFFEST = 10, PER_DECADE = 2;

static double penalty_per_row(size_t step)
{
    return STIFFEST * pow(10, -(double)step / PER_DECADE);
}

/* Down the path: the best link's penalty per row and where it ended. */
static fsc_status choose(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                         const fsci_link_options *options, double *per_row,
                         fsci_link_optimum *start, fsc_error *err)
{
    fsci_link_options one = *options;
    double least = INFINITY;
    one.starts = 1;
    *per_row = penalty_per_row(0);
    for (size_t step = 0; step < STEPS; step++) {
        fsci_link link;
        one.penalty = (double)n * penalty_per_row(step);
        FSCI_TRY(fsci_link_fit(arena, n, k, X, t, &one, &link, err));
        fsci_link_optimum *end = fsci_copy_array(arena, link.optima, 1, sizeof *link.optima);
        if (!end)
            return fsci_fail_memory(err);
        one.start = end;
        if (!(link.press < least))
            continue;
        least = link.press;
        *per_row = penalty_per_row(step);
        *start = *end;
    }
    return FSC_OK;
}

fsc_status fsci_ridge_fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                          const fsci_link_options *options, fsci_link *link, fsc_error *err)
{
    fsci_link_options last = *options;
    fsci_link_optimum start = {0};
    size_t rows = n < CHOOSING_ROWS ? n : CHOOSING_ROWS;
    double *some = FSCI_NEW(arena, double, rows *k), *targets = FSCI_NEW(arena, double, rows);
    double per_row;
    if (!some || !targets)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++) {
        size_t from = i * n / rows;
        targets[i] = t[from];
        for (size_t j = 0; j < k; j++)
            some[j * rows + i] = X[j * n + from];
    }
    FSCI_TRY(choose(arena, rows, k, some, targets, options, &per_row, &start, err));
    last.penalty = (double)n * per_row;
    last.start = start.weights ? &start : NULL;
    return fsci_link_fit(arena, n, k, X, t, &last, link, err);
}
