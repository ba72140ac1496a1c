/* select: which models to evaluate next, from a table of models to the record.
 *
 * Ruan, Maddison and Hashimoto (2024, arXiv:2405.10938, section 5): models are placed in their
 * capability space (observe/capability.h) and the subset is sought whose information about the
 * space is largest within a budget (plan/design.h), by whole families or by single models. */
#ifndef FSCI_PLAN_SELECT_H
#define FSCI_PLAN_SELECT_H

#include "observe/observe.h"

typedef enum fsci_select_criterion {
    FSCI_SELECT_V,
    FSCI_SELECT_D,
    FSCI_SELECT_A,
    FSCI_SELECT_E,
    FSCI_SELECT_GLM
} fsci_select_criterion;

typedef enum fsci_missing {
    FSCI_MISSING_IMPUTE,
    FSCI_MISSING_DROP, /* models with an empty score are no candidates */
    FSCI_MISSING_STOP  /* an empty score is an error */
} fsci_missing;

/* Everything is borrowed. */
typedef struct fsci_select_input {
    fsci_observe_input observe; /* table, columns, components (pcs >= 1), cutoff, link; a target
                                   for glm, else none */
    fsci_select_criterion criterion;
    bool by_model;              /* single models instead of whole families */
    double budget;              /* in models, or in units of the cost column */
    const char *cost;           /* column; NULL: every model costs 1 */
    size_t most_families;       /* that may be chosen, included ones counted; 0: any number */
    const char *const *include; /* models or families to have in any case */
    size_t n_include;
    const char *const *exclude; /* never to have; they stay in the capability space */
    size_t n_exclude;
    fsci_missing missing;
} fsci_select_input;

/* Adds the members of a `selection` record (see docs) to the object `record`, in `arena`;
 * "warnings" is added to when it exists. Errors: FSC_EINPUT, one sentence; FSC_ENOMEM. */
fsc_status fsci_select_run(fsci_arena *arena, const fsci_select_input *input, fsci_json *record,
                           fsc_error *err);

#endif
