/* bend: whether a few rows bend away from their curve. With more rows the test over fifths sees
 * it (see warnings.c). */
#ifndef FSCI_FIT_BEND_H
#define FSCI_FIT_BEND_H

#include "fit/fit.h"
#include "record/json.h"

/* Fewer rows than this of a curve are tested here, more by fifths. */
enum { FSCI_BEND_ROWS = 25 };

/* W-RESID for each input, and each level of a category, along which a quadratic term of the
 * logarithm would explain what the law leaves: the t test of that term added to the linearised
 * least-squares fit, exact for laws that are lines in logarithms. Nothing under another loss. */
void fsci_bend_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record);

#endif
