/* course: how a number of a fit follows from its parameters: by a formula, as the root of an
 * equation, or by a formula of such a root; with exact derivatives of both orders. */
#ifndef FSCI_FIT_COURSE_H
#define FSCI_FIT_COURSE_H

#include "expr/root.h"

typedef struct fsci_course {
    const fsci_program *program; /* the formula, of n parameters */
    const fsci_root *root;    /* or an equation, of n + 2: after them the unknown and an offset that
                                 is 0 here; NULL: a formula */
    const fsci_program *then; /* of n + 1, the root behind the parameters; NULL: the root itself */
    bool log;                 /* the root is the logarithm of what `then` takes */
    size_t n;                 /* parameters */
} fsci_course;

/* What one thread needs; `second` for fsci_course_second. Aligned to 64 bytes. */
size_t fsci_course_bytes(const fsci_course *course, bool second);

/* The number at a row under theta[n], NaN where it has none, and its derivatives by_theta[n] when
 * these are not NULL. */
double fsci_course_value(const fsci_course *course, void *memory, const double *theta, size_t row,
                         double *by_theta);

/* The same with second derivatives twice[n * n], symmetric. */
double fsci_course_second(const fsci_course *course, void *memory, const double *theta, size_t row,
                          double *by_theta, double *twice);

#endif
