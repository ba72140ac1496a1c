#include "api/metric/success.h"

#include "metric/success_law.h"

#include <math.h>

static fsci_fit_test test_of(const fsci_samples_group *g, const fsci_success_law *law)
{
    const double most = 1e5; /* the test visits every number of successes */
    bool alike = g->n[0] <= most;
    for (size_t i = 0; i < g->items; i++)
        alike = alike && g->n[i] == g->n[0] && g->stop[i] == FSCI_STOP_FIXED;
    if (!alike)
        return (fsci_fit_test){.x2 = NAN, .p = NAN, .df = NAN};
    return fsci_success_test(law, g->n[0], g->c, g->items);
}

static void set_test(fsci_metric_run *run, fsci_json *item, const fsci_fit_test *t)
{
    bool given = t->df >= 1;
    fsci_metric_set(run, item, "fit_p", given ? t->p : NAN);
    fsci_metric_set(run, item, "fit_x2", given ? t->x2 : NAN);
    fsci_metric_set(run, item, "fit_df", given ? t->df : NAN);
}

void fsci_metric_fit_test(fsci_metric_run *run, fsci_json *item, const fsci_samples_group *group,
                          const fsci_beta_binomial *law)
{
    fsci_fit_test t = {.x2 = NAN, .p = NAN, .df = NAN};
    const fsci_success_law beta = {
        .form = FSCI_SUCCESS_BETA, .a = law->a, .b = law->b, .s = 1, .n_parameters = 2};
    if (law->status == FSCI_BB_OK && !(law->z > 0))
        t = test_of(group, &beta);
    set_test(run, item, &t);
}

void fsci_metric_add_laws(fsci_metric_run *run, const fsci_samples_group *group, const double *k,
                          size_t n_k)
{
    fsci_success_law laws[FSCI_SUCCESS_FORMS];
    double best = INFINITY;
    for (int form = 0; form < FSCI_SUCCESS_FORMS; form++) {
        laws[form] = fsci_success_fit((fsci_success_form)form, group->n, group->c, group->items);
        if (laws[form].ok)
            best = fmin(best, laws[form].aicc);
    }
    for (int form = 0; form < FSCI_SUCCESS_FORMS; form++) {
        const fsci_success_law *law = &laws[form];
        if (!law->ok)
            continue;
        const char *name = fsci_success_name(law->form);
        fsci_json *item = fsci_metric_item(run, "laws", group->label);
        fsci_fit_test t = test_of(group, law);
        fsci_metric_word(run, item, "law", name);
        fsci_metric_set(run, item, "a", law->a);
        fsci_metric_set(run, item, "b", law->b);
        fsci_metric_set(run, item, "ceiling", law->s);
        fsci_metric_set(run, item, "delta_aicc", law->aicc - best);
        set_test(run, item, &t);
        fsci_metric_set(run, item, "tail", fsci_success_tail(law));
        fsci_metric_set(run, item, "log_likelihood", law->log_likelihood);
        for (size_t j = 0; j < n_k; j++) {
            fsci_json *row = fsci_metric_item(run, "law_forecasts", group->label);
            fsci_metric_word(run, row, "law", name);
            fsci_metric_set(run, row, "k", k[j]);
            fsci_metric_set(run, row, "value", fsci_success_pass(law, k[j]));
        }
    }
}
