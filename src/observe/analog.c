#include "observe/analog.h"

#include <math.h>
#include <string.h>

/* ---- nearest neighbours ---- */

/* Z[m*p] of the training positions by row, and what it takes to standardise others: each benchmark
 * with its mean and deviation, a deviation of 0 counting as 1. */
static void standardise(const fsci_sample *s, const size_t *train, size_t m, double *mean,
                        double *deviation, double *Z)
{
    size_t p = s->frame->p;
    for (size_t j = 0; j < p; j++) {
        const double *x = s->complete + j * s->n;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < m; i++)
            sum += x[train[i]];
        mean[j] = sum / (double)m;
        for (size_t i = 0; i < m; i++)
            squares += (x[train[i]] - mean[j]) * (x[train[i]] - mean[j]);
        deviation[j] = squares > 0 ? sqrt(squares / (double)m) : 1;
        for (size_t i = 0; i < m; i++)
            Z[i * p + j] = (x[train[i]] - mean[j]) / deviation[j];
    }
}

typedef struct neighbour {
    double distance, t;
} neighbour;

/* Keeps the k nearest in order; gives how many there are. */
static size_t keep_nearest(neighbour *nearest, size_t n, size_t k, neighbour candidate)
{
    if (n == k && candidate.distance >= nearest[k - 1].distance)
        return n;
    size_t at = n < k ? n++ : k - 1;
    for (; at > 0 && candidate.distance < nearest[at - 1].distance; at--)
        nearest[at] = nearest[at - 1];
    nearest[at] = candidate;
    return n;
}

static double mean_of_nearest(const fsci_sample *s, const size_t *train, size_t m, const double *Z,
                              const double *z, size_t position, size_t k, neighbour *nearest)
{
    size_t p = s->frame->p, n = 0;
    for (size_t i = 0; i < m; i++) {
        double distance = 0;
        if (s->rows[train[i]] == s->rows[position])
            continue;
        for (size_t j = 0; j < p; j++)
            distance += (Z[i * p + j] - z[j]) * (Z[i * p + j] - z[j]);
        n = keep_nearest(nearest, n, k, (neighbour){distance, s->t[train[i]]});
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += nearest[i].t;
    return sum / (double)n;
}

static fsc_status predict_from_neighbours(fsci_arena *arena, size_t k, const fsci_sample *s,
                                          const size_t *train, size_t m, double *value,
                                          fsc_error *err)
{
    size_t p = s->frame->p;
    double *Z = FSCI_NEW(arena, double, m *p), *z = FSCI_NEW(arena, double, 3 * p);
    neighbour *nearest = FSCI_NEW(arena, neighbour, k);
    if (!Z || !z || !nearest)
        return fsci_fail_memory(err);
    double *mean = z + p, *deviation = mean + p;
    standardise(s, train, m, mean, deviation, Z);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t j = 0; j < p; j++)
            z[j] = (s->complete[j * s->n + i] - mean[j]) / deviation[j];
        value[i] = mean_of_nearest(s, train, m, Z, z, i, k, nearest);
    }
    return FSC_OK;
}

/* ---- persistence ---- */

static double known_flops(const fsci_sample *s, size_t position)
{
    double flops = s->frame->flops[s->rows[position]];
    return isnan(flops) ? -INFINITY : flops;
}

static double last_or_best(const fsci_sample *s, const size_t *train, size_t m, size_t position)
{
    const char *family = fsci_frame_family(s->frame, s->rows[position]);
    double last = NAN, last_flops = -INFINITY, best = NAN;
    for (size_t i = 0; i < m; i++) {
        const char *other = fsci_frame_family(s->frame, s->rows[train[i]]);
        double t = s->t[train[i]], flops = known_flops(s, train[i]);
        if (s->rows[train[i]] == s->rows[position])
            continue;
        best = fmax(best, t);
        if (!family || !other || strcmp(family, other) != 0)
            continue;
        if (isnan(last) || flops > last_flops || (flops == last_flops && t > last)) {
            last = t;
            last_flops = flops;
        }
    }
    return isnan(last) ? best : last;
}

fsc_status fsci_analog_predict(fsci_arena *arena, fsci_predictor predictor,
                               const fsci_sample *sample, const size_t *train, size_t m,
                               double *value, fsc_error *err)
{
    if (predictor.kind == FSCI_PREDICTOR_NEIGHBOURS)
        return predict_from_neighbours(arena, predictor.k, sample, train, m, value, err);
    for (size_t i = 0; i < sample->n; i++)
        value[i] = last_or_best(sample, train, m, i);
    return FSC_OK;
}

double fsci_analog_spread(const fsci_sample *sample, const size_t *train, size_t m,
                          const double *value)
{
    double squares = 0;
    for (size_t i = 0; i < m; i++) {
        double error = value[train[i]] - sample->t[train[i]];
        squares += error * error;
    }
    return m < 2 ? NAN : sqrt(squares / (double)m);
}
