/* staged: the global minimum of a law of many like parts, found by adding them one by one.
 *
 * Of a curve with six breaks a start has to place all six at once; few of hundreds do. Here the law
 * without its parts (see fit/stages.h) is searched as any other, and parts are added where they
 * promise most, up to three at a time (see fit/insertion.h). Parts placed early may stand badly
 * once others are there, so every few of them are taken out of the best minima in turn, the rest is
 * fitted again and the gap filled anew, until that was in vain several times: stepwise regression
 * with exchanges, as of knots (Friedman & Silverman 1989, Technometrics 31:3).
 *
 * A law is never fitted worse than the smaller ones it was grown from. */
#ifndef FSCI_FIT_STAGED_H
#define FSCI_FIT_STAGED_H

#include "fit/search.h"
#include "fit/stages.h"

/* fsci_search_run, in stages where there are any; a grid is searched as it is. With a COUNT of
 * starts these come on top. Of all points tried `search` has the number; solved and reached_best
 * are of the full law. */
fsc_status fsci_staged_run(fsci_arena *arena, const fsci_objective *objective,
                           const fsci_separable *separable, const fsci_stages *stages,
                           const fsci_search_options *options, fsci_search *search, fsc_error *err);

#endif
