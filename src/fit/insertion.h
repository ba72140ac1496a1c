/* insertion: where the parts that are out of a law (see fit/stages.h) would do most good.
 *
 * At a point with some parts out, every draw of a part's idle parameters gives a column: how the
 * residuals begin to move as the part comes in. Least squares on such columns, beside those of the
 * parameters that are in, foretell the sum of squares that a combination of draws leads to; up to
 * three parts are chosen together, among all combinations. */
#ifndef FSCI_FIT_INSERTION_H
#define FSCI_FIT_INSERTION_H

#include "fit/stages.h"
#include "fit/starts.h"

enum { FSCI_INSERTION_PARTS = 3, FSCI_INSERTION_BEST = 8 };

/* The best combinations of draws, best first. */
typedef struct fsci_insertion_found {
    double value[FSCI_INSERTION_BEST]; /* sum of squares foretold; INFINITY: none */
    size_t draw[FSCI_INSERTION_BEST][FSCI_INSERTION_PARTS];
} fsci_insertion_found;

/* Scratch of one thread; NULL: out of memory. */
typedef struct fsci_insertion fsci_insertion;
fsci_insertion *fsci_insertion_new(const fsci_objective *objective, const fsci_starts *starts,
                                   size_t n_draws);
void fsci_insertion_free(fsci_insertion *insertion);

/* For the parts which[n <= FSCI_INSERTION_PARTS] of `parts`, out of the law at theta; `held` are
 * the parameters with what is out held. Draws begin at first_draw. */
void fsci_insertion_find(fsci_insertion *insertion, const fsci_parameters *held,
                         const fsci_stage *parts, const size_t *which, size_t n, size_t first_draw,
                         const double *theta, fsci_insertion_found *found);
/* Theta with the part out and its idle parameters as drawn. */
void fsci_insertion_draw(const fsci_starts *starts, const fsci_stage *part, size_t draw,
                         double *theta);

#endif
