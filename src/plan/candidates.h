/* candidates: the models one may choose from, what each would tell, and what is to be learnt.
 *
 * A model tells weight x x' (plan/criterion.h). For V, D, A and E, x is its vector of centred
 * component scores, without an intercept, its weight is 1, and the target is the sum over all
 * candidates: the setting of Ruan, Maddison and Hashimoto (2024, equation 9).
 *
 * For glm the model is the curve that will be fitted, at a first guess of it (the fit to the
 * candidates whose target is known): x = (1, scores), z = b'x, mu = floor + (1 - floor) sigmoid(z),
 * d = dmu/dz and
 *
 *   weight = d^2 / (mu (1 - mu)),     target = mean over the region of d^2 x x'
 *
 * so that -trace(target G^-1) is minus the mean variance of the curve over the region, per unit of
 * dispersion: a V criterion for a generalised linear model (Khuri et al. 2006, section 3) aimed at
 * where forecasts are wanted. With floor 0 the weight is mu (1 - mu); under a linear link weight
 * and d are 1. The region is the models that the cutoff holds out, or without a cutoff the tenth of
 * the candidates with the largest z, those of most equivalent compute. */
#ifndef FSCI_PLAN_CANDIDATES_H
#define FSCI_PLAN_CANDIDATES_H

#include "observe/forecast.h"
#include "plan/criterion.h"
#include "plan/select.h"

typedef struct fsci_guess {
    const char *target;
    fsci_link link; /* fitted to link.n candidates */
    bool held_out;  /* the region is what the cutoff holds out */
    size_t n_region;
    size_t *region; /* [n_region] rows of the frame */
} fsci_guess;

typedef struct fsci_candidates {
    fsci_frame frame;
    fsci_capability capability;
    size_t n;          /* candidates: the first n positions of capability.split */
    size_t n_left_out; /* models with a missing score, under FSCI_MISSING_DROP */
    size_t k;          /* features */
    double *x;         /* [n*k] */
    double *weight;    /* [n] */
    double *cost;      /* [n] */
    double *target;    /* packed */
    fsci_guess *guess; /* NULL but for glm */
} fsci_candidates;

/* Arrays live in `arena`; *c must stay where it is, since its capability refers to its frame.
 * Errors: FSC_EINPUT, FSC_ENOMEM. */
fsc_status fsci_candidates_read(fsci_arena *arena, const fsci_select_input *input,
                                fsci_notes *notes, fsci_candidates *c, fsc_error *err);

const char *fsci_candidate_model(const fsci_candidates *c, size_t i);
const char *fsci_candidate_family(const fsci_candidates *c, size_t i); /* NULL where unknown */

#endif
