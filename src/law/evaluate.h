/* evaluate: a law at given parameters and one set of inputs: the response, the terms it is the sum
 * of, and every derived quantity. What `laws eval` prints and what the checks of law files test. */
#ifndef FSCI_LAW_EVALUATE_H
#define FSCI_LAW_EVALUATE_H

#include "law/law.h"

/* A sum over a set, term by term. */
typedef struct fsci_evaluated_sum {
    const char *name, *term; /* "sum_j(t_j*r_j)", "t_j*r_j" */
    const char **members;    /* [n] */
    const double *values;    /* [n] their sum is value */
    double value;
    size_t n;
} fsci_evaluated_sum;

typedef struct fsci_evaluation {
    double value;      /* of the response; NaN when `at` lacks one of its columns */
    fsci_values terms; /* "A*N^-alpha" = ...; none when the law is no sum. Their sum is value */
    FSCI_LIST(fsci_evaluated_sum) sums; /* of what value is made, those with several members */
    /* Those whose arguments are all given, in the law's order; where the response and all columns
     * but one are, the amount of that one, NaN when none gives it. */
    fsci_values derived;
} fsci_evaluation;

/* theta[n parameters] in the law's order; `at` in any order, values inside their columns' domains.
 * `out` lives in `arena`. Errors (FSC_EINPUT): a name in `at` that is no column and no argument, a
 * value outside its domain, names that complete neither the law nor a derived quantity. */
fsc_status fsci_law_evaluate(fsci_arena *arena, const fsc_law *law, const double *theta,
                             const fsci_values *at, fsci_evaluation *out, fsc_error *err);

/* The response alone, without keeping anything; NaN where fsci_law_evaluate fails. */
double fsci_law_response(const fsc_law *law, const double *theta, const fsci_values *at);

/* The same with the constants of a published set, which may give members to sums; `at` then gives a
 * value for each of them too (a name, the member, a value). With theta alone sets have the members
 * that `at` gives, else one. FSC_EINPUT also: members without a value. */
fsc_status fsci_law_evaluate_set(fsci_arena *arena, const fsc_law *law,
                                 const fsci_law_published *set, const fsci_values *at,
                                 fsci_evaluation *out, fsc_error *err);

/* What a law's response is computed from: its other columns, or the arguments of the derived
 * quantity that solves it. An implicit law is solved by root finding. Names borrowed, the list in
 * `arena`. */
fsc_status fsci_law_inputs(fsci_arena *arena, const fsc_law *law, fsci_texts *inputs,
                           fsc_error *err);

/* The symbols of a law's parameters (parameter i is theta[i]) and of its first `n_derived` derived
 * quantities: parameters.n + n_derived of them. The caller adds columns or arguments. */
void fsci_law_symbols(const fsc_law *law, size_t n_derived, fsci_symbol *symbols);

#endif
