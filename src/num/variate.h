/* variate: draws from distributions that have no quick inverse, exact but for rounding.
 *
 * Each takes as many draws of the stream as it needs, so that a stream must not be shared by what
 * is to be repeated apart. Parameters outside their domain give NaN. */
#ifndef FSCI_NUM_VARIATE_H
#define FSCI_NUM_VARIATE_H

#include "num/random.h"

/* The logarithm of a gamma variate of scale 1: with a small shape the variate itself underflows. */
double fsci_random_log_gamma(fsci_stream *stream, double shape);
double fsci_random_beta(fsci_stream *stream, double a, double b);
/* Whole numbers; of any number of trials and any mean in a number of steps that grows as their
 * logarithm. */
double fsci_random_binomial(fsci_stream *stream, double n, double p);
double fsci_random_poisson(fsci_stream *stream, double mean);

#endif
