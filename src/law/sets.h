/* sets: the members that sums over sets have where a law is evaluated, and what stands for each
 * name then. Members come from a published set of constants (`t_j: {web: -2, code: 0.5}`), else
 * from the inputs (r_1, r_2, …), else there is one. */
#ifndef FSCI_LAW_SETS_H
#define FSCI_LAW_SETS_H

#include "law/law.h"

/* The members of one index: web, code of j. */
typedef struct fsci_law_set {
    const char *index;
    const char **members;
    size_t n;
} fsci_law_set;

typedef struct fsci_law_sets {
    const fsc_law *law;
    const fsci_values *at;
    FSCI_LIST(fsci_law_set) items;
    double *theta; /* [n_theta + 1] every parameter, of a set one member after the other; the last
                      place is for what is solved for */
    size_t *first; /* [n parameters] where each begins */
    size_t n_theta;
} fsci_law_sets;

/* theta[n parameters] in the law's order; `values` has in their place the members of those that
 * have any (NULL for none). All is borrowed; what is made lives in `arena`. */
fsc_status fsci_law_sets_new(fsci_arena *arena, const fsc_law *law, const double *theta,
                             const fsci_values *values, const fsci_values *at, fsci_law_sets *sets,
                             fsc_error *err);
/* FSC_EINPUT for a name in `at` that is no column and no argument; the nearest is suggested. */
fsc_status fsci_law_sets_check(fsci_arena *arena, const fsci_law_sets *sets, fsc_error *err);
/* NULL where the index has no members. */
const fsci_law_set *fsci_law_sets_find(const fsci_law_sets *sets, const char *index);

/* fsci_law_symbols, with sets of parameters. */
void fsci_law_sets_symbols(const fsci_law_sets *sets, size_t n_derived, fsci_symbol *symbols);
/* A column or argument that `at` gives. FSC_EINPUT: not all of its members are there. */
fsc_status fsci_law_sets_input(fsci_arena *arena, const fsci_law_sets *sets, const char *name,
                               fsci_symbol *symbol, fsc_error *err);

/* The index of the sum in which a formula of the law has the name, NULL for a name in none. */
const char *fsci_law_index_of(const fsc_law *law, const char *name);
/* What a name that a person gives means: `r_1`, `r_web` and, where no other set has that member,
 * `web` are members of r_j. Gives name and member of `value`; the name itself where it is neither.
 */
fsc_status fsci_law_input_named(fsci_arena *arena, const fsc_law *law, const fsci_values *constants,
                                const char *name, fsci_value *value, fsc_error *err);

#endif
