#include "observe/capability.h"

#include "observe/checks.h"

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
