/* stop: why a minimiser ended; the same words for all of them. */
#ifndef FSCI_OPT_STOP_H
#define FSCI_OPT_STOP_H

typedef enum fsci_stop {
    FSCI_STOP_CONVERGED, /* no step promises a decrease, or only one lost in rounding */
    FSCI_STOP_STALLED,   /* the model promises a decrease that no step delivers: f is flat to
                          * working precision, usually on the way to a minimum at infinity */
    FSCI_STOP_LIMIT,     /* max_iterations reached */
    FSCI_STOP_DOMAIN,    /* the start itself is outside the domain; theta is the start */
    FSCI_STOP_ABANDONED  /* give_up_above: f is heading for a value above it */
} fsci_stop;

const char *fsci_stop_name(fsci_stop stop); /* "converged", ... */

#endif
