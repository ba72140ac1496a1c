/* models: a table of models as `observe` and `select` read it: further rows below, other tables
 * joined, rows chosen, and the options that say what its columns are. */
#ifndef FSCI_API_MODELS_H
#define FSCI_API_MODELS_H

#include "api/rows.h"
#include "observe/observe.h"

typedef struct fsci_models {
    fsci_rows rows; /* joined; what --where and --let see */
    size_t n_own;   /* its leading columns, those of the first tables, are the benchmarks unless
                       named */
    fsc_args *args; /* the options, with the settings of --as for whatever was not given */
} fsci_models;

/* Opens the command's first argument with the rows of every --append below, joins what --with names
 * and the neighbour that holds a target nobody named a table for, and applies --as, --let and
 * --where. Adds to the array `inputs`, and to `record` what --as did. */
fsc_status fsci_models_open(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                            fsci_json *record, fsci_models *models, fsc_error *err);
void fsci_models_close(fsci_models *models);

/* The options of the pipeline: columns, components, link, and how rows are divided. */
fsc_status fsci_models_input(fsci_arena *arena, const fsci_models *models,
                             fsci_observe_input *input, fsc_error *err);

#endif
