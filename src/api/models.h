/* models: a table of models as `observe` and `select` read it: joined with others, rows chosen, and
 * the options that say what its columns are. */
#ifndef FSCI_API_MODELS_H
#define FSCI_API_MODELS_H

#include "api/rows.h"
#include "observe/observe.h"

typedef struct fsci_models {
    fsc_table *own; /* the first table alone: its columns are the benchmarks unless named */
    fsci_rows rows; /* joined; what --where and --let see */
} fsci_models;

/* Opens the command's first argument, joins what --with names and the neighbour that holds a target
 * nobody named a table for, and applies --let and --where. Adds to the array `inputs`. */
fsc_status fsci_models_open(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                            fsci_models *models, fsc_error *err);
void fsci_models_close(fsci_models *models);

/* The options of the pipeline: columns, components, link, and --cutoff as the training rows. */
fsc_status fsci_models_input(fsci_arena *arena, const fsc_args *args, const fsci_models *models,
                             fsci_observe_input *input, fsc_error *err);

#endif
