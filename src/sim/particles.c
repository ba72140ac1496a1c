#include "sim/particles.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- weights
 * ------------------------------------------------------------------------------------- */

static double log_odds(double rho, size_t *clipped)
{
    double inside = fmin(fmax(rho, DBL_EPSILON), 1 - DBL_EPSILON);
    *clipped += inside != rho;
    return log(inside) - log1p(-inside);
}

double fsci_particle_weights(const double *rho, size_t n, double temperature, double *weight,
                             size_t *clipped)
{
    double most = -INFINITY, sum = 0;
    *clipped = 0;
    for (size_t i = 0; i < n; i++) {
        weight[i] = log_odds(rho[i], clipped) / temperature;
        most = fmax(most, weight[i]);
    }
    for (size_t i = 0; i < n; i++)
        sum += weight[i] = exp(weight[i] - most);
    for (size_t i = 0; i < n; i++)
        weight[i] /= sum;
    return most + log(sum / (double)n);
}

double fsci_effective_size(const double *weight, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight[i] * weight[i];
    return 1 / sum;
}

/* ---- resampling
 * ------------------------------------------------------------------------------------ */

/* Ancestors of ascending points u[n] in [0, 1). */
static size_t merge(const double *weight, size_t n, double u, size_t at, double *below)
{
    while (at + 1 < n && u >= *below + weight[at])
        *below += weight[at++];
    return at;
}

/* n sorted uniform points are the partial sums of n + 1 exponential gaps over their total. */
static void multinomial(const double *weight, size_t n, fsci_stream *stream, uint32_t *ancestor,
                        double *sums)
{
    double total = 0, below = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        sums[i] = total -= log(1 - fsci_random_uniform(stream));
    double scale = 1 / (total - log(1 - fsci_random_uniform(stream)));
    for (size_t i = 0; i < n; i++) {
        at = merge(weight, n, sums[i] * scale, at, &below);
        ancestor[i] = (uint32_t)at;
    }
}

static void comb(const double *weight, size_t n, bool one_offset, fsci_stream *stream,
                 uint32_t *ancestor)
{
    double below = 0, offset = fsci_random_uniform(stream);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        double u = ((double)i + offset) / (double)n;
        at = merge(weight, n, u, at, &below);
        ancestor[i] = (uint32_t)at;
        if (!one_offset)
            offset = fsci_random_uniform(stream);
    }
}

/* floor(n w) copies of each for certain, the rest by multinomial draws on what is left, whose
 * sorted points come one by one from the top: the largest of k is u^(1/k) of the one before. */
static void residual(const double *weight, size_t n, fsci_stream *stream, uint32_t *ancestor)
{
    size_t sure = 0;
    double left = 0, top = 1, above = 0;
    for (size_t i = 0; i < n; i++) {
        /* 1e-9: n w may be a whole number up to rounding */
        double whole = floor((double)n * weight[i] + 1e-9);
        sure += (size_t)whole;
        left += fmax(0, (double)n * weight[i] - whole);
    }
    size_t free_draws = n > sure ? n - sure : 0, at = n - 1, to = n;
    /* From the top down: certain copies and drawn ones of each particle together, so that ancestors
     * ascend. */
    double next = free_draws ? exp(log1p(-fsci_random_uniform(stream)) / (double)free_draws) : -1;
    for (size_t drawn = free_draws;; at--) {
        double whole = floor((double)n * weight[at] + 1e-9);
        double share = left > 0 ? fmax(0, (double)n * weight[at] - whole) / left : 0;
        for (double c = 0; c < whole && to > 0; c++)
            ancestor[--to] = (uint32_t)at;
        while (drawn > 0 && to > 0 && (at == 0 || next >= 1 - above - share)) {
            ancestor[--to] = (uint32_t)at;
            top = next;
            drawn--;
            next = drawn ? top * exp(log1p(-fsci_random_uniform(stream)) / (double)drawn) : -1;
        }
        above += share;
        if (at == 0)
            break;
    }
    while (to > 0) /* rounding took a copy */
        ancestor[--to] = 0;
}

void fsci_particle_resample(fsci_resample_scheme scheme, const double *weight, size_t n,
                            fsci_stream *stream, uint32_t *ancestor, double *scratch)
{
    switch (scheme) {
    case FSCI_RESAMPLE_MULTINOMIAL:
        multinomial(weight, n, stream, ancestor, scratch);
        break;
    case FSCI_RESAMPLE_SYSTEMATIC:
        comb(weight, n, true, stream, ancestor);
        break;
    case FSCI_RESAMPLE_STRATIFIED:
        comb(weight, n, false, stream, ancestor);
        break;
    case FSCI_RESAMPLE_RESIDUAL:
        residual(weight, n, stream, ancestor);
        break;
    }
}

/* ---- the chain
 * ---------------------------------------------------------------------------------------- */

