/* formula: a formula as a page sets it. */
#ifndef FSCI_REPORT_FORMULA_H
#define FSCI_REPORT_FORMULA_H

#include "base/arena.h"
#include "base/buffer.h"

/* Exponents are raised and the indices of symbols lowered: N^-alpha, D_eff, sum_j. */
void fsci_markup_formula(fsci_arena *arena, const char *formula, fsci_buffer *out);

#endif
