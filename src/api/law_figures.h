/* law_figures: the published sets of a law as curves over the ranges its file states. */
#ifndef FSCI_API_LAW_FIGURES_H
#define FSCI_API_LAW_FIGURES_H

#include "law/law.h"
#include "record/json.h"

/* Adds `figures`: one for each of the first columns that have a range, the others in the middle of
 * theirs. None when a column has no range or the law no published set. */
void fsci_law_figures(fsci_arena *arena, const fsc_law *law, fsci_json *record);

#endif
