/* tournament: ratings from games between players 0..n-1, on the scale where 400 points are odds of
 * ten to one. */
#ifndef FSCI_METRIC_TOURNAMENT_H
#define FSCI_METRIC_TOURNAMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fsci_game {
    uint32_t a, b;
    double score; /* of a: 1, 0.5, 0 */
} fsci_game;

/* P(a beats b) = 1 / (1 + 10^((r_b - r_a)/400)). */
double fsci_elo_expected(double a, double b);
/* Updates r[players] game by game; the sum of ratings stays what it was. */
void fsci_elo_run(const fsci_game *games, size_t n, double k, double *r);

/* Bradley & Terry 1952 by Newton's method on the win counts (draws are half a win each). */
typedef struct fsci_bradley_terry {
    double *rating, *se; /* [players]: mean of each component at `anchor`; NaN se where infinite */
    size_t *component;   /* [players] strongly connected component of wins, numbered from 0 */
    int8_t *bound; /* [players]: +1 rating unbounded above, -1 below, 0 finite within its own */
    size_t components;
    bool connected; /* one component: all ratings finite and comparable */
    bool weakly;    /* some chain of games joins all players */
} fsci_bradley_terry;

/* `prior` draws are added between every pair that is not the same player (0: maximum likelihood;
 * with a prior everything is connected). Arrays of `out` are the caller's. False: no memory. */
bool fsci_bradley_terry_fit(const fsci_game *games, size_t n, size_t players, double anchor,
                            double prior, fsci_bradley_terry *out);

#endif
