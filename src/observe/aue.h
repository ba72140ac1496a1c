/* aue: the test error over a sweep of splits, and the area under it.
 *
 * Models are ranked by compute or by the target itself; the top fraction, from 0.60 down to 0.05 in
 * 30 equal steps, is held out, everything is refitted on the rest, and the mean squared error on
 * those held out is integrated over the fraction by the trapezium rule (Ruan, Maddison, Hashimoto
 * 2024, appendix C.4). */
#ifndef FSCI_OBSERVE_AUE_H
#define FSCI_OBSERVE_AUE_H

#include "observe/observe.h"
#include "observe/predictor.h"

enum { FSCI_AUE_STEPS = 30 };

/* The share held out in a step, in the order of operations of numpy.linspace: a fraction of the
 * models is often a whole number, and the last bit decides whether one more is held out. */
double fsci_aue_fraction(size_t step);

typedef struct fsci_sweep {
    const char *target;
    fsci_predictor predictor;
    const char *rank_by; /* "flops" or "target" */
    size_t n;            /* models ranked */
    double fraction[FSCI_AUE_STEPS];
    size_t n_train[FSCI_AUE_STEPS], n_test[FSCI_AUE_STEPS]; /* of known features, as scored */
    double train_mse[FSCI_AUE_STEPS], mse[FSCI_AUE_STEPS];  /* normalised; NaN without a fit */
    double value;                                           /* NaN when any is */
} fsci_sweep;

/* The sweeps of one target (its index in the frame) from predictors[n]: by compute where it is
 * known, then by the target, *n_sweeps in all, in `arena`. k components. Any number of
 * input.threads gives the same bits. Errors: FSC_ENOMEM. */
fsc_status fsci_aue_run(fsci_arena *arena, const fsci_frame *frame, const fsci_observe_input *input,
                        size_t target, const fsci_predictor *predictors, size_t n, size_t k,
                        fsci_sweep **sweeps, size_t *n_sweeps, fsc_error *err);

#endif
