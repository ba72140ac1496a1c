/* phrases: what views of several kinds say in the same words. */
#ifndef FSCI_REPORT_PHRASES_H
#define FSCI_REPORT_PHRASES_H

#include "record/json.h"
#include "report/view.h"

/* "L = E + A·N^-α": a formula as people write it; names of Greek letters become letters. */
const char *fsci_say_formula(fsci_arena *arena, const char *formula);
/* "70 B parameters": one input, with the unit that `columns` (an object of columns by name; may be
 * NULL) gives it. */
const char *fsci_say_input(fsci_arena *arena, const fsci_json *input, const fsci_json *columns);
/* "N = 70 B parameters, C = 5.76e23" for an object of inputs; NULL when it has none. */
const char *fsci_say_arguments(fsci_arena *arena, const fsci_json *arguments,
                               const fsci_json *columns);
/* "runs.csv (sha256 a99b0974), more.csv"; NULL when there are none. */
const char *fsci_say_inputs(fsci_arena *arena, const fsci_json *inputs);
/* "Hoffmann et al. 2022, arXiv 2203.15556, eq. 2"; NULL when there is no source. */
const char *fsci_say_source(fsci_arena *arena, const fsci_json *source);
/* The left side of a formula, as it is compared: "log1p(y)" where the response is y; NULL without
 * one. */
const char *fsci_say_left(fsci_arena *arena, const char *formula);
/* "Huber 0.001 on log L", from a fit's or a law's objective; `response` may be NULL. */
const char *fsci_say_objective(fsci_arena *arena, const fsci_json *objective, const char *response);
/* A scalar of any kind: number, text, yes or no. */
const char *fsci_say_scalar(fsci_arena *arena, const fsci_json *value);
/* "1 run", "3 runs". */
const char *fsci_say_count(fsci_arena *arena, double n, const char *one, const char *many);

/* The last blocks of a view: warnings, and how the record was made. */
void fsci_view_warnings(fsci_view *view, const fsci_json *record);
void fsci_view_origin(fsci_view *view, const fsci_json *record);

#endif
