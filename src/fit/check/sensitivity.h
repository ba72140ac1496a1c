/* sensitivity: what the answer would be under choices somebody else might have made: another loss,
 * another space, other rows, tied exponents, another way of counting, another law. */
#ifndef FSCI_FIT_SENSITIVITY_H
#define FSCI_FIT_SENSITIVITY_H

#include "fit/check/influence.h"
#include "fit/check/other_laws.h"
#include "fit/variant.h"

typedef struct fsci_sensitivity_input {
    const fsci_fit *fit;
    const fsci_quantities *quantities;
    const fsci_influence *influence;
    const fsci_fit_settings *settings;
    const fsc_table *whole;    /* the table before --where; NULL when nothing was dropped */
    const fsci_column *family; /* NULL when there is none */
    const fsci_other_laws *others;
} fsci_sensitivity_input;

/* Refits under every change that applies, adds `sensitivity` and `headline`, and warns (W-SENS) of
 * the headline quantity that leaves its interval farthest. */
fsc_status fsci_sensitivity_run(fsci_arena *arena, const fsci_sensitivity_input *input,
                                fsci_json *record, fsc_error *err);

#endif
