/* trial: a law put to the test with nothing but its file: its checks; the derivatives of its
 * formula against differences; the answer a fit gives to data simulated from its first published
 * set, without noise and with; the trends and limits it states. Each trial says whether it holds
 * and, if not, why. */
#ifndef FSCI_API_TRIAL_H
#define FSCI_API_TRIAL_H

#include "law/catalogue.h"
#include "record/json.h"

/* Levels of every category, with the same constants at each. */
enum { FSCI_TRIAL_LEVELS = 3 };

/* A law with its simulated data: rows at which every input column has a value in its range. */
typedef struct fsci_trial {
    fsci_arena *arena;
    fsc_ctx *ctx;
    const fsci_catalogue *catalogue;
    const fsc_law *law;
    const double *theta; /* of the first published set */
    size_t n;            /* rows */
    double **columns;    /* [law->columns.n][n], the response among them */
    fsci_json *results;
    bool failed;
} fsci_trial;

/* Adds {what, ok, detail} for each trial to the array `results`; ok is null for what the file gives
 * no means to try. */
fsc_status fsci_trial_run(fsci_trial *trial, fsc_error *err);

/* For the files of the trials. */
void fsci_trial_add(fsci_trial *t, const char *what, bool ok, const char *format, ...)
    FSCI_PRINTF(4, 5);
void fsci_trial_skip(fsci_trial *t, const char *what, const char *why);
/* The response at row i with some columns or parameters replaced by `with` (may be NULL). */
double fsci_trial_response(const fsci_trial *t, size_t row, const fsci_values *with);
fsc_status fsci_trial_recovery(fsci_trial *t, fsc_error *err); /* trial_fit.c */
fsc_status fsci_trial_coverage(fsci_trial *t, fsc_error *err); /* trial_fit.c */
void fsci_trial_derivatives(fsci_trial *t);                    /* trial_form.c */
void fsci_trial_trends(fsci_trial *t);                         /* trial_form.c */
void fsci_trial_reductions(fsci_trial *t);                     /* trial_form.c */

#endif
