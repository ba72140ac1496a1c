/* checks: what a fit is put through by default before it is believed: influence of single runs,
 * other choices, the largest runs held out. */
#ifndef FSCI_API_CHECKS_H
#define FSCI_API_CHECKS_H

#include "api/ctx.h"
#include "api/rows.h"
#include "fit/fit.h"
#include "fit/fitted.h"
#include "law/yaml.h"

/* What the options of the checks name, read before the fit: a slip is told before the long part. */
typedef struct fsci_check_inputs {
    const fsci_column *family; /* of --family or by its name; NULL for none */
    const fsci_yaml *answers;  /* of --answers, checked; NULL for none */
} fsci_check_inputs;
fsc_status fsci_check_inputs_read(fsci_arena *arena, const fsc_args *args, const fsc_table *table,
                                  fsci_check_inputs *inputs, fsc_error *err);

/* Adds the members of the checks to a fit's record, or a warning of what was not done and why. */
fsc_status fsci_fit_checks(const fsc_ctx *ctx, fsci_arena *arena, const fsc_args *args,
                           const fsci_fit *fit, const fsci_fitted *fitted,
                           const fsci_fit_settings *settings, const fsci_rows *rows,
                           const fsci_column *family, fsci_json *record, fsc_error *err);

/* --checklist: the last thing added, from the other members. */
fsc_status fsci_fit_checklist(fsci_arena *arena, const fsc_args *args, const fsci_yaml *answers,
                              fsci_json *record, fsc_error *err);

#endif
