/* kinds: what each kind of record gives. One function per view; report.c has the table. */
#ifndef FSCI_REPORT_KINDS_H
#define FSCI_REPORT_KINDS_H

#include "record/json.h"
#include "report/view.h"

void fsci_fit_view(const fsci_json *record, fsci_view *view);
void fsci_prediction_view(const fsci_json *record, fsci_view *view);
void fsci_observation_view(const fsci_json *record, fsci_view *view);
void fsci_selection_view(const fsci_json *record, fsci_view *view);
void fsci_laws_view(const fsci_json *record, fsci_view *view);
void fsci_evaluation_view(const fsci_json *record, fsci_view *view);
void fsci_expression_view(const fsci_json *record, fsci_view *view);
void fsci_study_view(const fsci_json *record, fsci_view *view);
void fsci_metric_view(const fsci_json *record, fsci_view *view);
void fsci_metrics_view(const fsci_json *record, fsci_view *view);
void fsci_arena_view(const fsci_json *record, fsci_view *view);
void fsci_backtest_view(const fsci_json *record, fsci_view *view);
void fsci_table_view(const fsci_json *record, fsci_view *view);
void fsci_data_view(const fsci_json *record, fsci_view *view);
void fsci_comparison_view(const fsci_json *record, fsci_view *view);
/* The backtest of laws, which has an objective. */
void fsci_law_backtest_view(const fsci_json *record, fsci_view *view);
void fsci_simulation_view(const fsci_json *record, fsci_view *view);
void fsci_coverage_view(const fsci_json *record, fsci_view *view);
void fsci_design_view(const fsci_json *record, fsci_view *view);
void fsci_mixture_view(const fsci_json *record, fsci_view *view);
void fsci_lint_view(const fsci_json *record, fsci_view *view);

/* Rows of a prediction, of which a single one is also said as a sentence. `columns` are the fit's
 * data.columns (units; may be NULL), `response` the symbol of what is predicted. */
void fsci_view_predictions(fsci_view *view, const fsci_json *rows, const fsci_json *columns,
                           const char *response, double level);

/* The record's derived quantities: those with arguments, an answer, or those without. At one point
 * they are the rows of a table, at several points its columns. `columns` gives arguments' units. */
void fsci_view_derived(fsci_view *view, const fsci_json *record, const fsci_json *columns,
                       bool with_arguments);
/* How well the largest runs were forecast from the others. */
void fsci_view_form(fsci_view *view, const fsci_json *record);
void fsci_view_side_by_side(fsci_view *view, const fsci_json *record);
void fsci_view_holdout(fsci_view *view, const fsci_json *record);
/* What the headline quantities are under other choices, one line for each change; and the runs they
 * hang on most. */
void fsci_view_sensitivity(fsci_view *view, const fsci_json *record);
void fsci_view_influence(fsci_view *view, const fsci_json *record);
/* "95 % bootstrap (by rows)", from record.intervals. */
const char *fsci_interval_title(fsci_arena *arena, const fsci_json *record);
/* NULL, so that a column of them is left out, when the record has no intervals at all. */
const char *fsci_interval_of(fsci_arena *arena, const fsci_json *record, const fsci_json *quantity);

/* Figures: an array of figure objects (README.md), NULL when there are none. */
const fsci_json *fsci_record_figures(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_observation_figures(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_backtest_figures(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_study_figures(fsci_arena *arena, const fsci_json *record);

/* The main table as a list of objects. */
const fsci_json *fsci_record_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_fit_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_comparison_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_prediction_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_observation_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_selection_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_metric_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_arena_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_coverage_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_simulation_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_backtest_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_mixture_list(fsci_arena *arena, const fsci_json *record);
const fsci_json *fsci_study_list(fsci_arena *arena, const fsci_json *record);

#endif
