/* record: a fit as the record of kind `fit`: everything a reader, a report or a later prediction
 * needs, with nothing that only the fitting process knows. */
#ifndef FSCI_FIT_RECORD_H
#define FSCI_FIT_RECORD_H

#include "fit/fit.h"
#include "record/json.h"

/* Adds the members of a fit to `record`. `dropped_before` rows were taken out by the rules of the
 * caller (--where), named in its list. */
typedef struct fsci_fit_context {
    size_t rows_read;
    const fsci_dropped *dropped;
    size_t n_dropped;
    const fsci_fit_settings *settings;
} fsci_fit_context;

fsc_status fsci_fit_record(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_context *context,
                           fsci_json *record, fsc_error *err);

/* "a" or "a[level]". */
const char *fsci_parameter_label(fsci_arena *arena, const fsci_parameter *parameter);

/* Parts of it: `parameters` with their intervals and status; the covariances, `intervals` with what
 * they come from, refits, and percentiles of the residuals. */
void fsci_fit_parameters(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_settings *settings,
                         fsci_json *record);
void fsci_fit_uncertainty(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_settings *settings,
                          fsci_json *record);

/* Whether coordinate k is an exponent that is known to worse than 1. */
bool fsci_fit_is_vague_exponent(const fsci_fit *fit, size_t k);
/* Whether its standard error alone moves the curve by many times the range of the data; never so
 * for a logarithm, which is vague by how many factors it is not known. */
bool fsci_fit_is_vague_level(const fsci_fit *fit, size_t k);

/* What of a fit deserves a warning, each a code and a sentence with what to do. */
void fsci_fit_warnings(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_settings *settings,
                       fsci_json *record);

#endif
