/* methods: what methods/table.c lists, one function per file or family of like methods. */
#ifndef FSCI_OBSERVE_METHODS_METHODS_H
#define FSCI_OBSERVE_METHODS_METHODS_H

#include "observe/method.h"

/* analogs.c: from what like models scored. */
fsci_method_fn fsci_predict_training_mean, fsci_predict_family_mean, fsci_predict_best,
    fsci_predict_persistence, fsci_predict_neighbours;
/* trends.c: from averages. */
fsci_method_fn fsci_predict_drift, fsci_predict_bias;
/* curves.c: a curve through features. */
fsci_method_fn fsci_predict_average, fsci_predict_flops, fsci_predict_size, fsci_predict_date,
    fsci_predict_ridge, fsci_predict_pc1, fsci_predict_pc2, fsci_predict_pc3, fsci_predict_pc4,
    fsci_predict_published_1, fsci_predict_published_2, fsci_predict_published_3,
    fsci_predict_published_4;
/* given.c: a law known beforehand. */
fsci_method_fn fsci_predict_given;
/* Advanced methods, a file each. */
fsci_method_fn fsci_predict_component_prior;
fsci_method_fn fsci_predict_component_average;
fsci_method_fn fsci_predict_errors_in_variables;
fsci_method_fn fsci_predict_four_view;
fsci_method_fn fsci_predict_four_view_families, fsci_predict_four_view_flops,
    fsci_predict_four_view_date;
fsci_method_fn fsci_predict_hierarchical;
fsci_method_fn fsci_predict_blend;
fsci_method_fn fsci_predict_skills;
fsci_method_fn fsci_predict_completion;
fsci_method_fn fsci_predict_stitched;
fsci_method_fn fsci_predict_frontier;
fsci_method_fn fsci_predict_sandwich;
fsci_method_fn fsci_predict_ladder;

#endif
