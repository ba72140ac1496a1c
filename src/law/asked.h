/* asked: what a law has against the point at which it is evaluated, and the one name that
 * conditions on fitted constants may use besides columns and parameters. */
#ifndef FSCI_LAW_ASKED_H
#define FSCI_LAW_ASKED_H

#include "law/law.h"

/* "rmse": the spread of the residuals of a fit, in the space of its objective. */
extern const char fsci_law_spread[];

typedef struct fsci_law_objections {
    FSCI_LIST(const fsci_law_expectation *) list; /* that are not met; see fsci_law_asked */
} fsci_law_objections;

/* The condition of an expectation that may be held against a point: on rows, on what is asked, on
 * both and fitted constants. NULL for the other kinds. Borrowed. */
const fsci_formula *fsci_law_asked(const fsci_law_expectation *expectation);

/* Of these conditions those that `at` (as for fsci_law_evaluate) and the constants of the set
 * decide and that do not hold there. The list lives in `arena`. */
fsc_status fsci_law_object(fsci_arena *arena, const fsc_law *law, const fsci_law_published *set,
                           const fsci_values *at, fsci_law_objections *out, fsc_error *err);

#endif
