/* root: the value of one unknown at which an expression is zero, and how it moves with the other
 * parameters; for laws that are not solved for their response. */
#ifndef FSCI_EXPR_ROOT_H
#define FSCI_EXPR_ROOT_H

#include "expr/expr.h"

typedef struct fsci_root {
    const fsci_program *program; /* the expression: a law's right side less its left */
    size_t unknown;              /* theta[unknown] is sought */
    double lo, hi;               /* where the unknown has been seen; the search begins between */
    bool within;                 /* and ends there: what lies beyond is no root */
} fsci_root;

/* Two symbols that make `name` the unknown theta[unknown], or with `log` its exponential: then the
 * unknown is looked for in the logarithm. */
void fsci_root_unknown(const char *name, bool log, size_t unknown, fsci_symbol symbols[2]);

/* The root of one row nearest to the middle of [lo, hi], given all of theta[n_parameters] but the
 * unknown, which holds it on return: NaN when none is found. Where the expression has no value it
 * has no root, but the search goes to the very edge. With by_theta[n_parameters] not NULL, also
 * d root / d theta_j = -F_j/F_unknown (the implicit function theorem), 0 for the unknown itself.
 * `scratch` is the program's. */
double fsci_root_find(const fsci_root *root, void *scratch, double *theta, size_t row,
                      double *by_theta, size_t n_parameters);

#endif