double fsci_chain_temperature(const fsci_chain_world *w, size_t step)
{
    double part = w->steps > 1 ? (double)step / (double)(w->steps - 1) : 0;
    return w->from == w->to ? w->from : w->from + (w->to - w->from) * part;
}

bool fsci_chain_exact(const fsci_chain_world *w, double *p, double *log_constant)
{
    size_t n = w->states, clipped = 0;
    double *next = malloc((n + 1) * sizeof *next);
    if (!next)
        return false;
    *log_constant = 0;
    for (size_t step = 0; step < w->steps; step++) {
        double sum = 0, temperature = fsci_chain_temperature(w, step);
        for (size_t t = 0; t < n; t++) {
            next[t] = step ? 0 : w->start[t];
            for (size_t s = 0; s < n && step; s++)
                next[t] += p[s] * w->transition[s * n + t];
            sum += next[t] *= exp(log_odds(w->reward[t], &clipped) / temperature);
        }
        for (size_t t = 0; t < n; t++)
            p[t] = next[t] / sum;
        *log_constant += n ? log(sum) : 0;
    }
    free(next);
    return true;
}

/* Rows of cumulated probabilities, and where in a row to begin: guide[j] is the first state whose
 * cumulated probability exceeds j / states (Chen & Asau 1974), so that a draw takes few steps. */
typedef struct machine {
    size_t states;
    double *cumulated; /* [(states + 1) * states]; the last row is the start */
    uint32_t *guide;
} machine;

static bool build(const fsci_chain_world *w, machine *m)
{
    size_t n = w->states;
    *m = (machine){n, calloc((n + 1) * n, sizeof *m->cumulated),
                   calloc((n + 1) * n, sizeof *m->guide)};
    for (size_t s = 0; s <= n && m->cumulated && m->guide; s++) {
        const double *row = s < n ? w->transition + s * n : w->start;
        double sum = 0;
        for (size_t t = 0; t < n; t++)
            m->cumulated[s * n + t] = sum += row[t];
        m->cumulated[s * n + n - 1] = INFINITY; /* whatever rounding left */
        for (size_t j = 0, t = 0; j < n; j++) {
            while (m->cumulated[s * n + t] <= (double)j / (double)n)
                t++;
            m->guide[s * n + j] = (uint32_t)t;
        }
    }
    return m->cumulated && m->guide;
}

static void release(machine *m)
{
    free(m->cumulated);
    free(m->guide);
}

static inline uint32_t move(const machine *m, size_t from, double u)
{
    const double *row = m->cumulated + from * m->states;
    uint32_t t = m->guide[from * m->states + (size_t)(u * (double)m->states)];
    while (row[t] <= u)
        t++;
    return t;
}

/* ---- the filter
 * ----------------------------------------------------------------------------------------- */

typedef struct cloud {
    machine m;
    uint32_t *state, *next, *ancestor;
    double *weight, *scratch; /* [particles] */
    double *odds;             /* odds[states]: the weight of a state at this step's temperature */
    uint32_t *history;        /* [steps * particles] states, and parents behind them, for Gibbs */
} cloud;

static bool open_cloud(const fsci_chain_world *w, size_t n, bool history, cloud *c)
{
    size_t kept = history ? 2 * w->steps * n : 1;
    c->state = malloc((n + 1) * sizeof *c->state);
    c->next = malloc((n + 1) * sizeof *c->next);
    c->ancestor = malloc((n + 1) * sizeof *c->ancestor);
    c->weight = malloc((n + 1) * sizeof *c->weight);
    c->scratch = malloc((n + 1) * sizeof *c->scratch);
    c->odds = malloc((w->states + 1) * sizeof *c->odds);
    c->history = malloc(kept * sizeof *c->history);
    return build(w, &c->m) && c->state && c->next && c->ancestor && c->weight && c->scratch &&
           c->odds && c->history;
}

static void close_cloud(cloud *c)
{
    release(&c->m);
    free(c->state);
    free(c->next);
    free(c->ancestor);
    free(c->weight);
    free(c->scratch);
    free(c->odds);
    free(c->history);
}

/* Weights of the particles' states; ln of their mean. A step has as many different weights as there
 * are states, so that the exponentials are per state, not per particle. */
static double weigh(const fsci_chain_world *w, size_t step, size_t n, cloud *c)
{
    double sum = 0, most = -INFINITY, temperature = fsci_chain_temperature(w, step);
    size_t clipped = 0;
    for (size_t t = 0; t < w->states; t++) {
        c->odds[t] = log_odds(w->reward[t], &clipped) / temperature;
        most = fmax(most, c->odds[t]);
    }
    for (size_t t = 0; t < w->states; t++)
        c->odds[t] = exp(c->odds[t] - most);
    for (size_t i = 0; i < n; i++)
        sum += c->weight[i] = c->odds[c->state[i]];
    double scale = 1 / sum;
    for (size_t i = 0; i < n; i++)
        c->weight[i] *= scale;
    return most + log(sum / (double)n);
}

