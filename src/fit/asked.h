/* asked: what the law of a fit says against the points at which it is asked. */
#ifndef FSCI_FIT_ASKED_H
#define FSCI_FIT_ASKED_H

#include "fit/model.h"
#include "fit/predict.h"

/* Of law.expects of the fit, the conditions that a point of some --at decides and that do not hold
 * there: a warning in `record` each, or FSC_EINPUT where the law refuses. */
fsc_status fsci_asked_check(fsci_arena *arena, const fsci_fitted *fitted, const fsci_at *at,
                            size_t n_at, fsci_json *record, fsc_error *err);

/* Adds `expects`, the conditions of the subject's law that may be held against a point, to the
 * record's `law`. */
void fsci_asked_record(fsci_arena *arena, const fsci_subject *subject, fsci_json *object);

#endif
