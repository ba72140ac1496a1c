/* analog: predictions without a curve, from what like models scored; what every forecast has to
 * beat. */
#ifndef FSCI_OBSERVE_ANALOG_H
#define FSCI_OBSERVE_ANALOG_H

#include "observe/predictor.h"

/* Predicts all positions of the sample from the training positions train[m] (which may repeat), a
 * model never from itself: value[n].
 *
 * NEIGHBOURS: the mean target of the k training models nearest by Euclidean distance in the
 * completed benchmarks, each standardised over the training models (nearest first, the earlier of
 * equals); of all when there are fewer. O(n m p).
 * PERSISTENCE: the target of the training model of most known FLOPs in the family (of equal or no
 * FLOPs the best); of a model without family or training relatives the best target of all training
 * models: "same-family last" and "best so far", the two forms in which persistence ties or beats
 * published methods on benchmark forecasts. O(n m).
 * NaN where no training model is left. Errors: FSC_ENOMEM. */
fsc_status fsci_analog_predict(fsci_arena *arena, fsci_predictor predictor,
                               const fsci_sample *sample, const size_t *train, size_t m,
                               double *value, fsc_error *err);

/* The root mean square error on the training models, each predicted from the others. NaN with fewer
 * than two. */
double fsci_analog_spread(const fsci_sample *sample, const size_t *train, size_t m,
                          const double *value);

#endif