static size_t draw_index(const double *weight, size_t n, fsci_stream *stream)
{
    double below = 0;
    return merge(weight, n, fsci_random_uniform(stream), 0, &below);
}

/* The path that ends in particle `last`, back through its parents. */
static void trace(const fsci_chain_world *w, size_t n, const cloud *c, size_t last, uint32_t *path)
{
    const uint32_t *parents = c->history + w->steps * n;
    for (size_t step = w->steps; step-- > 0;) {
        path[step] = c->history[step * n + last];
        last = parents[step * n + last];
    }
}

bool fsci_filter_run(const fsci_chain_world *w, fsci_resample_scheme scheme, size_t n,
                     fsci_stream *stream, uint32_t *retained, fsci_filter *out)
{
    cloud c = {0};
    bool ready = open_cloud(w, n, retained != NULL, &c);
    out->log_constant = 0;
    out->calls = 0;
    for (size_t step = 0; step < w->steps && ready; step++) {
        for (size_t i = 0; i < n; i++) {
            size_t from = step ? c.state[c.ancestor[i]] : w->states;
            c.next[i] = move(&c.m, from, fsci_random_uniform(stream));
        }
        if (retained) { /* particle 0 follows it */
            c.next[0] = retained[step];
            memcpy(c.history + step * n, c.next, n * sizeof *c.next);
            for (size_t i = 0; i < n; i++)
                c.history[(w->steps + step) * n + i] = step ? c.ancestor[i] : 0;
            c.history[(w->steps + step) * n] = 0;
        }
        uint32_t *kept = c.state;
        c.state = c.next;
        c.next = kept;
        out->log_constant += weigh(w, step, n, &c);
        out->ess[step] = fsci_effective_size(c.weight, n);
        out->calls += n;
        if (step + 1 == w->steps)
            break;
        fsci_particle_resample(scheme, c.weight, n, stream, c.ancestor, c.scratch);
        if (retained) { /* conditional resampling: any order but the retained one stays */
            uint32_t other = (uint32_t)fsci_random_below(stream, n);
            c.ancestor[other] = c.ancestor[0];
            c.ancestor[0] = 0;
        }
    }
    memset(out->answer, 0, w->states * sizeof *out->answer);
    for (size_t i = 0; i < n && ready; i++)
        out->answer[c.state[i]] += c.weight[i];
    if (retained && ready)
        trace(w, n, &c, draw_index(c.weight, n, stream), retained);
    close_cloud(&c);
    return ready;
}

/* ---- at the same number of calls
 * ---------------------------------------------------------------------- */

bool fsci_best_of_run(const fsci_chain_world *w, size_t n, size_t repeats, fsci_stream *stream,
                      double *answer)
{
    machine m;
    bool ready = build(w, &m);
    memset(answer, 0, w->states * sizeof *answer);
    for (size_t r = 0; r < repeats && ready; r++) {
        size_t best = w->states;
        for (size_t i = 0; i < n; i++) {
            size_t state = w->states;
            for (size_t step = 0; step < w->steps; step++)
                state = move(&m, state, fsci_random_uniform(stream));
            if (best == w->states || w->reward[state] > w->reward[best])
                best = state;
        }
        answer[best] += 1 / (double)repeats;
    }
    release(&m);
    return ready;
}

/* The `width` highest rewards to the front, by partial selection. */
static void keep_best(const fsci_chain_world *w, uint32_t *state, size_t n, size_t width)
{
    for (size_t i = 0; i < width && i < n; i++) {
        size_t best = i;
        for (size_t j = i + 1; j < n; j++)
            best = w->reward[state[j]] > w->reward[state[best]] ? j : best;
        uint32_t kept = state[i];
        state[i] = state[best];
        state[best] = kept;
    }
}

bool fsci_beam_run(const fsci_chain_world *w, size_t n, size_t width, size_t repeats,
                   fsci_stream *stream, double *answer)
{
    machine m;
    uint32_t *state = calloc(n + 1, sizeof *state), *next = calloc(n + 1, sizeof *next);
    bool ready = build(w, &m) && state && next;
    memset(answer, 0, w->states * sizeof *answer);
    for (size_t r = 0; r < repeats && ready; r++) {
        for (size_t step = 0; step < w->steps; step++) {
            for (size_t i = 0; i < n; i++) {
                size_t from = step ? state[i % width] : w->states;
                next[i] = move(&m, from, fsci_random_uniform(stream));
            }
            memcpy(state, next, n * sizeof *state);
            keep_best(w, state, n, width);
        }
        answer[state[0]] += 1 / (double)repeats;
    }
    release(&m);
    free(state);
    free(next);
    return ready;
}
