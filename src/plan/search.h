/* search: the parts of fsci_design_search. */
#ifndef FSCI_PLAN_SEARCH_H
#define FSCI_PLAN_SEARCH_H

#include "plan/relax.h"

/* A good subset by adding and exchanging units (Fedorov 1972), in in[n]; what it meets on the way
 * is offered to the shortlist. Adds to *evaluated. */
fsc_status fsci_exchange(const fsci_design *d, bool *in, fsci_shortlist *found, double *evaluated,
                         fsc_error *err);

/* Every subset of the root's undecided units, but those that its bound shows to be worse than the
 * shortlist. */
fsc_status fsci_enumerate(const fsci_relaxation *r, const fsci_node *root, fsci_shortlist *found,
                          double *evaluated, fsc_error *err);

/* Branch and bound below the root; *bound is the largest of what is left undone, -INFINITY when
 * nothing is. */
fsc_status fsci_branch(fsci_relaxation *r, const fsci_node *root, fsci_shortlist *found,
                       double *bound, fsc_error *err);

#endif
