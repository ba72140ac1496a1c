#include "observe/capability.h"

#include "latent/noise.h"
#include "observe/checks.h"

#include <math.h>

enum { ERROR_ROWS = 2000 };

fsc_status fsci_capability_apply(fsci_arena *arena, const fsci_frame *frame, fsci_split split,
                                 const fsci_latent_space *space, fsci_capability *capability,
                                 fsc_error *err)
{
    fsci_capability c = {.split = split, .space = *space};
    c.complete = FSCI_NEW(arena, double, split.n * frame->p);
    c.scores = FSCI_NEW(arena, double, split.n * space->pca.k);
    if (!c.complete || !c.scores)
        return fsci_fail_memory(err);
    fsci_space_apply(space, frame, split.rows, split.n, c.complete, c.scores);
    FSCI_TRY(fsci_families_group(arena, frame, split.rows, split.n - split.count[FSCI_SET_OPEN],
                                 &c.families, err));
    *capability = c;
    return FSC_OK;
}

fsc_status fsci_capability_fit(fsci_arena *arena, const fsci_frame *frame, fsci_split split,
                               fsci_pca_scale scale, size_t k, fsci_notes *notes,
                               fsci_capability *capability, fsc_error *err)
{
    fsci_latent_space space;
    FSCI_TRY(fsci_check_space(frame, &split, scale, k, notes, err));
    FSCI_TRY(fsci_space_fit(arena, frame, split.rows, split.count[FSCI_SET_TRAIN], scale, k, &space,
                            err));
    if (!space.imputer.converged)
        fsci_note(notes, "W-IMPUTE",
                  "the imputed scores still moved after %d rounds; too few scores are known for "
                  "some model or benchmark",
                  space.imputer.rounds);
    return fsci_capability_apply(arena, frame, split, &space, capability, err);
}

/* Of more training rows than ERROR_ROWS so many, evenly spaced, tell how far imputation is off. */
static fsc_status find_errors(fsci_arena *arena, const fsci_frame *frame, fsci_capability *c,
                              fsc_error *err)
{
    size_t m = c->split.count[FSCI_SET_TRAIN], n = m < ERROR_ROWS ? m : ERROR_ROWS;
    double *X = FSCI_NEW(arena, double, n * frame->p);
    if (!X)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < frame->p; j++)
        for (size_t i = 0; i < n; i++)
            X[j * n + i] = frame->scores[j][c->split.rows[i * m / n]];
    return fsci_impute_errors(&c->space.imputer, n, X, c->cell_error, err);
}

fsc_status fsci_capability_describe(fsci_arena *arena, const fsci_frame *frame,
                                    const fsci_observe_input *input, fsci_capability *capability,
                                    fsc_error *err)
{
    fsci_capability *c = capability;
    c->level = input->level;
    c->cell_error = FSCI_NEW(arena, double, frame->p);
    c->noise = FSCI_NEW(arena, double, frame->p);
    if (!c->cell_error || !c->noise)
        return fsci_fail_memory(err);
    FSCI_TRY(find_errors(arena, frame, c, err));
    return fsci_noise_bound(&c->space.pca, c->split.count[FSCI_SET_TRAIN], c->complete, c->split.n,
                            FSCI_NOISE_SHUFFLES, FSCI_NOISE_LEVEL, input->seed, input->threads,
                            c->noise, err);
}

double fsci_capability_shift(const fsci_capability *capability, size_t i, size_t j, double *shift)
{
    const fsci_pca *pca = &capability->space.pca;
    double x = capability->complete[j * capability->split.n + i];
    double moved = fsci_pca_scaled(pca, x + capability->cell_error[j]) - fsci_pca_scaled(pca, x);
    for (size_t c = 0; c < pca->k; c++)
        shift[c] = moved / pca->unit[j] * pca->loadings[c * pca->p + j];
    return moved;
}
