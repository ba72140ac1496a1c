/* view: a few standardised components of benchmark scores, on one scale of the scores.
 *
 * Raw scores, or log-odds of scores freed of chance, q = (B - c)/(1 - c) kept within [0.02, 0.98]:
 * a downstream curve can be a sigmoid in either, and little in weak models tells which. (0.02 is
 * about the least score that 164 questions can tell from none.) Everything is learnt from the
 * training rows. Scores that are no shares have the raw view only, unknown chance counts as 0. */
#ifndef FSCI_OBSERVE_VIEW_H
#define FSCI_OBSERVE_VIEW_H

#include "base/arena.h"
#include "base/error.h"
#include "observe/method.h"

typedef enum fsci_view_scale { FSCI_VIEW_RAW, FSCI_VIEW_CHANCE_LOGIT } fsci_view_scale;

typedef struct fsci_view {
    size_t n, k, p;
    const double *z;        /* [n*k] components over their population deviation in training */
    const double *loadings; /* [p*k] d z / d (score on the view's scale) */
    const double *slope;    /* [n*p] d (score on the view's scale) / d score; 0 where kept within */
} fsci_view;

/* At most k components: as many as benchmarks and training rows carry. Arrays live in `arena`.
 * Errors: FSC_EINPUT (scores that do not vary, or not finite); FSC_ENOMEM. */
fsc_status fsci_view_make(fsci_arena *arena, const fsci_task *task, fsci_view_scale scale, size_t k,
                          fsci_view *view, fsc_error *err);

/* One more column beside the components: column[n] of the task's rows over its deviation in
 * training, unknown values at its mean; the benchmarks' noise does not move it. FSC_EINPUT when
 * fewer than three training rows know it or it does not vary there; FSC_ENOMEM. */
fsc_status fsci_view_extend(fsci_arena *arena, const fsci_task *task, const double *column,
                            fsci_view *view, fsc_error *err);

/* Variance that the questions of the benchmarks give to sum_k weight[k] z_ik: sum over benchmarks
 * of (d/dB)^2 B (1 - B)/items. Benchmarks of unknown items add nothing. */
double fsci_view_sampling(const fsci_view *view, const fsci_task *task, size_t i,
                          const double *weight);

#endif
