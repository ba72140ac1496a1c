/* Features of a learning-rate schedule (Tissue et al. 2024): with eta_i the rate of step i,
 * S1(s) = sum_{i<=s} eta_i, m_k = lambda m_{k-1} + (eta_{k-1} - eta_k), S2(s) = sum_{k<=s} m_k. */
#include "prepare/schedule.h"

#include "base/number.h"

#include <string.h>

/* A relative rise of less is rounding in a logged rate. */
static const double rounding = 1e-3;

typedef struct annealing {
    double lambda;
    bool rise; /* the momentum runs through the warm-up too, where it is negative */
    double *S1, *S2;
} annealing;

static fsc_status add_up(fsci_preparing *p, const fsci_schedule *s, void *context)
{
    const annealing *a = context;
    double sum = 0, momentum = 0, area = 0;
    size_t next = 0, rises_to = 0;
    for (size_t i = 0; i <= s->n && next < s->n_samples; i++) {
        double step = (double)i, eta = s->rate[i];
        sum += eta;
        if (i && (a->rise || step > s->warmup)) {
            momentum = a->lambda * momentum + (s->rate[i - 1] - eta);
            area += momentum;
        }
        if (step > s->warmup && eta > s->rate[i - 1] * (1 + rounding))
            rises_to = rises_to ? rises_to : i;
        for (; next < s->n_samples && s->samples[next].step <= step; next++) {
            a->S1[s->samples[next].row] = sum;
            a->S2[s->samples[next].row] = area;
        }
    }
    if (rises_to)
        fsci_preparing_remark(p, "W-RANGE",
                              "the learning rate rises after the %zu steps of warm-up (first to "
                              "step %zu): the momentum of its fall is negative there, which the "
                              "law was not fitted to; give warmup=STEPS where it is the warm-up",
                              (size_t)s->warmup, rises_to);
    return FSC_OK;
}

fsc_status fsci_prepare_annealing(fsci_preparing *p)
{
    annealing a;
    const char *rise = fsci_call_text(p->call, "rise");
    FSCI_TRY(fsci_call_number(p->call, "lambda", 0.999, &a.lambda, p->err));
    a.rise = rise && !strcmp(rise, "yes");
    if (!(a.lambda >= 0 && a.lambda < 1))
        return fsci_fail(p->err, FSC_EINPUT, "operator annealing: lambda=%s; give 0 to 1",
                         fsci_briefly(a.lambda, 4).text);
    a.S1 = fsci_preparing_set(p, "S1");
    a.S2 = fsci_preparing_set(p, "S2");
    if (!a.S1 || !a.S2)
        return fsci_fail_memory(p->err);
    return fsci_schedule_each(p, add_up, &a);
}
