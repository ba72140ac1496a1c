/* The one table of metrics. */
#include "api/metric/metric.h"

extern const fsci_metric fsci_metric_passk;
extern const fsci_metric fsci_metric_coverage_law;
extern const fsci_metric fsci_metric_beta_binomial;
extern const fsci_metric fsci_metric_pass_until;
extern const fsci_metric fsci_metric_task_scaling_law;
extern const fsci_metric fsci_metric_repeat_aggregates;
extern const fsci_metric fsci_metric_trial_rates;
extern const fsci_metric fsci_metric_rare_event_rates;
extern const fsci_metric fsci_metric_emergence_shape;
extern const fsci_metric fsci_metric_scaling_shape_class;
extern const fsci_metric fsci_metric_slice_and_sandwich;
extern const fsci_metric fsci_metric_metric_transform;
extern const fsci_metric fsci_metric_calibration;
extern const fsci_metric fsci_metric_chain_correlation;
extern const fsci_metric fsci_metric_elbow_fit;
extern const fsci_metric fsci_metric_emergence_law;
extern const fsci_metric fsci_metric_axis_saturation;
extern const fsci_metric fsci_metric_growth_law_compare;
extern const fsci_metric fsci_metric_data_size_table;
extern const fsci_metric fsci_metric_family_steps;
extern const fsci_metric fsci_metric_tradeoff_curve;
extern const fsci_metric fsci_metric_results_table_audit;
extern const fsci_metric fsci_metric_index_forecast;
extern const fsci_metric fsci_metric_verifier_limits;
extern const fsci_metric fsci_metric_conformal_gate;
extern const fsci_metric fsci_metric_multi_condition;
extern const fsci_metric fsci_metric_two_stage_vote;
extern const fsci_metric fsci_metric_budget_split;
extern const fsci_metric fsci_metric_tournament_elo;
extern const fsci_metric fsci_metric_item_response;
extern const fsci_metric fsci_metric_particle_filter;
extern const fsci_metric fsci_metric_assess;

static const fsci_metric *const metrics[] = {
    &fsci_metric_passk,
    &fsci_metric_coverage_law,
    &fsci_metric_beta_binomial,
    &fsci_metric_pass_until,
    &fsci_metric_task_scaling_law,
    &fsci_metric_repeat_aggregates,
    &fsci_metric_trial_rates,
    &fsci_metric_rare_event_rates,
    &fsci_metric_emergence_shape,
    &fsci_metric_scaling_shape_class,
    &fsci_metric_slice_and_sandwich,
    &fsci_metric_metric_transform,
    &fsci_metric_calibration,
    &fsci_metric_chain_correlation,
    &fsci_metric_elbow_fit,
    &fsci_metric_emergence_law,
    &fsci_metric_axis_saturation,
    &fsci_metric_growth_law_compare,
    &fsci_metric_data_size_table,
    &fsci_metric_family_steps,
    &fsci_metric_tradeoff_curve,
    &fsci_metric_results_table_audit,
    &fsci_metric_index_forecast,
    &fsci_metric_verifier_limits,
    &fsci_metric_conformal_gate,
    &fsci_metric_multi_condition,
    &fsci_metric_two_stage_vote,
    &fsci_metric_budget_split,
    &fsci_metric_tournament_elo,
    &fsci_metric_item_response,
    &fsci_metric_particle_filter,
    &fsci_metric_assess,
};

size_t fsci_metrics(const fsci_metric *const **list)
{
    *list = metrics;
    return sizeof metrics / sizeof *metrics;
}
