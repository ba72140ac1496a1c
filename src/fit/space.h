/* space: in which two sides are compared and intervals are symmetric: as they are, in logarithms,
 * or in log odds. */
#ifndef FSCI_FIT_SPACE_H
#define FSCI_FIT_SPACE_H

#include <stdbool.h>

typedef enum fsci_space { FSCI_SPACE_IDENTITY, FSCI_SPACE_LOG, FSCI_SPACE_LOGIT } fsci_space;

const char *fsci_space_name(fsci_space space); /* "identity", "log", "logit" */
bool fsci_space_find(const char *name, fsci_space *space);

double fsci_residual_map(fsci_space space, double value);
double fsci_residual_unmap(fsci_space space, double value);
double fsci_residual_slope(fsci_space space, double value); /* of map */

#endif
