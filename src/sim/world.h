/* world: runs of a law whose constants are known, to see whether a method finds them again.
 *
 * The response of row i in replicate k is g^-1(g(curve_i) + c_cluster(i) + e_i), g being identity,
 * log or logit; c and e are drawn from stream k of the seed, so every replicate can be drawn by
 * itself. Includes nothing that fits: it is the oracle of what does. */
#ifndef FSCI_SIM_WORLD_H
#define FSCI_SIM_WORLD_H

#include "law/law.h"

typedef struct fsci_world_column {
    const char *name;
    const double *values;      /* [n]; NULL for a category */
    const uint32_t *codes;     /* [n] of a category, else NULL */
    const char *const *levels; /* [n_levels] */
    size_t n_levels;
    const char *of, *member; /* the set that it is a member of, and which; else NULL */
} fsci_world_column;

typedef struct fsci_noise {
    double scale;         /* of e, >= 0 */
    double freedom;       /* of e / scale, Student's t; INFINITY is normal */
    size_t clusters;      /* rows in order, in so many equal parts; 0: none */
    double cluster_scale; /* standard deviation of c */
} fsci_noise;

typedef struct fsci_world_input {
    const fsc_law *law;          /* NULL: the formula, whose left side is one name */
    const fsci_formula *formula; /* used when law is NULL */
    fsci_values parameters;      /* all of them, in any order; members of a set side by side, and
                                    the values at the levels of a category in their order */
    const fsci_world_column *columns;
    size_t n_columns, n; /* n rows */
    fsci_residual space; /* g */
    fsci_noise noise;
} fsci_world_input;

typedef struct fsci_world {
    const char *response; /* its name */
    double *curve;        /* [n] without noise */
    size_t n;
    fsci_residual space;
    fsci_noise noise;
} fsci_world;

/* The column by whose levels a name of the law or formula differs; NULL for none. */
const char *fsci_world_category_of(fsci_arena *arena, const fsci_world_input *input,
                                   const char *name);

/* The response of an implicit law is found row by row. FSC_EINPUT: a name without a value
 * (parameters and columns that are missing are listed), a column that the law does not take
 * (implicit laws), a curve that is not finite or outside the space. */
fsc_status fsci_world_new(fsci_arena *arena, const fsci_world_input *input, fsci_world *world,
                          fsc_error *err);

void fsci_world_draw(const fsci_world *world, uint64_t seed, uint64_t replicate, double *response);

/* The cluster of row i: 0..clusters-1. */
size_t fsci_world_cluster(const fsci_world *world, size_t i);

#endif
