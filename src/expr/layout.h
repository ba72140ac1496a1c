/* layout: a tape while it is being made. */
#ifndef FSCI_EXPR_LAYOUT_H
#define FSCI_EXPR_LAYOUT_H

#include "expr/tape.h"

typedef struct fsci_layout {
    fsci_tape *tape;
    const fsci_graph *graph;
    fsci_role role;
    const bool *wanted;  /* [n_parameters] of the scope; NULL: all */
    bool *live, *live_0; /* [n_vertices] needed by any root, by root 0 */
} fsci_layout;

fsci_slot_id fsci_layout_slot(fsci_layout *layout, fsci_slot_kind kind);
fsci_slot_id fsci_layout_jacobian(fsci_layout *layout, size_t parameter);

/* Adds the derivatives of root 0 to the tape. False when out of memory. */
bool fsci_reverse_plan(fsci_layout *layout);

#endif
