#include "fit/starts.h"

#include "fit/linked.h"
#include "num/sequence.h"

#include <math.h>

enum { LARGEST_GRID = 1000000, BOX_LEVELS = 5 };

/* Levels of one parameter in a grid: its list, or BOX_LEVELS points across its box. */
static size_t grid_levels(const fsci_parameter *p)
{
    return p->grid ? p->n_grid : BOX_LEVELS;
}

static bool searched(const fsci_starts *s, size_t i)
{
    const fsci_parameters *p = s->parameters;
    bool solved_for = s->scheme == FSCI_STARTS_SCREENED && fsci_separable_has(s->separable, i);
    return p->all[i].role == FSCI_FREE && !solved_for;
}

/* Screening costs one evaluation a point, so the number can grow with the dimensions searched. */
static size_t screened_count(size_t dimensions)
{
    size_t n = 32;
    for (size_t d = 0; d < dimensions && n < 1024; d++)
        n *= 2;
    return dimensions ? n : 1;
}

static fsc_status count_starts(fsci_starts *s, const fsci_search_options *options, fsc_error *err)
{
    size_t dimensions = 0, grid = 1;
    for (size_t i = 0; i < s->parameters->n; i++) {
        if (!searched(s, i))
            continue;
        dimensions++;
        if (s->scheme == FSCI_STARTS_GRID &&
            (grid *= grid_levels(&s->parameters->all[i])) > LARGEST_GRID)
            return fsci_fail(err, FSC_EINPUT,
                             "the grid of starts has over %d points; give --starts N instead",
                             LARGEST_GRID);
    }
    s->n = s->scheme == FSCI_STARTS_GRID    ? grid
           : s->scheme == FSCI_STARTS_COUNT ? options->count
                                            : screened_count(dimensions);
    return FSC_OK;
}

/* Positive range of the left side: the only scale known for a parameter nobody described. */
static void data_range(const fsci_objective *o, double *lo, double *hi)
{
    *lo = 0.1;
    *hi = 10;
    for (size_t i = 0; o->response && i < o->n; i++) {
        double y = fabs(o->response[i]);
        if (y > 0 && y < *lo)
            *lo = y;
        if (y > *hi && isfinite(y))
            *hi = y;
    }
}

fsc_status fsci_starts_new(const fsci_objective *objective, const fsci_separable *separable,
                           const fsci_search_options *options, fsci_starts *starts, fsc_error *err)
{
    *starts = (fsci_starts){
        .parameters = objective->parameters, .separable = separable, .scheme = options->scheme};
    FSCI_TRY(count_starts(starts, options, err));
    data_range(objective, &starts->data_lo, &starts->data_hi);
    size_t n = objective->parameters->n;
    if (n > FSCI_SEQUENCE_DIMENSIONS)
        n = FSCI_SEQUENCE_DIMENSIONS;
    starts->sequence = fsci_sequence_new(n ? n : 1, options->seed);
    return starts->sequence ? FSC_OK : fsci_fail_memory(err);
}

void fsci_starts_free(fsci_starts *starts)
{
    fsci_sequence_free(starts->sequence);
}

static double between(double lo, double hi, bool log_scale, double t)
{
    return log_scale ? exp(log(lo) + t * (log(hi) - log(lo))) : lo + t * (hi - lo);
}

/* A value for a parameter without a box: of either sign (or of the sign its bounds allow), its size
 * spread over the decades that exponents and shapes take, or over those of the data. */
static double unknown_scale(const fsci_starts *s, const fsci_parameter *p, double t)
{
    if (isfinite(p->lo) && isfinite(p->hi))
        return between(p->lo, p->hi, p->log && p->lo > 0, t);
    bool signed_both = p->lo < 0 && p->hi > 0;
    double sign = p->hi <= 0 ? -1 : 1;
    if (signed_both) {
        sign = t < 0.5 ? -1 : 1;
        t = t < 0.5 ? 2 * t : 2 * t - 1;
    }
    double size = t < 0.75 ? between(0.02, 5, true, t / 0.75)
                           : between(s->data_lo, s->data_hi, true, (t - 0.75) / 0.25);
    return fmin(fmax(sign * size, p->lo), p->hi);
}

static double start_value(const fsci_starts *s, const fsci_parameter *p, double t)
{
    if (p->grid)
        return p->grid[(size_t)(t * (double)p->n_grid)];
    if (isnan(p->start_lo))
        return unknown_scale(s, p, t);
    return between(p->start_lo, p->start_hi, p->log && p->start_lo > 0, t);
}

static void grid_point(const fsci_starts *s, size_t i, double *theta)
{
    for (size_t j = s->parameters->n; j-- > 0;) {
        const fsci_parameter *p = &s->parameters->all[j];
        if (!searched(s, j))
            continue;
        size_t levels = grid_levels(p), level = i % levels;
        i /= levels;
        theta[j] =
            p->grid ? p->grid[level] : start_value(s, p, ((double)level + 0.5) / (double)levels);
    }
}

void fsci_starts_point(const fsci_starts *s, size_t i, double *theta)
{
    const fsci_parameters *parameters = s->parameters;
    double t[FSCI_SEQUENCE_DIMENSIONS];
    fsci_sequence_point(s->sequence, i, t);
    for (size_t j = 0; j < parameters->n; j++) {
        const fsci_parameter *p = &parameters->all[j];
        theta[j] =
            p->role == FSCI_FIXED ? p->value : start_value(s, p, t[j % FSCI_SEQUENCE_DIMENSIONS]);
    }
    if (s->scheme == FSCI_STARTS_GRID)
        grid_point(s, i, theta);
    fsci_linked_sort(parameters, theta);
    for (size_t j = 0; j < parameters->n; j++)
        if (parameters->all[j].role == FSCI_TIED)
            theta[j] = theta[parameters->all[j].tied_to];
}

void fsci_starts_some(const fsci_starts *s, const size_t *which, size_t n, size_t i, double *theta)
{
    double t[FSCI_SEQUENCE_DIMENSIONS];
    fsci_sequence_point(s->sequence, i, t);
    for (size_t k = 0; k < n; k++)
        theta[which[k]] =
            start_value(s, &s->parameters->all[which[k]], t[k % FSCI_SEQUENCE_DIMENSIONS]);
}
