/* models: a table of models as `observe` and `select` read it: joined with others, rows chosen, and
 * the options that say what its columns are. */
#ifndef FSCI_API_MODELS_H
#define FSCI_API_MODELS_H

#include "api/rows.h"
#include "observe/observe.h"

typedef struct fsci_models {
    fsci_rows rows; /* joined; what --where and --let see */
    size_t n_own;   /* its first columns are those of the first table, among them the benchmarks */
} fsci_models;

/* Opens the command's first argument, joins what --with names and the neighbour that holds a target
 * nobody named a table for, and applies --let and --where. Adds to the array `inputs`. */
fsc_status fsci_models_open(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                            fsci_models *models, fsc_error *err);
void fsci_models_close(fsci_models *models);

/* The options of the pipeline: columns, components, link, and the rows to train on. */
fsc_status fsci_models_input(fsci_arena *arena, const fsc_args *args, const fsci_models *models,
                             fsci_observe_input *input, fsc_error *err);

/* Adds `split`: how rows were divided, by which option, in its own words. FSC_EUSAGE when two
 * options divide them. */
fsc_status fsci_models_describe_split(fsci_arena *arena, const fsc_args *args, fsci_json *record,
                                      fsc_error *err);

#endif
