/* grouped: a law whose parameters, all or all but those shared, are free by the levels of a column:
 * chinchilla by family with alpha and beta shared is L = E[family] + A[family]*N^-alpha + ... */
#ifndef FSCI_FIT_GROUPED_H
#define FSCI_FIT_GROUPED_H

#include "fit/fit.h"

typedef struct fsci_grouping {
    const char *column;
    const char *const *shared; /* [n_shared] parameters that are the same at every level */
    size_t n_shared;
} fsci_grouping;

/* The law or formula `plain` rewritten. FSC_EINPUT: no such column, one of numbers, or the formula
 * has groups already; FSC_EUSAGE: a shared name that is no parameter (the nearest is suggested). */
fsc_status fsci_grouped_subject(fsci_arena *arena, const fsci_subject *plain,
                                const fsc_table *table, const fsci_fit_settings *settings,
                                const fsci_grouping *grouping, fsci_subject *out, fsc_error *err);

/* The minimum of a grouped model, sought from the fit of the plain law to all rows and from its
 * fits to each level. */
fsc_status fsci_grouped_search(fsci_arena *arena, const fsci_fit_settings *settings, fsci_fit *fit,
                               fsc_error *err);

/* `node` with every name of `grouped` followed by [column]. NULL when out of memory. */
const fsci_node *fsci_grouped_rewrite(fsci_arena *arena, const fsci_node *node,
                                      const fsci_grouped *grouped);

/* A derived formula of the law with the same parameters grouped; *grouped tells whether it now
 * needs the column. */
const char *fsci_grouped_text(fsci_arena *arena, const fsci_subject *subject, const fsc_law *law,
                              size_t derived, bool *grouped);

#endif
