/* study: what the view and the figures of a study both need. */
#ifndef FSCI_REPORT_STUDY_H
#define FSCI_REPORT_STUDY_H

#include "base/arena.h"
#include "record/json.h"

/* Whether the runs' own tables and figures are part of the report, or only comparisons of them. */
bool fsci_study_shows_runs(const fsci_json *record);

/* Whether a part goes into the table of the one before it (may be NULL): neither predicts, and they
 * share a title. */
bool fsci_study_continues(const fsci_json *before, const fsci_json *part);

/* An entry of `compare`: the objects of numbers of some runs. */
typedef struct fsci_comparison {
    size_t n_runs, n_members;
    const char **runs;         /* [n_runs] */
    const fsci_json **numbers; /* [n_runs] */
    const char **members;      /* [n_members] names, those of the first run */
} fsci_comparison;

/* False when there is nothing to compare, or no memory. */
bool fsci_comparison_read(fsci_arena *arena, const fsci_json *record, const fsci_json *wanted,
                          fsci_comparison *comparison);

#endif
