#include "metric/tournament.h"

#include "num/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SCALE = 173.71779276130073; /* 400 / ln 10 */

double fsci_elo_expected(double a, double b)
{
    return 1 / (1 + exp((b - a) / SCALE));
}

void fsci_elo_run(const fsci_game *games, size_t n, double k, double *r)
{
    for (size_t i = 0; i < n; i++) {
        const fsci_game *g = &games[i];
        double move = k * (g->score - fsci_elo_expected(r[g->a], r[g->b]));
        r[g->a] += move;
        r[g->b] -= move;
    }
}

/* ---- strongly connected components of "has won or drawn against" --------------------------------
 */

/* Tarjan 1972, with a stack of its own. wins[i * n + j] > 0: i scored against j. */
typedef struct walk {
    const double *wins;
    size_t n, time, depth, *low, *seen, *next, *path, *stack, height;
    bool *on_stack;
    size_t *component, components;
} walk;

static void enter(walk *w, size_t v)
{
    w->seen[v] = w->low[v] = ++w->time;
    w->next[v] = 0;
    w->path[w->depth++] = v;
    w->stack[w->height++] = v;
    w->on_stack[v] = true;
}

static void leave(walk *w, size_t v)
{
    w->depth--;
    if (w->low[v] == w->seen[v]) {
        size_t u;
        do {
            u = w->stack[--w->height];
            w->on_stack[u] = false;
            w->component[u] = w->components;
        } while (u != v);
        w->components++;
    }
    if (w->depth) {
        size_t parent = w->path[w->depth - 1];
        w->low[parent] = w->low[v] < w->low[parent] ? w->low[v] : w->low[parent];
    }
}

static void from(walk *w, size_t root)
{
    enter(w, root);
    while (w->depth) {
        size_t v = w->path[w->depth - 1], u = w->next[v]++;
        if (u >= w->n)
            leave(w, v);
        else if (w->wins[v * w->n + u] > 0 && !w->seen[u])
            enter(w, u);
        else if (w->wins[v * w->n + u] > 0 && w->on_stack[u] && w->seen[u] < w->low[v])
            w->low[v] = w->seen[u];
    }
}

static bool find_components(const double *wins, size_t n, fsci_bradley_terry *out)
{
    size_t *block = calloc(5 * n + 1, sizeof *block);
    bool *on_stack = calloc(n + 1, sizeof *on_stack);
    walk w = {.wins = wins, .n = n, .component = out->component, .on_stack = on_stack};
    bool ready = block && on_stack;
    if (ready) {
        w.low = block;
        w.seen = block + n;
        w.next = block + 2 * n;
        w.path = block + 3 * n;
        w.stack = block + 4 * n;
        for (size_t v = 0; v < n; v++)
            if (!w.seen[v])
                from(&w, v);
    }
    out->components = w.components;
    out->connected = w.components == 1;
    free(block);
    free(on_stack);
    return ready;
}

/* A component that only ever scores against the others is unbounded above; one against which the
 * others only score, below. Between components there is no finite difference. */
static void find_bounds(const double *wins, size_t n, fsci_bradley_terry *out)
{
    for (size_t v = 0; v < n; v++) {
        bool scores = false, loses = false;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                if (out->component[i] != out->component[v] ||
                    out->component[j] == out->component[v])
                    continue;
                scores = scores || wins[i * n + j] > 0;
                loses = loses || wins[j * n + i] > 0;
            }
        out->bound[v] = (int8_t)(scores && !loses ? 1 : loses && !scores ? -1 : 0);
    }
}

static bool is_weakly_connected(const double *wins, size_t n)
{
    bool *seen = calloc(n + 1, sizeof *seen), more = n > 0, all = true;
    if (!seen)
        return false;
    seen[0] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; seen[i] && j < n; j++)
                if (!seen[j] && wins[i * n + j] + wins[j * n + i] > 0)
                    seen[j] = more = true;
    }
    for (size_t i = 0; i < n; i++)
        all = all && seen[i];
    free(seen);
    return all;
}

/* ---- maximum likelihood within a component
 * ------------------------------------------------------- */

/* Newton on theta (log strengths) of the m players in `who`; information + 1 1'/m is positive
 * definite, which holds their mean at 0. H[m * m] is left as its Cholesky factor. */
static bool newton(const double *wins, size_t n, const size_t *who, size_t m, double *theta,
                   double *g, double *H)
{
    for (int step = 0; step < 100; step++) {
        double largest = 0;
        memset(g, 0, m * sizeof *g);
        for (size_t i = 0; i < m * m; i++)
            H[i] = 1 / (double)m;
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) {
                double games = wins[who[i] * n + who[j]] + wins[who[j] * n + who[i]];
                double p = 1 / (1 + exp(theta[j] - theta[i])), v = games * p * (1 - p);
                if (i == j || games == 0)
                    continue;
                g[i] += wins[who[i] * n + who[j]] - games * p;
                H[i * m + i] += v;
                H[j * m + i] -= v;
            }
        if (fsci_cholesky(m, H) != FSCI_LINEAR_OK ||
            fsci_cholesky_solve(m, H, 1, g) != FSCI_LINEAR_OK)
            return false;
        for (size_t i = 0; i < m; i++)
            largest = fmax(largest, fabs(g[i]));
        for (size_t i = 0; i < m; i++)
            theta[i] += largest > 1 ? g[i] / largest : g[i];
        if (largest < 1e-12)
            break;
    }
    return true;
}

static bool fit_component(const double *wins, size_t n, size_t component, double anchor,
                          fsci_bradley_terry *out)
{
    size_t *who = malloc((n + 1) * sizeof *who), m = 0;
    bool good = who != NULL;
    for (size_t v = 0; v < n && good; v++)
        if (out->component[v] == component)
            who[m++] = v;
    double *theta = calloc(2 * m + 1, sizeof *theta), *H = malloc((2 * m * m + 1) * sizeof *H);
    good = good && theta && H && newton(wins, n, who, m, theta, theta + m, H);
    good = good && fsci_cholesky_inverse(m, H, H + m * m) == FSCI_LINEAR_OK;
    for (size_t i = 0; i < m && good; i++) {
        double variance = H[m * m + i * m + i] - 1 / (double)m;
        out->rating[who[i]] = anchor + SCALE * theta[i];
        out->se[who[i]] = m > 1 ? SCALE * sqrt(fmax(0, variance)) : NAN;
    }
    free(who);
    free(theta);
    free(H);
    return good;
}

bool fsci_bradley_terry_fit(const fsci_game *games, size_t n, size_t players, double anchor,
                            double prior, fsci_bradley_terry *out)
{
    double *wins = calloc(players * players + 1, sizeof *wins);
    bool good = wins != NULL;
    for (size_t i = 0; i < n && good; i++) {
        wins[games[i].a * players + games[i].b] += games[i].score;
        wins[games[i].b * players + games[i].a] += 1 - games[i].score;
    }
    if (good)
        out->weakly = is_weakly_connected(wins, players);
    for (size_t i = 0; i < players * players && good; i++)
        wins[i] += i / players != i % players ? prior / 2 : 0;
    good = good && find_components(wins, players, out);
    if (good)
        find_bounds(wins, players, out);
    for (size_t c = 0; good && c < out->components; c++)
        good = fit_component(wins, players, c, anchor, out);
    free(wins);
    return good;
}
