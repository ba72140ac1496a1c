/* backtest: what views of one backtest and of a study of many share. */
#ifndef FSCI_REPORT_BACKTEST_H
#define FSCI_REPORT_BACKTEST_H

#include "record/json.h"
#include "report/view.h"

/* The row of `overall` of a method; NULL when there is none. */
const fsci_json *fsci_backtest_row(const fsci_json *record, const char *split, const char *id);

/* Whether every forecast of a row (of `overall` or of `methods`) was the fallback, because the
 * table lacks what the method needs. Such a method is named, not ranked. */
bool fsci_backtest_never_applied(const fsci_json *row);

/* All methods of a split (or "headline") by their error over all targets. */
void fsci_backtest_overall_grid(fsci_view *view, const fsci_json *record, const char *split);

/* The recommendation, why, and how it scored. */
void fsci_backtest_answer(const fsci_json *record, fsci_view *view);

/* The headline splits together, under a heading. */
void fsci_backtest_together(const fsci_json *record, fsci_view *view);

#endif
