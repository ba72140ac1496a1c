#include "observe/space.h"

#include <math.h>
#include <stdlib.h>

/* Rank of the imputation: the paper's. */
enum { RANK = 1 };

static void take_rows(const fsci_frame *frame, const size_t *rows, size_t n, double *X)
{
    for (size_t j = 0; j < frame->p; j++)
        for (size_t i = 0; i < n; i++)
            X[j * n + i] = frame->scores[j][rows[i]];
}

double fsci_space_top(const fsci_frame *frame, const size_t *rows, size_t n)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t j = 0; j < frame->p; j++)
        for (size_t i = 0; i < n; i++) {
            double x = frame->scores[j][rows[i]];
            lo = fmin(lo, x); /* fmin and fmax pass over NaN */
            hi = fmax(hi, x);
        }
    return lo < 0 || hi > 100 ? NAN : hi > 1 ? 100 : 1;
}

fsc_status fsci_space_fit(fsci_arena *arena, const fsci_frame *frame, const size_t *rows, size_t n,
                          fsci_pca_scale scale, size_t k, fsci_latent_space *space, fsc_error *err)
{
    size_t p = frame->p;
    double top = fsci_space_top(frame, rows, n), *X = malloc(2 * n * p * sizeof *X);
    if (!X)
        return fsci_fail_memory(err);
    fsci_impute_options options = {
        .rank = RANK, .lo = isnan(top) ? -INFINITY : 0, .hi = isnan(top) ? INFINITY : top};
    double *complete = X + n * p;
    take_rows(frame, rows, n, X);
    space->top = top;
    fsc_status status = fsci_impute_fit(arena, n, p, X, &options, complete, &space->imputer, err);
    if (status == FSC_OK)
        status = fsci_pca_fit(arena, n, p, complete, scale, top, k, &space->pca, err);
    free(X);
    return status;
}

void fsci_space_apply(const fsci_latent_space *space, const fsci_frame *frame, const size_t *rows,
                      size_t n, double *complete, double *scores)
{
    take_rows(frame, rows, n, complete);
    fsci_impute_rows(&space->imputer, n, complete);
    fsci_pca_scores(&space->pca, n, complete, scores);
}
