/* response: what a law predicts, and the formula that predicts it. */
#ifndef FSCI_FIT_RESPONSE_H
#define FSCI_FIT_RESPONSE_H

#include "fit/model.h"

/* Fills model->response and model->prediction: the law's own, or the one column on the left side of
 * a typed formula, isolated by undoing what stands around it (log(y + 1) = f gives y = exp(f) - 1).
 * Leaves NULL what cannot be told. */
fsc_status fsci_response_find(fsci_arena *arena, fsci_model *model, fsc_error *err);

#endif
