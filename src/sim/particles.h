/* particles: a particle filter over a toy chain of steps, as inference-time scaling uses it (Puri
 * et al. 2025, arXiv:2502.01618): extend every partial solution, weight it by a reward, resample.
 *
 * The chain is a finite state machine whose exact answer is known by enumeration: transition
 * probabilities T[s * states + t] and a reward rho[t] in (0, 1) for entering t. A particle's weight
 * at a step is its reward's odds to the power 1 / temperature. */
#ifndef FSCI_SIM_PARTICLES_H
#define FSCI_SIM_PARTICLES_H

#include "num/random.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_resample_scheme {
    FSCI_RESAMPLE_MULTINOMIAL,
    FSCI_RESAMPLE_SYSTEMATIC,
    FSCI_RESAMPLE_STRATIFIED,
    FSCI_RESAMPLE_RESIDUAL
} fsci_resample_scheme;

/* weight[n] = (rho/(1 - rho))^(1/temperature), normalised by log-sum-exp; rewards are clipped an
 * epsilon inside 0 and 1, *clipped counts them. Gives ln of the mean of the unnormalised weights.
 */
double fsci_particle_weights(const double *rho, size_t n, double temperature, double *weight,
                             size_t *clipped);
double fsci_effective_size(const double *weight, size_t n); /* 1 / sum w^2 */
/* ancestor[n] from weights that sum to 1; ascending. E[copies of i] = n w_i in every scheme.
 * scratch[n]. */
void fsci_particle_resample(fsci_resample_scheme scheme, const double *weight, size_t n,
                            fsci_stream *stream, uint32_t *ancestor, double *scratch);

typedef struct fsci_chain_world {
    size_t states, steps;
    const double *start;      /* [states] */
    const double *transition; /* [states * states] row by row */
    const double *reward;     /* [states] */
    double from, to;          /* temperature of the first and of the last step; linear between */
} fsci_chain_world;

/* Temperature of a step 0..steps-1. */
double fsci_chain_temperature(const fsci_chain_world *w, size_t step);
/* Exact law of the last state under the weighted chain, p[states], and ln of its normalising
 * constant. False: no memory. */
bool fsci_chain_exact(const fsci_chain_world *w, double *p, double *log_constant);

typedef struct fsci_filter {
    double *answer;      /* [states] share of final particles in each state; the caller's */
    double *ess;         /* [steps]; the caller's */
    double log_constant; /* its exponential is unbiased */
    uint64_t calls;      /* particle-steps */
} fsci_filter;

/* `retained` (Particle Gibbs; NULL for none): a path of states that one particle follows and that
 * is replaced by one drawn from the final particles. False: no memory. */
bool fsci_filter_run(const fsci_chain_world *w, fsci_resample_scheme scheme, size_t particles,
                     fsci_stream *stream, uint32_t *retained, fsci_filter *out);

/* Best-of-n and beam search at the same number of calls: share of answers in each state over
 * `repeats`. best: n whole paths, the one of highest last reward. beam: keeps the `width` highest
 * rewards and extends each n / width times. answer[states]. False: no memory. */
bool fsci_best_of_run(const fsci_chain_world *w, size_t n, size_t repeats, fsci_stream *stream,
                      double *answer);
bool fsci_beam_run(const fsci_chain_world *w, size_t n, size_t width, size_t repeats,
                   fsci_stream *stream, double *answer);

#endif
