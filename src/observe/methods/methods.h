/* methods: what methods/table.c lists, one function per file or family of like methods. */
#ifndef FSCI_OBSERVE_METHODS_METHODS_H
#define FSCI_OBSERVE_METHODS_METHODS_H

#include "observe/method.h"

fsci_method_fn fsci_predict_training_mean;
fsci_method_fn fsci_predict_persistence;
fsci_method_fn fsci_predict_component_prior;
fsci_method_fn fsci_predict_component_average;
fsci_method_fn fsci_predict_errors_in_variables;
fsci_method_fn fsci_predict_four_view;
fsci_method_fn fsci_predict_four_view_families;
fsci_method_fn fsci_predict_hierarchical;

#endif
