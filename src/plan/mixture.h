/* mixture: the shares of domains at which fitted laws promise the least loss.
 *
 *   minimise over r   sum_i w_i L_i(r),   r_j between its limits,   sum_j r_j = 1
 *
 * L_i is any law solved for its response with one set of columns (sum_j in its formula) that are
 * shares: of one validation domain each, or of one law that is already a sum over latent ones (Ye
 * et al. 2024, arXiv:2403.16952, section 3). Where the shares of the table add to less than 1 the
 * rest is a domain of its own, which the law does not name. */
#ifndef FSCI_PLAN_MIXTURE_H
#define FSCI_PLAN_MIXTURE_H

#include "fit/fit.h"
#include "fit/fitted.h"
#include "fit/predict.h"

typedef struct fsci_mixture_part {
    const char *name; /* of the validation domain; NULL when there is one law */
    double weight;    /* > 0; all add to 1 */
    const fsci_fit *fit;
    const fsci_fitted *fitted; /* with resamples */
} fsci_mixture_part;

typedef struct fsci_mixture_limit {
    const char *name; /* of a domain */
    double value;     /* a share */
} fsci_mixture_limit;

/* Everything is borrowed. */
typedef struct fsci_mixture_input {
    const fsci_mixture_part *parts;
    size_t n_parts;
    const fsci_at *at; /* values of the laws' other inputs; NULL for none */
    const char *rest;  /* name of the domain that has no column; NULL: "the rest" */
    const fsci_mixture_limit *floors, *caps;
    size_t n_floors, n_caps;
    bool within; /* every share stays within those measured */
    double level;
    int threads;
} fsci_mixture_input;

/* The errors of fsci_mixture_run but those of other inputs, before anything is fitted: of each part
 * the model of its fit is read, and nothing else. */
fsc_status fsci_mixture_check(fsci_arena *arena, const fsci_mixture_input *input, fsc_error *err);

/* Adds the members of a `mixture` record (docs/records.md) to the object `record`. FSC_EINPUT: a
 * law without shares, or one that is not solved for its response; columns that are no shares.
 * FSC_EUSAGE: a limit of no domain; limits that leave no mixture; other inputs not given. */
fsc_status fsci_mixture_run(fsci_arena *arena, const fsci_mixture_input *input, fsci_json *record,
                            fsc_error *err);

#endif
