/* vote: the answer of an item by majority within each condition, such as a temperature, then across
 * conditions, with or without stopping early (arXiv:2510.02611). */
#ifndef FSCI_METRIC_VOTE_H
#define FSCI_METRIC_VOTE_H

#include <stddef.h>

/* The samples of one item in the order they are drawn: round by round, one of each condition that
 * has as many. */
typedef struct fsci_ballot {
    size_t n;
    const size_t *condition, *answer, *round; /* [n] */
    const double *right;                      /* [n], 0 to 1: an answer is as right as the mean of
                                               * the samples that gave it */
    size_t n_conditions, n_answers;
} fsci_ballot;

/* Doubles that the functions below need: scratch[fsci_vote_scratch(b)]. */
size_t fsci_vote_scratch(const fsci_ballot *b);

/* How right the answer is that most conditions vote for, each for its most frequent one; a
 * condition's tie splits its vote, a tie between answers goes to the one of more samples, and what
 * is still equal is averaged. */
double fsci_vote(const fsci_ballot *b, double *scratch);

/* The same, but drawing ends once every condition has given one and the same answer in `threshold`
 * of all its samples (0 to 1), and that is the answer. Above one half no further sample could
 * change it, so the outcome is that of fsci_vote; at 1 every sample is drawn and agrees. *drawn:
 * samples until then. */
double fsci_vote_early(const fsci_ballot *b, double threshold, size_t *drawn, double *scratch);

#endif
