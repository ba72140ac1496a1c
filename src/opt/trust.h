/* trust: the step of a trust-region method: a quadratic model minimised in a ball and a box.
 *
 *   minimise over s   g's + s'Hs/2,   |D s| <= radius,   below <= s <= above */
#ifndef FSCI_OPT_TRUST_H
#define FSCI_OPT_TRUST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fsci_trust {
    size_t p;
    const double *g, *H;   /* [p], [p * p] symmetric */
    const double *D;       /* [p] > 0 */
    double *below, *above; /* [p] <= 0 and >= 0 */
    double radius;
    double *s;      /* [p] out: the step */
    bool on_sphere; /* out: the radius, not the box or the model alone, ended it */
    /* scratch */
    bool *held;
    size_t *free;
    double *A, *b, *values, *vectors, *along, *descent;
} fsci_trust;

/* Gives -(g's + s'Hs/2) >= 0, the decrease that the model promises. Without active bounds the step
 * is the global minimiser (Moré and Sorensen 1983), hard case and all. With them, variables that
 * would leave the box are put on its sides and the rest is solved again; if projected steepest
 * descent does better, it is taken. */
double fsci_trust_step(fsci_trust *t);

#endif
