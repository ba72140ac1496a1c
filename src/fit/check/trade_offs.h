/* trade_offs: which parameters of a fit move together: correlations, and the direction that the
 * rows tell least about. */
#ifndef FSCI_FIT_TRADE_OFFS_H
#define FSCI_FIT_TRADE_OFFS_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds `trade_offs` when two parameters are correlated by more than 0.9: the `correlations` above
 * that, and the `direction` of largest spread in words and as `moves` to the end of its interval.
 * Nothing without a covariance. */
fsc_status fsci_trade_offs_add(fsci_arena *arena, const fsci_fit *fit, double level,
                               fsci_json *record, fsc_error *err);

#endif
