/* observation: what the text and the figures of an observation both need. */
#ifndef FSCI_REPORT_OBSERVATION_H
#define FSCI_REPORT_OBSERVATION_H

#include "record/json.h"
#include "report/view.h"

/* "3 capability components" for "pc3", "training compute" for "flops". */
const char *fsci_say_predictors(fsci_arena *arena, const char *predictors);
bool fsci_is_capability(const fsci_json *target); /* predicted from components, not from scale */
/* The model's name without its publisher: "Llama-2-7b" of "meta-llama/Llama-2-7b-hf". */
const char *fsci_short_model(fsci_arena *arena, const char *model);
/* A normalised error in the units of the target's column. */
double fsci_target_units(const fsci_json *target, double normalised);
/* The compute a model counts as: its equivalent where there is one, else its own. NaN if none. */
double fsci_compute_of(const fsci_json *prediction);

/* The training compute that divides the models: the largest in training, when every test model of
 * known compute lies beyond it. NaN when the split was made another way. */
double fsci_compute_cutoff(const fsci_json *target);

/* Blocks about one target: the answer and the ways of predicting it; the models held out and those
 * not yet measured; how the curve was fitted. */
void fsci_forecast_add(const fsci_json *record, const char *target, fsci_view *view);
void fsci_forecast_add_models(const fsci_json *record, const char *target, fsci_view *view);
void fsci_forecast_add_fit(const fsci_json *record, const char *target, fsci_view *view);

/* Adds a number or a text to the array `key` of a series, which is made when there is none. */
void fsci_append_number(fsci_arena *arena, fsci_json *series, const char *key, double value);
void fsci_append_text(fsci_arena *arena, fsci_json *series, const char *key, const char *text);

/* Adds the figures of the capability space. */
void fsci_space_figures(fsci_arena *arena, const fsci_json *record, fsci_json *figures);

#endif
