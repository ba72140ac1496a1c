/* checks: what a fit is put through by default before it is believed: influence of single runs,
 * other choices, the largest runs held out. */
#ifndef FSCI_API_CHECKS_H
#define FSCI_API_CHECKS_H

#include "api/ctx.h"
#include "api/rows.h"
#include "fit/fit.h"
#include "fit/fitted.h"

/* Adds the members of the checks to a fit's record, or a warning of what was not done and why. */
fsc_status fsci_fit_checks(const fsc_ctx *ctx, fsci_arena *arena, const fsc_args *args,
                           const fsci_fit *fit, const fsci_fitted *fitted,
                           const fsci_fit_settings *settings, const fsci_rows *rows,
                           fsci_json *record, fsc_error *err);

/* --checklist: the last thing added, from the other members. */
fsc_status fsci_fit_checklist(fsci_arena *arena, const fsc_args *args, fsci_json *record,
                              fsc_error *err);

#endif
